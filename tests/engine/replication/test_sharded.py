"""A sharded store: who serves what, what a move costs, and what does not fit."""

from __future__ import annotations

import pytest

from game.engine.causes import Cause
from game.engine.kinds import load_kinds
from game.engine.log import Change
from game.level.read import read_level_bytes
from tests.engine.nights import HEAD, MS, SECOND, Night, night
from tests.engine.replication.shards import (
    BACKED,
    CHAINED,
    KNOWING,
    QUORUM,
    RAFT,
    is_broken,
    moves,
    sharded,
    shards_text,
)
from tests.engine.replication.stores import acknowledged, effects, fault, lost

ASK_ONCE = 'balancer = "shard-aware"\nattempt_timeout = "200ms"'
ADDED = fault("move-shards", "db-4", "3s", "", 'to = "in"')
EACH = [
    sharded(),
    sharded(RAFT, copies=3),
    sharded(BACKED, copies=2),
    sharded(CHAINED, copies=3),
    sharded(QUORUM),
]


def served(played: Night) -> dict[int, set[str]]:
    """The machines that serve each shard at the end."""
    found: dict[int, set[str]] = {}
    names = played.log.stations
    for _, change, station, shard in played.log.changes.rows():
        if change in (Change.SHARD_SERVED, Change.SHARD_STOPPED):
            at = found.setdefault(shard, set())
            machine = played.log.places[names[station][1]]
            (at.add if change == Change.SHARD_SERVED else at.discard)(machine)
    return found


def total(played: Night, name: str) -> int:
    """A count of the engine."""
    return played.log.totals[name]


# Serving


@pytest.mark.parametrize(
    "replication", EACH, ids=["none", "raft", "primary-backup", "chain", "quorum"]
)
def test_each_shard_is_served_by_its_machines_and_all_is_answered(replication: str) -> None:
    played = night(shards_text(replication=replication))

    assert played.causes() == {"none": len(played.operations())}
    assert sorted(effects(played)) == sorted(acknowledged(played))
    assert len({len(machines) for machines in served(played).values()}) == 1
    assert set().union(*served(played).values()) == {"db-1", "db-2", "db-3", "db-4"}


def test_a_machine_that_has_not_the_shard_names_one_that_has() -> None:
    played = night(shards_text(policy=ASK_ONCE, replication=sharded(shards=4)))
    turned_away = [row for row in played.operations() if row.cause == Cause.NO_LEADER]

    assert 0 < len(turned_away) <= 12, "one for each key, at most"
    assert max(row.invoked_us for row in turned_away) < 3 * SECOND


def test_who_knows_no_shards_asks_around() -> None:
    asking = KNOWING.replace("shard-aware", "round-robin")
    played = night(shards_text(policy=asking))
    knowing = night(shards_text())

    assert played.good_share(0) == 1.0
    assert len(played.attempts()) > 1.5 * len(knowing.attempts())


def test_shards_have_a_luck_of_their_own() -> None:
    played = night(shards_text(replication=sharded(RAFT, copies=3, shards=8), machines=3))
    writes = [row for row in played.attempts(5 * SECOND) if not row.cause]

    assert len({row.station for row in writes}) > 1, "not all shards have the same leader"


def test_roles_of_single_shards_are_not_written_down() -> None:
    played = night(shards_text(replication=sharded(RAFT, copies=3)))

    assert not played.changes(Change.ROLE, Change.TERM, Change.CANDIDACY)


# Moving


@pytest.mark.parametrize(
    "replication",
    [
        sharded(machines=3),
        sharded(RAFT, copies=3, machines=3),
        sharded(BACKED, copies=2, machines=3),
        sharded(CHAINED, copies=2, machines=3),
        sharded(QUORUM, machines=3),
    ],
    ids=["none", "raft", "primary-backup", "chain", "quorum"],
)
def test_a_machine_is_added_and_taken_out_again_while_it_runs(replication: str) -> None:
    played = night(
        shards_text(
            fault("move-shards", "db-4", "3s", "4s", 'to = "in"'),
            replication=replication,
            rate=200,
        )
    )
    places = [machines for _, machines in sorted(served(played).items())]

    assert moves(played)
    assert not is_broken(played)
    assert played.good_share(0) == 1.0
    assert all("db-4" not in machines for machines in places)


def test_a_shard_stands_still_for_a_few_round_trips() -> None:
    played = night(shards_text(ADDED, replication=sharded(machines=3, by="hash", shards=4)))
    stopped = dict[int, int]()
    still = []
    for time_us, change, _, shard in played.log.changes.rows():
        if change == Change.SHARD_STOPPED:
            stopped[shard] = time_us
        elif change == Change.SHARD_SERVED and shard in stopped:
            still.append(time_us - stopped.pop(shard))

    assert still
    assert max(still) <= 10 * MS, "told, reported, fetched, confirmed, told: 1 ms each"


def test_only_what_is_new_crosses_the_network() -> None:
    calm = night(shards_text(replication=sharded(machines=3, shards=1), writes=1.0))
    moved = night(shards_text(ADDED, replication=sharded(machines=3, by="hash", shards=4)))
    kept = night(shards_text(replication=sharded(machines=3, by="hash", shards=4)))
    first = len([row for row in kept.operations(0, 3 * SECOND) if row.write])

    assert total(calm, "bytes") > 0
    assert moves(moved)
    more = total(moved, "bytes") - total(kept, "bytes")
    assert 0 < more < 1.5 * first * 1024 + 100_000, "each write once, and letters"


def test_a_narrow_way_makes_a_move_slow() -> None:
    narrow = '[[link]]\nfrom = "db"\nto = "db"\nlatency = "1ms"\nbandwidth = "100kB"\n'
    text = shards_text(ADDED, replication=sharded(machines=3), rate=200, writes=1.0)
    wide = moves(night(text))
    slow = moves(night(text + narrow))

    assert slow[0][0] > wide[0][0] + 100 * MS
    assert not is_broken(night(text + narrow))


def test_a_shard_does_not_leave_a_machine_that_does_not_answer() -> None:
    silent = fault("crash", "db-1", "2s", "5s") + fault("move-shards", "db-1", "3s")
    played = night(shards_text(silent, replication=sharded(RAFT, copies=3)))

    assert moves(played)
    assert min(time_us for time_us, _ in moves(played)) > 7 * SECOND
    assert played.good_share(3 * SECOND, 7 * SECOND) > 0.95, "the other copies serve on"
    assert all("db-1" not in machines for machines in served(played).values())
    assert not lost(played)


def test_a_move_that_is_cut_off_in_the_middle_is_given_up_and_tried_again() -> None:
    text = shards_text(
        ADDED + fault("pause", "db-4", "3005ms", "4s"),
        replication=sharded(machines=3, by="hash", shards=4),
    )
    played = night(text)
    stopped = played.log.changes.rows()
    turns = [
        change
        for time_us, change, _, _ in stopped
        if 3 * SECOND < time_us < 7 * SECOND
        and change in (Change.SHARD_STOPPED, Change.SHARD_SERVED)
    ]

    assert turns == [Change.SHARD_STOPPED, Change.SHARD_SERVED], "the old machine serves on"
    assert min(time_us for time_us, _ in moves(played)) > 7 * SECOND
    assert played.good_share(4500 * MS, 7 * SECOND) == 1.0
    assert not is_broken(played)


def test_the_last_machine_keeps_its_shards() -> None:
    orders = "".join(fault("move-shards", f"db-{one}", f"{one}s") for one in range(1, 5))
    played = night(shards_text(orders, replication=sharded(shards=4)))

    assert served(played) == {shard: {"db-4"} for shard in range(4)}
    assert not is_broken(played)


def test_a_coordinator_that_is_down_gets_its_orders_later() -> None:
    down = fault("crash", "judge", "2s", "3s")
    played = night(shards_text(ADDED + down, replication=sharded(machines=3)))

    assert played.good_share(0) == 1.0, "nobody needs it to serve"
    assert min(time_us for time_us, _ in moves(played)) > 5 * SECOND


def test_a_coordinator_that_was_wiped_learns_the_map_from_the_machines() -> None:
    wiped = fault("wipe", "judge", "5s")
    later = fault("move-shards", "db-1", "7s")
    played = night(shards_text(ADDED + wiped + later, replication=sharded(machines=3)))
    rows = played.log.changes.rows()
    versions = [value for _, change, _, value in rows if change == Change.MAP_LEARNED]

    assert played.good_share(0) == 1.0
    assert not is_broken(played)
    assert versions == sorted(versions), "no version is given twice"
    assert served(played).values()
    assert all("db-1" not in machines for machines in served(played).values())


def test_a_machine_that_was_wiped_asks_what_it_has() -> None:
    wiped = fault("wipe", "db-1", "5s")
    played = night(shards_text(wiped, replication=sharded(RAFT, copies=3)))
    learned = [
        (time_us, played.log.stations[station])
        for time_us, change, station, _ in played.log.changes.rows()
        if change == Change.MAP_LEARNED
    ]

    assert learned == [(7102 * MS, ("shop", 0))], "it is back at 7 s, and asks after 100 ms"
    assert played.good_share(0) == 1.0, "the other copies serve"


def test_what_a_move_turns_away_is_blamed_on_the_order() -> None:
    once = night(
        shards_text(
            ADDED, policy=ASK_ONCE, replication=sharded(machines=3), rate=1000, way='"20ms"'
        )
    )
    still = [row for row in once.attempts(3 * SECOND) if row.cause == Cause.NO_LEADER]

    assert any(row.blame == 0 for row in still)


# Ranges


def test_a_hot_range_is_split_and_its_upper_part_moves_away() -> None:
    ranges = sharded(by="range", keys=12, shards=2)
    split = fault("split-shard", "shop", "3s", "", "key = 3")
    played = night(shards_text(split, replication=ranges))
    before = {row.station for row in played.attempts(2 * SECOND, 3 * SECOND) if not row.cause}
    after = {row.station for row in played.attempts(4 * SECOND) if not row.cause}

    assert [shard for _, shard in moves(played)] == [2]
    assert served(played)[0].isdisjoint(served(played)[2])
    assert len(after) == len(before | after)
    assert not is_broken(played)


def test_a_range_that_begins_at_the_key_already_is_not_split() -> None:
    ranges = sharded(by="range", keys=12, shards=2)
    split = fault("split-shard", "shop", "3s", "", "key = 6")

    assert not moves(night(shards_text(split, replication=ranges)))


def test_a_store_by_hash_is_not_split() -> None:
    split = fault("split-shard", "shop", "3s", "", "key = 6")

    assert not moves(night(shards_text(split, replication=sharded(shards=4))))


# What does not fit


@pytest.mark.parametrize(
    ("each", "settings", "said"),
    [
        ('"none"', {"copies": 2}, 'must have copies = 1 where each = "none"'),
        (RAFT, {"copies": 5}, 'this needs 5 machines, and "shop" is on 4'),
        (RAFT, {"machines": 2}, "must have machines for all copies: 3 copies, 2 machines"),
        (RAFT, {"machines": 5}, 'this needs 5 machines, and "shop" is on 4'),
        (RAFT, {"by": "range"}, 'must have keys if by = "range"'),
        (RAFT, {"by": "hash", "keys": 5}, 'must have no keys unless by = "range"'),
        (RAFT, {"by": "range", "keys": 5}, "must have no more shards (16) than keys (5)"),
        (RAFT, {"by": "rang"}, "consistent-hash"),
        (RAFT, {"placement": "zone"}, "copysets"),
        ('"raftt"', {}, 'did you mean "raft"?'),
        (sharded(), {}, "must have an each of"),
        (QUORUM, {"copies": 2}, "must have copies for its each, which needs 3 machines"),
        (QUORUM.replace("w = 2", 'versions = "vectors"'), {}, "without vectors"),
    ],
)
def test_what_does_not_fit_is_told(each: str, settings: dict[str, str | int], said: str) -> None:
    text = HEAD + shards_text(replication=sharded(each, **settings))
    level, problems = read_level_bytes(text.encode(), "night.toml", load_kinds())

    assert level is None
    assert said in str(problems)
