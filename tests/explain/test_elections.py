"""Elections: who was elected, what made the others need one, and what it cost."""

from __future__ import annotations

from game.explain.clues import clues_of
from game.explain.elections import NOBODY, Election, elections_of
from game.explain.facts import Facts
from tests.engine.replication.rafts import raft
from tests.engine.replication.stores import LEADER, fault, store_text
from tests.explain.runs import facts, told

SECOND = 1_000_000
HOST = 'what = "host"'
SLOW_TO_STAND = raft(election='{ law = "uniform", low = "2s", high = "3s" }')


def text(faults: str = "", *, machines: int = 3, replication: str = "") -> str:
    """A group whose clients follow the leader and ask for most of their second."""
    policy = LEADER.replace("attempts = 3", "attempts = 10")
    return store_text(faults, machines=machines, policy=policy, replication=replication or raft())


def first(found: Facts) -> Election:
    """The election of the beginning."""
    return elections_of(found)[0]


def leader_of(night: str) -> str:
    """Who leads where no fault strikes, which is the same until one does."""
    found = facts(night)
    (name,) = found.names((first(found).leader,))
    return name


def test_the_first_election_is_told_since_nobody_led_until_then() -> None:
    found = facts(text())
    (election,) = elections_of(found)
    assert (election.before, election.lost_us, election.term) == (NOBODY, 0, 1)
    story = "\n".join(told(text()).story)
    name = found.names((election.leader,))[0]
    assert f"{name} was elected leader of shop, the first one (term 1)" in story
    assert "until then nobody led." in story


def test_a_dead_leader_is_followed_by_another_one_after_the_time_that_is_told() -> None:
    dead = leader_of(text())
    night = text(fault("crash", dead, "3s", "", HOST))
    found = facts(night)
    second = elections_of(found)[1]
    assert found.names((second.before,)) == [dead]
    assert second.lost_us == 3 * SECOND
    assert second.candidacies >= 1
    story = "\n".join(told(night).story)
    took_ms = (second.time_us - 3 * SECOND) / 1000
    assert f"in place of {dead} (term {second.term}), {took_ms:.0f} ms after crash began" in story
    assert any(
        moment.kind == "new-primary" and "is elected leader of shop" in moment.words
        for moment in told(night).moments
    )


def test_a_nap_that_nobody_noticed_ends_no_reign() -> None:
    found = facts(text(fault("pause", leader_of(text()), "3s", "20ms")))
    assert len(elections_of(found)) == 1


def test_a_group_that_is_not_led_any_more_is_told_to_the_end_of_the_night() -> None:
    night = text(fault("crash", "db", "5s", "", HOST))
    last = elections_of(facts(night))[-1]
    assert (last.leader, last.lost_us, last.time_us) == (NOBODY, 5 * SECOND, 10 * SECOND)
    assert "From 5 s to the end shop had no leader" in "\n".join(told(night).story)


def test_a_slow_election_is_a_clue_that_points_to_its_timeout() -> None:
    slow = text(replication=SLOW_TO_STAND)
    night = slow + fault("crash", leader_of(slow), "4s", "", HOST)
    found = facts(night)
    second = elections_of(found)[1]
    (clue,) = [one for one in clues_of(found) if one.fields[0] == "election"]
    waited = f"{second.waited_us / SECOND:.2f}".rstrip("0")
    assert f"shop had no leader for {waited} s from 4 s on, until" in clue.words
    assert "a copy waits 2 s to 3 s before it stands" in clue.words
    assert clue.services == ("shop",)


def test_a_leader_that_was_cut_off_was_struck() -> None:
    cut = fault("partition", leader_of(text()), "3s", "4s")
    found = facts(text(cut))
    second = elections_of(found)[1]
    assert second.strike is not None
    assert second.strike.began_us == 3 * SECOND
    assert not any("though no fault" in line for line in told(text(cut)).story)


def test_leaders_that_lose_their_office_without_a_fault_are_a_clue() -> None:
    hasty = raft(heartbeat="50ms", election='{ law = "uniform", low = "51ms", high = "55ms" }')
    night = text(replication=hasty).replace('latency = "1ms"', 'latency = "1ms"\nloss = 0.05')
    found = facts(night)
    assert any("failure-detection" in clue.codex for clue in clues_of(found))
    assert "more times, after" in "\n".join(told(night).story)
