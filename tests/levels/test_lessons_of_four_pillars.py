"""Correctness, efficiency, scale and availability, as a player meets them. Their proofs are
`level test`'s."""

from __future__ import annotations

import pytest

from game.engine.kinds import load_kinds
from game.level.model import SECOND_US
from game.level.plan import make_plan, system_with
from game.score.nines import nines
from game.score.scorecard import Scorecard, SeedScore
from tests.levels.playing import first_night, level_of

NINES_AN_HOUR = {"three-nines": 3.0, "four-nines": 4.0}


def lost(card: Scorecard) -> int:
    (seed,) = card.seeds
    return seed.operations - seed.good


@pytest.mark.parametrize("goal_id", NINES_AN_HOUR)
def test_the_nines_of_the_goals_are_those_of_the_story(goal_id: str) -> None:
    level = level_of("count-the-nines")
    (goal,) = (goal for goal in level.goals if goal.id == goal_id)
    seed: SeedScore = first_night("count-the-nines").seeds[0]
    assert goal.at_least is not None
    told = nines(goal.at_least, seed.operations, 36 * SECOND_US, level.how_often_per_year)
    assert told.a_year == pytest.approx(NINES_AN_HOUR[goal_id], abs=0.001)


def test_two_card_files_are_worse_than_one_and_three_are_better() -> None:
    places = {"zones": "A, B and C", "desks": "2", "silence": "200 ms"}
    one, two, three = (first_night("count-the-nines", files=n, **places) for n in ("1", "2", "3"))
    assert lost(two) > 1.3 * lost(one)
    assert lost(three) == 0


def test_of_two_buildings_one_holds_the_majority() -> None:
    level = level_of("count-the-nines")
    plan = make_plan(level, {"zones": "A and B", "files": "3"})
    groups = system_with(level, plan, load_kinds()).nodes
    (files,) = (group for group in groups if group.id == "files")
    homes = [files.zones[index % len(files.zones)] for index in range(files.count or 1)]
    assert homes.count("a") == 2


def test_more_copies_do_not_one_more_write_and_more_shards_do() -> None:
    plans = {
        (split, number): first_night(
            "ten-or-ten-million", split=split, registers=number, counters="4"
        )
        for split in ("each keeps all", "by the cat's name")
        for number in ("1", "8")
    }
    good = {plan: card.seeds[0].good for plan, card in plans.items()}
    assert good["each keeps all", "8"] == pytest.approx(good["each keeps all", "1"], rel=0.1)
    assert good["by the cat's name", "8"] > 7 * good["by the cat's name", "1"]


def test_a_form_that_comes_again_is_known_where_the_cat_is_at_home_alone() -> None:
    scattered, sharded = (
        first_night("ten-or-ten-million", split=split, registers="8", counters="4")
        for split in ("whoever is free", "by the cat's name")
    )
    assert (scattered.measures["duplicates"] or 0) > 5
    assert sharded.measures["duplicates"] == 0


def test_the_three_loads_are_ten_times_each_other() -> None:
    (visitors,) = level_of("ten-or-ten-million").system.clients
    assert [step.times for step in visitors.load] == [10, 100]


def test_a_coordinated_write_path_has_a_knee_and_a_retreat() -> None:
    numbers = ("3", "5", "7", "10", "13")
    cards = {number: first_night("the-committee", members=number) for number in numbers}
    answered = [cards[number].seeds[0].good for number in numbers]
    assert answered[0] < answered[1] < answered[2] > answered[3] > answered[4]


SIGNED_WHEN = ("when all have it", "when one more has it")


@pytest.mark.parametrize("sign", SIGNED_WHEN)
def test_not_to_wait_for_the_others_is_not_to_work_for_them(sign: str) -> None:
    few, many = (
        first_night("the-committee", members=number, ask="the desks", desks="4", sign=sign)
        for number in ("3", "13")
    )
    assert few.measures["unsigned"] == 0
    assert (many.measures["unsigned"] or 0) > 100


def test_fewer_members_sign_sooner() -> None:
    signing = [
        first_night("the-committee", members=number, ask="the desks", desks="4").measures["signing"]
        for number in ("3", "5", "7")
    ]
    assert signing == sorted(signing, key=lambda milliseconds: milliseconds or 0)
    assert None not in signing


SAFE = {
    "promises": "writes down first",
    "counting": "while all hold still",
    "number": "yes",
    "again": "keeps asking",
    "silence": "100 ms",
}


def broken(**settings: str) -> tuple[bool, ...]:
    """Whether a count was wrong, a receipt was worth nothing, a transfer was paid twice."""
    measures = first_night("a-coin-on-the-way", **{**SAFE, **settings}).measures
    names = ("wrong_values", "lost_writes", "duplicates")
    return tuple((measures[name] or 0) > 0 for name in names)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, (False, False, False)),
        ({"promises": "remembers"}, (True, True, False)),
        ({"counting": "what is there"}, (True, False, False)),
        ({"number": "no"}, (False, False, True)),
        ({"number": "no", "again": "goes home"}, (False, False, False)),
    ],
)
def test_each_of_three_cures_is_for_an_illness_of_its_own(
    settings: dict[str, str], said: tuple[bool, ...]
) -> None:
    assert broken(**settings) == said


def test_who_never_asks_again_is_often_not_served() -> None:
    patient, gone = (
        first_night("a-coin-on-the-way", **{**SAFE, "again": again}).measures["availability"]
        for again in ("keeps asking", "goes home")
    )
    assert (patient or 0) > 0.98
    assert (gone or 1) < 0.85


def test_to_ask_late_keeps_branches_in_doubt_and_to_ask_early_keeps_postmen_busy() -> None:
    early, right, late = (
        first_night("a-coin-on-the-way", **{**SAFE, "silence": silence}).measures
        for silence in ("25 ms", "100 ms", "500 ms")
    )
    assert (early["messages"] or 0) > 2 * (right["messages"] or 0)
    assert (late["in-doubt"] or 0) > 1.5 * (right["in-doubt"] or 0)
