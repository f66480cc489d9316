"""A clock that asks for the time is wrong by half of what the two ways differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.engine.clocks.correction import offset_us
from game.engine.kinds import load_kinds
from game.engine.log import Change
from game.engine.run import simulate
from game.level.problems import Problems
from game.level.read import read_level_bytes
from tests.engine.faults.towns import fault
from tests.engine.nights import MS, SECOND, night, system_of

TOWN = """
duration = "60s"

[[node]]
id = "web"
clock = { CLOCK }

[[node]]
id = "judge"

[[link]]
from = "web"
to = "judge"
latency = "30ms"
one_way = true

[[link]]
from = "judge"
to = "web"
latency = "10ms"
one_way = true

[[service]]
id = "front"
on = "web"

[[service]]
id = "time"
on = "judge"

[[client]]
id = "shop"
call = "front"
rate = 1
"""
ASKS = 'correction = { asks = "time", every = "5s" }'


def problems(text: str) -> Problems:
    text = 'format = 1\ntitle = "A night"\n' + text
    return read_level_bytes(text.encode(), "town.toml", load_kinds())[1]


def town(clock: str) -> str:
    return TOWN.replace("CLOCK", clock)


@given(
    there=st.integers(0, 10**6),
    back=st.integers(0, 10**6),
    ahead=st.integers(-(10**9), 10**9),
    asked=st.integers(0, 10**9),
)
def test_the_error_is_half_the_asymmetry(there: int, back: int, ahead: int, asked: int) -> None:
    heard = asked + there + ahead
    measured = offset_us(asked, heard, heard, asked + there + back)

    assert abs(measured - ahead) <= (there + back + 1) // 2
    assert measured - ahead == (there - back) // 2


@pytest.mark.parametrize("clock", ['ahead = "700ms"', 'behind = "3s"', 'ahead = "1ms"'])
def test_whatever_a_clock_showed_it_is_set_wrong_by_half_the_asymmetry(clock: str) -> None:
    played = night(town(f"{clock}, {ASKS}"))
    set_ = played.changes(Change.CLOCK_SET)

    assert set_[0][0] == 0
    assert len(set_) == 13
    assert {error for time, _, error in set_ if time} == {10 * MS}


def test_between_corrections_a_clock_drifts() -> None:
    jump = fault("clock-jump", target="web", ahead="1s", at="59s", lasts="1s")
    played = night(town(f"drift_ppm = 1_000, {ASKS}") + jump)
    *_, (before, _, corrected), (after, _, error) = played.changes(Change.CLOCK_SET)

    # In the 40 ms of question and answer it gained 40 us, of which half is not seen.
    assert corrected == 10 * MS + 20
    assert error - corrected - SECOND == pytest.approx((after - before) / 1000, abs=1)


def test_a_clock_is_asked_for_by_itself_and_drawn_by_itself() -> None:
    text = town('ahead = { law = "exponential", mean = "1s" }').replace(
        'id = "web"\n', 'id = "web"\ncount = 3\n', 1
    )
    errors = [error for _, _, error in night(text).changes(Change.CLOCK_SET)]

    assert len(errors) == len(set(errors)) == 3
    assert min(errors) > 0


def test_drifts_are_dealt_to_machines_in_turn() -> None:
    text = town("drift_ppm = [100, -100]").replace('id = "web"\n', 'id = "web"\ncount = 3\n', 1)
    played = night(text + fault("clock-jump", ahead="1ms", target="front", at="50s"))
    errors = [error for time, _, error in played.changes(Change.CLOCK_SET) if time]

    assert errors == [6 * MS, -4 * MS, 6 * MS]


def test_a_pause_while_the_answer_waits_sets_the_clock_wrong() -> None:
    text = town(ASKS)
    (_, _, _), (first, _, _), *_ = night(text).changes(Change.CLOCK_SET)
    begins = first - 5 * MS
    stop = f'\n[[fault]]\nkind = "pause"\ntarget = "web"\nat = "{begins}us"\nfor = "1005ms"\n'
    changes = night(text + stop).changes(Change.CLOCK_SET)

    assert changes[1] == (first + SECOND, "web", 10 * MS - SECOND // 2)
    assert changes[2][2] == 10 * MS


def test_who_is_not_answered_drifts_on() -> None:
    text = town(f"drift_ppm = 1_000, {ASKS}") + fault(
        "crash", target="judge", at="1ms", lasts="50s"
    )
    times = [time for time, _, _ in night(text).changes(Change.CLOCK_SET)]

    assert [time for time in times if 2 * SECOND < time < 50 * SECOND] == []
    assert max(times) > 50 * SECOND


def test_clocks_that_nobody_reads_change_nothing_but_their_own_record() -> None:
    plain = night(TOWN.replace("clock = { CLOCK }\n", "")).log
    clocked = night(town('ahead = "5s", drift_ppm = 50_000')).log

    assert plain.operations.data == clocked.operations.data
    assert plain.attempts.data == clocked.attempts.data


@pytest.mark.parametrize(
    ("clock", "said"),
    [
        ('correction = { asks = "front" }', '"front" is on this machine, whose clock'),
        ('correction = { asks = "times" }', 'unknown service "times"'),
        ("drift_ppm = 200_000", "this must be at most 100000"),
        ("drift_ppm = [1, -200_000]", "this must be at least -100000"),
        ('ahead = "-5ms"', "not a duration"),
    ],
)
def test_a_clock_that_cannot_be_is_refused_in_one_sentence(clock: str, said: str) -> None:
    assert said in str(problems(town(clock)))


def test_a_clock_is_set_by_one_machine() -> None:
    text = town(ASKS).replace('id = "judge"\n', 'id = "judge"\ncount = 2\n', 1)

    assert 'a clock is set by one machine, and "time" is on 2' in str(problems(text))


def test_a_run_with_clocks_is_the_same_every_time() -> None:
    system = system_of(town(f'behind = "1s", drift_ppm = 77, {ASKS}'))

    assert simulate(system, 3).digest() == simulate(system, 3, trace=True).digest()
