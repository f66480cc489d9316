"""Levels on call in the format: monitors, controls that are open in the run, and changes."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from game.level.changes import Change, NoChange, change_text, parse_change
from game.level.identity import plan_hash
from game.level.model import Level
from game.level.plan import (
    PlanError,
    default_plan,
    diff_plans,
    make_plan,
    plan_of_pairs,
    read_plan,
    system_with,
    write_plan,
)
from game.level.problems import LevelErrors
from game.level.proofs import read_proofs
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
policy = "own"

[[monitor]]
id = "errors"
measure = "bad-share"
client = "people"
above = "20%"
over = "2s"
for = "1s"

[[policy]]
id = "own"

[[control]]
id = "breaker"
family = "resilience"
label = "Breaker"
sets = "policy.own.breaker"
choices = [{ label = "off" }, { label = "on", value = {} }]
default = "off"
when = "during"

[[control]]
id = "machines"
family = "capacity"
label = "Machines"
sets = "node.web.count"
choices = [3, 5]
default = 3
when = "both"

[[control]]
id = "speed"
family = "capacity"
label = "Speed"
sets = "node.web.speed"
choices = [1, 2]
default = 1

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""


def level() -> Level:
    """The level, read."""
    found, problems = read_level_bytes((HEAD + LEVEL).encode(), "night.toml", KINDS)
    assert found is not None, str(problems)
    return found


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


@pytest.mark.parametrize(
    ("written", "labels"),
    [
        ('kind = "design"\n', [("kind", "the kind is written here")]),
        ("", []),
    ],
)
def test_a_part_of_another_kind_is_told_beside_the_kind_if_that_is_written(
    written: str, labels: list[tuple[str, str]]
) -> None:
    text = HEAD + LEVEL.replace('kind = "on-call"\n', written)
    _, problems = read_level_bytes(text.encode(), "night.toml", KINDS)
    (found,) = (one for one in problems if one.message.startswith("[[monitor]] is for levels"))
    lines = text.splitlines()
    assert [
        (lines[one.line - 1][one.column - 1 : one.column - 1 + one.length], one.text)
        for one in found.labels
    ] == labels


def test_a_level_of_another_kind_may_not() -> None:
    message = '[[monitor]] is for levels with kind = "on-call"; this is "design"'
    assert ("monitor", message) in said('kind = "on-call"', "")


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
        (
            'measure = "bad-share"\nclient = "people"\nabove = "20%"',
            'measure = "p99"\nclient = "people"\nabove = 250',
            "250",
            'a duration needs its unit, and "p99" is one: write "250ms"',
        ),
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


SETS = 'sets = "policy.own.breaker"'


@pytest.mark.parametrize(
    ("before", "after", "where", "message"),
    [
        (
            SETS,
            'sets = "client.people.rate"',
            '"client.people.rate"',
            "client.people.rate cannot be set while the system runs",
        ),
        (
            SETS,
            'sets = "node.web.cores"',
            '"node.web.cores"',
            "node.web.cores cannot be set while the system runs; of a node only these can: count, "
            "speed, price_per_hour",
        ),
        (
            'steps = [{ cpu = "1ms" }]',
            'steps = [{ cpu = "1ms" }, { store = "read" }]\nstore = "register"',
            '"node.web.count"',
            'node.web.count cannot be set while the system runs: "shop" keeps something on these '
            "machines, which would have to be moved",
        ),
        (
            '[[policy]]\nid = "own"',
            '[[policy]]\nid = "own"\n[[membership]]\nid = "all"\non = "web"\ndetector = "gossip"',
            '"node.web.count"',
            'node.web.count cannot be set while the system runs: the members of "all" know each '
            "other from the begin",
        ),
        (
            '"policy.own.breaker"\nchoices = [{ label = "off" }, { label = "on", value = {} }]',
            '"policy.own.balancer"\nchoices = [{ label = "off" }, { label = "on", value = "dns" }]',
            '"dns"',
            'choice "on" of policy.own.balancer: "dns" cannot come or go during a run',
        ),
        (
            'when = "both"',
            'when = "bth"',
            '"bth"',
            'unknown time to set a control "bth"',
        ),
    ],
)
def test_a_control_that_cannot_be_set_in_the_run_is_refused(
    before: str, after: str, where: str, message: str
) -> None:
    found = said(before, after)
    assert (where, message) in found, found


def test_a_level_of_another_kind_has_no_controls_that_are_open_in_the_run() -> None:
    text = LEVEL.replace('kind = "on-call"', "")
    text = text[: text.index("[[monitor]]")] + text[text.index("[[policy]]") :]
    _, problems = read_level_bytes((HEAD + text).encode(), "night.toml", KINDS)
    assert [one.message for one in problems] == [
        f'"{when}" is for levels with kind = "on-call": in others every control is set before the '
        "run"
        for when in ("during", "both")
    ]


def test_a_level_on_call_without_a_control_that_is_open_in_the_run_is_refused() -> None:
    text = LEVEL.replace('when = "during"', "").replace('when = "both"', "")
    _, problems = read_level_bytes((HEAD + text).encode(), "night.toml", KINDS)
    assert [one.message for one in problems] == [
        'a level with kind = "on-call" needs a control that may be set during the run: write when '
        '= "during" or "both"'
    ]


# Plans


def change(text: str) -> Change:
    """A change as it is written on the command line."""
    return parse_change(text)


@pytest.mark.parametrize(
    "text",
    ["errors+1.5s:breaker=on", "start+0s:machines=5", "errors+1500001us:breaker=a = b: c"],
)
def test_a_change_reads_as_it_is_written(text: str) -> None:
    assert change_text(parse_change(change_text(parse_change(text)))) == change_text(
        parse_change(text)
    )


def test_a_change_without_a_delay_is_due_with_the_alarm() -> None:
    assert change("errors:breaker=on") == Change(alarm="errors", control="breaker", value="on")


@pytest.mark.parametrize(
    "text", ["", "breaker=on", "errors+1s:breaker", "errors+x:a=b", ":=", "+:"]
)
def test_what_is_no_change_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(NoChange):
        parse_change(text)


def test_a_plan_file_keeps_its_changes(tmp_path: Path) -> None:
    of = level()
    changes = [change("errors+1500001us:breaker=on"), change("start+2s:machines=5")]
    plan = make_plan(of, {"speed": "2"}, "mine", changes)
    path = tmp_path / "mine.plan.toml"
    path.write_text(write_plan(plan, of))
    assert read_plan(path, of) == plan
    assert plan_of_pairs(of, plan.pairs, "mine") == plan


def test_changes_are_part_of_a_plan_s_identity_only_where_there_are_any() -> None:
    of = level()
    plain, acting = make_plan(of, {}), make_plan(of, {}, "", [change("errors+1s:breaker=on")])
    assert plan_hash(of, plain) != plan_hash(of, acting)
    assert diff_plans(plain, acting) == (("errors+1s:breaker", "", "on"),)


def test_the_same_changes_in_another_order_are_the_same_plan() -> None:
    of = level()
    changes = [
        change("start+2s:machines=5"),
        change("errors+1s:breaker=on"),
        change("errors+900ms:machines=3"),
        change("errors+900ms:breaker=off"),
    ]
    plans = [make_plan(of, {}, "", order) for order in permutations(changes)]
    assert set(plans) == {plans[0]}
    assert {plan_hash(of, plan) for plan in plans} == {plan_hash(of, plans[0])}
    assert [one.key for one in plans[0].changes] == [
        "errors+900ms:breaker",
        "errors+900ms:machines",
        "errors+1s:breaker",
        "start+2s:machines",
    ]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (
            "erors:breaker=on",
            'unknown alarm "erors"; did you mean "errors"? (alarms: start, errors)',
        ),
        (
            "errors:braker=on",
            'the level has no control "braker"; did you mean "breaker"? '
            "(controls: breaker, machines)",
        ),
        ("errors:speed=2", '"speed" is set before the run, not while it is under way'),
        ("errors:breaker=onn", 'the control "breaker" has no choice "onn"; did you mean "on"?'),
        ("errors+20s:breaker=on", "this is not before the end of the run (20s)"),
    ],
)
def test_a_change_that_cannot_be_is_refused(written: str, message: str) -> None:
    with pytest.raises(PlanError) as refused:
        make_plan(level(), {}, "", [change(written)])
    assert str(refused.value).startswith(message)


def test_what_is_set_in_the_run_alone_is_not_set_before_it() -> None:
    with pytest.raises(PlanError, match="write a change"):
        make_plan(level(), {"breaker": "on"})


def test_a_plan_has_at_most_32_changes_and_no_two_at_one_moment() -> None:
    many = [change(f"start+{n}ms:breaker=on") for n in range(1, 34)]
    make_plan(level(), {}, "", many[:32])
    with pytest.raises(PlanError, match="at most 32 changes, and this one has 33"):
        make_plan(level(), {}, "", many)
    with pytest.raises(PlanError, match="at the same moment"):
        make_plan(level(), {}, "", [change("errors:breaker=on"), change("errors:breaker=off")])


@pytest.mark.parametrize(
    ("table", "line", "word"),
    [
        ('alarm = "erors"\ncontrol = "breaker"\nvalue = "on"', 4, "erors"),
        ('alarm = "errors"\ncontrol = "speed"\nvalue = "1"', 5, "speed"),
        ('alarm = "errors"\ncontrol = "breaker"\nvalue = "oh"', 6, "oh"),
        ('alarm = "errors"\ndelay = "21s"\ncontrol = "breaker"\nvalue = "on"', 5, "21s"),
        ('alarm = "errors"\ndelay = 1\ncontrol = "breaker"\nvalue = "on"', 5, "1"),
        ('alarm = "errors"\ncontrol = "breaker"\nvalue = "on"\nwhy = "so"', 7, "why"),
    ],
)
def test_what_is_wrong_with_a_change_in_a_file_is_told_where_it_stands(
    tmp_path: Path, table: str, line: int, word: str
) -> None:
    path = tmp_path / "mine.plan.toml"
    path.write_text(f'level = "night"\n\n[[change]]\n{table}\n')
    with pytest.raises(PlanError) as refused:
        read_plan(path, level())
    (problem,) = refused.value.problems
    assert (problem.line, word in problem.excerpt) == (line, True)


def test_a_system_on_call_has_all_machines_that_may_be_ordered() -> None:
    of = level()
    system = system_with(of, default_plan(of), KINDS)
    assert [group.count for group in system.nodes] == [5]
    assert system.on_call is not None
    assert system.on_call.running == (("web", 3),)
    assert of.system.nodes[0].count == 3


BAD_CHANGES = """
[[change]]
alarm = "errors"
delay = 1
control = "breaker"
value = "on"

[[change]]
control = "speed"
value = "2"

[[change]]
control = "breaker"
value = "oh"

[[change]]
control = "machines"
value = "5"

[[change]]
control = "machines"
value = "3"
"""


def test_one_change_that_cannot_be_read_hides_nothing_that_is_wrong_with_the_others(
    tmp_path: Path,
) -> None:
    path = tmp_path / "mine.plan.toml"
    path.write_text(f'level = "night"\ncontrols = 3\n{BAD_CHANGES}')
    with pytest.raises(PlanError) as refused:
        read_plan(path, level())
    assert [one.line for one in refused.value.problems] == [2, 6, 11, 16, 22]


def test_the_same_holds_for_the_changes_of_a_proof(tmp_path: Path) -> None:
    path = tmp_path / "night.proofs.toml"
    head = '[[proof]]\nid = "it"\nverdict = "wins"\nrole = "reference"\nwhy = "So."\n'
    path.write_text(head + BAD_CHANGES.replace("[[change]]", "[[proof.change]]"))
    with pytest.raises(LevelErrors) as refused:
        read_proofs(path, level())
    assert [one.line for one in refused.value.problems] == [9, 14, 19, 25]


def test_one_attack_that_cannot_be_read_hides_nothing_of_the_changes(tmp_path: Path) -> None:
    path = tmp_path / "mine.plan.toml"
    path.write_text(f'level = "night"\n{BAD_CHANGES}\n[[attack]]\nat = 1\n')
    with pytest.raises(PlanError) as refused:
        read_plan(path, level())
    assert {5, 10, 15, 21, 25} <= {one.line for one in refused.value.problems}
