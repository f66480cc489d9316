"""Crash: what a dead process and a dead host look like from outside."""

from game.engine.log import Change
from tests.engine.faults.towns import ONE, PAIR, fault
from tests.engine.nights import MS, SECOND, night


def test_a_dead_process_refuses_at_once() -> None:
    played = night(ONE + fault("crash", target="web"))

    assert played.causes(2 * SECOND + MS, 5 * SECOND - MS) == {"refused": 299}
    assert {row.ended_us - row.sent_us for row in played.attempts(3 * SECOND, 4 * SECOND)} == {500}


def test_a_dead_host_is_silent_until_the_caller_gives_up() -> None:
    played = night(ONE + fault("crash", target="web", what="host"))

    assert played.causes(2 * SECOND + MS, 5 * SECOND - MS) == {"unreachable": 299}
    waited = {row.ended_us - row.invoked_us for row in played.operations(3 * SECOND, 4 * SECOND)}
    assert waited == {500 * MS}


def test_a_machine_that_boots_is_down_for_longer() -> None:
    booting = ONE.replace('id = "web"\n', 'id = "web"\nboot = "2s"\n', 1)
    played = night(booting + fault("crash", target="web"))

    assert played.changes(Change.NODE_UP) == [(7 * SECOND, "web", 0)]
    assert played.causes(5 * SECOND, 7 * SECOND - MS) == {"refused": 200}
    assert played.causes(7 * SECOND) == {"none": 251}


def test_a_machine_is_up_when_the_last_of_two_crashes_is_over() -> None:
    played = night(
        ONE
        + fault("crash", target="web")
        + fault("crash", at="4s", lasts="2s", target="web", what="host")
    )

    assert played.changes(Change.NODE_DOWN) == [(2 * SECOND, "web", 0), (4 * SECOND, "web", 1)]
    assert played.changes(Change.NODE_UP) == [(6 * SECOND, "web", 0)]


def test_a_crash_concerns_its_target_alone_and_is_to_blame_for_its_failures() -> None:
    played = night(PAIR + fault("crash", target="web-2"))

    failed = [row for row in played.attempts() if row.cause]
    assert {played.node_of(row) for row in failed} == {"web-2"}
    assert {row.blame for row in played.operations() if row.cause} == {0}


def test_a_fault_that_is_left_out_does_nothing() -> None:
    played = night(ONE + fault("crash", target="web"), without=("crash",))

    assert set(played.causes()) == {"none"}
    assert played.changes(Change.NODE_DOWN) == []
