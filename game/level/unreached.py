"""Bounds that nothing ever reaches, whatever the plan: warnings."""

from __future__ import annotations

from collections.abc import Iterator

from game.level.model import Client, Level, Policy
from game.level.problems import Complaint
from game.level.registry import Registry
from game.level.sections import ids
from game.level.units import format_duration
from game.level.variants import Variant

Said = Iterator[Complaint]


def warn_of_bounds(level: Level, _registry: Registry, found: tuple[Variant, ...]) -> Said:
    """Timeouts that come after somebody has given up, and load and crews that never come."""
    if not found:
        return
    for index, _ in ids(level.document, "policy"):
        yield from _timeouts(index, found)
    for index, identity in ids(level.document, "client"):
        yield from _late_load(index, identity, found)
    for index, fault in enumerate(level.system.faults):
        if fault.crews is not None and all(_idle_crews(one, index) for one in found):
            message = "as many crews as targets: nobody ever waits for one"
            yield Complaint("never-reached", message, ("fault", index, "crews"))


def _timeouts(index: int, found: tuple[Variant, ...]) -> Said:
    for key in ("attempt_timeout", "deadline", "connect_timeout"):
        longest_us = 0
        for one in found:
            policy = one.system.policies[index]
            own_us, end_us = getattr(policy, key), _given_up_us(one, policy, key)
            if own_us is None or end_us is None or own_us <= end_us:
                break
            longest_us = max(longest_us, end_us)
        else:
            message = (
                f"who goes by this policy has given up after {format_duration(longest_us)}: "
                "this is never reached"
            )
            yield Complaint("never-reached", message, ("policy", index, key))


def _given_up_us(variant: Variant, policy: Policy, key: str) -> int | None:
    """When everybody who goes by a policy has given up; None where that is not known."""
    ends = [policy.deadline] if key != "deadline" and policy.deadline is not None else []
    users = [client for client in variant.system.clients if client.policy == policy.id]
    if users and policy.id not in variant.calling:
        ends.append(max(client.deadline for client in users))
    return min(ends, default=None)


def _late_load(index: int, identity: str, found: tuple[Variant, ...]) -> Said:
    clients = [
        (one, client) for one in found for client in one.system.clients if client.id == identity
    ]
    steps = min(len(client.load) for _, client in clients)
    for n in range(steps):
        if all(client.load[n].at >= _last_us(one, client) for one, client in clients):
            message = "after this nobody asks any more: operations end one deadline before the run"
            yield Complaint("never-reached", message, ("client", index, "load", n, "at"))


def _last_us(variant: Variant, client: Client) -> int:
    return variant.system.duration - client.deadline


def _idle_crews(variant: Variant, index: int) -> bool:
    fault, machines = variant.system.faults[index], 0
    counts = {group.id: 1 if group.count is None else group.count for group in variant.system.nodes}
    homes = {service.id: service.on for service in variant.system.services}
    for target in fault.target:
        groups = homes.get(target, (target,))
        machines += sum(counts.get(group, 1) for group in groups)
    return fault.crews is not None and fault.crews >= max(1, machines)
