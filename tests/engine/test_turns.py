"""Clients that write and read in turn."""

from __future__ import annotations

from itertools import pairwise

import pytest

from game.engine.kinds import load_kinds
from game.level.read import read_level_bytes
from tests.engine.nights import HEAD, night
from tests.engine.replication.stores import store_text

TURNS = store_text(writes=0.1).replace("writes = 0.1", "writes = 0.1\nturns = true")
CLOSED = TURNS.replace("rate = 100", 'population = 3\nthink = "20ms"')


def test_a_group_of_an_open_loop_writes_first_and_reads_next_whatever_the_share() -> None:
    writes = [row.write for row in night(TURNS).operations()]

    assert len(writes) > 500
    assert writes[0] == 1
    assert all(one != two for one, two in pairwise(writes))


def test_each_client_of_a_closed_loop_has_turns_of_its_own() -> None:
    rows = night(CLOSED).operations()

    assert [row.write for row in rows[:6]] == [1, 1, 1, 0, 0, 0]
    assert abs(sum(1 if row.write else -1 for row in rows)) <= 3


def test_turns_change_no_other_luck() -> None:
    plain, turns = night(store_text(writes=0.1)), night(TURNS)

    assert [(row.invoked_us, row.key) for row in plain.operations()] == [
        (row.invoked_us, row.key) for row in turns.operations()
    ]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("writes = 0.1", "writes = 0", 'take turns only where "writes" are more than none'),
        ("turns = true", 'turns = "yes"', "turns"),
    ],
)
def test_what_does_not_fit_is_told(before: str, after: str, said: str) -> None:
    text = HEAD + TURNS.replace(before, after)
    level, problems = read_level_bytes(text.encode(), "night.toml", load_kinds())

    assert level is None
    assert said in str(problems)
