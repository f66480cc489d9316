"""Loss: a share of the messages, each by itself."""

from tests.engine.faults.towns import CHAIN, ONE, fault
from tests.engine.nights import SECOND, night


def lost_operations(share: float) -> set[int]:
    played = night(ONE + fault("loss", target="web", share=share))
    return {row.operation for row in played.operations() if row.cause.word == "lost"}


def test_about_that_share_is_lost_in_each_direction() -> None:
    lost = len(lost_operations(0.3))

    assert 0.4 < lost / 300 < 0.62  # 1 - 0.7^2 = 0.51, of 300 operations: 0.03 a deviation


def test_what_a_smaller_loss_takes_a_larger_one_takes_too() -> None:
    assert lost_operations(0.1) < lost_operations(0.3)


def test_a_loss_of_nothing_loses_nothing() -> None:
    assert lost_operations(0.0) == set()


def test_a_loss_of_everything_loses_everything() -> None:
    assert len(lost_operations(1.0)) == 300


def test_only_messages_to_the_named_side_are_lost() -> None:
    played = night(CHAIN + fault("loss", target="web", to="db", share=1.0))

    during = played.attempts(2 * SECOND, 5 * SECOND - 1000)
    assert {row.cause.word for row in during if row.depth == 0} == {"dependency"}
    assert {row.cause.word for row in during if row.depth == 1} == {"lost"}


def test_only_what_it_touched_is_blamed_on_it() -> None:
    crowded = ONE.replace("steps", "workers = 1\nqueue = 0\nsteps").replace('"2ms"', '"15ms"')
    played = night(crowded + fault("loss", target="web", share=0.1))

    failed = [row for row in played.operations(2 * SECOND, 5 * SECOND) if row.cause]
    assert {row.blame for row in failed if row.cause.word == "lost"} == {0}
    arrived = [row for row in played.attempts(2 * SECOND, 5 * SECOND) if not row.cause]
    assert {row.blame for row in arrived} == {-1}
