"""Rule 6: how large the share of winning plans is."""

from __future__ import annotations

from math import sqrt
from pathlib import Path
from random import Random

from game.level import find
from game.level.model import Level
from game.proof.plans import ALL_PLANS, SAMPLE_PLANS
from game.proof.rule import Case, RuleBroken, Share
from game.proof.wins import graded_misses
from game.proof.words import share_words

TUTORIAL_CHAPTER = "A machine you have never heard of"
"""The campaign's first chapter, whose levels may be easy and small."""
FEWEST_PLANS = 30
LARGEST_SHARE = 0.2
Z_95 = 1.959964
"""Two-sided 95 % point of the normal distribution."""


def enough_plans(case: Case) -> str:
    """Outside the tutorial a level has at least 30 plans."""
    plans = case.domain.size()
    if plans < FEWEST_PLANS and not is_tutorial(case.level):
        raise RuleBroken(
            f"the level has {plans} plans; outside the tutorial it takes at least {FEWEST_PLANS}",
            advice="add a control, or choices to one",
        )
    return f"the level has {plans} plans"


def share_of_winning_plans(case: Case) -> str:
    """Few plans win; in the tutorial the share is only told. Of a level to predict only plans count
    that answer."""
    domain = case.answered
    plans = domain.size()
    tried = list(domain.all()) if plans <= ALL_PLANS else domain.sample(SAMPLE_PLANS, Random(2))
    case.say(f"{len(tried)} plans for the share of winning ones")
    misses = graded_misses(case, tried)
    winning = [plan for plan, lost in misses.items() if lost is None]
    share = case.share = share_of(len(winning), len(tried), plans)
    if share.value > LARGEST_SHARE and not is_tutorial(case.level):
        raise RuleBroken(
            f"{describe(share)}; outside the tutorial at most {share_words(LARGEST_SHARE)} may",
            advice="tighten a goal, or make the night harder",
            plan=winning[0],
            seed=case.level.seeds[0],
        )
    return describe(share)


def is_tutorial(level: Level) -> bool:
    """Whether the level belongs to the campaign's own tutorial; a title alone exempts nobody."""
    if level.chapter != TUTORIAL_CHAPTER:
        return False
    return Path(level.path).resolve().is_relative_to(find.campaign().resolve())


def share_of(wins: int, tried: int, plans: int) -> Share:
    """A share with its 95 % interval: Wilson's (1927), or none where all plans were tried."""
    share = wins / tried
    if tried == plans:
        return Share(wins, tried, plans, share, share)
    weight = Z_95**2 / tried
    middle = (share + weight / 2) / (1 + weight)
    half = sqrt(share * (1 - share) * weight + weight**2 / 4) / (1 + weight)
    return Share(wins, tried, plans, max(0.0, middle - half), max(share, middle + half))


def describe(share: Share) -> str:
    """The share in words."""
    if share.tried == share.plans:
        return f"{share.wins} of {share.plans} plans win ({share_words(share.value)})"
    return (
        f"{share.wins} of {share.tried} sampled plans win ({share_words(share.value)}, "
        f"95 % interval {share_words(share.low)} to {share_words(share.high)}, "
        f"{share.plans} plans in all)"
    )
