"""Whoever loses is shown something that he has to change: over all proofs of the campaign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pytest

from game.level.find import find_levels
from game.level.level_kinds import DESIGN, ON_CALL
from game.level.model import Control, Level
from game.level.plan import Plan
from game.level.proofs import Proof
from tests.explain.levels import told_of
from tests.levels.playing import level_of, proofs_of

LEFT: Mapping[tuple[str, str], str] = {
    (
        "moving-day",
        "from-the-beginning",
    ): "All that it sets is right, and set too soon: no control is.",
    ("moving-day", "it-will-pass"): "All that it sets is right, and set too late: no control is.",
}
"""Proofs whose post-mortem names nothing that is wrong with the plan, and why that is so."""


def setting(plan: Plan, control: Control) -> tuple[str, tuple[str, ...]]:
    """How a plan has a control, before the run and in it."""
    during = sorted(one.value for one in plan.changes if one.control == control.id)
    return dict(plan.values).get(control.id, control.default), tuple(during)


def unlike(plan: Plan, other: Plan, controls: Sequence[Control]) -> list[str]:
    """The controls that two plans have otherwise."""
    return [one.id for one in controls if setting(plan, one) != setting(other, one)]


def wrong_in(level: Level, plan: Plan, winners: Sequence[Plan]) -> set[str]:
    """What is wrong with a plan that loses: how it differs from the winners that come nearest to
    it, in the lesson's controls if it does in any."""
    nearest = min(len(unlike(plan, one, level.controls)) for one in winners)
    found = set[str]()
    for winner in winners:
        differs = unlike(plan, winner, level.controls)
        lessons = [one.id for one in level.controls if one.lesson and one.id in differs]
        if len(differs) == nearest:
            found.update(lessons or differs)
    return found


def losers() -> Iterator[tuple[str, Proof]]:
    """All proofs that lose, of the levels whose controls win or lose."""
    for name in (path.stem for path in find_levels()):
        if level_of(name).kind in (DESIGN, ON_CALL):
            yield from ((name, one) for one in proofs_of(name) if one.verdict == "loses")


CASES = tuple(losers())


def shown(name: str, proof: Proof) -> bool:
    """Whether one of the looks, or the next step, names something that is wrong with the plan."""
    level = level_of(name)
    winners = [one.plan for one in proofs_of(name) if one.verdict == "wins"]
    wrong = wrong_in(level, proof.plan, winners)
    found = told_of(level, proof.plan)
    labels = [one.label or one.id for one in level.controls if one.id in wrong]
    return any(wrong.intersection(look.controls) for look in found.look_at) or any(
        label in found.next_step for label in labels
    )


@pytest.mark.parametrize(
    ("name", "proof"), CASES, ids=[f"{name}:{proof.id}" for name, proof in CASES]
)
def test_who_loses_is_shown_what_to_change(name: str, proof: Proof) -> None:
    assert shown(name, proof) != ((name, proof.id) in LEFT)


def test_what_is_left_is_still_there() -> None:
    assert LEFT.keys() <= {(name, proof.id) for name, proof in CASES}


FIRST = {
    ("the-fox-next-door", "a-stamp-is-a-stamp"): {"date", "memory"},
    ("the-fox-next-door", "a-date-and-no-memory"): {"memory"},
    ("the-fox-next-door", "a-memory-and-no-date"): {"date"},
    ("the-fox-next-door", "to-the-millisecond"): {"date"},
    ("a-bad-star", "fail-fast"): {"shelf"},
    ("a-bad-star", "a-cache-will-do"): {"shelf"},
    ("how-are-you", "how-are-you"): {"watching"},
    ("how-are-you", "more-houses"): {"watching"},
    ("an-ocean-away", "an-ocean-away"): {"cards", "rules"},
    ("the-last-pigeon", "the-last-pigeon"): {"note"},
    ("paid-by-weight", "near-is-enough"): {"photos"},
    ("paid-by-weight", "paid-by-weight"): {"asks"},
}
"""What the next step names first, in plans whose post-mortems once led into the trap."""


@pytest.mark.parametrize(("name", "proof"), FIRST)
def test_the_next_step_names_first_what_is_missing(name: str, proof: str) -> None:
    level = level_of(name)
    (plan,) = (one.plan for one in proofs_of(name) if one.id == proof)
    words = told_of(level, plan).next_step
    places = {one.id: words.find(one.label) for one in level.controls if one.label in words}
    assert min(places, key=lambda control: places[control]) in FIRST[name, proof]
