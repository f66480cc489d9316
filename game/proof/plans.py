"""The plans of a level: all of them, a fair sample, the best that a search finds, the extremes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from random import Random
from typing import TypeVar

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
Drawn = TypeVar("Drawn")


def set_to(plan: Plan, settings: Settings, name: str = "") -> Plan:
    """The plan with some controls set otherwise."""
    return Plan(name, tuple(sorted({**dict(plan.values), **settings}.items())))


def free_controls(level: Level, held: Collection[str] = ()) -> tuple[Control, ...]:
    """The controls that are not held."""
    return tuple(control for control in level.controls if control.id not in held)


def count_plans(level: Level, held: Collection[str] = ()) -> int:
    """How many plans there are with the held controls at their default."""
    return prod(len(control.choices) for control in free_controls(level, held))


def all_plans(level: Level, held: Collection[str] = ()) -> Iterator[Plan]:
    """Every plan with the held controls at their default; the last control turns fastest."""
    controls = free_controls(level, held)
    for choices in product(*(control.choices for control in controls)):
        labels = {
            control.id: choice.label for control, choice in zip(controls, choices, strict=True)
        }
        yield set_to(default_plan(level), labels)


def spread_plans(level: Level, held: Collection[str], count: int, luck: Random) -> list[Plan]:
    """A Latin hypercube: each choice of each control comes up equally often (McKay et al. 1979).

    Plans that come up twice are given once, so that there may be fewer than `count`.
    """
    columns: dict[str, list[str]] = {}
    for control in free_controls(level, held):
        order = sorted(range(count), key=lambda _: luck.random())
        labels = [choice.label for choice in control.choices]
        columns[control.id] = [labels[rank * len(labels) // count] for rank in order]
    plans = (
        set_to(default_plan(level), {name: column[row] for name, column in columns.items()})
        for row in range(count)
    )
    return list(dict.fromkeys(plans))


def sample_plans(level: Level, count: int, luck: Random) -> list[Plan]:
    """Different plans, each as likely as any other; there must be more than `count`."""
    assert count_plans(level) > count
    plans: dict[Plan, None] = {}
    while len(plans) < count:
        plans[_any_plan(level, luck)] = None
    return list(plans)


def neighbour(level: Level, held: Collection[str], plan: Plan, luck: Random) -> Plan:
    """The plan with one free control, drawn at random, at another choice."""
    movable = [control for control in free_controls(level, held) if len(control.choices) > 1]
    control = _any_of(movable, luck)
    now = dict(plan.values)[control.id]
    others = [choice.label for choice in control.choices if choice.label != now]
    return set_to(plan, {control.id: _any_of(others, luck)})


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
    A control that changes no price stays at its default.
    """
    best = default_plan(level)
    lowest = price(best)
    while True:
        before = lowest
        for control in level.controls:
            for choice in control.choices:
                other = set_to(best, {control.id: choice.label}, "cheapest")
                cost = price(other)
                if cost is not None and (lowest is None or cost < lowest):
                    best, lowest = other, cost
        if lowest == before:
            return best


def _any_plan(level: Level, luck: Random) -> Plan:
    labels = {control.id: _any_of(control.choices, luck).label for control in level.controls}
    return set_to(default_plan(level), labels)


def _any_of(choices: Sequence[Drawn], luck: Random) -> Drawn:
    return choices[int(luck.random() * len(choices))]
