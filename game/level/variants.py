"""The systems that a level can become: by default, and with each choice of each control alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from game.level.model import Level, System
from game.level.plan import Plan, PlanError, system_set
from game.level.records import references
from game.level.registry import Registry

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


def variants(level: Level, registry: Registry) -> tuple[Variant, ...]:
    """The level by default first, then with each other choice; () where there are too many.

    A choice that only goes together with choices of other controls is left out.
    """
    count = sum(len(control.choices) for control in level.controls)
    return () if count > MOST_VARIANTS else tuple(_variants(level, registry))


def _variants(level: Level, registry: Registry) -> Iterator[Variant]:
    yield _variant("", "", level.system)
    before = {control.id: control.default for control in level.controls}
    for control in level.controls:
        for choice in control.choices:
            if choice.label == control.default:
                continue
            try:
                # Also what may be set during the run alone: it is what the system becomes then.
                values = tuple({**before, control.id: choice.label}.items())
                system = system_set(level, Plan("", values), registry)
                yield _variant(control.id, choice.label, system)
            except PlanError:
                continue


def _variant(control: str, choice: str, system: System) -> Variant:
    services = _asked(system)
    named = {service.id: service for service in system.services}
    asked = tuple(named[identity] for identity in services if identity in named)
    groups = {home for service in asked for home in service.on}
    groups.update(home for membership in system.memberships for home in membership.on)
    senders = {*references(system.faults, "machine"), *references(system.faults, "caller")}
    groups.update(senders | {name.rpartition("-")[0] for name in senders})
    policies = {client.policy for client in system.clients} | set(references(asked, "policy"))
    return Variant(
        control, choice, system, frozenset(services), frozenset(groups), frozenset(policies)
    )


def _asked(system: System) -> set[str]:
    """Ids of services that clients ask, that those ask, and so on."""
    below = {service.id: set(references((service,), "service")) for service in system.services}
    waiting = [client.call for client in system.clients]
    waiting += references(system.nodes, "service")
    waiting += references(system.faults, "service")
    found: set[str] = set()
    while waiting:
        identity = waiting.pop()
        if identity not in found:
            found.add(identity)
            waiting += below.get(identity, ())
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
