"""Reigns: who led, what made another one lead, and what it cost."""

from __future__ import annotations

from game.explain.clues import clues_of
from game.explain.reigns import reigns_of
from tests.engine.replication.chains import chain
from tests.engine.replication.stores import LEADER, fault, primary_backup, store_text
from tests.explain.runs import facts, told

SECOND = 1_000_000
HOST = 'what = "host"'


def night(faults: str, mode: str = "async", **settings: str | bool) -> str:
    """Three copies; their clients follow the leader."""
    replication = primary_backup(mode, **settings)
    return store_text(faults, machines=3, policy=LEADER, replication=replication)


def test_a_failover_is_told_with_the_time_that_it_took() -> None:
    text = night(fault("crash", "db-1", "3s", "4s", HOST))
    found = facts(text)
    (reign,) = reigns_of(found.log)
    assert found.names((reign.before, reign.primary)) == ["db-1", "db-2"]
    result = told(text)
    took = (reign.time_us - 3 * SECOND) / SECOND
    assert (
        f"the coordinator of shop made db-2 the primary in place of db-1 (epoch {reign.epoch}), "
        f"{took:.2f} s after crash began."
    ) in "\n".join(result.story)
    assert ("new-primary", "db-2 leads in place of db-1") in {
        (moment.kind, moment.words) for moment in result.moments
    }


def test_the_head_of_a_chain_is_called_so() -> None:
    crash = fault("crash", "db-1", "3s", "4s", HOST)
    text = store_text(crash, machines=3, policy=LEADER, replication=chain())
    assert "the coordinator of shop made db-2 the head in place of db-1" in "\n".join(
        told(text).story
    )


def test_the_clue_about_a_new_head_opens_the_page_on_chains() -> None:
    crash = fault("crash", "db-1", "3s", "4s", HOST)
    for replication, page in ((chain(), "chain"), (primary_backup(), "primary-backup")):
        text = store_text(crash, machines=3, policy=LEADER, replication=replication)
        (clue,) = [one for one in clues_of(facts(text)) if "led in place of" in one.words]
        assert clue.codex == (page, "failover")


def test_how_long_a_chain_waited_for_one_of_its_links_is_a_clue() -> None:
    crash = fault("crash", "db-2", "3s", "4s", HOST)
    text = store_text(crash, machines=3, policy=LEADER, replication=chain())
    (clue,) = [one for one in clues_of(facts(text)) if "chain" in one.codex]
    assert clue.words.startswith("The chain of shop waited 1.")
    assert "for db-2, until it was left out;" in clue.words
    assert clue.nodes == ("db-2",)


def test_writes_that_a_failover_lost_come_before_all_else() -> None:
    result = told(night(fault("crash", "db-1", "3s", "4s", HOST)))
    lost = [line for line in result.story if "came to lost-write" in line]
    assert len(lost) == 1
    assert "because of crash" in lost[0]
    assert result.look_at[0].codex == ("lost-write", "replication")


def test_the_gap_until_a_new_primary_is_a_clue() -> None:
    found = clues_of(facts(night(fault("pause", "db-1", "3s", "3s"), "sync")))
    (clue,) = [one for one in found if "primary-backup" in one.codex]
    assert "until db-2 led in place of db-1;" in clue.words
    assert clue.nodes == ("db-1",)


def test_a_dead_primary_whom_nobody_followed_is_a_clue_and_other_copies_are_not() -> None:
    text = night(fault("crash", "db-1", "3s", "3s", HOST), "sync", failover_after="9s")
    found = clues_of(facts(text))
    assert "nobody took over in 3 s" in found[0].words
    assert found[0].nodes == ("db-1",)
    assert not any("health" in one.codex for one in found)


def test_a_living_primary_that_was_deposed_is_named() -> None:
    # Heartbeats come every 100 ms and take 1 ms, so one that is lost is enough to be deposed.
    text = night("", "sync", heartbeat="100ms", failover_after="101ms")
    text = text.replace('latency = "1ms"', 'latency = "1ms"\nloss = 0.02')
    result = told(text)
    assert "though no fault had struck db-1." in "\n".join(result.story)
    assert any("failure-detection" in look.codex for look in result.look_at)


def test_a_fault_that_was_long_over_is_not_blamed_for_a_change() -> None:
    nap = fault("pause", "db-1", "2s", "50ms")
    slow_stairs = fault("delay", "judge", "6s", "2s", 'by = "400ms"\nshare = 0.5')
    text = night(nap + slow_stairs, "sync", heartbeat="100ms", failover_after="200ms")
    story = "\n".join(told(text).story)
    assert "in place of db-1" in story
    assert "though no fault had struck db-1." in story
    assert "after pause began" not in story


def test_many_changes_are_told_in_one_sentence() -> None:
    text = night("", "sync", heartbeat="100ms", failover_after="101ms")
    text = text.replace('latency = "1ms"', 'latency = "1ms"\nloss = 0.2')
    lines = [line for line in told(text).story if "the primary changed" in line]
    assert len(lines) == 1
