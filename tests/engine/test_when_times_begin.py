"""From when each time counts: latency, timeouts, deadlines, arrivals, and the time to a failure."""

from __future__ import annotations

from collections import Counter

import pytest

from game.engine.causes import Cause
from game.engine.log import Change
from game.engine.run import Run
from tests.engine.faults.towns import ONE, PAIR, fault
from tests.engine.nights import MS, SECOND, night, system_of

HASTY = """
[[policy]]
id = "hasty"
attempt_timeout = "50ms"
retry = { attempts = 2 }
"""
ASKS_AGAIN = 'call = "front"\npolicy = "hasty"'


def test_latency_counts_from_the_arrival_and_not_from_the_attempt_that_was_answered() -> None:
    hasty = PAIR.replace('call = "front"', ASKS_AGAIN) + HASTY
    played = night(hasty + fault("crash", target="web-1", what="host", at="0s", lasts="10s"))

    asked_again = [one for one in played.operations() if one.attempts == 2]
    assert len(asked_again) > 400
    for one in asked_again:
        assert one.cause is Cause.NONE
        assert one.ended_us - one.invoked_us >= 50 * MS + 2 * MS


def test_each_attempt_has_its_whole_timeout() -> None:
    hasty = ONE.replace('call = "front"', ASKS_AGAIN) + HASTY
    played = night(hasty + fault("crash", target="web", what="host"))

    given_up = [one for one in played.attempts() if one.cause is not Cause.NONE]
    assert {one.kind for one in given_up} == {0, 1}
    assert {one.ended_us - one.sent_us for one in given_up} == {50 * MS}


def test_a_client_that_hears_nothing_gives_up_at_its_deadline() -> None:
    played = night(ONE + fault("crash", target="web", what="host"))

    failed = [one for one in played.operations() if one.cause is not Cause.NONE]
    assert len(failed) > 200
    assert {one.ended_us - one.invoked_us for one in failed} == {500 * MS}


def test_an_open_loop_waits_for_nobody() -> None:
    hung = ONE.replace('cpu = "2ms"', 'wait = "400ms"')
    moments = [one.invoked_us for one in night(hung).operations()]

    assert moments == [number * 10 * MS for number in range(1, 951)]


def test_an_answer_that_comes_after_the_timeout_counts_for_nothing() -> None:
    slow = ONE.replace('call = "front"', ASKS_AGAIN).replace('cpu = "2ms"', 'wait = "80ms"')
    run = Run(system_of(slow + HASTY), 1)
    run.advance(10 * SECOND)
    operations, attempts = run.log.operations, run.log.attempts

    assert run.log.error == ""
    assert set(Counter(operations.column("operation")).values()) == {1}
    assert set(Counter(attempts.column("operation")).values()) == {3}
    assert 0 not in operations.column("cause")
    assert [target.outstanding for target in run.world.clients[0].caller.targets] == [0]


def test_a_machine_that_is_down_does_not_age() -> None:
    ages = fault("crash", target="web").replace('at = "2s"', 'every = "3s"')
    played = night(ONE + ages.replace('for = "3s"', 'lasts = "1s"'))

    moves = played.changes(Change.FAULT_BEGAN, Change.FAULT_ENDED)
    assert [time_us // SECOND for time_us, _, _ in moves] == [3, 4, 7, 8]


@pytest.mark.parametrize(
    ("step", "room"),
    [('wait = "200ms"', "workers = 1\nqueue = 1_000"), ('cpu = "200ms"', "workers = 1_000")],
    ids=["worker", "core"],
)
def test_work_that_its_caller_is_known_to_have_given_up_is_not_begun(step: str, room: str) -> None:
    informed = """
[[policy]]
id = "informed"
attempt_timeout = "50ms"
propagate_deadline = true
"""
    text = ONE.replace('cpu = "2ms"', step).replace('on = "web"', f'on = "web"\n{room}')
    played = night(text.replace('call = "front"', 'call = "front"\npolicy = "informed"') + informed)

    served = [one for one in played.attempts() if one.served_us >= 0]
    assert 40 <= len(served) <= 50
    assert all(one.served_us - 200 * MS <= one.sent_us + 50 * MS for one in served)
