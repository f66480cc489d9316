"""Primary-backup: what each mode keeps and loses, who leads when, and how that is found out."""

from __future__ import annotations

from typing import Any

import pytest

from game.engine.frame import frame
from game.engine.log import Change, Role
from tests.engine.nights import MS, SECOND, Night
from tests.engine.replication.stores import (
    EAGER,
    LEADER,
    acknowledged,
    effects,
    fault,
    lost,
    primary_backup,
    repeated,
    store_night,
)

CRASH = fault("crash", "db-1", "4s", "3s")
ALONE = 'from = ["db-2", "db-3", "judge"]'
"""A partition that only the clients reach across."""
QUICK = {"heartbeat": "50ms", "failover_after": "150ms"}


def run(faults: str = "", mode: str = "sync", *, seed: int = 1, **changes: Any) -> Night:
    """Three copies, clients that follow the leader; the protocol's settings in `settings`."""
    settings = changes.pop("settings", {})
    more: dict[str, Any] = {"machines": 3, "policy": LEADER, **changes}
    return store_night(faults, seed=seed, replication=primary_backup(mode, **settings), **more)


def roles(played: Night, role: Role) -> list[tuple[int, str]]:
    """When each copy took a role."""
    log = played.log
    return [
        (time_us, log.places[log.stations[station][1]])
        for time_us, change, station, value in log.changes.rows()
        if change == Change.ROLE and value == role
    ]


def granted(played: Night) -> list[tuple[int, int]]:
    """When each epoch was granted after the first."""
    rows = played.log.changes.rows()
    return [(row[0], row[3]) for row in rows if row[1] == Change.EPOCH_GRANTED]


@pytest.mark.parametrize("mode", ["async", "semi-sync", "sync"])
def test_in_a_quiet_night_every_write_takes_effect_once_and_nobody_else_leads(mode: str) -> None:
    played = run("", mode, writes=0.7)

    assert set(played.causes()) == {"none"}
    assert set(effects(played)) == acknowledged(played)
    assert not repeated(played)
    assert roles(played, Role.PRIMARY) == [(0, "db-1")]
    assert granted(played) == []


def latencies(mode: str) -> list[int]:
    played = run("", mode, policy='balancer = { kind = "failover", order = ["db-1"] }')
    return sorted(row.ended_us - row.invoked_us for row in played.operations())


def test_waiting_for_others_costs_a_round_trip() -> None:
    # 1 ms each way to the primary and 80 us of work; another 1 ms each way to the backups.
    assert latencies("async")[0] == 2_080
    assert latencies("semi-sync")[0] == latencies("sync")[0] == 4_080


def test_a_failover_takes_as_long_as_the_coordinator_waits_after_the_last_heartbeat() -> None:
    for settings, failover_us in (({}, 2 * SECOND), (QUICK, 150 * MS)):
        played = run(CRASH, settings=settings)
        ((_, _), (took_over_us, name)) = roles(played, Role.PRIMARY)
        beat_us = 50 * MS if settings else 500 * MS

        assert name in ("db-2", "db-3")
        assert failover_us - beat_us <= took_over_us - 4 * SECOND <= failover_us + 3 * MS
        between = played.operations(4 * SECOND, took_over_us - SECOND)
        assert all(row.cause for row in between)


def test_after_the_failover_all_is_well_and_the_crash_is_to_blame_for_what_was_not() -> None:
    played = run(CRASH)

    assert set(played.causes(6100 * MS)) == {"none"}
    assert set(played.causes(4 * SECOND, 5 * SECOND)) == {"no-leader", "refused"}
    assert {row.blame for row in played.operations() if row.cause} == {0}


def test_a_dead_primary_has_a_successor_although_nobody_has_a_longer_journal() -> None:
    played = run(CRASH, writes=0.0)

    assert [name for _, name in roles(played, Role.PRIMARY)] == ["db-1", "db-2"]
    assert [number for time_us, number in granted(played) if time_us < 7 * SECOND] == [2]
    assert set(played.causes(6100 * MS)) == {"none"}


def test_sync_loses_nothing_when_the_primary_dies() -> None:
    played = run(CRASH, settings=QUICK)

    assert not lost(played)
    assert not repeated(played)


def test_async_with_a_fast_failover_loses_what_it_had_not_handed_on() -> None:
    gone = [lost(run(CRASH, "async", seed=seed, settings=QUICK)) for seed in range(1, 8)]

    # It hands on after 100 ms, and a hundred writes a second arrive.
    assert 7 <= sum(map(len, gone)) <= 7 * 15


def test_async_with_a_lag_hands_each_write_on_so_long_after_it_took_it() -> None:
    gone = lost(run(CRASH, "async", settings={**QUICK, "lag": "300ms"}))
    played = run(CRASH, "async", settings={**QUICK, "lag": "300ms"})
    taken_us = {row.operation: row.started_us for row in played.attempts()}

    assert gone
    assert all(3_700 * MS < taken_us[operation] + 80 <= 4 * SECOND for operation in gone)
    with pytest.raises(AssertionError, match='must have mode = "async" for a lag'):
        run("", "sync", settings={"lag": "300ms"})


def test_async_with_a_patient_failover_loses_nothing_where_the_primary_comes_back_first() -> None:
    blip = fault("crash", "db-1", "4s", "500ms")

    assert not any(lost(run(blip, "async", seed=seed)) for seed in range(1, 6))
    assert any(lost(run(blip, "async", seed=seed, settings=QUICK)) for seed in range(1, 6))


def test_a_lost_write_is_blamed_on_the_fault_that_ended_the_reign() -> None:
    quiet = fault("slow", "judge", "1s", "8s", "factor = 2")
    played = run(quiet + CRASH, "async", settings=QUICK)
    blames = dict(
        zip(
            played.log.discarded.column("operation"),
            played.log.discarded.column("blame"),
            strict=True,
        )
    )

    assert lost(played)
    assert {blames[operation] for operation in lost(played)} == {1}


@pytest.mark.parametrize("trouble", ["pause", "loss"])
def test_a_detector_that_is_too_fast_deposes_a_living_primary(trouble: str) -> None:
    what = {
        "pause": fault("pause", "db-1", "4s", "300ms"),
        "loss": fault("loss", "db-1", "4s", "5s", "share = 0.3"),
    }[trouble]

    assert len(roles(run(what, settings=QUICK), Role.PRIMARY)) > 1
    assert len(roles(run(what), Role.PRIMARY)) == 1


def test_without_fencing_two_primaries_acknowledge_at_once_and_writes_are_lost() -> None:
    played = run(
        fault("partition", "db-1", "4s", "3s", ALONE), "async", settings={"fencing": False}
    )
    ((_, _), (second_us, _)) = roles(played, Role.PRIMARY)
    served = {
        played.node_of(row)
        for row in played.attempts(second_us + SECOND // 10, 7 * SECOND)
        if row.served_us >= 0
    }

    assert "db-1" in served
    assert len(lost(played)) > 100


def two_groups(fencing: bool) -> Night:
    """Half of the clients have to find the primary anew while it is cut off from the others."""
    text = 'balancer = "round-robin"\nattempt_timeout = "50ms"\nretry = { attempts = 3 }'
    return run(
        fault("partition", "db-1", "4s", "3s", ALONE),
        "async",
        policy=f"{text}\nidempotency_key = true",
        settings={"fencing": fencing},
    )


def served_by(played: Night, since_us: int, until_us: int) -> set[str]:
    """Who acknowledged writes that were sent in a stretch of time."""
    good = acknowledged(played)
    return {
        played.node_of(row)
        for row in played.attempts(since_us, until_us)
        if row.operation in good and row.served_us >= 0 and not row.cause
    }


def test_fencing_keeps_it_to_one_at_a_time() -> None:
    assert served_by(two_groups(fencing=False), 6500 * MS, 6900 * MS) == {"db-1", "db-2"}
    assert served_by(two_groups(fencing=True), 6500 * MS, 6900 * MS) == {"db-2"}


def test_a_fenced_primary_stops_before_another_one_begins() -> None:
    played = two_groups(fencing=True)
    ((_, _), (second_us, _)) = roles(played, Role.PRIMARY)

    assert served_by(played, 4100 * MS, second_us - 300 * MS) <= {"db-1"}
    assert not served_by(played, second_us - 150 * MS, second_us - 3 * MS)


def test_without_fencing_sync_still_loses_nothing_since_the_others_refuse() -> None:
    played = run(fault("partition", "db-1", "4s", "3s", ALONE), settings={"fencing": False})

    assert not lost(played)
    assert not repeated(played)


def test_a_primary_that_returns_cuts_off_what_differs_and_catches_up() -> None:
    played = run(
        fault("partition", "db-1", "4s", "3s", ALONE), "async", settings={"fencing": False}
    )
    log = played.log
    cut = [row for row in log.discarded.rows() if log.places[log.stations[row[2]][1]] == "db-1"]
    last = frame(log, log.ended_us)
    facts = {node.name: dict(node.facts) for node in last.nodes}

    assert {row[0] for row in cut} >= lost(played)
    assert {row[3] for row in cut} == {0}
    assert {row[1] >= 7 * SECOND for row in cut} == {True}
    assert [facts[f"db-{n}"]["role"] for n in (1, 2, 3)] == ["backup", "primary", "backup"]
    assert len({facts[f"db-{n}"]["epoch"] for n in (1, 2, 3)}) == 1


def test_it_is_a_member_again_only_after_it_has_caught_up() -> None:
    played = run(CRASH)
    returning = [at_us for at_us, name in roles(played, Role.RETURNING) if name == "db-1"]
    backup = [at_us for at_us, name in roles(played, Role.BACKUP) if name == "db-1"]
    second, third = granted(played)

    assert 7 * SECOND <= returning[0] <= 7500 * MS
    assert returning[0] < third[0] < backup[0]
    assert second[1] + 1 == third[1]


def test_a_wiped_backup_takes_everything_over_the_network() -> None:
    played = run(fault("wipe", "db-2", "4s") + fault("crash", "db-1", "9s", more='what = "host"'))

    assert not lost(played)
    assert roles(played, Role.PRIMARY)[-1][1] == "db-1"
    assert [name for _, name in roles(played, Role.BACKUP)].count("db-2") == 2


def test_a_dead_backup_holds_synchronous_writes_until_it_is_left_out() -> None:
    dead = fault("crash", "db-3", "4s", more='what = "host"')
    played = run(dead, deadline="600ms", policy="")
    ((left_out_us, _),) = granted(played)

    assert 5500 * MS <= left_out_us <= 6 * SECOND + 2 * MS
    plain = 'balancer = { kind = "failover", order = ["db-1"] }'
    steady = run(dead, deadline="600ms", policy=plain)
    during = steady.causes(4100 * MS, 5 * SECOND)
    assert during.get("none", 0) == 0
    assert during["no-quorum"] > 0
    assert {row.blame for row in steady.operations() if row.cause} == {0}
    assert set(run(dead, "semi-sync", deadline="600ms", policy=plain).causes()) == {"none"}


def test_reads_may_be_answered_by_anybody() -> None:
    plain = 'balancer = "round-robin"'
    asked = run("", policy=plain, writes=0.0)
    shared = run("", policy=plain, writes=0.0, settings={"reads": "any"})

    assert 0.6 < asked.causes()["no-leader"] / len(asked.operations()) < 0.7
    assert set(shared.causes()) == {"none"}


def test_keys_are_known_to_the_next_primary_too() -> None:
    lossy = fault("loss", "users", "1s", "8s", "share = 0.2")
    for seed in range(1, 4):
        assert not repeated(run(lossy + CRASH, seed=seed, settings=QUICK))
    keyless = f'{EAGER}\nbalancer = "leader-aware"'
    assert repeated(run(lossy + CRASH, policy=keyless, settings=QUICK))


@pytest.mark.parametrize("kind", ["crash", "pause"])
def test_without_its_coordinator_a_fenced_primary_stops_and_comes_back_with_it(kind: str) -> None:
    played = run(fault(kind, "judge", "3s", "3s"))

    assert set(played.causes(1 * SECOND, 4500 * MS)) == {"none"}
    assert "none" not in played.causes(5100 * MS, 5700 * MS)
    assert set(played.causes(7 * SECOND)) == {"none"}
    assert granted(played) == []


def test_without_fencing_nobody_needs_the_coordinator_while_nothing_happens() -> None:
    played = run(fault("crash", "judge", "3s", "3s"), settings={"fencing": False})

    assert set(played.causes()) == {"none"}


def test_a_single_copy_is_its_own_quorum() -> None:
    played = run(machines=1)

    assert set(played.causes()) == {"none"}
    assert not lost(played)


def test_the_protocol_changes_no_luck_of_the_operations() -> None:
    plain, copied = store_night(machines=3, writes=0.5), run(CRASH, writes=0.5)

    assert [(row.invoked_us, row.key, row.write) for row in plain.operations()] == [
        (row.invoked_us, row.key, row.write) for row in copied.operations()
    ]
