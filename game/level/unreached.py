"""Bounds that nothing ever reaches, whatever the plan: warnings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from game.level.model import Fault, Level, Policy, System
from game.level.problems import Complaint
from game.level.registry import Registry
from game.level.sections import ids
from game.level.units import format_duration
from game.level.variants import InUse, Variants

Said = Iterator[Complaint]
Systems = tuple[System, ...]


def warn_of_bounds(level: Level, _registry: Registry, found: Variants | None) -> Said:
    """Timeouts that come after somebody has given up, and load and crews that never come.

    Controls may be set together: the earliest that one choice makes of a bound is compared with the
    latest that another makes of what ends it.
    """
    if found is None:
        return
    systems = tuple(one.system for one in found.all)
    for index, identity in ids(level.document, "policy"):
        yield from _timeouts(index, identity, systems, found.in_use)
    for index, identity in ids(level.document, "client"):
        yield from _late_load(index, identity, systems)
    for index, fault in enumerate(level.system.faults):
        if fault.crews is not None and _are_idle(index, systems):
            message = "as many crews as targets: nobody ever waits for one"
            yield Complaint("never-reached", message, ("fault", index, "crews"))


def _timeouts(index: int, identity: str, systems: Systems, in_use: InUse) -> Said:
    policies = [one for system in systems for one in system.policies if one.id == identity]
    for key in ("attempt_timeout", "deadline", "connect_timeout"):
        own = [getattr(policy, key) for policy in policies]
        if None in own:
            continue
        end_us = _given_up_us(identity, key, policies, systems, in_use)
        if end_us is not None and min(own) > end_us:
            message = (
                f"who goes by this policy has given up after {format_duration(end_us)}: "
                "this is never reached"
            )
            yield Complaint("never-reached", message, ("policy", index, key))


def _given_up_us(
    identity: str, key: str, policies: Sequence[Policy], systems: Systems, in_use: InUse
) -> int | None:
    """When everybody who goes by a policy has given up; None where that is not known."""
    ends = []
    deadlines = [policy.deadline for policy in policies if policy.deadline is not None]
    if key != "deadline" and len(deadlines) == len(policies):
        ends.append(max(deadlines))
    users = [one for system in systems for one in system.clients if one.policy == identity]
    if users and identity not in in_use.calling:
        named = {user.id for user in users}
        clients = [one for system in systems for one in system.clients if one.id in named]
        ends.append(max(client.deadline for client in clients))
    return min(ends, default=None)


def _late_load(index: int, identity: str, systems: Systems) -> Said:
    clients = [one for system in systems for one in system.clients if one.id == identity]
    last_us = max(
        system.duration - client.deadline
        for system in systems
        for client in system.clients
        if client.id == identity
    )
    for n in range(min(len(client.load) for client in clients)):
        if min(client.load[n].at for client in clients) >= last_us:
            message = "after this nobody asks any more: operations end one deadline before the run"
            yield Complaint("never-reached", message, ("client", index, "load", n, "at"))


def _are_idle(index: int, systems: Systems) -> bool:
    """Whether there is always a crew for each target."""
    crews = [system.faults[index].crews for system in systems]
    fewest = min((one for one in crews if one is not None), default=0)
    return fewest >= max(_machines(system, system.faults[index]) for system in systems)


def _machines(system: System, fault: Fault) -> int:
    counts = {group.id: 1 if group.count is None else group.count for group in system.nodes}
    homes = {service.id: service.on for service in system.services}
    hit = [home for target in fault.target for home in homes.get(target, (target,))]
    return max(1, sum(counts.get(home, 1) for home in hit))
