"""Nemesis: the whole budget spent on one kind of weapon leaves the system standing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import comb
from random import Random

from game.level.attacks import MOST_ATTACKS, Attack
from game.level.model import Level, Weapon
from game.level.plan import Plan
from game.proof.attack_domain import STEP_US, TRIES, Attacks
from game.proof.nearness import nearest, no_further
from game.proof.plans import CLIMB_STEPS, CLIMBERS
from game.proof.rule import Case, RuleBroken
from game.proof.wins import graded_misses
from game.proof.words import gave_up_words

BEGINS = 6
"""Moments from which the attacks of a plan go on, spread over the window."""
SETS = 60
"""All sets of targets are tried where there are at most so many, else so many of them, for each
weapon; fewer sets are tried from several moments, up to so many plans."""
AT_RANDOM = 20
"""Plans with targets and moments drawn at random, for each weapon."""

Targets = tuple[str, ...]


def one_kind_loses(case: Case) -> str:
    """With each weapon alone: sets of its targets at once, one after the other, and each target
    again and again, from several moments on, and targets and moments at random."""
    tried = given_up = 0
    for weapon in case.level.weapons:
        plans = list(dict.fromkeys(plans_with(case.level, weapon)))
        given_up += _must_all_miss(case, weapon, plans)
        tried += len(plans)
        case.say(f"{tried} plans with one kind of weapon lose")
    return f"{tried} plans with one kind of weapon were tried: none wins{gave_up_words(given_up)}"


def one_kind_search_loses(case: Case) -> str:
    """From the plans with each weapon that come nearest, one attack after the other is made at
    another moment, or at another target."""
    tried = given_up = 0
    for weapon in case.level.weapons:
        luck = Random(4)
        climbers = nearest(case, list(dict.fromkeys(plans_with(case.level, weapon))), CLIMBERS)
        for _ in range(CLIMB_STEPS // CLIMBERS):
            steps = [moved(case.level, weapon, plan, luck) for plan in climbers]
            given_up += _must_all_miss(case, weapon, steps)
            tried += len(steps)
            climbers = no_further(case, climbers, steps)
        case.say(f"{tried} steps with one kind of weapon lose")
    return f"{tried} steps from the nearest of them were tried: none wins{gave_up_words(given_up)}"


def plans_with(level: Level, weapon: Weapon) -> Iterator[Plan]:
    """Plans that spend the whole budget on one weapon, some of them twice."""
    domain = Attacks(level)
    number = min(level.attack_budget // weapon.price, MOST_ATTACKS)
    targets = weapon.targets or ("",)
    begins_us = _begins_us(level)
    for begin_us in begins_us:
        yield domain.plan(_in_turn(level, weapon, targets, number, begin_us))
        for target in targets:
            yield domain.plan(_in_turn(level, weapon, (target,), number, begin_us))
    luck = Random(3)
    sets = _sets_of(targets, min(number, len(targets)), luck)
    for place in range(SETS if sets else 0):
        begin_us = begins_us[(place % len(sets) + place // len(sets)) % BEGINS]
        chosen = sets[place % len(sets)]
        yield domain.plan(_in_turn(level, weapon, chosen, number, begin_us))
        yield domain.plan(_staggered(level, weapon, chosen, number, begin_us))
    for _ in range(AT_RANDOM):
        yield domain.plan(domain.spent([weapon], luck))


def moved(level: Level, weapon: Weapon, plan: Plan, luck: Random) -> Plan:
    """The plan with one attack of this weapon, its only one, at another moment or target."""
    domain = Attacks(level)
    targets = weapon.targets or ("",)
    for _ in range(TRIES if plan.attacks else 0):
        place = luck.randrange(len(plan.attacks))
        was = plan.attacks[place]
        at_us, target = luck.choice(domain.moments), luck.choice(targets)
        if len(targets) > 1 and luck.random() < 0.5:
            at_us = was.at
        else:
            target = was.target
        attack = Attack(weapon=weapon.id, target=target, at=at_us)
        if attack not in plan.attacks:
            return domain.plan((*plan.attacks[:place], attack, *plan.attacks[place + 1 :]))
    return plan


def _must_all_miss(case: Case, weapon: Weapon, plans: list[Plan]) -> int:
    """How many of the plans missed only because their runs gave up."""
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
    return sum(lost is not None and lost.gave_up for lost in misses.values())


def _begins_us(level: Level) -> list[int]:
    first, last = level.window_us or (0, level.system.duration)
    begins_us = (first + (last - first) * part // BEGINS for part in range(BEGINS))
    return [begin_us - begin_us % STEP_US for begin_us in begins_us]


def _sets_of(targets: Sequence[str], most: int, luck: Random) -> list[Targets]:
    """Sets of up to so many targets, the largest first: all, or as many as are tried."""
    sizes = range(most, 0, -1)
    if sum(comb(len(targets), size) for size in sizes) <= SETS:
        return [chosen for size in sizes for chosen in combinations(targets, size)]
    drawn: dict[Targets, None] = {}
    for turn in range(SETS * TRIES):
        size = sizes[turn % len(sizes)]
        places = sorted(luck.sample(range(len(targets)), size))
        drawn[tuple(targets[place] for place in places)] = None
        if len(drawn) == SETS:
            break
    return list(drawn)


def _in_turn(
    level: Level, weapon: Weapon, targets: Targets, number: int, begin_us: int
) -> tuple[Attack, ...]:
    """Each target once at the begin, then each again when the first attack is over."""
    rounds = (one // len(targets) for one in range(number))
    return _attacks(level, weapon, targets, begin_us, rounds)


def _staggered(
    level: Level, weapon: Weapon, targets: Targets, number: int, begin_us: int
) -> tuple[Attack, ...]:
    """One target after the other, each when the attack on the one before it is over."""
    return _attacks(level, weapon, targets, begin_us, range(number))


def _attacks(
    level: Level, weapon: Weapon, targets: Targets, begin_us: int, gaps: Iterator[int] | range
) -> tuple[Attack, ...]:
    """Attacks on the targets in turn, each so many lengths of an attack after the begin."""
    gap_us = weapon.lasts or STEP_US
    attacks = (
        Attack(weapon=weapon.id, target=targets[one % len(targets)], at=begin_us + gap * gap_us)
        for one, gap in enumerate(gaps)
    )
    return tuple(attack for attack in attacks if attack.at < level.system.duration)
