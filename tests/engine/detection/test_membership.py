"""What machines believe of each other decides whom they ask, and nobody knows by magic."""

from __future__ import annotations

import pytest

from game.engine.frame import frame
from game.engine.log import Change
from game.engine.run import simulate
from game.level.read import read_level_bytes
from tests.engine.detection.towns import MEMBER_CHANGES, fault, play, seen, town
from tests.engine.nights import HEAD, KINDS, MS, SECOND, level_of

DETECTORS = {
    "heartbeats": '{ kind = "heartbeats", timeout = "2500ms" }',
    "phi-accrual": '{ kind = "phi-accrual" }',
    "swim": '{ kind = "swim", suspicion = "2s" }',
    "gossip": '{ kind = "gossip", fail_after = "8s" }',
}
CRASH = fault("crash", "web-2", "20s", "20s", what='"host"')

each = pytest.mark.parametrize("detector", DETECTORS.values(), ids=DETECTORS)


@each
def test_a_dead_machine_gets_no_requests_once_its_death_is_known(detector: str) -> None:
    played = play(detector, more=CRASH)
    (out_us, who, _), *_ = seen(played, Change.TARGET_OUT)
    assert who == "gate"
    assert 20 * SECOND < out_us < 32 * SECOND
    sent = [played.node_of(row) for row in played.attempts(out_us, 40 * SECOND) if row.depth]
    assert sent
    assert "web-2" not in sent
    before = [played.node_of(row) for row in played.attempts(20 * SECOND, out_us) if row.depth]
    assert "web-2" in before


@each
def test_a_machine_that_is_back_is_asked_again(detector: str) -> None:
    played = play(detector, more=CRASH)
    (back_us, who, about), *_ = seen(played, Change.TARGET_BACK)
    assert (who, about) == ("gate", "web-2")
    assert 40 * SECOND < back_us < 50 * SECOND
    assert "web-2" in [played.node_of(row) for row in played.attempts(back_us) if row.depth]


@each
def test_every_member_that_lives_learns_of_a_death_and_of_the_return(detector: str) -> None:
    played = play(detector, more=CRASH)
    others = {"gate", "web-1", "web-3", "web-4"}
    assert {who for _, who, about in seen(played, Change.MEMBER_DOWN) if about == "web-2"} == others
    assert {who for _, who, about in seen(played, Change.MEMBER_UP) if about == "web-2"} == others


@each
def test_in_a_quiet_night_nobody_is_suspected(detector: str) -> None:
    played = play(detector)
    assert played.changes(*MEMBER_CHANGES) == []
    assert played.causes() == {"none": len(played.operations())}


@each
def test_a_frozen_machine_is_taken_for_dead_and_back_when_it_goes_on(detector: str) -> None:
    played = play(detector, more=fault("pause", "web-2", "20s", "20s"))
    about = seen(played, Change.MEMBER_DOWN, "web-2")
    assert {who for _, who, _ in about} >= {"gate", "web-1", "web-3", "web-4"}
    last = {who: time for time, who, about in seen(played, Change.MEMBER_UP, "web-2")}
    assert min(last.values()) >= 40 * SECOND


@each
def test_a_cut_makes_both_sides_wrong_and_its_end_right_again(detector: str) -> None:
    played = play(detector, more=fault("partition", "web-2", "20s", "20s"))
    down = {(who, about) for _, who, about in seen(played, Change.MEMBER_DOWN)}
    assert {("gate", "web-2"), ("web-2", "gate"), ("web-2", "web-1")} <= down
    latest: dict[tuple[str, str], Change] = {}
    for _, change, who, about in played.log.changes.rows():
        if change in (Change.MEMBER_DOWN, Change.MEMBER_UP):
            latest[played.log.places[who], played.log.places[about]] = Change(change)
    assert set(latest.values()) == {Change.MEMBER_UP}


@each
def test_a_watcher_that_crashed_trusts_everybody_until_it_learns_otherwise(detector: str) -> None:
    more = CRASH + fault("crash", "gate", "34s", "1s")
    played = play(detector, more=more)
    outs = [time for time, who, _ in seen(played, Change.TARGET_OUT) if who == "gate"]
    assert len(outs) in (1, 2)
    again = [row for row in played.attempts(35 * SECOND, 40 * SECOND) if row.depth]
    assert "web-2" in [played.node_of(row) for row in again]


@each
def test_the_same_seed_gives_the_same_night_and_a_trace_changes_nothing(detector: str) -> None:
    system = level_of(town(detector, loss=0.2, more=CRASH)).system
    digests = {simulate(system, 3).digest(), simulate(system, 3, trace=True).digest()}
    assert len(digests) == 1
    assert simulate(system, 4).digest() not in digests


@each
def test_watching_changes_no_luck_of_the_requests(detector: str) -> None:
    """Nobody fails, so the same operations take as long with a detector and without one."""
    watched = play(detector)
    alone = play('"heartbeats"')
    rows = [(row.invoked_us, row.ended_us) for row in alone.operations()]
    assert [(row.invoked_us, row.ended_us) for row in watched.operations()] == rows


@each
def test_the_inspector_shows_whom_a_machine_takes_for_dead(detector: str) -> None:
    played = play(detector, more=CRASH)
    facts = {node.name: dict(node.facts) for node in frame(played.log, 35 * SECOND).nodes}
    assert facts["gate"]["down"] == "web-2"
    assert facts["web-2"] == {}
    assert "down" not in dict(frame(played.log, 59 * SECOND).nodes[0].facts)
    assert any("takes web-2 for dead" in words for _, words in frame(played.log, 35 * SECOND).notes)


def test_only_members_hear_of_anything() -> None:
    detector = '{ kind = "heartbeats", watchers = ["gate"] }'
    played = play(detector, more=CRASH)
    assert {who for _, who, _ in seen(played, Change.MEMBER_DOWN)} == {"gate"}
    assert played.log.totals["probes"] == pytest.approx(3 * 60 + 40, abs=5)


def test_two_memberships_of_one_machine_do_not_undo_each_other() -> None:
    slow = '{ kind = "heartbeats", timeout = "9s" }'
    more = f'\n[[membership]]\nid = "slow"\non = ["gate", "web"]\ndetector = {slow}\n{CRASH}'
    played = play(DETECTORS["heartbeats"], more=more)
    assert len(seen(played, Change.TARGET_OUT)) == len(seen(played, Change.TARGET_BACK)) == 1
    assert len([row for row in seen(played, Change.MEMBER_DOWN) if row[1] == "gate"]) == 2


def test_a_membership_without_a_detector_costs_nothing() -> None:
    text = town('"heartbeats"').replace('detector = "heartbeats"', "")
    log_of = level_of(text).system
    assert log_of.memberships[0].detector is None


@pytest.mark.parametrize(
    ("detector", "words"),
    [
        ('{ kind = "swimm" }', 'unknown detector kind "swimm"'),
        ('{ kind = "swim", period = "1s", timeout = "1s" }', "a period that is longer than its"),
        ('{ kind = "heartbeats", interval = "4s" }', "a timeout that is mostly longer"),
        ('{ kind = "gossip", fail_after = "1s" }', "a fail_after that is mostly longer"),
        ('{ kind = "phi-accrual", threshold = 101 }', "threshold"),
        ('{ kind = "phi-accrual", window = 1 }', "window"),
        ('{ kind = "heartbeats", watchers = ["desk"] }', '"desk" is no member'),
    ],
)
def test_a_level_that_cannot_be_meant_is_refused(detector: str, words: str) -> None:
    text = f'{HEAD}{town(detector)}\n[[node]]\nid = "desk"\n'
    level, problems = read_level_bytes(text.encode(), "night.toml", KINDS)
    assert level is None
    assert words in str(problems)


def test_letters_to_a_member_take_their_time() -> None:
    """The first to know of a death is who waits for a heartbeat: not before its limit."""
    played = play('{ kind = "heartbeats", interval = "1s", timeout = "1500ms" }', more=CRASH)
    first_us = min(time for time, _, _ in seen(played, Change.MEMBER_DOWN))
    assert 20 * SECOND + 500 * MS <= first_us <= 20 * SECOND + 1501 * MS
