"""Chains: who does what, what it costs, and what happens when a link breaks."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from game.engine.log import Change, MessageKind, Role
from game.engine.replication.chain import Chain
from game.engine.replication.chain_letters import Forward
from game.engine.replication.shipping import Missing
from game.engine.run import Run
from game.level.read import read_level_bytes
from tests.engine.nights import HEAD, KINDS, MS, SECOND, Night, night, system_of
from tests.engine.replication.chains import chain, chain_night
from tests.engine.replication.stores import (
    LEADER,
    acknowledged,
    effects,
    fault,
    lost,
    repeated,
    store_text,
)

QUICK = chain(heartbeat="50ms", failover_after="150ms")
ONLY = 'balancer = {{ kind = "failover", order = ["db-{}"] }}'


def roles(played: Night, role: Role) -> list[tuple[int, str]]:
    """When each copy took a role."""
    log = played.log
    return [
        (time_us, log.places[log.stations[station][1]])
        for time_us, change, station, value in log.changes.rows()
        if change == Change.ROLE and value == role
    ]


def granted(played: Night) -> list[int]:
    """When each epoch was granted after the first."""
    rows = played.log.changes.rows()
    return [time_us for time_us, change, _, _ in rows if change == Change.EPOCH_GRANTED]


def shortest_us(played: Night) -> int:
    return min(row.ended_us - row.invoked_us for row in played.operations() if not row.cause)


def test_in_a_quiet_night_every_write_takes_effect_once_and_the_chain_stays() -> None:
    played = chain_night()

    assert set(played.causes()) == {"none"}
    assert set(effects(played)) == acknowledged(played)
    assert not repeated(played)
    assert [roles(played, role) for role in (Role.HEAD, Role.MIDDLE, Role.TAIL)] == [
        [(0, "db-1")],
        [(0, "db-2")],
        [(0, "db-3")],
    ]
    assert granted(played) == []


@pytest.mark.parametrize("machines", [1, 2, 3, 5])
def test_a_write_goes_down_the_chain_and_back(machines: int) -> None:
    played = chain_night(machines=machines, writes=1.0, rate=5)

    # The client's way and 80 us of work; then 1 ms for each link, there and back.
    assert shortest_us(played) == 2_080 + 2 * MS * (machines - 1)


@pytest.mark.parametrize(("reads", "round_trips"), [("confirmed", 1), ("lease", 0), ("any", 0)])
def test_a_read_at_the_tail_takes_a_round_trip_only_where_it_must_be_confirmed(
    reads: str, round_trips: int
) -> None:
    played = chain_night(policy=ONLY.format(3), writes=0.0, rate=5, replication=chain(reads=reads))
    assert shortest_us(played) == 2_080 + 2 * MS * round_trips


def test_whoever_else_is_asked_for_a_read_asks_the_tail() -> None:
    played = chain_night(
        policy=ONLY.format(2), writes=0.0, rate=5, replication=chain(reads="lease")
    )
    assert set(played.causes()) == {"none"}
    assert shortest_us(played) == 2_080 + 2 * MS


def test_only_the_head_takes_writes_and_others_say_who_that_is() -> None:
    at_the_tail = chain_night(policy=ONLY.format(3), writes=1.0)
    assert set(at_the_tail.causes()) == {"no-leader"}

    led = chain_night(policy=LEADER, writes=1.0)
    assert set(led.causes()) == {"none"}
    assert {led.node_of(row) for row in led.attempts(SECOND)} == {"db-1"}


@pytest.mark.parametrize(
    ("dies", "head", "tail"), [(1, "db-2", "db-3"), (2, "db-1", "db-3"), (3, "db-1", "db-2")]
)
def test_the_others_close_the_gap_and_who_comes_back_joins_at_the_tail(
    dies: int, head: str, tail: str
) -> None:
    played = chain_night(
        fault("crash", f"db-{dies}", "3s", "4s", 'what = "host"'), replication=QUICK
    )
    without_us, joined_us = granted(played)

    assert 3_100 * MS <= without_us <= 3_150 * MS + 2 * MS
    assert 7 * SECOND < joined_us < 7_200 * MS
    heads = roles(played, Role.HEAD)
    tails = [(time_us, name) for time_us, name in roles(played, Role.TAIL) if time_us < joined_us]
    assert heads[-1][1] == head
    assert tails[-1][1] == tail
    assert roles(played, Role.TAIL)[-1][1] == f"db-{dies}"
    assert set(played.causes(3_250 * MS)) == {"none"}
    assert not lost(played)
    assert not repeated(played)


def test_what_was_not_done_is_blamed_on_the_copy_that_held_the_chain_up() -> None:
    dead = fault("crash", "db-2", "3s", "4s", 'what = "host"')
    plain = ONLY.format(1)
    played = chain_night(
        dead, replication=chain(), policy=plain, deadline="500ms", writes=1.0, rate=10
    )
    failed = [row for row in played.operations() if row.cause]

    assert {row.cause.word for row in failed} == {"no-quorum"}
    assert {row.blame for row in failed} == {0}


def test_without_the_coordinator_writes_go_on_and_reads_do_not() -> None:
    gone = fault("crash", "judge", "3s", "3s")
    writes = chain_night(gone, writes=1.0)
    reads = chain_night(gone, writes=0.0, deadline="500ms", rate=10)

    assert set(writes.causes()) == {"none"}
    assert reads.causes(3_100 * MS, 5_400 * MS).get("none", 0) == 0
    assert {row.blame for row in reads.operations() if row.cause} == {0}
    assert set(reads.causes(6_500 * MS)) == {"none"}


def test_a_wiped_copy_joins_again_with_all_writes() -> None:
    played = chain_night(
        fault("wipe", "db-2", "3s") + fault("crash", "db-1", "6s", more='what = "host"')
    )
    assert not lost(played)
    assert roles(played, Role.TAIL)[-1][1] == "db-2"
    assert set(played.causes(6_300 * MS)) == {"none"}


def under_way(until_us: int, faults: str = "") -> tuple[Run, Chain]:
    """A run with three copies, advanced, and its copies."""
    run = Run(system_of(store_text(faults, machines=3, policy=LEADER, replication=QUICK)), 1)
    run.advance(until_us)
    copies = run.world.replications[0]
    assert isinstance(copies, Chain)
    return run, copies


def test_writes_of_an_older_epoch_are_refused_and_the_sender_is_told() -> None:
    run, group = under_way(3_500 * MS, fault("crash", "db-1", "2s", "1s"))
    first, _, copy = group.copies
    before = len(copy.journal)
    first.epoch = replace(copy.epoch, number=1, primary=0, members=(0, 1, 2), reign=1)
    copy.forwarded(Forward(first.epoch, 0, before, (copy.journal.entries[0],)))
    assert len(copy.journal) == before
    run.advance(3_502 * MS)
    assert first.epoch == copy.epoch


@pytest.mark.parametrize("kind", ["chain", "primary-backup"])
def test_who_comes_back_has_its_disk_and_is_sent_only_what_it_missed(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    whole = Missing.__init__

    def counted(missing: Missing, *args: Any) -> None:
        whole(missing, *args)
        sent.append(len(missing.entries))

    monkeypatch.setattr(Missing, "__init__", counted)
    replication = chain(kind=kind, heartbeat="50ms", failover_after="150ms")
    played = chain_night(
        fault("crash", "db-3", "6s", "1s"), replication=replication, writes=1.0, rate=100
    )

    assert len(effects(played)) > 800
    assert 50 < max(sent) < 200
    assert not lost(played)


def test_at_all_times_nobody_has_what_a_copy_before_it_does_not_have() -> None:
    churn = fault("crash", "db-2", "1s", "500ms") + fault("crash", "db-1", "3s", "500ms")
    run, group = under_way(10 * MS, churn)
    for step in range(1, 80):
        run.advance(step * 100 * MS)
        links = [group.copies[index] for index in group.epoch.members]
        for one, behind in pairwise(links):
            held = behind.journal.entries
            assert one.journal.entries[: len(held)] == held


def messages(machines: int) -> float:
    """Between copies, for each write."""
    text = store_text(machines=machines, policy=LEADER, replication=chain(), rate=50)
    log = night(text, trace=True).log
    kinds = [what >> 16 for what in log.messages.column("what")]
    return kinds.count(MessageKind.REPLICATE) / len(log.operations)


def test_each_link_carries_a_write_and_an_acknowledgement() -> None:
    assert messages(3) == pytest.approx(4, abs=0.1)
    assert messages(5) == pytest.approx(8, abs=0.1)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            {"heartbeat": "1s", "failover_after": "1s"},
            "must have a failover_after that is longer than the heartbeat",
        ),
        (
            {"heartbeat": "1s", "failover_after": "1050ms", "reads": "lease"},
            "must have a failover_after that leaves more than a heartbeat",
        ),
        ({"coordinator": "shop"}, "a service cannot be its own coordinator"),
        ({"reads": "tail"}, "confirmed"),
    ],
)
def test_what_does_not_fit_is_told(settings: dict[str, Any], words: str) -> None:
    text = HEAD + store_text(machines=3, replication=chain(**settings))
    level, problems = read_level_bytes(text.encode(), "night.toml", KINDS)
    assert level is None
    assert words in str(problems)
