"""Streams: what players have to play, and when they run dry."""

from __future__ import annotations

from itertools import pairwise

import pytest

from game.engine.log import Log
from game.engine.run import simulate
from game.explain.facts import facts_of
from game.explain.story import story
from game.score.consistency.anomalies import find_anomalies
from game.score.scorecard import score_run
from tests.engine.nights import KINDS, MS, SECOND, level_of, night, system_of

FILMS = """
duration = "60s"

[[node]]
id = "origin"

[[link]]
from = "*"
to = "*"
latency = "10ms"

[[service]]
id = "films"
on = "origin"
store = { kind = "stream", segment = "2s", buffer = 3 }
steps = [{ store = "1ms" }]

[[client]]
id = "viewers"
call = "films"
population = 20
think = { law = "uniform", low = "0s", high = "500ms" }
deadline = "500ms"
keys = 100

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""
STALLS = """
[[measure]]
id = "longest"
from = "stall"
to = "stall-ended"
same = "operation"
take = "max"

[[measure]]
id = "stalls"
count = "stall"
"""


def down(seconds: float) -> str:
    return f'[[fault]]\nkind = "crash"\ntarget = "origin"\nat = "20s"\nfor = "{seconds}s"\n'


def stalls(log: Log) -> list[tuple[int, int, int]]:
    """(user, began, ended) of each."""
    return [(user, began_us, ended_us) for _, _, user, _, began_us, ended_us in log.stalls.rows()]


def test_a_player_asks_for_as_much_as_it_has_room_for_and_then_as_it_plays() -> None:
    """Three segments at once, and then one every 2 s."""
    played = night(FILMS.replace("population = 20", "population = 1"))
    asked = [row.invoked_us for row in played.operations()]

    first_us = played.operations()[0].ended_us
    assert asked[1] == first_us
    assert asked[2] - asked[1] < 50 * MS
    assert asked[3:6] == [first_us + 2 * SECOND, first_us + 4 * SECOND, first_us + 6 * SECOND]
    assert stalls(played.log) == []
    assert find_anomalies(system_of(FILMS), played.log) == ()


@pytest.mark.parametrize(("seconds", "dry"), [(3.5, False), (10, True)])
def test_an_outage_shorter_than_the_buffer_is_seen_by_nobody(seconds: float, dry: bool) -> None:
    """Who has just asked has 6 s to play, and who is about to ask has 4 s."""
    assert bool(stalls(night(FILMS + down(seconds)).log)) == dry


def test_a_stall_is_what_the_outage_is_longer_than_the_buffer() -> None:
    level = level_of(FILMS + down(10) + STALLS)
    log = simulate(level.system, 1)
    found = stalls(log)

    assert {user for user, _, _ in found} == set(range(20))
    assert len(found) == 20
    for _, began_us, ended_us in found:
        assert 24 * SECOND <= began_us <= 26 * SECOND + 100 * MS
        assert 30 * SECOND < ended_us < 31 * SECOND
    measured = score_run(level, level.system, log, parts=0).measures
    assert measured["stalls"] == 20
    assert measured["longest"] == max(ended - began for _, began, ended in found) / 1000
    late = find_anomalies(level.system, log)
    assert {(one.cause.word, one.blame) for one in late} == {("late-answer", 0)}
    assert len(late) == 20 == measured["anomalies"]


def test_the_story_says_what_was_late() -> None:
    level = level_of(FILMS + down(10))
    log = simulate(level.system, 1)
    card = score_run(level, level.system, log, parts=0)
    text = "\n".join(story(facts_of(level, level.system, log, card, KINDS)))
    assert "a segment of a film came when the player had nothing left to play" in text


def test_a_player_that_runs_dry_for_good_has_stalled_without_end() -> None:
    """Longer than any time that has a number; and what failed is no late answer besides."""
    level = level_of(FILMS + down(10).replace('for = "10s"\n', "") + STALLS)
    log = simulate(level.system, 1)

    assert {ended_us for _, _, ended_us in stalls(log)} == {-1}
    measured = score_run(level, level.system, log, parts=0).measures
    assert (measured["stalls"], measured["longest"]) == (20, None)
    assert find_anomalies(level.system, log) == ()


def test_the_end_of_the_night_is_no_stall() -> None:
    assert stalls(night(FILMS.replace('"500ms"\nkeys', '"30s"\nkeys')).log) == []


EDGES = (
    FILMS.replace(
        "[[link]]",
        """[[node]]
id = "edge"
count = 4
zones = ["west-1", "east-1"]

[[region]]
id = "west"

[[region]]
id = "east"

[[zone]]
id = "west-1"
region = "west"

[[zone]]
id = "east-1"
region = "east"

[[policy]]
id = "near"
balancer = "nearest-region"
attempt_timeout = "400ms"
health = { interval = "1s", timeout = "300ms", fall = 2 }

[[service]]
id = "edge"
on = "edge"
store = { kind = "cache", capacity = 200, ttl = "30s", coalesce = "300ms" }
steps = [{ lookup = "200us" }, { call = "films" }]

[[link]]""",
    )
    .replace(
        'latency = "10ms"',
        'latency = "10ms"\n\n[[link]]\nfrom = "west"\nto = "east"\nlatency = "90ms"',
    )
    .replace(
        'call = "films"\npopulation = 20',
        'call = "edge"\npolicy = "near"\nzone = "east-1"\npopulation = 20',
    )
)
EDGE_DOWN = '[[fault]]\nkind = "crash"\ntarget = ["edge-2", "edge-4"]\nat = "20s"\nfor = "30s"\n'


def test_when_a_region_loses_its_edge_its_viewers_go_to_the_next_one_and_see_nothing() -> None:
    played = night(EDGES + EDGE_DOWN)
    homes = {"edge-1": "west", "edge-2": "east", "edge-3": "west", "edge-4": "east"}

    def served_by(since_s: int, until_s: int) -> set[str]:
        rows = played.attempts(since_s * SECOND, until_s * SECOND)
        return {homes[played.node_of(row)] for row in rows if not row.depth and not row.cause}

    assert served_by(5, 20) == {"east"}
    assert served_by(23, 50) == {"west"}
    assert served_by(54, 59) == {"east"}
    assert stalls(played.log) == []
    assert set(played.causes(0, 20 * SECOND)) == {"none"}
    assert played.log.totals["cache-hit:edge"] > 100


def test_without_another_region_they_run_dry_and_with_a_small_buffer_too() -> None:
    alone = (EDGES + EDGE_DOWN).replace('["west-1", "east-1"]', '["east-1"]')
    alone = alone.replace('["edge-2", "edge-4"]', '"edge"')
    assert {user for user, _, _ in stalls(night(alone).log)} == set(range(20))
    small = (EDGES + EDGE_DOWN).replace('"2s", buffer = 3', '"500ms", buffer = 2')
    assert len(stalls(night(small).log)) >= 10


def test_users_elsewhere_are_no_players() -> None:
    """Who asks for something else thinks as ever."""
    other = """
[[service]]
id = "help"
on = "origin"
steps = [{ cpu = "1ms" }]

[[client]]
id = "askers"
call = "help"
population = 1
think = "1s"
"""
    played = night(FILMS + other)
    asked = [row.invoked_us for row in played.operations() if row.client == 1]
    assert {after - before for before, after in pairwise(asked)} == {SECOND + 21 * MS}


def test_films_are_for_viewers() -> None:
    for before, after, message in (
        ("population = 20", "rate = 20", 'write a "population"'),
        ("keys = 100", "keys = 100\nwrites = 0.1", "viewers only read"),
        ("buffer = 3", "buffer = 1", "from 2"),
    ):
        text = FILMS.replace(before, after)
        if "rate" in after:
            text = text.replace('think = { law = "uniform", low = "0s", high = "500ms" }\n', "")
        with pytest.raises(AssertionError, match=message):
            system_of(text)


def test_a_seed_has_one_digest_whoever_looks() -> None:
    text = EDGES + EDGE_DOWN
    assert night(text).log.digest() == night(text, trace=True).log.digest()
