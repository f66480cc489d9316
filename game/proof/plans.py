"""The extremes among a level's plans, and how many plans a proof tries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from game.level.model import Choice, Control, Level
from game.level.plan import Plan, default_plan

ALL_PLANS = 200
"""Where there are at most so many plans, all are tried."""
SPREAD_PLANS = 150
"""Otherwise so many are spread over all plans ..."""
CLIMB_STEPS = 50
"""... and so many steps are taken uphill from the best of them."""
CLIMBERS = 5
"""From so many of the best."""
SAMPLE_PLANS = 200
"""Plans drawn for the share of winning plans, where not all are tried."""

CAPACITY_FAMILIES = frozenset({"capacity", "redundancy", "replication"})
"""Families of controls that buy more machines or bigger ones."""
CAPACITY_KEYS = {"node": frozenset({"count", "cores", "speed"}), "service": frozenset({"workers"})}
"""By section: keys that are capacity whatever family a control says it is of.

A service's `queue` is none: it lets more wait, and nothing be done sooner.
"""

Settings = Mapping[str, str]


def set_to(plan: Plan, settings: Settings, name: str = "") -> Plan:
    """The plan with some controls set otherwise."""
    values = tuple(sorted({**dict(plan.values), **settings}.items()))
    return replace(plan, name=name, values=values)


def highest(control: Control) -> Choice:
    """The choice that buys most: the largest number, or the last one where a value is no number."""
    values = [choice.value for choice in control.choices]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return max(control.choices, key=lambda choice: choice.value)
    return control.choices[-1]


def at_their_highest(controls: Sequence[Control]) -> dict[str, str]:
    """Settings that put these controls at their maximum."""
    return {control.id: highest(control).label for control in controls}


def buys_capacity(control: Control) -> bool:
    """Whether the control buys more machines or bigger ones, by its family or by what it sets."""
    return control.family in CAPACITY_FAMILIES or any(_is_capacity(path) for path in control.sets)


def _is_capacity(path: str) -> bool:
    section, _, rest = path.partition(".")
    return rest.rpartition(".")[2] in CAPACITY_KEYS.get(section, ())


def cheapest_plan(level: Level, price: Callable[[Plan], int | None]) -> Plan:
    """A plan of the lowest price, found control by control, round and round until nothing helps.

    Prices of machines grow with each control by itself, so that this finds the lowest there is.
    A control that changes no price stays at its default; what is set during the run is left.
    """
    best = default_plan(level)
    lowest = price(best)
    while True:
        before = lowest
        for control in level.controls:
            if control.when == "during":
                continue
            for choice in control.choices:
                other = set_to(best, {control.id: choice.label}, "cheapest")
                cost = price(other)
                if cost is not None and (lowest is None or cost < lowest):
                    best, lowest = other, cost
        if lowest == before:
            return best
