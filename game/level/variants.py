"""The systems that a level can become: by default, and with each choice of each control alone.

What anybody ever asks (`in_use`) is more than any of them shows: one control may let a client ask a
service that another one lets ask a third. So the ways of all choices are put together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from game.level.model import Level, System
from game.level.plan import Plan, PlanError, system_set
from game.level.records import references
from game.level.registry import Registry
from game.level.sections import surroundings

MOST_VARIANTS = 128
"""A level with more choices gets no warnings that need all of them."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One system."""

    control: str
    """The control that is not at its default; "" where all are."""
    choice: str
    system: System


@dataclass(frozen=True, slots=True)
class InUse:
    """Ids of what is asked under some plan, or at least not surely under none."""

    services: frozenset[str]
    groups: frozenset[str]
    """Node groups with a service that is asked, or with members that watch each other."""
    policies: frozenset[str]
    calling: frozenset[str]
    """Policies by which services call, also those that nobody asks."""


@dataclass(frozen=True, slots=True)
class Variants:
    """All of them, the level by default first."""

    all: tuple[Variant, ...]
    in_use: InUse
    faults: tuple[Any, ...]
    """The records of the kinds of all faults, and of those that an attacker may choose."""


class _References:
    """What records refer to. One that several systems share is looked into once."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, str], tuple[object, frozenset[str]]] = {}

    def of(self, records: tuple[object, ...], to: str) -> set[str]:
        """Ids of `to` that any of the records refers to."""
        return {identity for record in records for identity in self._of_one(record, to)}

    def _of_one(self, record: object, to: str) -> frozenset[str]:
        key = (id(record), to)
        if key not in self._found:
            # With the record itself, so that no other one can have its identity.
            self._found[key] = (record, frozenset(references(record, to)))
        return self._found[key][1]


def variants(level: Level, registry: Registry) -> Variants | None:
    """What the level can become; None where there are too many choices, or where one of them only
    goes together with choices of other controls, so that it cannot be looked at alone."""
    count = sum(len(control.choices) for control in level.controls)
    if count > MOST_VARIANTS:
        return None
    try:
        found = tuple(_variants(level, registry))
    except PlanError:
        return None
    weapons = tuple(weapon.what for weapon in level.weapons)
    faults = tuple(fault.what for one in found for fault in one.system.faults) + weapons
    return Variants(found, _in_use(found, level), faults)


def _variants(level: Level, registry: Registry) -> Iterator[Variant]:
    yield Variant("", "", level.system)
    around = surroundings(level.document, registry)
    before = {control.id: control.default for control in level.controls}
    for control in level.controls:
        for choice in control.choices:
            if choice.label == control.default:
                continue
            # Also what may be set during the run alone: it is what the system becomes then.
            values = tuple({**before, control.id: choice.label}.items())
            system = system_set(level, Plan("", values), registry, around)
            yield Variant(control.id, choice.label, system)


def _in_use(found: tuple[Variant, ...], level: Level) -> InUse:
    referred = _References()
    systems = [one.system for one in found]
    services = [service for system in systems for service in system.services]
    faults = (*(fault for system in systems for fault in system.faults), *level.weapons)
    nodes = tuple(group for system in systems for group in system.nodes)
    waiting = {client.call for system in systems for client in system.clients}
    waiting |= referred.of(nodes, "service") | referred.of(faults, "service")
    asked: set[str] = set()
    while waiting:
        identity = waiting.pop()
        asked.add(identity)
        for service in services:
            if service.id == identity:
                waiting |= referred.of((service,), "service") - asked
    groups = {home for service in services if service.id in asked for home in service.on}
    groups.update(home for system in systems for one in system.memberships for home in one.on)
    senders = referred.of(faults, "machine") | referred.of(faults, "caller")
    groups.update(senders | {name.rpartition("-")[0] for name in senders})
    calling = referred.of(tuple(services), "policy")
    policies = {client.policy for system in systems for client in system.clients}
    policies |= referred.of(tuple(one for one in services if one.id in asked), "policy")
    return InUse(frozenset(asked), frozenset(groups), frozenset(policies), frozenset(calling))


def parts_in_use(system: System, in_use: InUse) -> tuple[object, ...]:
    """Everything of a system that can make a difference to a run."""
    return (
        system.duration,
        system.warm_up,
        system.regions,
        system.zones,
        system.nodes,
        system.links,
        tuple(policy for policy in system.policies if policy.id in in_use.policies),
        tuple(service for service in system.services if service.id in in_use.services),
        system.memberships,
        system.clients,
        system.faults,
        system.prices,
    )
