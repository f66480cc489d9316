"""Closed loops: who keeps a queue full is named, and pointed to."""

from __future__ import annotations

from game.explain.bearing import controls_of
from game.explain.clues import clues_of
from game.explain.stays import stays_of
from tests.engine.nights import level_of
from tests.explain.runs import GOAL, facts, shop

LOOP = """
[[service]]
id = "stock"
on = "web"
steps = [{ cpu = "20ms" }]

[[client]]
id = "porters"
call = "stock"
population = 30
deadline = "4s"

[[control]]
id = "machine"
family = "capacity"
label = "Machine"
sets = "node.web.speed"
default = "1"
choices = [{ label = "1", value = 1 }, { label = "2", value = 2 }]

[[control]]
id = "porters"
family = "workload"
label = "Porters"
sets = "client.porters.population"
default = "30"
choices = [{ label = "30", value = 30 }, { label = "1", value = 1 }]
"""


def test_a_closed_loop_that_fills_a_queue_is_named_before_capacity() -> None:
    text = shop(LOOP, GOAL, machines=1)
    clue = clues_of(facts(text))[0]
    assert " of the work there came from porters, at least 20 ms a request: 30 users" in clue.words
    assert clue.nodes == ("web-1",)
    assert clue.codex[0] == "littles-law"
    assert [one.id for one in controls_of(level_of(text), clue)] == ["porters", "machine"]


def test_an_open_loop_is_no_closed_one() -> None:
    text = shop(LOOP.replace("population = 30", "rate = 100"), GOAL, machines=1)
    text = text[: text.index("[[control]]")]
    found = clues_of(facts(text + GOAL))
    assert found
    assert not any("came from" in clue.words for clue in found)


def test_a_closed_loop_that_waits_for_nobody_is_no_clue() -> None:
    alone = shop(LOOP.replace('default = "30"', 'default = "1"'), GOAL, machines=1)
    found = facts(alone)
    assert len(found.valid) > 600
    assert not any("came from" in clue.words for clue in clues_of(found))


def test_time_that_a_request_waits_for_its_own_calls_is_no_stay() -> None:
    front = shop().replace('steps = [{ cpu = "5ms" }]', 'steps = [{ call = "back" }]')
    back = """
[[node]]
id = "back"

[[service]]
id = "back"
on = "back"
steps = [{ cpu = "50ms" }]
"""
    stays = stays_of(facts(front + back))
    assert {one.length_us for one in stays if one.service == "shop"} == {0}
    assert {one.length_us for one in stays if one.service == "back"} == {50_000}
