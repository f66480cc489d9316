"""SWIM: who asks whom, what others are asked for, and what news overrides what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.engine.detection.swim_news import Belief, Gossip, News, Standing
from game.engine.log import Change
from tests.engine.detection.towns import fault, play, seen
from tests.engine.nights import MS, SECOND

CRASH = fault("crash", "web-2", "20s", what='"host"')


def swim(**fields: str) -> str:
    """A detector; durations and words as text."""
    written = [
        f'{key} = "{value}"' if value[-1:] in "smn" else f"{key} = {value}"
        for key, value in fields.items()
    ]
    return "{ " + ", ".join(['kind = "swim"', *written]) + " }"


def test_a_member_sends_as_much_however_many_there_are() -> None:
    def probes_each(machines: int) -> float:
        played = play(swim(), machines=machines, duration="20s", rate=1.0)
        return played.log.totals["probes"] / (machines + 1)

    assert probes_each(4) == pytest.approx(20, rel=0.02)
    assert probes_each(199) == pytest.approx(20, rel=0.02)


def test_all_to_all_heartbeats_cost_the_square_of_that() -> None:
    def probes(machines: int) -> int:
        played = play('"heartbeats"', machines=machines, duration="10s", rate=1.0)
        return played.log.totals["probes"]

    assert probes(3) == pytest.approx(4 * 3 * 10, rel=0.1)
    assert probes(39) == pytest.approx(40 * 39 * 10, rel=0.02)


def test_silence_makes_a_suspect_first_and_a_dead_one_when_it_does_not_object() -> None:
    played = play(swim(suspicion="3s"), more=CRASH)
    first, *_ = seen(played, Change.MEMBER_SUSPECTED, "web-2")
    for who in ("gate", "web-1", "web-3", "web-4"):
        suspected = next(t for t, w, _ in seen(played, Change.MEMBER_SUSPECTED) if w == who)
        down = next(t for t, w, _ in seen(played, Change.MEMBER_DOWN) if w == who)
        assert suspected < down <= suspected + 3 * SECOND
    earliest = min(t for t, _, _ in seen(played, Change.MEMBER_DOWN))
    assert earliest == first[0] + 3 * SECOND


def test_without_suspicion_silence_is_death() -> None:
    played = play(swim(suspicion="0s"), more=CRASH)
    assert seen(played, Change.MEMBER_SUSPECTED) == []
    assert {who for _, who, _ in seen(played, Change.MEMBER_DOWN)} >= {"gate", "web-1"}


def cut_thread(at: str, lasts: str) -> str:
    """The gate and web-2 cannot reach each other; everybody else can reach both."""
    return fault("partition", "web-2", at, lasts, **{"from": '"gate"'})


def test_others_ask_where_the_direct_way_is_cut() -> None:
    alone = play(swim(indirect="0"), more=cut_thread("20s", "30s"))
    assert seen(alone, Change.MEMBER_SUSPECTED, "web-2")
    helped = play(swim(indirect="2"), more=cut_thread("20s", "30s"))
    assert seen(helped, Change.MEMBER_SUSPECTED) == []


def test_a_suspect_that_lives_hears_of_it_by_others_and_objects() -> None:
    """The gate alone cannot reach web-2, and nobody asks for it: news goes round by the others."""
    played = play(swim(indirect="0", suspicion="6s"), more=cut_thread("20s", "30s"))
    assert {who for _, who, _ in seen(played, Change.MEMBER_SUSPECTED, "web-2")} >= {"gate"}
    objected = [who for _, who, _ in played.changes(Change.INCARNATION)]
    assert {"web-2", "gate"} >= set(objected) >= {"web-2"}
    assert seen(played, Change.MEMBER_DOWN) == []


def test_a_short_pause_is_survived_by_an_objection() -> None:
    played = play(swim(suspicion="5s"), more=fault("pause", "web-2", "20s", "4s"))
    assert seen(played, Change.MEMBER_SUSPECTED, "web-2")
    (at_us, who, incarnation), *_ = played.changes(Change.INCARNATION)
    assert (who, incarnation) == ("web-2", 1)
    assert at_us >= 24 * SECOND
    assert seen(played, Change.MEMBER_DOWN, "web-2") == []
    assert {w for _, w, _ in seen(played, Change.MEMBER_UP, "web-2")} >= {"gate", "web-1"}


def test_a_wrong_death_costs_requests_their_machine_and_is_taken_back() -> None:
    played = play(swim(suspicion="1s"), more=fault("pause", "web-2", "20s", "6s"))
    assert [row[1:] for row in seen(played, Change.TARGET_OUT)] == [("gate", "web-2")]
    back_us = seen(played, Change.TARGET_BACK)[0][0]
    assert back_us > 26 * SECOND
    assert played.changes(Change.INCARNATION)


def test_each_asks_each_within_two_rounds_less_one() -> None:
    """Round-robin selection bounds the time to the first suspicion (section 4.3)."""
    for seed in range(5):
        played = play(swim(), machines=7, more=CRASH, seed=seed)
        first = seen(played, Change.MEMBER_SUSPECTED, "web-2")[0][0]
        assert first <= (20 + 2 * 7) * SECOND + 250 * MS


beliefs = st.builds(Belief, st.integers(0, 3), st.sampled_from(Standing))


@given(beliefs, beliefs)
def test_what_overrides_what_is_the_order_of_the_paper(one: Belief, other: Belief) -> None:
    """Section 4.2: alive overrides only smaller incarnations, suspect also the same one's alive,
    and a death all of its own incarnation."""
    i, j = one.incarnation, other.incarnation
    overrides = {
        Standing.ALIVE: i > j,
        Standing.SUSPECT: i > j or (i == j and other.standing == Standing.ALIVE),
        Standing.DEAD: i > j or (i == j and other.standing != Standing.DEAD),
    }
    assert (one > other) == overrides[one.standing]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.integers(1, 5), st.integers(1, 4))
def test_news_is_told_so_often_and_the_least_told_goes_first(
    about: list[int], most: int, count: int
) -> None:
    gossip = Gossip(most)
    for place in about:
        gossip.add(News(place, Belief()))
    told: dict[int, int] = {}
    while news := gossip.take(count):
        assert len(news) <= count
        for one in news:
            told[one.about] = told.get(one.about, 0) + 1
        assert max(told.values()) - min(told.get(place, 0) for place in about) <= 1
    assert told == dict.fromkeys(about, most)
