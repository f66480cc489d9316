"""Raft: who leads when, what is kept, what reads cost and see, and what failures are blamed on."""

from __future__ import annotations

import pytest

from game.engine.frame import frame
from game.engine.kinds import load_kinds
from game.engine.log import Change
from game.engine.replication.raft import Raft
from game.level.read import read_level_bytes
from tests.engine.nights import HEAD, MS, SECOND, Night, level_of
from tests.engine.replication.rafts import leaders, raft, raft_night, verdict_on
from tests.engine.replication.stores import (
    KEYED,
    acknowledged,
    effects,
    fault,
    lost,
    repeated,
    store_text,
)


def counted(played: Night, change: Change) -> int:
    return list(played.log.changes.column("change")).count(change)


def crash_of_the_leader(seed: int = 1, length: str = "3s") -> tuple[Night, int]:
    """A night in which whoever led is gone from 4 s on, and its number."""
    ((_, station, _),) = leaders(raft_night(seed=seed))
    return raft_night(fault("crash", f"db-{station + 1}", "4s", length), seed=seed), station


def test_in_a_quiet_night_one_leader_does_all_and_every_write_takes_effect_once() -> None:
    played = raft_night()

    assert len(leaders(played)) == 1
    assert set(played.causes(SECOND)) == {"none"}
    assert set(effects(played)) == acknowledged(played)
    assert not repeated(played)
    assert counted(played, Change.CANDIDACY) == 1


def test_a_single_copy_elects_itself() -> None:
    played = raft_night(machines=1)

    assert len(leaders(played)) == 1
    assert set(played.causes(SECOND)) == {"none"}


def good_us(played: Night, write: int) -> list[int]:
    rows = [row for row in played.operations(SECOND) if row.write == write and not row.cause]
    return sorted(row.ended_us - row.invoked_us for row in rows)


@pytest.mark.parametrize(
    ("reads", "read_us"), [("read-index", 4_080), ("lease", 2_080), ("any", 2_080)]
)
def test_a_write_costs_a_round_trip_more_and_a_read_does_where_it_is_confirmed(
    reads: str, read_us: int
) -> None:
    played = raft_night(replication=raft(reads=reads), rate=20)
    writes, found = good_us(played, 1), good_us(played, 0)

    assert writes[0] == writes[len(writes) // 2] == 4_080
    assert found[0] == found[len(found) // 2] == read_us


def test_a_dead_leader_has_a_successor_after_an_election_timeout() -> None:
    for seed in range(1, 6):
        played, station = crash_of_the_leader(seed)
        (_, (took_over_us, successor, term)) = leaders(played)
        assert successor != station
        assert term >= 2
        assert 100 * MS <= took_over_us - 4 * SECOND <= 900 * MS
        assert not lost(played)
        assert set(played.causes(5 * SECOND)) == {"none"}


def test_what_failed_meanwhile_is_blamed_on_the_crash() -> None:
    text = fault("crash", "db", "4s", "1s")
    played = raft_night(text, policy=KEYED, deadline="200ms")
    failed = [row for row in played.operations(SECOND) if row.cause]

    assert failed
    assert {row.blame for row in failed} == {0}


def test_a_minority_answers_nothing_and_a_majority_goes_on() -> None:
    two = fault("crash", "db-1", "4s", "3s") + fault("crash", "db-2", "4s", "3s")
    played = raft_night(two, machines=5)
    assert set(played.causes(5 * SECOND)) == {"none"}

    three = two + fault("crash", "db-3", "4s", "3s")
    played = raft_night(three, machines=5)
    assert "none" not in played.causes(4500 * MS, 5500 * MS)
    assert set(played.causes(8 * SECOND)) == {"none"}
    assert {row.blame for row in played.operations(SECOND) if row.cause} <= {0, 1, 2}
    assert not lost(played)


def test_a_write_that_no_majority_has_is_no_quorum_and_one_that_was_not_taken_no_leader() -> None:
    ((_, station, _),) = leaders(raft_night())
    others = ", ".join(f'"db-{one + 1}"' for one in range(3) if one != station)
    cut = fault("partition", f"db-{station + 1}", "4s", "1s", f"from = [{others}]")
    played = raft_night(cut, policy='balancer = "leader-aware"', rate=200)
    causes = played.causes(4 * SECOND, 5 * SECOND)

    assert causes["no-quorum"] > 0
    assert causes["no-leader"] > 0
    assert {row.blame for row in played.operations() if row.cause.word == "no-quorum"} == {0}


def test_a_copy_that_was_cut_off_deposes_nobody_where_it_asks_first() -> None:
    ((_, station, _),) = leaders(raft_night())
    other = (station + 1) % 3 + 1
    cut = fault("partition", f"db-{other}", "4s", "2s")

    assert len(leaders(raft_night(cut))) > 1
    assert len(leaders(raft_night(cut, replication=raft(pre_vote=True)))) == 1


def test_a_follower_that_comes_back_is_brought_up_to_date() -> None:
    ((_, station, _),) = leaders(raft_night(rate=500, writes=1.0))
    other = (station + 1) % 3 + 1
    crash = fault("crash", f"db-{other}", "2s", "3s")
    played = raft_night(crash, rate=500, writes=1.0)
    lags = [
        (time_us, value)
        for time_us, change, copy, value in played.log.changes.rows()
        if change == Change.LAG and copy == other - 1
    ]

    assert max(value for _, value in lags) > 1000
    assert lags[-1][1] < 20
    assert next(time_us for time_us, value in reversed(lags) if value > 100) < 5500 * MS


def test_reads_of_any_copy_may_be_behind_and_confirmed_ones_never_are() -> None:
    """Followers learn that a write is committed with the next heartbeat."""
    often = {"rate": 500, "policy": ""}
    stale = raft_night(replication=raft(reads="any"), **often)  # type: ignore[arg-type]
    fresh = raft_night(**often)  # type: ignore[arg-type]

    assert verdict_on(stale).invalid
    assert verdict_on(fresh).valid


def test_without_keys_a_retry_is_applied_twice_and_with_keys_it_is_not() -> None:
    cut = fault("loss", "users", "2s", "3s", 'share = 0.5\none_way = "in"')
    plain = raft_night(cut, policy=KEYED.replace("idempotency_key = true", ""), rate=200)
    keyed = raft_night(cut, policy=KEYED, rate=200)

    assert repeated(plain)
    assert not repeated(keyed)


def test_wiped_disks_lose_what_was_acknowledged() -> None:
    assert lost(raft_night(fault("wipe", "db", "4s"), writes=1.0))


def test_a_frame_shows_role_and_term() -> None:
    played = raft_night()
    ((_, station, term),) = leaders(played)
    nodes = frame(played.log, 5 * SECOND).nodes
    facts = [dict(node.facts) for node in nodes if node.name.startswith("db")]

    assert [fact["role"] for fact in facts].count("leader") == 1
    assert facts[station]["role"] == "leader"
    assert {fact["term"] for fact in facts} == {str(term)}


def test_it_is_read_with_the_timeouts_of_the_paper() -> None:
    service = level_of(store_text(machines=3, replication='"raft"')).system.services[0]

    assert service.replication == Raft()
    assert Raft().election.sampler()(0.0) == 150 * MS
    assert Raft().election.sampler()(1 - 1e-9) == 300 * MS


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('heartbeat = "230ms"', "mostly longer than heartbeat"),
        ('reads = "lease", heartbeat = "140ms"', 'reads = "lease" is built on it'),
        ('reads = "leese"', "read-index"),
        ('coordinator = "court"', "coordinator"),
    ],
)
def test_what_does_not_go_together_is_refused(table: str, said: str) -> None:
    text = HEAD + store_text(machines=3, replication=f'{{ kind = "raft", {table} }}')
    level, problems = read_level_bytes(text.encode(), "raft.toml", load_kinds())

    assert level is None
    assert said in str(problems)
