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


def test_a_popularity_needs_several_keys() -> None:
    assert said(client="keys = 5\nzipf = 1.1") == []
    words = '"zipf" needs "keys": of one key alone, none is more popular'
    assert said(client="zipf = 1.1") == [("zipf", words)]
    assert said(client="zipf = 0.0") == []


def fault(lines: str) -> str:
    """A second fault, behind the one that there is."""
    return f'at = "1s"\n\n[[fault]]\nat = "2s"\n{lines}'


def test_a_key_can_only_grow_hot_where_there_is_one() -> None:
    hot = fault('kind = "hot-key"\nshare = 0.5\nkey = 5')
    assert said(client="keys = 5", fault=hot) == []
    assert said(client="keys = 4", fault=hot) == [("5", '"people" has only 4 keys')]
    words = '"people" has one key, which cannot grow hotter: give it "keys"'
    assert said(fault=hot) == [('"hot-key"', words)]


CLOSED = """
[[client]]
id = "users"
call = "shop"
population = 3
think = "1s"
"""


def test_a_load_can_only_grow_where_clients_have_a_rate() -> None:
    spike = 'kind = "load-spike"\ntimes = 2'
    assert said(client=CLOSED, fault=fault(spike)) == []
    assert said(client=CLOSED, fault=fault(f'{spike}\ntarget = ["people", "users"]')) == []
    words = '"users" is a closed loop, which has no rate that could grow'
    found = said(client=CLOSED, fault=fault(f'{spike}\ntarget = "users"'))
    assert found == [('"load-spike"', words)]


def test_a_fault_of_clients_must_find_some() -> None:
    spike = 'kind = "load-spike"\ntimes = 2\ntarget = '
    zones = '\n[[zone]]\nid = "east"\n\n[[zone]]\nid = "west"\n'
    assert said(service=zones, fault=fault(f'{spike}"east"')) == []
    words = "this is for clients, and none of them is or stands there"
    assert said(service=zones, fault=fault(f'{spike}"west"')) == [('"west"', words)]
    assert said(fault=fault(f'{spike}["web", "shop"]')) == [('["web", "shop"]', words)]


def test_a_cache_that_nobody_asks_is_told() -> None:
    store = 'store = { kind = "cache", capacity = 5 }'
    words = 'nobody asks this cache: it needs a "lookup" step'
    assert said(service=store) == [("store", words)]


@pytest.mark.parametrize("gap", ['"0ms"', '{ law = "constant", value = "0s" }'])
def test_time_must_pass_between_arrivals(gap: str) -> None:
    text = (HEAD + LEVEL.replace("rate = 10", f"gap = {gap}")).encode()
    _, problems = read_level_bytes(text.replace(b"#fault", b'at = "1s"'), "night.toml", KINDS)
    assert [one.message for one in problems] == ["this duration must be longer than nothing"]


@pytest.mark.parametrize(
    ("path", "values", "more"),
    [
        ("client.people.keys", "[1, 100]", {"client": "zipf = 1.1"}),
        ("client.people.keys", "[1, 9]", {"fault": fault('kind = "hot-key"\nshare = 0.5')}),
        (
            "service.shop.steps",
            '[{ label = "1", value = [{ cpu = "1ms" }] },'
            ' { label = "2", value = [{ lookup = "0ms" }] }]',
            {"service": 'store = { kind = "cache", capacity = 5 }'},
        ),
    ],
)
def test_nothing_is_idle_that_a_control_can_wake(
    path: str, values: str, more: dict[str, str]
) -> None:
    control = f'\n[[control]]\nid = "one"\nfamily = "workload"\nlabel = "One"\nsets = "{path}"\n'
    control += f'choices = {values}\ndefault = "1"\n'
    assert said(**{**more, "policy": control}) == []


def test_a_priority_needs_a_service_that_heeds_it() -> None:
    words = 'no service goes by priorities: one needs discipline = "priority"'
    assert said(client="priority = 1") == [("priority", words)]
    assert said(client="priority = 1", service='discipline = "priority"') == []
    assert said(client="priority = 10", service='discipline = "priority"') == [
        ("10", "this must be from 0 to 9")
    ]


@pytest.mark.parametrize(("second", "words"), [("2s", "before"), ("4s", "at the same time as")])
def test_steps_of_the_load_go_by_time(second: str, words: str) -> None:
    steps = f'{{ at = "4s", times = 2 }}, {{ at = "{second}", times = 3 }}'
    assert said(client=f"load = [{steps}]") == [
        (f'"{second}"', f"this is {words} the step above: the steps go by time")
    ]
    text = LEVEL.replace("#client", f"load = [{steps}]").replace("#fault", 'at = "1s"')
    _, problems = read_level_bytes((HEAD + text).encode(), "night.toml", KINDS)
    (label,) = problems[0].labels
    assert (label.text, label.excerpt[label.column - 1 :][: label.length]) == (
        "the step above is here",
        "at",
    )
    assert said(client='load = [{ at = "2s", times = 2 }, { at = "4s", times = 3 }]') == []
