"""`[[measure]]` tables: what they may say, and what is said of those that are wrong."""

from __future__ import annotations

import pytest

from game.engine.events.changes import FaultBegan, NodeDown, TargetOut
from game.engine.events.requests import AttemptFailed, Retried
from game.level.campaign import card_of
from game.level.identity import level_hash
from game.level.model import Level
from game.level.problems import Problem
from game.level.read import read_level_bytes
from tests.engine.nights import HEAD, KINDS, level_of

NIGHT = """
duration = "10s"

[[node]]
id = "web"
count = 2

[[service]]
id = "shop"
on = "web"
steps = [{ cpu = "2ms" }]

[[client]]
id = "people"
call = "shop"
rate = 10

[[fault]]
kind = "crash"
target = "web-1"
at = "2s"
"""
TIME = """
[[measure]]
id = "time-to-detect"
from = { event = "fault-began", fault = "crash" }
to = "target-out"
take = "p99"
says = "until the crash was noticed"
"""
COUNT = """
[[measure]]
id = "turned-away"
count = { event = "attempt-failed", service = "shop", cause = "queue-full" }
"""


def measured(text: str) -> Level:
    return level_of(NIGHT + text)


def problems(text: str) -> list[Problem]:
    _, found = read_level_bytes((HEAD + NIGHT + text).encode(), "night.toml", KINDS)
    return list(found)


def one(lines: str) -> str:
    return f'\n[[measure]]\nid = "own"\n{lines}\n'


def test_a_measure_is_read_with_its_events() -> None:
    time, count = measured(TIME + COUNT).measures
    assert time.from_ == FaultBegan(fault="crash")
    assert time.to == TargetOut()
    assert (time.take, time.nth, time.until, time.same) == ("p99", 1, "next", None)
    assert count.count == AttemptFailed(service="shop", cause="queue-full")
    assert count.from_ is None


def test_events_name_groups_machines_and_clients() -> None:
    for name in ("web", "web-2"):
        (found,) = measured(one(f'count = {{ event = "node-down", node = "{name}" }}')).measures
        assert found.count == NodeDown(node=name)
    (found,) = measured(one('count = { event = "retry", client = "people" }')).measures
    assert found.count == Retried(client="people")


def test_a_level_without_measures_has_none() -> None:
    level = measured("")
    assert (level.measures, level.times) == ((), ())


def test_a_goal_may_name_an_own_measure_and_a_time_may_be_a_duration() -> None:
    goals = """
[[goal]]
id = "noticed"
measure = "time-to-detect"
at_most = "2s"

[[goal]]
id = "few"
measure = "turned-away"
at_most = 5
"""
    level = measured(TIME + COUNT + goals)
    assert [(goal.measure, goal.at_most) for goal in level.goals] == [
        ("time-to-detect", 2000),
        ("turned-away", 5),
    ]
    assert level.times == ("time-to-detect",) == card_of(level).times


def test_the_hash_goes_by_measures_and_not_by_their_words() -> None:
    plain, other = measured(TIME), measured(TIME.replace("p99", "max"))
    told = measured(TIME.replace("until the crash was noticed", "how long it took"))
    assert level_hash(told) == level_hash(plain) != level_hash(other)
    assert level_hash(measured("")) not in (level_hash(plain), level_hash(other))


@pytest.mark.parametrize(
    ("text", "code", "words", "suggestion"),
    [
        (one('count = "node-dwn"'), "E021", 'unknown event kind "node-dwn"', "node-down"),
        (one('count = { event = "retries" }'), "E021", 'unknown event kind "retries"', "retry"),
        (one('count = { node = "web" }'), "E012", 'key "event" is missing', ""),
        (one('count = { event = "retry", nod = "web" }'), "E011", 'unknown key "nod"', "node"),
        (one('count = { event = "retry", node = "wep" }'), "E022", 'unknown machine "wep"', "web"),
        (
            one('count = { event = "fault-began", fault = "crush" }'),
            "E022",
            'unknown fault "crush"',
            "crash",
        ),
        (
            one('count = { event = "target-out", caller = "peeple" }'),
            "E022",
            'unknown caller "peeple"',
            "people",
        ),
        (
            one('count = { event = "attempt-failed", cause = "queue-ful" }'),
            "E013",
            'unknown cause "queue-ful"',
            "queue-full",
        ),
        (one("count = 3"), "E010", "text or a table is wanted here", ""),
        (one('says = "nothing"'), "E012", 'a measure needs a "count", or "from" and "to"', ""),
        (one('from = "start"'), "E027", '"from" needs "to"', ""),
        (one('to = "retry"'), "E027", '"to" needs "from"', ""),
        (one('count = "retry"\nto = "hedge"'), "E027", 'not "to" too', ""),
        (one('count = "retry"\ntake = "max"'), "E027", 'not "take" too', ""),
        (one('from = "start"\nto = "probe"'), "E013", "this is only counted", ""),
        (one('count = "probe"\nin_window = true'), "E027", "only counted for the whole run", ""),
        (
            one('count = "retry"\nper_hundred = "probe"\nin_window = true'),
            "E027",
            "only counted for the whole run",
            "",
        ),
        (
            one('from = "start"\nto = "retry"\nper_hundred = "hedge"'),
            "E027",
            '"per_hundred" needs a "count"',
            "",
        ),
        (one('from = "start"\nto = "retry"\nsame = "node"'), "E013", "is about no node", ""),
        (
            one('from = "node-down"\nto = "breaker-opened"\nsame = "node"'),
            "E013",
            'the event of "to" is about no node, but about caller',
            "",
        ),
        (one('from = "start"\nto = "retry"\nsame = "nod"'), "E013", 'thing "nod"', "node"),
        (one('from = "start"\nto = "retry"\ntake = "avg"'), "E013", 'take times "avg"', ""),
        (one('from = "start"\nto = "retry"\nnth = 0'), "E014", "from 1", ""),
        (
            one('from = "start"\nto = "retry"\nuntil = "last"\nnth = 2'),
            "E027",
            '"nth" has no meaning',
            "",
        ),
        (COUNT.replace("turned-away", "p99_ms"), "E023", '"p99_ms" is measured in every', ""),
        (COUNT + COUNT, "E023", '"turned-away" is the id of another measure', ""),
        (COUNT.replace("turned-away", "Turned"), "E015", "a name has", ""),
        (
            TIME + '\n[[goal]]\nid = "g"\nmeasure = "time-to-detct"\nat_most = 1\n',
            "E040",
            'unknown measure "time-to-detct"',
            "time-to-detect",
        ),
        (
            TIME + '\n[[goal]]\nid = "g"\nmeasure = "p99"\nat_most = 1\n',
            "E040",
            'unknown measure "p99"',
            "p99_ms",
        ),
        (
            COUNT + '\n[[goal]]\nid = "g"\nmeasure = "turned-away"\nat_most = "2s"\n',
            "E013",
            '"turned-away" is no time: write a number',
            "",
        ),
        (
            TIME + '\n[[goal]]\nid = "g"\nmeasure = "time-to-detect"\nat_most = "5%"\n',
            "E013",
            '"time-to-detect" is no share: write a duration such as "250ms"',
            "",
        ),
        (
            TIME + '\n[[goal]]\nid = "g"\nmeasure = "time-to-detect"\nat_most = 2\n',
            "E017",
            'a duration needs its unit, and "time-to-detect" is one: write "250ms"',
            "",
        ),
        (
            TIME + '\n[[goal]]\nid = "g"\nmeasure = "p99_ms"\nat_most = 0.5\n',
            "E017",
            'a duration needs its unit, and "p99_ms" is one: write "250ms"',
            "",
        ),
    ],
)
def test_what_is_wrong_is_said_once_and_with_the_nearest_word(
    text: str, code: str, words: str, suggestion: str
) -> None:
    (found,) = problems(text)
    assert (found.code, found.suggestion) == (code, suggestion)
    assert words in found.message


def test_a_misspelt_section_still_holds_measures_that_goals_may_name() -> None:
    goal = '\n[[goal]]\nid = "g"\nmeasure = "turned-away"\nat_most = 1\n'
    (found,) = problems(COUNT.replace("measure", "mesure") + goal)
    assert (found.code, found.suggestion) == ("E011", "measure")


def test_no_control_sets_a_measure() -> None:
    control = """
[[control]]
id = "c"
family = "capacity"
label = "C"
sets = "measure.turned-away.in_window"
choices = [true, false]
default = "true"
"""
    (found,) = problems(COUNT + control)
    assert found.code == "E030"
