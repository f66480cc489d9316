"""What reads of a primary are worth: confirmed, under a lease, or just what it has."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from game.engine.replication.confirmation import Confirmation
from game.engine.replication.primary_backup_primary import AsPrimary
from game.level.read import read_level_bytes
from tests.engine.nights import HEAD, KINDS, MS, Night
from tests.engine.replication.chains import (
    chain,
    chain_night,
    cut_off_night,
    is_broken,
    random_night,
    restless_night,
)
from tests.engine.replication.rafts import verdict_on
from tests.engine.replication.stores import fault, lost, repeated, store_text

KIND = "primary-backup"
CALM_US = 11_300_000
"""All faults are over since 1.4 s."""
ONLY = 'balancer = { kind = "failover", order = ["db-1"] }'


def check_promise(numbers: range) -> None:
    """Linearizable, nothing lost, nothing twice, and all is well in the end."""
    for number in numbers:
        played = random_night(number, kind=KIND, reads="confirmed")
        verdict = verdict_on(played)
        assert verdict.valid, f"night {number}: {verdict.reason}"
        assert not lost(played), f"night {number} lost writes"
        assert not repeated(played), f"night {number} applied writes twice"
        assert played.good_share(CALM_US) == 1.0, f"night {number} did not recover"


def first_caught(play: Callable[[int], Night], numbers: range) -> int | None:
    """The first night in which a promise was broken."""
    return next((number for number in numbers if is_broken(play(number))), None)


def cut_off(trouble: str, reads: str, guard: float = 0.2) -> Callable[[int], Night]:
    """Nights in which copies are cut off from the others and from the coordinator."""
    return lambda number: cut_off_night(number, trouble, kind=KIND, reads=reads, guard=guard)


def test_confirmed_reads_are_linearizable_whatever_happens_to_machines_network_and_clocks() -> None:
    check_promise(range(100))


@pytest.mark.soak
def test_confirmed_reads_are_linearizable_in_many_nights() -> None:
    check_promise(range(1_000, 3_000))


@pytest.mark.parametrize("trouble", ["drift", "pause"])
@pytest.mark.parametrize("reads", ["confirmed", "lease"])
def test_a_deposed_primary_answers_nothing_stale(trouble: str, reads: str) -> None:
    assert first_caught(cut_off(trouble, reads), range(3)) is None


def test_leases_keep_the_promise_while_drift_stays_inside_the_guard_band() -> None:
    def play(number: int) -> Night:
        return random_night(number, kind=KIND, reads="lease", guard=0.3)

    assert first_caught(play, range(20)) is None


def test_a_lease_without_a_guard_band_is_caught_when_clocks_drift() -> None:
    assert first_caught(cut_off("drift", "lease", 0.0), range(6)) is not None


def test_a_lease_that_goes_on_in_a_pause_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Confirmation, "is_leased", lambda confirmation: True)
    assert first_caught(cut_off("pause", "lease"), range(4)) is not None


def test_reads_of_what_is_not_acknowledged_yet_are_not_taken_for_linearizable() -> None:
    assert first_caught(cut_off("", "primary"), range(4)) is not None


def test_a_new_primary_that_does_not_wait_to_know_what_was_acknowledged_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(AsPrimary, "is_ready", lambda primary: True)

    def play(number: int) -> Night:
        return restless_night(number, kind=KIND, reads="confirmed")

    assert first_caught(play, range(2)) is not None


@pytest.mark.parametrize(
    ("reads", "round_trips"), [("primary", 0), ("confirmed", 1), ("lease", 0), ("any", 0)]
)
def test_a_read_takes_a_round_trip_only_where_it_must_be_confirmed(
    reads: str, round_trips: int
) -> None:
    played = chain_night(policy=ONLY, writes=0.0, rate=5, replication=chain(kind=KIND, reads=reads))
    latencies = [row.ended_us - row.invoked_us for row in played.operations() if not row.cause]
    assert min(latencies) == 2_080 + 2 * MS * round_trips


def test_without_the_coordinator_confirmed_reads_wait_and_it_is_to_blame() -> None:
    gone = fault("crash", "judge", "3s", "3s")
    confirmed = chain(kind=KIND, reads="confirmed")
    played = chain_night(
        gone, policy=ONLY, writes=0.0, rate=10, deadline="500ms", replication=confirmed
    )
    failed = [row for row in played.operations() if row.cause]

    assert played.causes(3_100 * MS, 5_400 * MS).get("none", 0) == 0
    assert {row.cause.word for row in failed} == {"no-quorum", "no-leader"}
    assert {row.blame for row in failed} == {0}
    assert set(played.causes(6_600 * MS)) == {"none"}


def test_a_guard_that_leaves_no_lease_is_refused() -> None:
    table = chain(kind=KIND, reads="lease", guard=0.8, heartbeat="500ms", failover_after="2s")
    text = HEAD + store_text(machines=3, replication=table)
    level, problems = read_level_bytes(text.encode(), "night.toml", KINDS)
    assert level is None
    assert "must have a failover_after that leaves more than a heartbeat" in str(problems)
