"""Goals that no plan can miss, or that the graded seeds cannot tell from luck: warnings."""

from __future__ import annotations

from collections.abc import Iterator

from game.level.model import ATTACK_COST, SHARE_MEASURES, Goal, Level, System
from game.level.problems import Complaint
from game.level.registry import Registry
from game.level.sections import ids
from game.level.units import format_money
from game.level.variants import Variants

SECOND_US = 1_000_000
FEWEST_FAILURES = 10
"""That an availability goal allows over all graded seeds, or none."""
CAUSE_OF = {"lost_writes": "lost-write", "stale_reads": "stale", "oversold": "oversold"}
"""By measure: the cause that some kind of store must be able to give."""

Said = Iterator[Complaint]


def warn_of_goals(level: Level, registry: Registry, found: Variants | None) -> Said:
    """Goals that are never at risk, and availability goals that cannot be resolved."""
    for index, identity in ids(level.document, "goal"):
        goal = next(goal for goal in level.goals if goal.id == identity)
        yield from _never_at_risk(index, goal, level, found, registry)
        if goal.measure == "availability" and goal.at_least is not None:
            yield from _unresolved(index, goal.at_least, level)


def _never_at_risk(
    index: int, goal: Goal, level: Level, found: Variants | None, registry: Registry
) -> Said:
    at_least, at_most = goal.at_least, goal.at_most
    if at_least is not None and at_least <= 0:
        yield _needless(index, "at_least", f"{goal.measure} is never less than this")
    if at_most is not None and goal.measure in SHARE_MEASURES and at_most >= 1:
        yield _needless(index, "at_most", f"{goal.measure} is never more than this")
    if goal.measure == ATTACK_COST and at_most is not None and at_most >= level.attack_budget:
        yield _needless(index, "at_most", "no attack may cost more than the budget")
    if found is None:
        return
    if at_most is not None and goal.measure == "cost_per_hour":
        dearest = _dearest_micros(found)
        if dearest is not None and at_most * 1_000_000 >= dearest:
            message = f"no plan costs more than ${format_money(dearest)} an hour"
            yield _needless(index, "at_most", message)
    cause = CAUSE_OF.get(goal.measure)
    if cause is not None and not any(_can_give(cause, one.system, registry) for one in found.all):
        message = f'no service keeps anything that could give "{cause}"'
        yield _needless(index, "measure", message)


def _needless(index: int, key: str, why: str) -> Complaint:
    return Complaint("never-at-risk", f"{why}: no plan misses this goal", ("goal", index, key))


def _can_give(cause: str, system: System, registry: Registry) -> bool:
    for service in system.services:
        if service.store is None:
            continue
        if getattr(service.store, "met_by", "store") == "lookup" and cause == "stale":
            return True
        kinds = [registry.kind_of("application", service.store)]
        if service.replication is not None:
            kinds.append(registry.kind_of("protocol", service.replication))
        if any(cause in kind.causes for kind in kinds):
            return True
    return False


def _dearest_micros(found: Variants) -> int | None:
    """What no plan's machines cost more than, an hour; None where bytes or shocks cost too."""
    first = found.all[0].system
    far = first.prices.cross_zone_gib or first.prices.cross_region_gib
    if (far and len(first.zones) > 1) or any(
        getattr(what, "changes_prices", False) for what in found.faults
    ):
        return None
    total = 0
    for index in range(len(first.nodes)):
        groups = [one.system.nodes[index] for one in found.all]
        most = max(1 if group.count is None else group.count for group in groups)
        total += most * max(group.price_per_hour for group in groups)
    return total


def _unresolved(index: int, at_least: float, level: Level) -> Said:
    expected = _expected_operations(level)
    if expected is None:
        return
    allowed = expected * len(level.seeds) * (1 - at_least)
    if 1e-9 < allowed < FEWEST_FAILURES:
        message = (
            f"about {expected * len(level.seeds):,.0f} operations on all graded seeds together: "
            f"this allows {allowed:.1f} failures, and fewer than {FEWEST_FAILURES} cannot be told "
            "from luck; more load, more seeds, a lower goal, or 100 %"
        )
        yield Complaint("unresolved", message, ("goal", index, "at_least"))


def _expected_operations(level: Level) -> float | None:
    """About how many operations one seed counts; None where that hangs on the plan or on luck."""
    system = level.system
    if any(client.rate is None for client in system.clients) or not system.clients:
        return None
    began_us, ended_us = level.window_us or _window_us(level)
    total = 0.0
    for client in system.clients:
        steps = [(0, 1.0), *sorted((step.at, float(step.times)) for step in client.load)]
        ends = [at for at, _ in steps[1:]] + [ended_us]
        for (at, times), until in zip(steps, ends, strict=True):
            length_us = max(0, min(until, ended_us) - max(at, began_us, client.starts))
            total += (client.rate or 0) * times * length_us / SECOND_US
    return total


def _window_us(level: Level) -> tuple[int, int]:
    """At most the part of the night that counts: all of it where faults are drawn."""
    system = level.system
    deadlines = [client.deadline for client in system.clients]
    last_us = max(0, system.duration - min(deadlines))
    if not system.faults or any(fault.at is None for fault in system.faults):
        return system.warm_up, last_us
    begins = [fault.at or 0 for fault in system.faults]
    ends = []
    for fault in system.faults:
        lasts_us = fault.for_ or getattr(fault.what, "over_after_us", None)
        ends.append(system.duration if lasts_us is None else (fault.at or 0) + lasts_us)
    first_us = max(0, min(begins) - max(deadlines))
    return first_us, max(first_us, min(max(ends) + level.recovery_us, last_us))
