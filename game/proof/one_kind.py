"""Nemesis: the whole budget spent on one kind of weapon leaves the system standing."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from game.level.attacks import MOST_ATTACKS, Attack
from game.level.model import Weapon
from game.level.plan import Plan
from game.proof.attack_domain import STEP_US, Attacks
from game.proof.rule import Case, RuleBroken
from game.proof.wins import graded_misses
from game.proof.words import gave_up_words

BEGINS = 6
"""Moments from which the attacks of a plan go on, spread over the window."""
AT_RANDOM = 20
"""Plans with targets and moments drawn at random, for each weapon."""


def one_kind_loses(case: Case) -> str:
    """With each weapon alone: all targets at once and each target again and again, from several
    moments on, and targets and moments at random."""
    tried = given_up = 0
    for weapon in case.level.weapons:
        plans = list(dict.fromkeys(plans_with(case, weapon)))
        misses = graded_misses(case, plans)
        for plan, lost in misses.items():
            if lost is None:
                raise RuleBroken(
                    f"one kind of attack is enough: {weapon.id!r} alone meets every goal of one "
                    "star on every graded seed",
                    advice="raise its price, shorten it, or defend the system against it",
                    plan=plan,
                    seed=case.level.seeds[0],
                )
        tried += len(plans)
        given_up += sum(lost is not None and lost.gave_up for lost in misses.values())
        case.say(f"{tried} plans with one kind of weapon lose")
    return f"{tried} plans with one kind of weapon were tried: none wins{gave_up_words(given_up)}"


def plans_with(case: Case, weapon: Weapon) -> Iterator[Plan]:
    """Plans that spend the whole budget on one weapon, some of them twice."""
    domain = Attacks(case.level)
    number = min(case.level.attack_budget // weapon.price, MOST_ATTACKS)
    window = case.level.window_us or (0, case.level.system.duration)
    for part in range(BEGINS):
        begin_us = window[0] + (window[1] - window[0]) * part // BEGINS
        begin_us -= begin_us % STEP_US
        targets = weapon.targets or ("",)
        yield domain.plan(_in_turn(case, weapon, targets, number, begin_us))
        for target in targets:
            yield domain.plan(_in_turn(case, weapon, (target,), number, begin_us))
    luck = Random(3)
    for _ in range(AT_RANDOM):
        yield domain.plan(domain.spent([weapon], luck))


def _in_turn(
    case: Case, weapon: Weapon, targets: tuple[str, ...], number: int, begin_us: int
) -> tuple[Attack, ...]:
    """Each target once at the begin, then each again when the first attack is over."""
    gap_us = weapon.lasts or STEP_US
    attacks = (
        Attack(
            weapon=weapon.id,
            target=targets[one % len(targets)],
            at=begin_us + one // len(targets) * gap_us,
        )
        for one in range(number)
    )
    return tuple(attack for attack in attacks if attack.at < case.level.system.duration)
