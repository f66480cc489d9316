"""Shard-aware: believes what it is told of each shard, and forgets it on silence."""

from __future__ import annotations

from game.engine.causes import Cause
from tests.engine.nights import MS, SECOND, night
from tests.engine.replication.shards import KNOWING, RAFT, sharded, shards_text
from tests.engine.replication.stores import fault, store_night

ASK_ONCE = 'balancer = "shard-aware"\nattempt_timeout = "50ms"'


def test_it_is_told_once_where_a_shard_is_and_stays_there() -> None:
    played = night(shards_text(policy=ASK_ONCE, replication=sharded(shards=4), writes=1.0))

    assert 0 < played.causes()["no-leader"] <= 12, "once for each key, at most"
    assert played.good_share(3 * SECOND) == 1.0


def test_a_shard_that_moved_costs_a_turning_away_of_each_key_at_most() -> None:
    moved = fault("move-shards", "db-4", "3s", "", 'to = "in"')
    played = night(shards_text(moved, replication=sharded(machines=3, by="hash", shards=4)))
    after = played.attempts(3 * SECOND)
    turned_away = [row for row in after if row.cause == Cause.NO_LEADER]

    assert 0 < len(turned_away) <= 12
    assert played.good_share(0) == 1.0


def test_shards_that_were_split_are_told_apart() -> None:
    split = fault("split-shard", "shop", "3s", "", "key = 3")
    ranges = sharded(by="range", keys=12, shards=2)
    played = night(shards_text(split, replication=ranges, rate=300))

    assert sum(row.cause == Cause.NO_LEADER for row in played.attempts(5 * SECOND)) <= 12


def test_silence_makes_it_ask_the_others() -> None:
    silent = fault("crash", "db-1", "3s", "2s", 'what = "host"')
    played = night(shards_text(silent, replication=sharded(RAFT, copies=3)))

    assert played.good_share(3500 * MS) == 1.0
    assert played.good_share(0) > 0.95


def test_each_shard_has_a_target_of_its_own() -> None:
    played = night(shards_text(policy=KNOWING, replication=sharded(shards=4)))
    nodes = {played.node_of(row) for row in played.attempts(5 * SECOND) if not row.cause}

    assert len(nodes) > 1


def test_where_nothing_is_sharded_all_is_one_shard() -> None:
    played = store_night(machines=3, policy=ASK_ONCE, writes=0.0)
    nodes = [played.node_of(row) for row in played.attempts()]

    assert nodes[:4] == ["db-1", "db-2", "db-3", "db-1"]
