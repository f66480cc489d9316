"""Duplicate: work that nobody asked for."""

from game.engine.log import AttemptKind
from tests.engine.faults.towns import ONE, fault
from tests.engine.nights import MS, SECOND, night


def test_a_copied_request_is_worked_on_twice_and_answered_once() -> None:
    played = night(ONE + fault("duplicate", target="web", share=1.0))

    during = played.attempts(2 * SECOND, 5 * SECOND - MS)
    copies = [row for row in during if row.kind == AttemptKind.COPY]
    assert len(copies) * 2 == len(during)
    assert all(row.served_us > 0 and row.wasted == 1 for row in copies)
    assert set(played.causes()) == {"none"}
    assert {row.attempts for row in played.operations()} == {1}


def test_no_request_is_copied_outside_the_fault() -> None:
    played = night(ONE + fault("duplicate", target="web", share=0.5))

    sent = [row.sent_us for row in played.attempts() if row.kind == AttemptKind.COPY]
    assert 100 < len(sent) < 200
    assert 2 * SECOND <= min(sent) <= max(sent) < 5 * SECOND


def test_copies_are_to_blame_for_what_they_keep_out() -> None:
    crowded = ONE.replace("steps", "workers = 1\nqueue = 1\nsteps").replace('"2ms"', '"8ms"')
    played = night(crowded + fault("duplicate", target="web", share=1.0))

    failed = [row for row in played.operations() if row.cause]
    assert len(failed) > 50
    assert {row.cause.word for row in failed} == {"queue-full"}
    assert {row.blame for row in failed} == {0}
