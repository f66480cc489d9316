"""Partial answers: when a fan-out stops to wait, and what it then has."""

from __future__ import annotations

import pytest

from game.engine.causes import Cause
from tests.engine.nights import MS, SECOND, Night, night

LEAVES = """
duration = "20s"

[[node]]
id = "leaf"
count = 4

[[node]]
id = "root"

[[link]]
from = "*"
to = "*"
latency = "1ms"

[[policy]]
id = "all"
cancel = true

[[service]]
id = "index"
on = "leaf"
steps = [{ wait = "10ms" }]

[[service]]
id = "search"
on = "root"
steps = [{ call = "index", fan_out = 4, policy = "all", #partial }]

[[client]]
id = "people"
call = "CALLED"
policy = "all"
gap = "100ms"
deadline = "500ms"
#client

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""
SLOW = """
[[fault]]
kind = "pause"
target = "leaf-4"
at = "5s"
for = "10s"
"""
DEAD = SLOW.replace("pause", "crash")
PARTIAL = 'partial = { after = "50ms", at_least = 3 }'


def by_client(more: str, partial: str = PARTIAL) -> Night:
    text = LEAVES.replace(", #partial", "").replace("CALLED", "index")
    return night(text.replace("#client", f"fan_out = 4\n{partial}") + more)


def by_step(more: str, partial: str = PARTIAL) -> Night:
    text = LEAVES.replace("#partial", partial).replace("CALLED", "search")
    return night(text + more)


def during(played: Night) -> tuple[set[str], set[int]]:
    """Causes and durations of the operations while one leaf is in trouble."""
    rows = played.operations(6 * SECOND, 14 * SECOND)
    assert len(rows) == 80
    return {row.cause.word for row in rows}, {row.ended_us - row.invoked_us for row in rows}


def parts(played: Night) -> tuple[int, int]:
    """Asked and answered."""
    totals = played.log.totals
    return totals["parts-asked:index"], totals["parts-answered:index"]


@pytest.mark.parametrize(("play", "way_us"), [(by_client, 0), (by_step, 2 * MS)])
def test_a_fan_out_goes_on_with_what_it_has_when_its_time_is_over(play, way_us) -> None:  # type: ignore[no-untyped-def]
    played = play(SLOW)

    assert during(played) == ({"none"}, {50 * MS + way_us})
    before = {row.ended_us - row.invoked_us for row in played.operations(0, 4 * SECOND)}
    assert before == {12 * MS + way_us}
    asked, answered = parts(played)
    good = sum(row.cause == Cause.NONE for row in played.operations())
    assert asked == 4 * good
    assert asked - answered == pytest.approx(100, abs=1)


def test_what_is_not_waited_for_is_called_back() -> None:
    played = by_client(SLOW)

    late = [row for row in played.attempts(6 * SECOND, 14 * SECOND) if row.station == 3]
    assert {row.ended_us - row.sent_us for row in late} == {50 * MS}
    assert all(row.served_us < 0 for row in late)


def test_parts_that_fail_are_not_waited_for() -> None:
    assert during(by_client(DEAD)) == ({"none"}, {12 * MS})
    assert during(by_step(DEAD)) == ({"none"}, {14 * MS})


def test_fewer_than_at_least_are_waited_for_to_the_deadline() -> None:
    causes, lasted = during(by_client(SLOW, PARTIAL.replace("3", "4")))

    assert "none" not in causes
    assert lasted == {500 * MS}


def test_too_few_that_can_still_come_fail_at_once() -> None:
    causes, lasted = during(by_client(DEAD, PARTIAL.replace("3", "4")))

    assert causes == {"refused"}
    assert lasted == {2 * MS}


def test_after_the_time_is_over_the_first_that_makes_it_enough_ends_it() -> None:
    pause = SLOW.replace('"leaf-4"', '["leaf-3", "leaf-4"]').replace("10s", "100ms")
    played = by_client(pause.replace('at = "5s"', 'at = "5005ms"'))

    [row] = [row for row in played.operations() if row.ended_us - row.invoked_us > 50 * MS]
    assert row.cause == Cause.NONE
    assert row.ended_us >= 5105 * MS


def test_a_pause_of_whoever_waits_puts_the_end_off() -> None:
    root = SLOW.replace("leaf-4", "root").replace("10s", "200ms").replace('"5s"', '"5130ms"')
    played = by_step(SLOW.replace('"5s"', '"4s"') + root)

    [row] = [row for row in played.operations() if row.invoked_us == 5100 * MS]
    assert (row.cause, row.ended_us) == (Cause.NONE, 5331 * MS)


def test_partial_that_cannot_act_changes_no_operation() -> None:
    plain, idle = by_client("", ""), by_client("")

    assert idle.log.operations.data == plain.log.operations.data
    assert parts(idle)[0] == parts(idle)[1] == 4 * len(idle.operations())
