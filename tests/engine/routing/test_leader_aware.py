"""Leader-aware: believes what it is told, and forgets it on silence."""

from __future__ import annotations

from game.engine.causes import Cause
from tests.engine.nights import MS, SECOND
from tests.engine.replication.stores import LEADER, fault, primary_backup, store_night

ASK_ONCE = 'balancer = "leader-aware"\nattempt_timeout = "50ms"'


def test_it_is_told_once_who_leads_and_stays_there() -> None:
    second = 'balancer = { kind = "failover", order = ["db-2"] }'
    assert (
        "none" not in store_night(machines=3, policy=second, replication=primary_backup()).causes()
    )

    played = store_night(machines=3, policy=ASK_ONCE, replication=primary_backup())
    assert played.causes().get("no-leader", 0) <= 3
    assert {played.node_of(row) for row in played.attempts(100 * MS)} == {"db-1"}


def test_it_finds_the_next_leader_without_asking_more_than_it_must() -> None:
    played = store_night(
        fault("crash", "db-1", "3s"), machines=3, policy=LEADER, replication=primary_backup()
    )
    after = played.attempts(6 * SECOND)

    assert len({played.node_of(row) for row in after}) == 1
    assert not any(row.cause for row in after)


def test_silence_makes_it_ask_the_others() -> None:
    silent = fault("crash", "db-1", "3s", "1s", 'what = "host"')
    played = store_night(silent, machines=3, policy=ASK_ONCE, replication=primary_backup())
    during = played.attempts(3100 * MS, 3900 * MS)

    assert {played.node_of(row) for row in during} == {"db-1", "db-2", "db-3"}
    assert {row.cause for row in during} == {Cause.UNREACHABLE, Cause.NO_LEADER}


def test_without_leaders_it_is_round_robin() -> None:
    played = store_night(machines=3, policy=ASK_ONCE, writes=0.0)
    nodes = [played.node_of(row) for row in played.attempts()]

    assert nodes[:4] == ["db-1", "db-2", "db-3", "db-1"]
