"""Corrupt: with checksums a loss, without them a lie."""

from __future__ import annotations

from game.engine.causes import Cause
from game.engine.run import simulate
from game.score.consistency.anomalies import Anomaly, find_anomalies
from tests.engine.faults.towns import CHAIN, ONE, PAIR, fault
from tests.engine.nights import SECOND, Night, level_of, night, system_of

TRUSTING = 'on = "web"\nchecksums = false\n'


def trusting(text: str) -> str:
    """The front believes whatever arrives."""
    return text.replace('on = "web"\n', TRUSTING)


def wrong(text: str) -> tuple[Night, tuple[Anomaly, ...]]:
    """A night and the wrong values of it."""
    system = system_of(text)
    played = Night(simulate(system, 1))
    found = find_anomalies(system, played.log)
    assert {one.cause for one in found} <= {Cause.WRONG_VALUE}
    return played, found


def test_with_checksums_a_changed_message_is_lost() -> None:
    played, found = wrong(ONE + fault("corrupt", target="web", share=0.1))
    causes = played.causes(2 * SECOND, 5 * SECOND)

    assert set(causes) == {"none", "lost"}
    assert 0.12 < causes["lost"] / 300 < 0.27
    assert {row.blame for row in played.operations() if row.cause} == {0}
    assert found == ()


def test_without_them_clients_get_wrong_answers_and_do_not_notice() -> None:
    played, found = wrong(trusting(ONE) + fault("corrupt", target="web", share=0.1))

    assert set(played.causes()) == {"none"}
    assert 0.12 < len(found) / 300 < 0.27
    assert {one.blame for one in found} == {0}
    invoked = {row.operation: row.invoked_us for row in played.operations()}
    assert all(2 * SECOND - 10_000 <= invoked[one.operation] < 5 * SECOND for one in found)


def test_whether_anybody_checks_changes_no_luck() -> None:
    lost, _ = wrong(ONE + fault("corrupt", target="web", share=0.1, one_way="out"))
    _, found = wrong(trusting(ONE) + fault("corrupt", target="web", share=0.1, one_way="out"))

    assert {row.operation for row in lost.operations() if row.cause} == {
        one.operation for one in found
    }


def test_a_wrong_answer_of_a_service_behind_makes_the_whole_answer_wrong() -> None:
    text = CHAIN.replace('on = "db"\n', 'on = "db"\nchecksums = false\n')
    _, found = wrong(text + fault("corrupt", target="db", share=0.1))

    assert 0.12 < len(found) / 300 < 0.27


def test_a_service_is_believed_by_itself() -> None:
    played, found = wrong(trusting(CHAIN) + fault("corrupt", target="db", share=0.1))

    assert found == ()
    assert set(played.causes()) == {"none", "dependency"}


def test_an_attempt_that_nobody_waited_for_does_no_harm() -> None:
    policy = '\n[[policy]]\nid = "own"\nattempt_timeout = "3ms"\nretry = { attempts = 1 }\n'
    text = trusting(PAIR).replace('call = "front"\n', 'call = "front"\npolicy = "own"\n') + policy
    slow = fault("delay", target="web-1", by="50ms", lasts="8s")
    played, found = wrong(
        text + slow + fault("corrupt", target="web-1", share=1, at="2100ms", lasts="2s")
    )

    assert set(played.causes()) == {"none"}
    assert found == ()


def test_a_traced_run_is_spoiled_alike() -> None:
    system = system_of(trusting(ONE) + fault("corrupt", target="web", share=0.1))

    assert simulate(system, 2).digest() == simulate(system, 2, trace=True).digest()


def test_checksums_change_nothing_while_no_message_is_changed() -> None:
    assert night(ONE).log.digest() == night(trusting(ONE)).log.digest()
    assert level_of(trusting(ONE)).system.services[0].checksums is False
