"""The systems that a level can become: by default, and with each choice of each control alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from game.level.model import Level, System
from game.level.plan import Plan, PlanError, system_set
from game.level.records import references
from game.level.registry import Registry
from game.level.sections import surroundings

MOST_VARIANTS = 128
"""A level with more choices gets no warnings that need all of them."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One system, and what of it anybody ever asks."""

    control: str
    """The control that is not at its default; "" where all are."""
    choice: str
    system: System
    services: frozenset[str]
    groups: frozenset[str]
    """Node groups with a service that is asked, or with members that watch each other."""
    policies: frozenset[str]
    calling: frozenset[str]
    """Policies by which services call, also those that nobody asks."""


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


def variants(level: Level, registry: Registry) -> tuple[Variant, ...]:
    """The level by default first, then with each other choice; () where there are too many.

    A choice that only goes together with choices of other controls is left out.
    """
    count = sum(len(control.choices) for control in level.controls)
    return () if count > MOST_VARIANTS else tuple(_variants(level, registry))


def _variants(level: Level, registry: Registry) -> Iterator[Variant]:
    referred = _References()
    yield _variant("", "", level.system, referred)
    around = surroundings(level.document, registry)
    before = {control.id: control.default for control in level.controls}
    for control in level.controls:
        for choice in control.choices:
            if choice.label == control.default:
                continue
            try:
                # Also what may be set during the run alone: it is what the system becomes then.
                values = tuple({**before, control.id: choice.label}.items())
                system = system_set(level, Plan("", values), registry, around)
                yield _variant(control.id, choice.label, system, referred)
            except PlanError:
                continue


def _variant(control: str, choice: str, system: System, referred: _References) -> Variant:
    services = _asked(system, referred)
    named = {service.id: service for service in system.services}
    asked = tuple(named[identity] for identity in services if identity in named)
    groups = {home for service in asked for home in service.on}
    groups.update(home for membership in system.memberships for home in membership.on)
    senders = referred.of(system.faults, "machine") | referred.of(system.faults, "caller")
    groups.update(senders | {name.rpartition("-")[0] for name in senders})
    policies = {client.policy for client in system.clients} | referred.of(asked, "policy")
    return Variant(
        control=control,
        choice=choice,
        system=system,
        services=frozenset(services),
        groups=frozenset(groups),
        policies=frozenset(policies),
        calling=frozenset(referred.of(system.services, "policy")),
    )


def _asked(system: System, referred: _References) -> set[str]:
    """Ids of services that clients ask, that those ask, and so on."""
    named = {service.id: service for service in system.services}
    waiting = [client.call for client in system.clients]
    waiting += referred.of(system.nodes, "service")
    waiting += referred.of(system.faults, "service")
    found: set[str] = set()
    while waiting:
        identity = waiting.pop()
        if identity not in found:
            found.add(identity)
            if identity in named:
                waiting += referred.of((named[identity],), "service")
    return found


def parts_in_use(variant: Variant) -> tuple[object, ...]:
    """Everything of a system that can make a difference to a run."""
    system = variant.system
    return (
        system.duration,
        system.warm_up,
        system.regions,
        system.zones,
        system.nodes,
        system.links,
        tuple(policy for policy in system.policies if policy.id in variant.policies),
        tuple(service for service in system.services if service.id in variant.services),
        system.memberships,
        system.clients,
        system.faults,
        system.prices,
    )
