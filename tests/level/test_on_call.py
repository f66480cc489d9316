"""Levels on call in the format: monitors, and which sections a kind of level takes."""

from __future__ import annotations

import pytest

from game.level.read import read_level_bytes
from tests.engine.nights import HEAD, KINDS

LEVEL = """
kind = "on-call"
duration = "20s"

[[node]]
id = "web"
count = 3

[[service]]
id = "shop"
on = "web"
steps = [{ cpu = "1ms" }]

[[client]]
id = "people"
call = "shop"
rate = 10

[[monitor]]
id = "errors"
measure = "bad-share"
client = "people"
above = "20%"
over = "2s"
for = "1s"

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""


def said(before: str = "", after: str = "") -> list[tuple[str, str]]:
    """(what is under the carets, message) of all problems of the level with another text."""
    text = LEVEL.replace(before, after, 1) if before else LEVEL
    assert not before or text != LEVEL
    _, problems = read_level_bytes((HEAD + text).encode(), "night.toml", KINDS)
    return [
        (one.excerpt[one.column - 1 : one.column - 1 + one.length], one.message) for one in problems
    ]


def test_a_level_on_call_may_have_monitors() -> None:
    assert said() == []


def test_a_level_of_another_kind_may_not() -> None:
    message = '[[monitor]] is for levels with kind = "on-call"; this is "design"'
    assert said('kind = "on-call"', "") == [("monitor", message)]


@pytest.mark.parametrize(
    ("before", "after", "where", "message"),
    [
        (
            '"errors"',
            '"start"',
            '"start"',
            '"start" is the begin of the run: give the alarm another name',
        ),
        ('"bad-share"', '"bad-shar"', '"bad-shar"', 'unknown thing to watch "bad-shar"'),
        ('client = "people"', 'client = "peple"', '"peple"', 'unknown client "peple"'),
        (
            'client = "people"',
            'service = "shop"',
            "service",
            '"bad-share" is of a client, not of a service',
        ),
        ('client = "people"\nabove', "above", "monitor", '"bad-share" needs a "client"'),
        (
            '"bad-share"\nclient = "people"',
            '"queue"\nservice = "shp"',
            '"shp"',
            'unknown service "shp"',
        ),
        ('above = "20%"', "", "monitor", 'a monitor needs "above" or "below"'),
        (
            'above = "20%"',
            'above = "20%"\nbelow = "1%"',
            "below",
            'a monitor has "above" or "below", not both',
        ),
        ('"20%"', '"20ms"', '"20ms"', '"bad-share" is no time: write "20%"'),
        ('"20%"', "20", "20", 'a share lies between 0 and 1; 20 % is written "20%" or 0.2'),
        ('"bad-share"', '"p99"', '"20%"', '"p99" is no share: write a duration such as "250ms"'),
        ('"bad-share"', '"goodput"', '"20%"', '"goodput" is no share: write a number'),
        ('over = "2s"', 'over = "21s"', '"21s"', "this is longer than the run (20s)"),
        ('for = "1s"', 'for = "0s"', '"0s"', "this duration must be longer than nothing"),
    ],
)
def test_a_monitor_that_cannot_be_is_refused(
    before: str, after: str, where: str, message: str
) -> None:
    found = said(before, after)
    assert [text for _, text in found if text == message] == [message], found
    assert where in {text: place for place, text in found}[message]


def test_what_there_is_at_this_moment_has_no_window() -> None:
    text = '"queue"\nservice = "shop"\nabove = 10\nover = "2s"'
    message = '"queue" is what there is at this moment: no "over"'
    assert said('"bad-share"\nclient = "people"\nabove = "20%"\nover = "2s"', text) == [
        ("over", message)
    ]
