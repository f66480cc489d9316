"""Gossip: news of heartbeats goes round, and old news brings nobody back."""

from __future__ import annotations

from game.engine.log import Change
from tests.engine.detection.towns import fault, play, seen
from tests.engine.nights import SECOND

SLOW = '{ kind = "gossip", fail_after = "60s" }'
GOSSIP = '{ kind = "gossip", fail_after = "8s" }'


def test_the_dead_stay_dead_however_long_their_old_news_goes_round() -> None:
    played = play(GOSSIP, duration="200s", more=fault("crash", "web-2", "20s", what='"host"'))
    assert {who for _, who, _ in seen(played, Change.MEMBER_DOWN)} == {
        "gate",
        "web-1",
        "web-3",
        "web-4",
    }
    assert seen(played, Change.MEMBER_UP) == []


def test_nobody_is_taken_for_dead_before_its_news_is_old() -> None:
    played = play(GOSSIP, more=fault("crash", "web-2", "20s", what='"host"'))
    downs = [time for time, _, _ in seen(played, Change.MEMBER_DOWN)]
    assert min(downs) > 20 * SECOND + 8 * SECOND - 2 * SECOND
    assert max(downs) < 20 * SECOND + 8 * SECOND + 8 * SECOND


def test_a_machine_whose_disk_was_wiped_is_believed_again() -> None:
    more = fault("crash", "web-2", "20s", "15s", what='"host"') + fault("wipe", "web-2", "25s")
    played = play(GOSSIP, more=more)
    back = {who for _, who, _ in seen(played, Change.MEMBER_UP, "web-2")}
    assert back == {"gate", "web-1", "web-3", "web-4"}


def test_each_sends_one_list_in_an_interval_and_it_is_as_long_as_the_group() -> None:
    small, large = (play(SLOW, machines=n, duration="30s", rate=1.0).log.totals for n in (4, 39))
    assert small["probes"] <= 5 * 30 <= small["probes"] + 5
    assert large["probes"] <= 40 * 30 <= large["probes"] + 40
    assert large["bytes"] > 40 * 30 * 16 * 40


def test_who_hears_news_late_suspects_wrongly() -> None:
    """A limit of two rounds is too short for news to go round among five."""
    played = play('{ kind = "gossip", fail_after = "2s" }')
    assert seen(played, Change.MEMBER_DOWN)
    assert len(seen(played, Change.MEMBER_UP)) >= len(seen(played, Change.MEMBER_DOWN)) - 12
