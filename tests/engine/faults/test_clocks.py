"""Clock jump and clock drift: only the clock of the target is wrong, and only as long as it is."""

from __future__ import annotations

import pytest

from game.engine.kinds import load_kinds
from game.engine.log import Change
from game.level.read import read_level_bytes
from tests.engine.faults.towns import PAIR, fault
from tests.engine.nights import HEAD, MS, SECOND, night


def test_a_jump_happens_at_once_and_is_not_taken_back() -> None:
    played = night(PAIR + fault("clock-jump", target="web-2", behind="70ms"))

    assert played.changes(Change.CLOCK_SET) == [(2 * SECOND, "web-2", -70 * MS)]


def test_a_jump_without_a_length_is_over_in_its_moment() -> None:
    text = '\n[[fault]]\nkind = "clock-jump"\ntarget = "web"\nat = "2s"\nahead = "1s"\n'
    played = night(PAIR + text)

    assert played.changes(Change.FAULT_ENDED) == [(2 * SECOND, "clock-jump", -1)]
    assert [error for _, _, error in played.changes(Change.CLOCK_SET)] == [SECOND, SECOND]


def test_what_a_drift_gained_stays_when_it_is_over() -> None:
    later = fault("clock-jump", target="web-1", ahead="1us", at="9s", lasts="1s")
    played = night(PAIR + fault("clock-drift", target="web-1", ppm=-10_000) + later)

    assert played.changes(Change.CLOCK_SET) == [
        (2 * SECOND, "web-1", 0),
        (5 * SECOND, "web-1", -30 * MS),
        (9 * SECOND, "web-1", -30 * MS + 1),
    ]


def test_what_nobody_reads_a_clock_for_does_not_change() -> None:
    jumped = night(PAIR + fault("clock-jump", target="web", ahead="1h"))

    assert jumped.log.operations.data == night(PAIR).log.operations.data


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({}, 'must say by how much the clock jumps: "ahead" or "behind"'),
        ({"ahead": "1s", "behind": "1s"}, "and not both"),
        ({"ahead": "0s"}, 'must say by how much the clock jumps: "ahead" or "behind"'),
    ],
)
def test_a_jump_must_say_by_how_much(keys: dict[str, str], said: str) -> None:
    text = HEAD + PAIR + fault("clock-jump", target="web", **keys)
    _, problems = read_level_bytes(text.encode(), "night.toml", load_kinds())

    assert said in str(problems)


@pytest.mark.parametrize("ppm", [0, 100_001, -100_001])
def test_a_drift_is_some_but_not_any_drift(ppm: int) -> None:
    text = HEAD + PAIR + fault("clock-drift", target="web", ppm=ppm)
    _, problems = read_level_bytes(text.encode(), "night.toml", load_kinds())

    assert len(problems) == 1
