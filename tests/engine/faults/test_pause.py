"""Pause: nothing happens, and nothing is forgotten."""

from tests.engine.faults.towns import CHAIN, ONE, fault
from tests.engine.nights import MS, SECOND, night

PATIENT = ONE.replace('deadline = "500ms"', 'deadline = "5s"')


def test_what_is_sent_to_a_paused_machine_is_answered_after_the_pause() -> None:
    played = night(PATIENT + fault("pause", lasts="200ms", target="web"))

    assert set(played.causes()) == {"none"}
    waited = played.attempts(2 * SECOND, 2 * SECOND + 199 * MS)
    assert len(waited) == 20
    starts = [row.started_us for row in waited]
    assert starts == sorted(starts)
    assert starts[0] >= 2 * SECOND + 200 * MS


def test_work_in_progress_goes_on_where_it_stopped() -> None:
    played = night(PATIENT + fault("pause", at="2001ms", lasts="200ms", target="web"))

    begun = next(row for row in played.attempts(2 * SECOND) if row.started_us == 2000250)
    assert begun.served_us == 2000250 + 2 * MS + 200 * MS


def test_what_does_not_fit_into_the_inbox_is_lost() -> None:
    small = PATIENT.replace('id = "web"\n', 'id = "web"\ninbox = 5\n', 1)
    played = night(small + fault("pause", lasts="200ms", target="web"))

    assert played.causes(2 * SECOND, 2 * SECOND + 199 * MS) == {"none": 5, "lost": 15}
    assert {row.blame for row in played.operations() if row.cause} == {0}


def test_answers_that_do_not_fit_into_the_inbox_are_lost() -> None:
    far = '\n[[link]]\nfrom = "web"\nto = "db"\nlatency = "40ms"\n'
    small = CHAIN.replace('id = "web"\n', 'id = "web"\ninbox = 2\n', 1)
    played = night(small + far + fault("pause", lasts="50ms", target="web"))

    inner = [row for row in played.attempts() if row.depth == 1]
    lost = [row for row in inner if row.cause.word == "lost"]
    assert len(lost) >= 2
    assert all(row.served_us >= 0 for row in lost)
    assert {row.blame for row in lost} == {0}
