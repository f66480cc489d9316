"""Keys that need each other or exclude each other: one sentence, at the key that is wrong."""

from __future__ import annotations

import pytest

from game.level.plan import make_plan, system_with
from game.level.read import read_level_bytes
from tests.engine.nights import HEAD, KINDS

LEVEL = """
duration = "20s"

[[node]]
id = "web"
count = 3

[[policy]]
id = "own"
#policy

[[service]]
id = "shop"
on = "web"
steps = [{ cpu = "1ms" }]
#service

[[client]]
id = "people"
call = "shop"
rate = 10
#client

[[fault]]
kind = "crash"
target = "web"
#fault

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""


def said(**written: str) -> list[tuple[str, str]]:
    """(what is under the carets, message) of all problems of the level with more keys."""
    text = LEVEL
    for place, lines in written.items():
        text = text.replace(f"#{place}", lines)
    text = text.replace("#fault", 'at = "1s"')
    _, problems = read_level_bytes((HEAD + text).encode(), "night.toml", KINDS)
    return [
        (one.excerpt[one.column - 1 : one.column - 1 + one.length], one.message) for one in problems
    ]


def test_the_level_without_more_keys_is_right() -> None:
    assert said() == []


@pytest.mark.parametrize("value", ["true", "false", '"waiting"'])
def test_cancel_is_a_switch_with_a_word_in_between(value: str) -> None:
    assert said(policy=f"cancel = {value}") == []


def test_another_word_for_cancel_is_refused() -> None:
    assert said(policy='cancel = "waitin"') == [
        ('"waitin"', 'this must be true, false or "waiting"')
    ]
    [(_, message)] = said(policy="cancel = 3")
    assert message == 'true, false or "waiting" is wanted here, not a number'


def test_gives_up_needs_patience() -> None:
    assert said(client='gives_up = "waiting"') == [("gives_up", '"gives_up" needs a "patience"')]
    assert said(client='patience = "1s"\ngives_up = "waiting"') == []


def test_crews_are_for_faults_at_random() -> None:
    assert said(fault='every = "3s"\nlasts = "1s"\ncrews = 1') == []
    assert said(fault='at = "3s"\ncrews = 1') == [
        ("crews", '"crews" repair what fails at random: it needs "every"')
    ]


def test_a_partial_answer_needs_parts_and_has_fewer_than_a_whole_one() -> None:
    partial = 'partial = { after = "50ms", at_least = 2 }'
    assert said(client=f"fan_out = 3\n{partial}") == []
    assert said(client=partial) == [("partial", '"partial" needs a "fan_out"')]
    assert said(client=f"fan_out = 3\nfirst = 1\n{partial}") == [
        ("2", '"at_least" is 2, but a whole answer has only 1 ("first")')
    ]
    assert said(client=f"fan_out = 3\n{partial}".replace("50ms", "2s")) == [
        ('"2s"', "the deadline (1s) comes first, so this never acts")
    ]


CONTROLLED = """
[[control]]
id = "one"
family = "workload"
label = "One"
sets = "PATH"
choices = [{ label = "before", value = BEFORE }, { label = "after", value = AFTER }]
default = "before"
"""


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("policy.own.cancel", "false", '"waiting"'),
        ("client.people.patience", '"1s"', '{ law = "exponential", mean = "2s" }'),
        ("client.people.gives_up", '"always"', '"waiting"'),
        (
            "client.people.partial",
            '{ after = "10ms", at_least = 1 }',
            '{ after = "1ms", at_least = 2 }',
        ),
        ("client.people.partial.at_least", "1", "2"),
        ("fault.flaky.crews", "1", "2"),
        ("service.kept.store.capacity", "10", "20"),
        ("service.kept.store.evict", '"lru"', '"lfu"'),
        ("service.shop.steps.1.partial.after", '"10ms"', '"20ms"'),
    ],
)
def test_a_control_may_set_it(path: str, before: str, after: str) -> None:
    control = CONTROLLED.replace("PATH", path).replace("BEFORE", before).replace("AFTER", after)
    more = """
[[service]]
id = "kept"
on = "web"
store = { kind = "cache", capacity = 3 }
steps = [{ lookup = "1ms" }]

[[fault]]
id = "flaky"
kind = "crash"
target = "web"
every = "3s"
lasts = "1s"
"""
    text = LEVEL.replace("#fault", 'at = "1s"')
    people = 'fan_out = 3\npartial = { after = "5ms", at_least = 2 }\npatience = "1s"'
    text = text.replace("#client", people)
    call = '{ call = "kept", fan_out = 3, partial = { after = "5ms", at_least = 2 } }'
    text = text.replace('{ cpu = "1ms" }', f'{{ cpu = "1ms" }}, {call}')
    whole = (HEAD + text + more + control).encode()
    level, problems = read_level_bytes(whole, "night.toml", KINDS)
    assert level is not None, str(problems)
    changed = system_with(level, make_plan(level, {"one": "after"}), KINDS)
    assert changed != level.system
