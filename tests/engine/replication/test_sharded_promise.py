"""The promise of a sharded store in random nights; and that moves which promise less are caught."""

from __future__ import annotations

import pytest

from game.engine.replication.sharded_arrivals import Arrivals
from game.engine.replication.sharded_contents import StagedVersions
from game.engine.replication.sharded_holder import Holder, Replica
from game.engine.replication.sharded_keeper import Running
from game.engine.replication.sharded_letters import Finish, Move, Report
from tests.engine.replication.rafts import verdict_on
from tests.engine.replication.shards import QUORUM, is_broken, moves, random_night
from tests.engine.replication.stores import lost, repeated

CALM_US = 11_300_000
"""All faults are over since 1.4 s."""


def check_promise(numbers: range) -> None:
    """Linearizable, nothing lost, nothing twice, and all is well in the end."""
    moved = 0
    for number in numbers:
        played = random_night(number)
        verdict = verdict_on(played)
        assert verdict.valid, f"night {number}: {verdict.reason}"
        assert not lost(played), f"night {number} lost writes"
        assert not repeated(played), f"night {number} applied writes twice"
        assert played.good_share(CALM_US) == 1.0, f"night {number} did not recover"
        moved += len(moves(played))
    assert moved > 5 * len(numbers), "hardly anything moved"


def first_caught(numbers: range, each: str = "") -> int | None:
    """The first night in which a promise was broken."""
    return next((number for number in numbers if is_broken(random_night(number, each))), None)


def test_a_key_is_linearizable_while_its_shard_moves_whatever_happens() -> None:
    check_promise(range(100))


@pytest.mark.soak
def test_a_key_is_linearizable_while_its_shard_moves_in_many_nights() -> None:
    check_promise(range(1_000, 3_000))


def test_a_cut_over_that_does_not_stop_the_old_owner_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def say_so(_: Holder, held: Replica, move: Move) -> None:
        held.stopped_for = move.number

    monkeypatch.setattr(Holder, "stop_serving", say_so)
    monkeypatch.setattr(Holder, "serves", lambda holder, held: True)
    assert first_caught(range(12)) is not None, "four nights in ten show it"


def test_a_snapshot_without_what_was_written_since_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def finish_at_once(arrivals: Arrivals, finish: Finish) -> None:
        arrivals.staging_of(finish.move).complete = True
        holder = arrivals.holder
        holder.report(Report(finish.move.number, holder.index, staged=True))

    monkeypatch.setattr(Arrivals, "finishing", finish_at_once)
    assert first_caught(range(12)) is not None, "two nights of three show it"


def test_a_snapshot_of_a_copy_that_was_behind_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def nearest(running: Running) -> int:
        return min(running.move.old, key=lambda machine: running.stopped[machine])

    monkeypatch.setattr(Running, "furthest", nearest)
    assert first_caught(range(40)) is not None, "one night in five shows it"


def test_a_quorum_moves_without_losing_anything() -> None:
    assert first_caught(range(20), QUORUM) is None


@pytest.mark.soak
def test_a_quorum_moves_without_losing_anything_in_many_nights() -> None:
    assert first_caught(range(1_000, 2_000), QUORUM) is None


def test_a_quorum_that_is_fetched_from_one_replica_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def one(_: StagedVersions, move: Move, furthest: int) -> list[int]:
        return [furthest]

    monkeypatch.setattr(StagedVersions, "sources", one)
    assert first_caught(range(40), QUORUM) is not None, "one night in twenty shows it"
