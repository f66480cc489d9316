"""Each rule of figure 2 of Ongaro and Ousterhout (ATC 2014) by itself: letters to a single copy,
and what it makes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from game.engine.log import Role
from game.engine.replication.epochs import NOBODY
from game.engine.replication.journal import Entry
from game.engine.replication.raft import RaftGroup
from game.engine.replication.raft_copy import RaftCopy
from game.engine.replication.raft_leader import Leadership
from game.engine.replication.raft_letters import (
    Addressed,
    Append,
    Appended,
    Ballot,
    MemberChange,
    TimeoutNow,
    Vote,
)
from game.engine.replication.raft_log import NO_OPERATION, Configuration, Members
from game.engine.world import World
from tests.engine.nights import MS, system_of
from tests.engine.replication.rafts import raft
from tests.engine.replication.stores import store_text


@dataclass(frozen=True)
class Sent:
    """A letter that did not leave."""

    sender: int
    to: int
    content: Any


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Sent]:
    """All letters, instead of the network."""
    found: list[Sent] = []

    def keep(
        group: RaftGroup, sender: RaftCopy, other: int, read: str, content: Any, *_: Any
    ) -> None:
        found.append(Sent(sender.index, other, content))

    monkeypatch.setattr(RaftGroup, "send", keep)
    return found


def group_of(machines: int = 3, **settings: str | bool | float) -> RaftGroup:
    """Copies that have not started yet."""
    text = store_text(machines=machines, replication=raft(**settings))
    group = World(system_of(text), 1, traced=False).replications[0]
    assert isinstance(group, RaftGroup)
    return group


def entries(*terms: int) -> tuple[Entry, ...]:
    return tuple(Entry(place, 0, place, 0, 0, term) for place, term in enumerate(terms))


def copy_of(*terms: int, term: int = 0, machines: int = 3, **settings: Any) -> RaftCopy:
    """The first copy, with entries of those terms in its log."""
    copy = group_of(machines, **settings).copies[0]
    give(copy, *terms)
    copy.term = max(term, *terms, 0)
    copy.start()
    return copy


def give(copy: RaftCopy, *terms: int) -> None:
    for entry in entries(*terms):
        copy.journal.append(entry)


def terms_of(copy: RaftCopy) -> list[int]:
    return [entry.reign for entry in copy.journal.entries]


def members_of(copy: RaftCopy) -> Members:
    return copy.journal.members


def append(
    term: int,
    first: int = 0,
    before: int = 0,
    terms: tuple[int, ...] = (),
    committed: int = 0,
    pipelined: bool = False,
) -> Append:
    """What copy 1 sends as the leader."""
    all_of = entries(*(0,) * first, *terms)
    return Append(term, 1, first, before, all_of[first:], committed, 1, pipelined)


def lead(copy: RaftCopy) -> None:
    """Have it elected in the next term."""
    copy._stand()
    for other in range(1, len(copy.journal.members) // 2 + 1):
        copy.voted(Vote(copy.term, other, True))
    assert copy.lead is not None


# Votes


def test_a_copy_has_one_vote_a_term_and_gives_it_to_the_same_one_again(sent: list[Sent]) -> None:
    copy = copy_of()
    for sender in (1, 2, 1):
        copy.asked(Ballot(1, sender, 0, 0))

    assert [(one.to, one.content.granted) for one in sent] == [(1, True), (2, False), (1, True)]


def test_a_ballot_of_an_older_term_is_refused_and_told_the_newer_one(sent: list[Sent]) -> None:
    copy_of(term=5).asked(Ballot(4, 1, 9, 4))

    assert [one.content for one in sent] == [Vote(5, 0, False)]


@pytest.mark.parametrize(
    ("length", "last_term", "granted"),
    [(3, 2, True), (4, 2, True), (2, 2, False), (9, 1, False), (1, 3, True)],
)
def test_a_vote_needs_a_log_that_is_not_behind(
    sent: list[Sent], length: int, last_term: int, granted: bool
) -> None:
    copy_of(1, 2, 2).asked(Ballot(7, 1, length, last_term))

    assert [one.content.granted for one in sent] == [granted]


def test_a_vote_is_on_the_disk_and_a_wipe_takes_it(sent: list[Sent]) -> None:
    copy = copy_of()
    copy.asked(Ballot(3, 1, 0, 0))
    copy.node.crash(0, host=False)
    assert (copy.term, copy.vote) == (3, 1)

    copy.node.wipe()
    assert (copy.term, copy.vote, len(copy.journal)) == (0, NOBODY, 0)


def test_only_votes_of_this_term_and_each_copy_once_elect(sent: list[Sent]) -> None:
    copy = copy_of(machines=5)
    copy._stand()
    for vote in (Vote(0, 1, True), Vote(1, 2, True), Vote(1, 2, True), Vote(1, 3, False)):
        copy.voted(vote)
    assert copy.lead is None

    copy.voted(Vote(1, 4, True))
    assert copy.lead is not None


# The election timer


def test_the_timer_is_drawn_anew_for_a_vote_that_is_given_and_not_for_one_that_is_refused(
    sent: list[Sent],
) -> None:
    copy = copy_of(1, 1)
    drawn_us = copy.due_us
    copy.asked(Ballot(2, 1, 0, 0))
    assert (copy.term, copy.due_us) == (2, drawn_us)

    copy.asked(Ballot(3, 1, 2, 1))
    assert copy.due_us != drawn_us


def test_a_step_down_leaves_the_timer_as_it_is(sent: list[Sent]) -> None:
    for elect in (RaftCopy._stand, lead):
        copy = copy_of()
        elect(copy)
        drawn_us = copy.due_us
        copy.voted(Vote(9, 1, False))
        assert (copy.role, copy.term, copy.due_us) == (Role.FOLLOWER, 9, drawn_us)


def test_the_leader_of_this_term_is_heard_and_that_of_an_older_one_is_not(sent: list[Sent]) -> None:
    copy = copy_of(term=4)
    drawn_us = copy.due_us
    copy.appended(append(3))
    assert (copy.due_us, copy.leader) == (drawn_us, NOBODY)
    assert sent[-1].content.term == 4
    assert not sent[-1].content.fits

    copy.appended(append(4))
    assert copy.due_us != drawn_us
    assert copy.leader == 1


def test_every_timeout_is_another_one_and_within_its_law(sent: list[Sent]) -> None:
    copy = copy_of()
    drawn = set()
    for _ in range(200):
        copy.reset_timer()
        drawn.add(copy.due_us)

    assert len(drawn) > 190
    assert 150 * MS <= min(drawn) < 155 * MS
    assert 295 * MS < max(drawn) <= 300 * MS


def test_a_candidate_follows_the_leader_of_its_own_term(sent: list[Sent]) -> None:
    copy = copy_of()
    copy._stand()
    copy.appended(append(1))

    assert (copy.role, copy.leader) == (Role.FOLLOWER, 1)


# The log of a follower


@pytest.mark.parametrize(
    ("first", "before", "hint"), [(3, 1, 2), (2, 2, 0), (9, 2, 2)], ids=["gap", "other", "far"]
)
def test_entries_that_do_not_fit_are_refused_with_a_place_to_try(
    sent: list[Sent], first: int, before: int, hint: int
) -> None:
    copy = copy_of(1, 1)
    copy.appended(append(2, first, before, (2,)))

    assert terms_of(copy) == [1, 1]
    assert sent[-1].content == Appended(2, 0, 2, 1, False, hint)


def test_an_entry_that_differs_goes_with_all_behind_it(sent: list[Sent]) -> None:
    copy = copy_of(1, 1, 2, 2)
    copy.appended(append(4, 1, 1, (1, 3)))

    assert terms_of(copy) == [1, 1, 3]
    assert sent[-1].content.held == 3


def test_an_old_letter_of_the_same_leader_cuts_nothing_off(sent: list[Sent]) -> None:
    copy = copy_of(1, 1, 1)
    copy.appended(append(1, 0, 0, (1,)))

    assert terms_of(copy) == [1, 1, 1]
    assert sent[-1].content.held == 1


def test_what_is_committed_goes_no_further_than_what_is_known_to_agree(sent: list[Sent]) -> None:
    copy = copy_of(1, 1, 1, 1)
    copy.appended(append(2, 1, 1, (1,), committed=4))

    assert copy.committed == 2


def test_letters_that_overtook_others_are_put_in_order(sent: list[Sent]) -> None:
    copy = copy_of(1)
    for first in (3, 2, 1):
        copy.appended(append(1, first, 1, (1,), committed=4, pipelined=True))

    assert terms_of(copy) == [1, 1, 1, 1]
    assert [one.content.held for one in sent] == [4]
    assert copy.committed == 4


def test_what_came_early_from_an_older_leader_is_forgotten(sent: list[Sent]) -> None:
    copy = copy_of(1)
    copy.appended(append(1, 2, 1, (1,), pipelined=True))
    copy.appended(append(2, 1, 1, (2,)))

    assert terms_of(copy) == [1, 2]


# The leader


def test_a_term_begins_with_an_entry_of_no_effect(sent: list[Sent]) -> None:
    copy = copy_of(1)
    lead(copy)

    assert terms_of(copy) == [1, 2]
    sent_first = [one.content for one in sent if isinstance(one.content, Append)]
    assert [(one.first, len(one.entries)) for one in sent_first] == [(1, 1), (1, 1)]
    assert all(entry.operation < 0 for one in sent_first for entry in one.entries)


def test_entries_of_older_terms_are_not_committed_by_counting(sent: list[Sent]) -> None:
    """Figure 8 of the paper: a majority has the entry of term 2, and it may yet be overwritten."""
    copy = copy_of(1, 2, term=3, machines=5)
    lead(copy)
    for follower in (1, 2):
        copy.answered(Appended(4, follower, 4, 1, True, 2))
    assert copy.committed == 0

    for follower in (1, 2):
        copy.answered(Appended(4, follower, 4, 1, True, 3))
    assert copy.committed == 3


def test_a_follower_that_differs_is_led_back_term_by_term(sent: list[Sent]) -> None:
    group = group_of()
    leader, follower = group.copies[0], group.copies[1]
    for copy, terms in ((leader, (1, 1, 1, 4, 4)), (follower, (1, 1, 1, 2, 2, 2, 3))):
        give(copy, *terms)
        copy.term = 4
    lead(leader)
    hops = 0
    while terms_of(follower) != terms_of(leader):
        letter = [one.content for one in sent if one.to == 1 and one.sender == 0][-1]
        follower.appended(letter)
        leader.answered(sent[-1].content)
        hops += 1
        assert hops < 6

    assert hops == 2


def test_an_answer_to_an_older_term_tells_nothing_of_this_one(sent: list[Sent]) -> None:
    copy = copy_of(machines=5)
    lead(copy)
    copy.answered(Appended(1, 1, 0, 99, False, 0))

    assert copy.lead is not None
    assert copy.lead.followers[1].round == 0


def test_a_leader_that_hears_of_a_newer_term_steps_down(sent: list[Sent]) -> None:
    tellings: tuple[tuple[Callable[[RaftCopy, Any], None], Any], ...] = (
        (RaftCopy.answered, Appended(7, 1, 1, 1, False, 0)),
        (RaftCopy.appended, append(7)),
        (RaftCopy.asked, Ballot(7, 1, 0, 0)),
    )
    for hear, letter in tellings:
        copy = copy_of()
        lead(copy)
        hear(copy, letter)
        assert (copy.role, copy.term, copy.lead) == (Role.FOLLOWER, 7, None)


def test_a_leader_that_no_majority_answers_steps_down_in_its_term(sent: list[Sent]) -> None:
    copy = copy_of()
    lead(copy)
    copy.kernel.advance(149 * MS, 1000)
    assert copy.role == Role.LEADER
    copy.kernel.advance(301 * MS, 1000)
    assert copy.role != Role.LEADER


def test_a_lease_counts_from_the_begin_of_the_round(sent: list[Sent]) -> None:
    copy = copy_of(reads="lease", guard=0.2)
    lead(copy)
    assert copy.lead is not None
    assert not copy.lead.is_leased()
    copy.kernel.advance(40 * MS, 1000)
    copy.answered(Appended(1, 1, 1, 1, True, 1))

    assert copy.lead.leased_until_us == 120 * MS


# Pre-vote, and who still hears the leader


def test_a_rehearsal_changes_no_term_and_no_vote(sent: list[Sent]) -> None:
    copy = copy_of(pre_vote=True)
    copy._run_out()
    assert (copy.term, copy.vote, copy.role) == (0, NOBODY, Role.FOLLOWER)
    assert {one.content for one in sent} == {Ballot(1, 0, 0, 0, rehearsal=True)}

    copy.voted(Vote(1, 1, True, rehearsal=True))
    assert (copy.term, copy.role) == (1, Role.CANDIDATE)


def test_rehearsed_votes_elect_nobody(sent: list[Sent]) -> None:
    copy = copy_of(pre_vote=True, machines=5)
    copy._stand()
    copy.voted(Vote(1, 1, True))
    copy._run_out()
    copy.voted(Vote(2, 2, True, rehearsal=True))
    copy.voted(Vote(1, 3, True))

    assert copy.role == Role.FOLLOWER
    assert copy.term == 1


def test_who_hears_a_leader_promises_no_vote(sent: list[Sent]) -> None:
    copy = copy_of(pre_vote=True)
    copy.appended(append(1))
    copy.asked(Ballot(2, 2, 0, 0, rehearsal=True))
    assert sent[-1].content == Vote(1, 0, False, rehearsal=True)

    copy.kernel.advance(150 * MS, 1000)
    copy.asked(Ballot(2, 2, 0, 0, rehearsal=True))
    assert sent[-1].content == Vote(2, 0, True, rehearsal=True)


@pytest.mark.parametrize(("reads", "term"), [("lease", 1), ("read-index", 2)])
def test_with_leases_nobody_is_elected_while_the_leader_is_heard(
    sent: list[Sent], reads: str, term: int
) -> None:
    copy = copy_of(reads=reads)
    copy.appended(append(1))
    copy.asked(Ballot(2, 2, 0, 0))

    assert copy.term == term


@pytest.mark.parametrize("by_counting", [False, True])
def test_what_is_committed_by_counting_alone_can_be_overwritten(
    sent: list[Sent], monkeypatch: pytest.MonkeyPatch, by_counting: bool
) -> None:
    """Figure 8: the first leader brings its entry of term 2 to a majority in term 4, and dies; then
    the fifth copy, with an entry of term 3, is elected and cuts it off."""
    if by_counting:
        monkeypatch.setattr(Leadership, "may_commit", lambda lead, length: True)
    copies = group_of(5).copies
    first, last = copies[0], copies[4]
    for copy, terms in zip(copies, ((1, 2), (1, 2), (1,), (1,), (1, 3)), strict=True):
        give(copy, *terms)
        copy.term = 3
    lead(first)
    for other in (1, 2):
        copies[other].appended(Append(4, 0, 1, 1, entries(1, 2)[1:], 0, 1, False))
        first.answered(sent[-1].content)
    assert terms_of(first)[: first.committed] == ([1, 2] if by_counting else [])

    first.node.crash(0, host=False)
    last.term = 4
    last._stand()
    for other in (1, 2):
        copies[other].asked(Ballot(5, 4, 2, 3))
        last.voted(sent[-1].content)
    assert last.lead is not None
    copies[1].appended(Append(5, 4, 1, 1, tuple(last.journal.entries[1:]), 0, 1, False))
    assert terms_of(copies[1]) == [1, 3, 5]


# Handing leadership on (Ongaro's thesis, 3.10)


def test_who_is_told_stands_at_once_and_asks_nobody_first(sent: list[Sent]) -> None:
    copy = copy_of(1, pre_vote=True)
    copy.appended(append(1))
    copy.hasten(TimeoutNow(1))

    assert (copy.role, copy.term) == (Role.CANDIDATE, 2)
    assert sent[-1].content == Ballot(2, 0, 1, 1, handed=True)


def test_who_is_told_late_or_is_drained_does_not_stand(sent: list[Sent]) -> None:
    copy = copy_of(term=2)
    copy.hasten(TimeoutNow(1))
    copy.node.drains.begin(0, None)
    copy.hasten(TimeoutNow(2))

    assert (copy.role, copy.term) == (Role.FOLLOWER, 2)


@pytest.mark.parametrize("settings", [{"reads": "lease"}, {"members": 3}])
def test_who_hears_the_leader_votes_for_the_one_to_whom_it_handed_on(
    sent: list[Sent], settings: dict[str, Any]
) -> None:
    copy = copy_of(**settings)
    copy.appended(append(1))
    copy.asked(Ballot(2, 2, 0, 0))
    assert copy.term == 1

    copy.asked(Ballot(2, 2, 0, 0, handed=True))
    assert sent[-1].content == Vote(2, 0, True)


def test_who_has_handed_on_has_no_lease_in_that_term_any_more(sent: list[Sent]) -> None:
    """The letter may arrive at any time, and then nobody waits for the lease to end."""
    copy = copy_of(reads="lease", transfer=True)
    lead(copy)
    assert copy.lead is not None
    copy.answered(Appended(1, 1, 1, 1, True, 1))
    assert copy.lead.is_leased()

    assert copy.lead.hand_on(0)
    assert sent[-1] == Sent(0, 1, TimeoutNow(1))
    copy.answered(Appended(1, 2, 1, 1, True, 1))
    copy.kernel.advance(151 * MS, 1000)
    assert copy.lead is not None
    assert copy.lead.transfer is None
    assert not copy.lead.is_leased()


def test_who_is_not_up_to_date_is_not_told(sent: list[Sent]) -> None:
    copy = copy_of(1, transfer=True)
    lead(copy)
    assert copy.lead is not None
    copy.lead.hand_on(0)
    assert TimeoutNow(2) not in [one.content for one in sent]

    copy.answered(Appended(2, 2, 2, 1, True, 2))
    assert TimeoutNow(2) not in [one.content for one in sent]
    copy.answered(Appended(2, 1, 2, 1, True, 2))
    assert [one.to for one in sent if one.content == TimeoutNow(2)] == [1]


# Members (Ongaro's thesis, 4.1 and 4.2)


def configuration(term: int, *members: int) -> Configuration:
    return Configuration(NO_OPERATION, term, 0, 0, 0, term, members, 0)


def test_members_count_as_soon_as_they_are_in_the_log_and_no_longer(sent: list[Sent]) -> None:
    copy = copy_of(1, members=3)
    copy.appended(Append(2, 1, 1, 1, (configuration(2, 1, 2),), 0, 1, False))
    assert members_of(copy) == (1, 2)

    copy.appended(append(3, 1, 1, (3,)))
    assert members_of(copy) == (0, 1, 2)


def test_only_votes_of_members_elect(sent: list[Sent]) -> None:
    copy = copy_of(1, machines=5, members=3)
    copy.journal.append(configuration(1, 0, 1, 2, 3))
    copy._stand()
    assert [one.to for one in sent] == [1, 2, 3]

    for other in (4, 1):
        copy.voted(Vote(2, other, True))
    assert copy.lead is None
    copy.voted(Vote(2, 3, True))
    assert copy.lead is not None


def test_who_is_to_go_stands_until_that_is_committed_and_its_own_vote_is_none(
    sent: list[Sent],
) -> None:
    copy = copy_of(1, members=3)
    copy.journal.append(configuration(1, 1, 2))
    copy._run_out()
    assert copy.role == Role.CANDIDATE
    copy.voted(Vote(2, 1, True))
    assert copy.lead is None

    copy.learn(3)
    copy.commit(2)
    copy._run_out()
    assert (copy.role, copy.term) == (Role.FOLLOWER, 3)


def test_a_spare_machine_does_not_stand(sent: list[Sent]) -> None:
    copy = group_of(3, members=2).copies[2]
    copy.start()
    copy._run_out()

    assert (copy.role, copy.term, sent) == (Role.FOLLOWER, 0, [])


def test_a_change_waits_for_an_entry_of_the_own_term_and_for_the_one_before(
    sent: list[Sent],
) -> None:
    copy = copy_of(1, machines=5, members=5)
    lead(copy)
    copy.ordered(MemberChange(3, False, 0))
    copy.ordered(MemberChange(4, False, 0))
    assert members_of(copy) == (0, 1, 2, 3, 4)

    for other in (1, 2):
        copy.answered(Appended(2, other, 2, 1, True, 2))
    assert members_of(copy) == (0, 1, 2, 4)
    for other in (1, 2):
        copy.answered(Appended(2, other, 2, 1, True, 3))
    assert members_of(copy) == (0, 1, 2)


def test_a_leader_that_goes_is_no_part_of_the_majority(sent: list[Sent]) -> None:
    copy = copy_of(members=3)
    lead(copy)
    copy.answered(Appended(1, 1, 1, 1, True, 1))
    copy.ordered(MemberChange(0, False, 0))
    copy.answered(Appended(1, 1, 1, 1, True, 2))
    assert (copy.committed, copy.role) == (1, Role.LEADER)

    copy.answered(Appended(1, 2, 1, 1, True, 2))
    assert (copy.committed, copy.role) == (2, Role.FOLLOWER)


def test_a_newcomer_has_no_vote_before_it_has_the_log(sent: list[Sent]) -> None:
    copy = copy_of(1, machines=4, members=3)
    lead(copy)
    copy.answered(Appended(2, 1, 2, 1, True, 2))
    copy.ordered(MemberChange(3, True, 0))
    copy.answered(Appended(2, 3, 2, 1, True, 1))
    assert members_of(copy) == (0, 1, 2)

    copy.answered(Appended(2, 3, 2, 1, True, 2))
    assert members_of(copy) == (0, 1, 2, 3)


def test_an_order_is_passed_on_once(sent: list[Sent]) -> None:
    copy = copy_of(members=3)
    copy.ordered(MemberChange(2, False, 0))
    copy.appended(append(1))
    sent.clear()
    copy.ordered(MemberChange(2, False, 0))
    copy.ordered(MemberChange(2, False, 0, passed_on=True))

    assert sent == [Sent(0, 1, MemberChange(2, False, 0, passed_on=True))]


def test_a_wiped_disk_is_another_server_to_which_old_letters_do_not_come(sent: list[Sent]) -> None:
    copy = copy_of(1, members=3)
    copy.node.crash(0, host=False)
    copy.node.wipe()
    ballot = Ballot(2, 1, 1, 1)
    copy.take(Addressed(0, "asked", ballot))
    assert (copy.term, sent) == (0, [])

    copy.take(Addressed(copy.server, "asked", ballot))
    assert [one.content for one in sent] == [Vote(2, 3, True)]
