"""The domain of a level: all plans that a proof may try, whatever a plan of that kind is made of.

Rules, samples and calibration ask a `Domain` alone. Most kinds of level have a `Grid`: axes that
are set independently of each other, such as the controls of a design. A kind of level whose plans
are something else registers its own in `DOMAINS`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from random import Random
from typing import Protocol, TypeVar

from game.level.level_kinds import NEMESIS
from game.level.model import DIAGNOSIS, NO_ANSWER, Level
from game.level.plan import Plan, default_plan
from game.proof.attack_domain import Attacks
from game.proof.plans import set_to

Held = Collection[str]
"""Ids of axes that stay at their default."""
Drawn = TypeVar("Drawn")


@dataclass(frozen=True, slots=True)
class Axis:
    """One thing that a plan decides, by itself."""

    id: str
    """Of a control, where the axis is one."""
    labels: tuple[str, ...]
    """What it may be, in order; each is told apart by its words."""
    default: str


class Domain(Protocol):
    """All plans of a level that a proof may try. Nothing here depends on anything but `luck`."""

    @property
    def axes(self) -> tuple[Axis, ...]:
        """What a plan decides; () where plans are no grid."""
        ...

    def size(self, held: Held = ()) -> int:
        """How many plans there are with the held axes at their default."""
        ...

    def all(self, held: Held = ()) -> Iterator[Plan]:
        """Every one of them, once."""
        ...

    def sample(self, count: int, luck: Random) -> list[Plan]:
        """Different plans, each as likely as any other; there must be more than `count`."""
        ...

    def spread(self, held: Held, count: int, luck: Random) -> list[Plan]:
        """Different plans that cover the domain evenly; at most `count`."""
        ...

    def neighbour(self, held: Held, plan: Plan, luck: Random) -> Plan:
        """The plan after one small change, drawn at random, that leaves held axes alone."""
        ...

    def along(self, plan: Plan, axis_id: str) -> Iterator[Plan]:
        """The plan with that axis at each of its labels; all else as it was."""
        ...

    def settings(self, plan: Plan) -> dict[str, str]:
        """What the plan has on each axis, in words, in order of the axes."""
        ...


@dataclass(frozen=True, slots=True)
class Grid:
    """A domain of axes that are set independently of each other."""

    axes: tuple[Axis, ...]
    default: Plan
    """Every axis at its default."""
    put: Callable[[Plan, str, str], Plan]
    """The plan with one axis (its id) at another label; all else as it was."""
    read: Callable[[Plan, str], str]
    """What the plan has on an axis."""

    def size(self, held: Held = ()) -> int:
        """The product of the axes' labels."""
        return prod(len(axis.labels) for axis in self._free(held))

    def all(self, held: Held = ()) -> Iterator[Plan]:
        """The last axis turns fastest."""
        axes = self._free(held)
        for labels in product(*(axis.labels for axis in axes)):
            yield self._plan({axis.id: label for axis, label in zip(axes, labels, strict=True)})

    def sample(self, count: int, luck: Random) -> list[Plan]:
        """Drawn one after the other, twice drawn is drawn again."""
        assert self.size() > count
        plans: dict[Plan, None] = {}
        while len(plans) < count:
            labels = {axis.id: _any_of(axis.labels, luck) for axis in self.axes}
            plans[self._plan(labels)] = None
        return list(plans)

    def spread(self, held: Held, count: int, luck: Random) -> list[Plan]:
        """A Latin hypercube: each label of each axis comes up equally often (McKay et al. 1979).

        Plans that come up twice are given once, so that there may be fewer than `count`.
        """
        columns: dict[str, list[str]] = {}
        for axis in self._free(held):
            order = sorted(range(count), key=lambda _: luck.random())
            many = len(axis.labels)
            columns[axis.id] = [axis.labels[rank * many // count] for rank in order]
        plans = (
            self._plan({axis_id: column[row] for axis_id, column in columns.items()})
            for row in range(count)
        )
        return list(dict.fromkeys(plans))

    def neighbour(self, held: Held, plan: Plan, luck: Random) -> Plan:
        """One free axis at another label."""
        axis = _any_of([axis for axis in self._free(held) if len(axis.labels) > 1], luck)
        now = self.read(plan, axis.id)
        return self.put(plan, axis.id, _any_of([one for one in axis.labels if one != now], luck))

    def along(self, plan: Plan, axis_id: str) -> Iterator[Plan]:
        """In order of the axis's labels."""
        axis = next(axis for axis in self.axes if axis.id == axis_id)
        return (self.put(plan, axis_id, label) for label in axis.labels)

    def settings(self, plan: Plan) -> dict[str, str]:
        """A plan may have words on an axis that are none of its labels: it is off the grid."""
        return {axis.id: self.read(plan, axis.id) for axis in self.axes}

    def _free(self, held: Held) -> tuple[Axis, ...]:
        return tuple(axis for axis in self.axes if axis.id not in held)

    def _plan(self, labels: Mapping[str, str]) -> Plan:
        plan = self.default
        for axis_id, label in labels.items():
            plan = self.put(plan, axis_id, label)
        return plan


def of_choices(level: Level, _shown: Sequence[Plan] = ()) -> Domain:
    """Each control at each of its choices."""
    axes = tuple(
        Axis(control.id, tuple(choice.label for choice in control.choices), control.default)
        for control in level.controls
    )
    return Grid(axes, default_plan(level), _set_choice, _choice_of)


def domain_of(level: Level, shown: Sequence[Plan] = ()) -> Domain:
    """The domain of a level, by its kind. It also offers what `shown` plans do with a thing and no
    other plan of it would: what the proofs of a level on call do with a control, for one."""
    return DOMAINS.get(level.kind, of_choices)(level, shown)


def put_back(domain: Domain, plan: Plan, axis_id: str) -> Plan:
    """The plan with one axis at its default; all else as it was."""
    axis = next(axis for axis in domain.axes if axis.id == axis_id)
    return list(domain.along(plan, axis_id))[axis.labels.index(axis.default)]


def right_answers(level: Level) -> dict[str, str]:
    """What there is to say of a level that is known before any run: its right diagnosis."""
    right = [one.id for one in level.diagnoses if one.right]
    return {DIAGNOSIS: right[0]} if right else {}


def answering(domain: Domain, axis_ids: Collection[str]) -> Domain:
    """The plans of a domain that say something on these axes, which must be a grid's."""
    if not axis_ids:
        return domain
    assert isinstance(domain, Grid), "only axes can lose a label"
    axes = tuple(
        replace(axis, labels=tuple(label for label in axis.labels if label != NO_ANSWER))
        if axis.id in axis_ids
        else axis
        for axis in domain.axes
    )
    return replace(domain, axes=axes)


def saying(domain: Domain, answers: Mapping[str, str]) -> Domain:
    """The plans of a domain that have these labels on these axes, which must be a grid's."""
    if not answers:
        return domain
    assert isinstance(domain, Grid), "only axes can be held at a label"
    default = domain.default
    for axis_id, label in answers.items():
        default = domain.put(default, axis_id, label)
    axes = tuple(axis for axis in domain.axes if axis.id not in answers)
    return replace(domain, axes=axes, default=default)


def _set_choice(plan: Plan, control_id: str, label: str) -> Plan:
    return set_to(plan, {control_id: label})


def _choice_of(plan: Plan, control_id: str) -> str:
    return dict(plan.values)[control_id]


def _any_of(choices: Sequence[Drawn], luck: Random) -> Drawn:
    return choices[int(luck.random() * len(choices))]


def _of_attacks(level: Level, _shown: Sequence[Plan] = ()) -> Domain:
    return Attacks(level)


DOMAINS: dict[str, Callable[[Level, Sequence[Plan]], Domain]] = {NEMESIS: _of_attacks}
"""By kind of level; a kind that is not listed has a grid of choices."""
