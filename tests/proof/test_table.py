from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from game.proof.judge import judge
from game.proof.plans import set_to
from game.proof.rule import Case
from game.proof.table import (
    BIGGEST,
    BIGGEST_WITHOUT_LESSON,
    DEFAULT,
    KEPT_SEEDS,
    Row,
    by_plan,
    kept_seeds,
    table_of,
)
from game.proof.table_words import WIDTH, table_json, table_lines
from tests.proof.fakes import Night, case, level, proofs, proven


def rows_of(judged: Case) -> dict[str, Row]:
    judge(judged)
    return {row.plan: row for row in table_of(judged, {})}


def unlucky(settings: Mapping[str, str], seed: int) -> Night:
    """The sound level, but six fresh nights are too much for every plan."""
    return (
        replace(proven(settings, seed), failures=900)
        if 1040 <= seed < 1046
        else proven(settings, seed)
    )


def test_each_plan_has_a_row_with_every_graded_seed() -> None:
    rows = rows_of(case())

    assert list(rows) == [
        DEFAULT,
        "reference",
        "bigger",
        "two-stars",
        "costly",
        BIGGEST,
    ]
    assert all([cell.seed for cell in row.cells] == [1, 2, 3] for row in rows.values())
    assert [cell.stars for cell in rows["two-stars"].cells] == [2, 2, 2]
    assert [cell.stars for cell in rows[DEFAULT].cells] == [0, 0, 0]


def test_an_extreme_that_a_proof_names_has_no_row_of_its_own() -> None:
    rows = rows_of(case(named=[proof for proof in proofs(level()) if proof.role != "trap"]))

    assert BIGGEST_WITHOUT_LESSON in rows
    assert BIGGEST_WITHOUT_LESSON not in rows_of(case())


def test_the_margin_of_a_winner_is_the_most_that_it_used_and_of_a_loser_the_least() -> None:
    rows = rows_of(case())

    # Ten failures are allowed; the reference has 2, 3 and 1, and a p99 of 80 of 200 ms.
    assert (rows["reference"].goal, rows["reference"].used) == ("fast", 0.4)
    assert (rows[DEFAULT].goal, rows[DEFAULT].used) == ("up", 50.0)


def test_fresh_seeds_are_counted_as_far_as_they_were_played() -> None:
    rows = rows_of(case())

    assert (rows["reference"].fresh_won, rows["reference"].fresh_played) == (100, 100)
    assert (rows[DEFAULT].fresh_won, rows[DEFAULT].fresh_played) == (0, 20)
    assert rows["reference"].failed == ()


def test_the_fresh_seeds_that_failed_are_kept_and_tried_first() -> None:
    judged = case(nights=unlucky)
    kept = kept_seeds(tuple(rows_of(judged).values()))
    again = case(nights=unlucky)
    again.retry = by_plan(again, kept)

    finding = judge(again)[-1]

    assert kept["reference"] == (1040, 1041, 1042, 1043, 1044, 1045)
    assert not finding.ok
    assert again.runs.played < judged.runs.played


def test_a_seed_that_was_kept_and_not_played_again_stays_kept_and_their_number_is_bounded() -> None:
    judged = case(named=proofs(level())[1:])
    judge(judged)

    rows = table_of(judged, {DEFAULT: tuple(range(1001, 1050))})

    assert rows[0].failed == tuple(range(1001, 1001 + KEPT_SEEDS))


def test_a_broken_level_shows_what_was_played() -> None:
    rows = rows_of(case(named=proofs(level())[1:]))

    assert list(rows) == [DEFAULT]


def test_the_table_fits_eighty_columns_however_many_seeds_there_are() -> None:
    for seeds in ((1, 2, 3), tuple(range(1, 21)), (1, 123_456, 999_999)):
        judged = case(level(seeds=seeds))
        judge(judged)

        lines = list(table_lines(table_of(judged, {}), seeds))

        assert max(map(len, lines)) <= WIDTH
        assert all(any(str(seed) in line for line in lines) for seed in seeds)


def test_a_seed_that_went_otherwise_than_is_due_is_marked() -> None:
    def lucky(settings: Mapping[str, str], seed: int) -> Night:
        return Night() if seed == 2 else proven(settings, seed)

    judged = case(nights=lucky)
    judge(judged)
    lines = list(table_lines(table_of(judged, {}), (1, 2, 3)))

    assert lines[1].split()[:6] == ["default", "plan", "✗", "✗", "2★!", "✗"]
    assert any("! not as is due" in line for line in lines)


def test_a_table_is_plain_json_without_endless_numbers() -> None:
    def nothing(settings: Mapping[str, str], seed: int) -> Night:
        return replace(proven(settings, seed), p99_ms=None)

    judged = case(nights=nothing)
    judge(judged)
    told = json.loads(json.dumps(table_json(table_of(judged, {})), allow_nan=False))

    assert told[0]["margin"]["used"] is None
    assert told[0]["seeds"][0] == {"seed": 1, "verdict": "failed", "stars": 0}


def test_a_plan_by_another_name_has_the_same_seeds_to_retry() -> None:
    judged = case()
    retry = by_plan(judged, {"reference": (1007,)})

    assert retry[set_to(judged.reference.plan, {})] == (1007,)
