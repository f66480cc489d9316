"""Raft: a leader that is drained hands leadership on (Ongaro's thesis, section 3.10)."""

from __future__ import annotations

import pytest

from game.engine.log import Change
from tests.engine.nights import MS, SECOND, Night
from tests.engine.replication.rafts import leaders, raft, raft_night, verdict_on
from tests.engine.replication.stores import fault, lost, repeated

((_, FIRST, _),) = leaders(raft_night())
"""Who leads the night that all these begin with."""
OTHERS = [one for one in range(3) if one != FIRST]


def names(stations: list[int]) -> str:
    return ", ".join(f'"db-{one + 1}"' for one in stations)


def drained(faults: str = "", *, of: str = f"db-{FIRST + 1}", **settings: str | bool) -> Night:
    """Somebody is drained from 4 s to 7 s; 500 operations a second."""
    table = raft(**{"transfer": True, **settings})
    return raft_night(fault("drain", of, "4s", "3s") + faults, rate=500, replication=table)


def handed(played: Night) -> list[tuple[int, int, int]]:
    """When, by which station, to which one."""
    return [
        (time_us, station, target)
        for time_us, change, station, target in played.log.changes.rows()
        if change == Change.LEADERSHIP_TRANSFER
    ]


def test_a_leader_that_is_drained_leads_on_and_is_asked_by_nobody() -> None:
    played = drained(transfer=False)

    assert len(leaders(played)) == 1
    assert set(played.causes(4100 * MS, 5900 * MS)) == {"no-leader"}
    assert {row.blame for row in played.operations(SECOND) if row.cause} == {0}


@pytest.mark.parametrize("reads", ["read-index", "lease"])
def test_where_it_hands_on_the_other_leads_within_two_round_trips(reads: str) -> None:
    played = drained(reads=reads)
    _, (took_over_us, successor, _) = leaders(played)

    assert handed(played) == [(4 * SECOND, FIRST, successor)]
    assert took_over_us <= 4004 * MS
    assert set(played.causes(SECOND)) == {"none"}
    assert verdict_on(played).valid
    assert not lost(played)
    assert not repeated(played)


def test_a_follower_that_lacks_much_is_not_chosen() -> None:
    behind, fresh = OTHERS
    played = drained(fault("pause", f"db-{behind + 1}", "3s", "2s"))

    assert [target for _, _, target in handed(played)] == [fresh]


def test_a_leader_that_cannot_hand_on_takes_writes_again_after_an_election_timeout() -> None:
    """The letters are lost; then it tries the other follower."""
    cuts = "".join(
        fault("partition", f"db-{one + 1}", "3999ms", "140ms", 'from = ["db"]\none_way = "in"')
        for one in OTHERS
    )
    played = drained(cuts)
    (first_us, _, _), (second_us, _, _) = handed(played)

    assert first_us == 4 * SECOND
    assert 150 * MS <= second_us - first_us <= 200 * MS
    assert set(played.causes(SECOND)) == {"none"}
    assert not lost(played)


def test_machines_that_are_drained_themselves_do_not_take_over() -> None:
    played = drained(of="db")

    assert len(leaders(played)) == 1
    assert [target for _, _, target in handed(played)] == OTHERS
    assert set(played.causes(8 * SECOND)) == {"none"}


def test_who_is_elected_while_drained_hands_on() -> None:
    other = OTHERS[0]
    crash = fault("crash", f"db-{FIRST + 1}", "5s", "4s")
    third = fault("pause", f"db-{OTHERS[1] + 1}", "4900ms", "600ms")
    played = drained(crash + third, of=f"db-{other + 1}")
    third_leads = [station for _, station, _ in leaders(played)]

    assert third_leads[0] == FIRST
    assert third_leads[-1] == OTHERS[1]


def test_a_leader_that_dies_while_it_hands_on_does_not_keep_callers_from_being_told() -> None:
    cut = fault("partition", f"db-{FIRST + 1}", "3990ms", "2s", f"from = [{names(OTHERS)}]")
    crash = fault("crash", f"db-{FIRST + 1}", "4050ms", "1s")
    played = drained(cut + crash)
    told_us = [time_us for time_us, _, node in played.changes(Change.TARGET_OUT) if node == FIRST]

    assert told_us
    assert 4050 * MS < told_us[0] < 4060 * MS


def test_callers_are_told_after_the_other_one_stood() -> None:
    played = drained()
    told_us = [time_us for time_us, _, node in played.changes(Change.TARGET_OUT) if node == FIRST]

    assert told_us == [4003 * MS]
