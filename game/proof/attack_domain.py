"""The domain of a level in which the player attacks: all sets of attacks within the budget.

Attacks begin on a grid of moments, so that there are finitely many plans.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import comb
from random import Random
from typing import TYPE_CHECKING, TypeVar

from game.level.attacks import MOST_ATTACKS, Attack, cost_of, in_order
from game.level.model import Level, Weapon
from game.level.plan import Plan, default_plan

if TYPE_CHECKING:
    from game.proof.domain import Axis

STEP_US = 500_000
"""Between the moments at which an attack may begin, from the begin of the run to the end of the
window: what is later has no effect."""
TRIES = 50
"""Draws for one more attack, or one small change, before it is given up."""
Drawn = TypeVar("Drawn")


@dataclass(frozen=True)
class Attacks:
    """All plans of attack. What is random in them is drawn as a player without a plan would: any
    weapon that can still be paid, any of its targets, any moment, until nothing can be paid."""

    level: Level

    @property
    def axes(self) -> tuple[Axis, ...]:
        """None: attacks are no grid."""
        return ()

    @cached_property
    def moments(self) -> tuple[int, ...]:
        """When an attack may begin."""
        end_us = self.level.system.duration
        last_us = end_us if self.level.window_us is None else min(self.level.window_us[1], end_us)
        return tuple(range(0, max(last_us, 1), STEP_US))

    def size(self, held: Collection[str] = ()) -> int:
        """How many sets of attacks cost no more than the budget, the empty one among them."""
        budget = self.level.attack_budget
        ways = [1, *([0] * budget)]
        for weapon in self.level.weapons:
            many = len(self.moments) * max(1, len(weapon.targets))
            ways = [
                sum(
                    comb(many, number) * ways[cost - number * weapon.price]
                    for number in range(min(many, cost // weapon.price) + 1)
                )
                for cost in range(budget + 1)
            ]
        return sum(ways)

    def all(self, held: Collection[str] = ()) -> Iterator[Plan]:
        """The plan without an attack first, those with fewer attacks before those with more."""
        waiting: list[tuple[tuple[Attack, ...], int]] = [((), 0)]
        offered = self._offered()
        while waiting:
            following = []
            for attacks, first in waiting:
                yield self.plan(attacks)
                for index in range(first, len(offered)):
                    more = (*attacks, offered[index])
                    if self._can_be_paid(more):
                        following.append((more, index + 1))
            waiting = following

    def sample(self, count: int, luck: Random) -> list[Plan]:
        """Different plans, each of which has spent what it can."""
        plans: dict[Plan, None] = {}
        for _ in range(count * TRIES):
            plans[self.plan(self.spent(self.level.weapons, luck))] = None
            if len(plans) == count:
                break
        return list(plans)

    def spread(self, held: Collection[str], count: int, luck: Random) -> list[Plan]:
        """As a sample."""
        return self.sample(count, luck)

    def neighbour(self, held: Collection[str], plan: Plan, luck: Random) -> Plan:
        """One attack is made otherwise, as far as the budget allows."""
        if not plan.attacks:
            return self.plan(self.spent(self.level.weapons, luck))
        for _ in range(TRIES):
            kept = list(plan.attacks)
            kept.pop(int(luck.random() * len(kept)))
            weapon = _any_of(self.level.weapons, luck)
            attacks = (*kept, self._any_attack(weapon, luck))
            if self._can_be_paid(attacks) and in_order(attacks) != plan.attacks:
                return self.plan(attacks)
        return plan

    def along(self, plan: Plan, axis_id: str) -> Iterator[Plan]:
        """There is no axis to go along."""
        raise AssertionError(f"attacks have no axis {axis_id!r}")

    def settings(self, plan: Plan) -> dict[str, str]:
        """Nothing: there are no axes."""
        return {}

    def spent(self, weapons: Sequence[Weapon], luck: Random) -> tuple[Attack, ...]:
        """Random attacks with these weapons, until none of them can be paid any more."""
        attacks: dict[Attack, None] = {}
        left = self.level.attack_budget
        for _ in range(MOST_ATTACKS + TRIES):
            payable = [weapon for weapon in weapons if weapon.price <= left]
            if not payable or len(attacks) == MOST_ATTACKS:
                break
            weapon = _any_of(payable, luck)
            attack = self._any_attack(weapon, luck)
            if attack not in attacks:
                attacks[attack] = None
                left -= weapon.price
        return tuple(attacks)

    def plan(self, attacks: Sequence[Attack]) -> Plan:
        """The plan with these attacks."""
        return replace(default_plan(self.level), attacks=in_order(attacks))

    def _any_attack(self, weapon: Weapon, luck: Random) -> Attack:
        target = _any_of(weapon.targets, luck) if weapon.targets else ""
        return Attack(weapon=weapon.id, target=target, at=_any_of(self.moments, luck))

    def _offered(self) -> list[Attack]:
        return [
            Attack(weapon=weapon.id, target=target, at=at_us)
            for weapon in self.level.weapons
            for target in weapon.targets or ("",)
            for at_us in self.moments
        ]

    def _can_be_paid(self, attacks: Sequence[Attack]) -> bool:
        cost = cost_of(self.level, attacks)
        different = len(set(attacks)) == len(attacks)
        return different and len(attacks) <= MOST_ATTACKS and cost <= self.level.attack_budget


def _any_of(choices: Sequence[Drawn], luck: Random) -> Drawn:
    return choices[int(luck.random() * len(choices))]
