"""A frame is a function of the Log and a time, and of nothing else."""

from __future__ import annotations

import pytest

from game.engine.faults.crash import Crash
from game.engine.frame import frame
from game.engine.log import Log, MessageKind
from game.engine.run import Run, simulate
from game.level.model import SECOND_US, Fault
from tests.engine.night import MS, small_system

CRASH = Fault(id="crash", what=Crash(), target=("web",), at=3 * SECOND_US, for_=2 * SECOND_US)


@pytest.fixture(scope="module")
def log() -> Log:
    return simulate(small_system(faults=(CRASH,)), 1, trace=True)


def test_a_message_is_seen_on_its_way(log: Log) -> None:
    (message,) = frame(log, 100 * MS + 250).messages

    assert (message.source, message.target) == ("users", "web")
    assert message.progress == 0.25
    assert message.kind is MessageKind.REQUEST


def test_a_request_is_seen_in_service_and_then_its_answer_on_the_way(log: Log) -> None:
    serving, answering = frame(log, 105 * MS), frame(log, 111 * MS + 500)

    assert serving.nodes[0].serving == 1
    assert not serving.messages
    assert answering.nodes[0].serving == 0
    assert answering.messages[0].kind is MessageKind.ANSWER


def test_a_message_that_is_too_fast_for_the_eye_may_linger(log: Log) -> None:
    (swift,) = frame(log, 102 * MS, linger_us=10 * MS).messages

    assert not frame(log, 102 * MS).messages
    assert swift.progress == 0.2


def test_states_faults_and_notes_follow_the_night(log: Log) -> None:
    before, during, after = (frame(log, second * SECOND_US) for second in (2, 4, 6))

    assert [each.nodes[0].state for each in (before, during, after)] == ["up", "down", "up"]
    assert [each.faults for each in (before, during, after)] == [(), ("crash",), ()]
    assert [words for _, words in after.notes] == [
        "crash begins",
        "web crashed: its process is gone",
        "crash is over",
        "web is up again",
    ]


def test_counts_add_up_to_the_operations_that_ended(log: Log) -> None:
    last = frame(log, log.ended_us)

    assert last.ended == len(log.operations)
    assert last.good + sum(number for _, number in last.causes) == last.ended
    assert last.causes[0] == ("refused", 20)


def test_any_order_of_times_gives_the_same_frames(log: Log) -> None:
    times = range(0, log.ended_us, 377 * MS)
    forward = [frame(log, time_us) for time_us in times]
    fresh = simulate(small_system(faults=(CRASH,)), 1, trace=True)
    backward = [frame(fresh, time_us) for time_us in reversed(times)]

    assert forward == backward[::-1]


def test_a_frame_of_a_run_under_way_is_the_frame_of_the_finished_run(log: Log) -> None:
    run = Run(small_system(faults=(CRASH,)), 1, trace=True)
    for time_us in range(50 * MS, log.ended_us, 333 * MS):
        run.advance(time_us)

        assert frame(run.log, time_us) == frame(log, time_us)


def test_a_time_outside_the_run_is_its_nearest_moment(log: Log) -> None:
    assert frame(log, -5).time_us == 0
    assert frame(log, log.ended_us + 5).time_us == log.ended_us
