"""The promise of Raft in random nights; and that those which promise less are caught."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from game.engine.replication.epochs import NOBODY
from game.engine.replication.raft_copy import RaftCopy
from game.engine.replication.raft_leader import Leadership
from game.engine.replication.raft_log import Members, RaftLog
from game.engine.replication.raft_members import Membership
from tests.engine.nights import SECOND, Night
from tests.engine.replication.rafts import (
    contested_night,
    cut_off_night,
    handed_down_night,
    random_night,
    restless_night,
    rivals,
    verdict_on,
)
from tests.engine.replication.stores import lost, repeated

CALM_US = 11_300_000
"""All faults are over since 1.4 s."""


def is_broken(played: Night) -> bool:
    """Whether a promise was not kept."""
    return not verdict_on(played).valid or bool(lost(played) or repeated(played)) or rivals(played)


def check_promise(numbers: range) -> None:
    """Linearizable, nothing lost, nothing twice, one leader a term, and all is well in the end. In
    every other night members come and go, and leaders hand leadership on."""
    for number in numbers:
        played = random_night(number, moves=number % 2 == 1)
        verdict = verdict_on(played)
        assert verdict.valid, f"night {number}: {verdict.reason}"
        assert not lost(played), f"night {number} lost writes"
        assert not repeated(played), f"night {number} applied writes twice"
        assert not rivals(played), f"night {number} had two leaders in a term"
        assert played.good_share(CALM_US) == 1.0, f"night {number} did not recover"


def first_caught(play: Callable[[int], Night], numbers: range) -> int | None:
    """The first night in which a promise was broken."""
    return next((number for number in numbers if is_broken(play(number))), None)


def test_a_key_is_linearizable_and_a_term_has_one_leader_whatever_happens() -> None:
    check_promise(range(100))


@pytest.mark.soak
def test_a_key_is_linearizable_and_a_term_has_one_leader_in_many_nights() -> None:
    check_promise(range(1_000, 3_000))


def test_copies_that_restart_all_the_time_keep_the_promise() -> None:
    assert first_caught(restless_night, range(20)) is None


def test_a_vote_that_a_restart_forgets_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    started = RaftCopy._started

    def forgetful(copy: RaftCopy) -> None:
        copy.vote = NOBODY
        started(copy)

    monkeypatch.setattr(RaftCopy, "_started", forgetful)
    assert first_caught(restless_night, range(20)) is not None, "one night in forty shows it"


@pytest.mark.parametrize("trouble", ["drift", "pause"])
def test_a_lease_with_a_guard_outlasts_clocks_that_differ_and_pauses(trouble: str) -> None:
    assert first_caught(lambda number: cut_off_night(number, 0.2, trouble), range(2)) is None


def test_a_lease_without_a_guard_is_caught_when_clocks_drift() -> None:
    caught = first_caught(lambda number: cut_off_night(number, 0.0, "drift"), range(2))
    assert caught is not None, "5 nights of 12 show it"


def test_a_lease_that_goes_on_in_a_pause_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Leadership, "is_leased", lambda lead: True)
    assert first_caught(lambda number: cut_off_night(number, 0.2, "pause"), range(2)) is not None


@pytest.mark.parametrize("play", [contested_night, handed_down_night])
def test_members_that_change_just_when_the_group_is_split_break_nothing(
    play: Callable[[int], Night],
) -> None:
    assert first_caught(play, range(8)) is None


@pytest.mark.soak
@pytest.mark.parametrize("play", [contested_night, handed_down_night])
def test_members_that_change_in_many_split_groups_break_nothing(
    play: Callable[[int], Night],
) -> None:
    assert first_caught(play, range(1_000, 1_300)) is None


def test_two_changes_of_members_at_once_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def may_change(membership: Membership) -> bool:
        idle = membership.newcomer is None and membership.lead.transfer is None
        return membership.lead.is_ready() and idle

    monkeypatch.setattr(Membership, "may_change", may_change)
    assert first_caught(contested_night, range(8)) is not None, "13 nights of 30 show it"


def test_members_that_count_only_once_they_are_known_to_be_committed_are_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leave = Membership.leave

    def committed(log: RaftLog) -> Members:
        copy = log.station.copy
        assert isinstance(copy, RaftCopy)
        return next(m for length, m in reversed(log.configurations) if length <= copy.committed)

    def settle_and_leave(membership: Membership) -> None:
        membership.settle()
        if membership.newcomer is not None:
            membership.lead.follow(membership.newcomer.server)
        leave(membership)

    monkeypatch.setattr(RaftLog, "members", property(committed))
    monkeypatch.setattr(Membership, "leave", settle_and_leave)
    assert first_caught(contested_night, range(10)) is not None, "7 nights of 30 show it"


def test_a_change_of_members_before_an_entry_of_the_own_term_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The bug of the thesis that Ongaro reported in 2015."""

    def may_change(membership: Membership) -> bool:
        idle = membership.newcomer is None and membership.lead.transfer is None
        return membership.is_settled() and idle

    monkeypatch.setattr(Membership, "may_change", may_change)
    assert first_caught(handed_down_night, range(8)) is not None, "12 nights of 60 show it"


def test_reads_of_any_copy_are_not_taken_for_linearizable() -> None:
    assert first_caught(lambda number: random_night(number, reads="any"), range(4)) is not None


def test_leases_keep_the_promise_too_while_clocks_differ_little() -> None:
    for number in range(20):
        played = random_night(number, moves=number % 2 == 1, reads="lease", guard=0.3)
        assert not is_broken(played), f"night {number}"
        assert played.good_share(CALM_US + SECOND // 5) == 1.0
