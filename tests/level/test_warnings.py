"""What is legal and pointless is told as a warning, and nothing that has a use is."""

from __future__ import annotations

from pathlib import Path

import pytest

from game.engine.kinds import load_kinds
from game.level.curriculum import CURRICULUM
from game.level.find import find_levels
from game.level.read import inspect_level, read_level_bytes
from tests.templates import TEMPLATES, template_text

LEVEL = """\
format = 1
title = "Nothing in vain"
duration = "60s"
teaches = ["think.failure"]

[[node]]
id = "web"
count = 1
price_per_hour = 1

[[policy]]
id = "shop"
attempt_timeout = "100ms"

[[service]]
id = "shop"
on = "web"
steps = [{ cpu = "2ms" }]

[[client]]
id = "visitors"
call = "shop"
policy = "shop"
rate = 100
deadline = "500ms"

[[fault]]
kind = "crash"
target = "web-1"
at = "10s"
for = "2s"

[[control]]
id = "servers"
family = "replication"
label = "Servers"
sets = "node.web.count"
choices = [1, 2]
default = "1"

[[goal]]
id = "available"
measure = "availability"
at_least = "99%"

[[goal]]
id = "cheap"
measure = "cost_per_hour"
at_most = 1
"""
SPARE = '[[node]]\nid = "spare"\n\n[[service]]\nid = "spare"\non = "spare"\n\n[[policy]]'


def warnings_of(*changes: tuple[str, str]) -> list[tuple[int, str]]:
    """(line, name) of each warning about the level with these changes; it has no errors."""
    text = LEVEL
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    level, problems = read_level_bytes(text.encode(), "x.toml", load_kinds(), warned=True)
    assert level is not None, problems
    return [(problem.line, problem.name) for problem in problems]


def line_of(text: str, words: str) -> int:
    """The line in which words stand."""
    return text[: text.index(words)].count("\n") + 1


def test_a_level_in_which_everything_has_a_use_gets_none() -> None:
    assert warnings_of() == []


@pytest.mark.parametrize(
    ("old", "new", "at", "name"),
    [
        ('target = "web-1"\n', 'target = ["web-1", "spare"]\n', "target =", "hits-nothing"),
        (
            'at = "10s"\nfor = "2s"\n',
            'at = "10s"\nfor = "2s"\n\n[[fault]]\nkind = "load-spike"\n'
            'target = "visitors"\ntimes = 1\n'
            'at = "20s"\nfor = "2s"\n',
            "times = 1",
            "hits-nothing",
        ),
        (
            'at_least = "99%"',
            'at_least = "0%"',
            'at_least = "0%"',
            "never-at-risk",
        ),
        ("at_most = 1", "at_most = 2", "at_most = 2", "never-at-risk"),
        (
            'measure = "cost_per_hour"\nat_most = 1',
            'measure = "lost_writes"\nat_most = 0',
            'measure = "lost_writes"',
            "never-at-risk",
        ),
        ('at_least = "99%"', 'at_least = "99.95%"', 'at_least = "99.95%"', "unresolved"),
        (
            'attempt_timeout = "100ms"',
            'attempt_timeout = "600ms"',
            'attempt_timeout = "600ms"',
            "never-reached",
        ),
        (
            'deadline = "500ms"',
            'deadline = "500ms"\nload = [{ at = "59700ms", times = 2 }]',
            "load =",
            "never-reached",
        ),
        (
            'at = "10s"\nfor = "2s"\n',
            'every = "20s"\nlasts = "1s"\ncrews = 2\n',
            "crews = 2",
            "never-reached",
        ),
        (
            'teaches = ["think.failure"]',
            'teaches = ["think.failures"]',
            "teaches",
            "unknown-lesson",
        ),
    ],
)
def test_what_has_no_use_is_told_in_its_place(old: str, new: str, at: str, name: str) -> None:
    changes = [(old, new), ("[[policy]]", SPARE)] if "spare" in new else [(old, new)]
    text = LEVEL
    for before, after in changes:
        text = text.replace(before, after)
    found = warnings_of(*changes)
    told = [one for one in found if one[1] != "out-of-use"]
    assert told == [(line_of(text, at), name)]


def test_what_nobody_uses_is_told() -> None:
    found = warnings_of(
        ("[[policy]]", SPARE.replace("[[policy]]", '[[policy]]\nid = "unused"\n\n[[policy]]'))
    )
    assert found == [(12, "out-of-use"), (15, "out-of-use"), (19, "out-of-use")]


def test_what_one_choice_uses_has_a_use() -> None:
    control = (
        '[[control]]\nid = "which"\nfamily = "routing"\nlabel = "Which shop"\n'
        'sets = "client.visitors.call"\nchoices = ["shop", "spare"]\ndefault = "shop"\n\n[[goal]]'
    )
    found = warnings_of(
        ("[[policy]]", SPARE), ('[[goal]]\nid = "available"', control + '\nid = "available"')
    )
    assert found == []


def test_a_control_of_what_nobody_uses_changes_nothing() -> None:
    found = warnings_of(
        ("[[policy]]", SPARE), ('sets = "node.web.count"', 'sets = "service.spare.workers"')
    )
    assert [name for _, name in found if name != "out-of-use"] == ["changes-nothing"]


def test_a_choice_that_does_what_another_does_is_told() -> None:
    twins = (
        '[{ label = "one", value = 1 }, { label = "few", value = 1 }, { label = "2", value = 2 }]'
    )
    found = warnings_of(
        ("choices = [1, 2]", f"choices = {twins}"),
        ('default = "1"', 'default = "2"'),
        ("count = 1", "count = 2"),
    )
    assert found == [(line_of(LEVEL, "choices = [1, 2]"), "changes-nothing")]


def test_a_value_that_a_default_replaces_is_told() -> None:
    found = warnings_of(("count = 1", "count = 2"))
    assert found == [(line_of(LEVEL, "count = 1"), "overwritten")]


TWO_SHOPS = """
[[node]]
id = "other"
price_per_hour = 1

[[service]]
id = "other"
on = "other"
steps = [{ cpu = "1ms" }]

[[node]]
id = "shelf"
count = 1
price_per_hour = 1

[[service]]
id = "shelf"
on = "shelf"
steps = [{ cpu = "1ms" }]

[[fault]]
id = "late"
kind = "crash"
target = "shelf"
at = "20s"
for = "1s"

[[control]]
id = "which"
family = "routing"
label = "Which"
sets = "client.visitors.call"
choices = ["shop", "other"]
default = "shop"

[[control]]
id = "deeper"
family = "routing"
label = "Deeper"
sets = "service.other.steps"
choices = [
  { label = "no", value = [{ cpu = "1ms" }] },
  { label = "yes", value = [{ call = "shelf" }] },
]
default = "no"
"""
PATIENCE = """
[[control]]
id = "patience"
family = "timeouts"
label = "Patience"
sets = "client.visitors.deadline"
choices = ["500ms", "580ms"]
default = "500ms"

[[control]]
id = "timeout"
family = "timeouts"
label = "Timeout"
sets = "policy.shop.attempt_timeout"
choices = ["600ms", "560ms"]
default = "600ms"
"""
CREWS = """
[[fault]]
id = "now-and-then"
kind = "crash"
target = "web"
every = "20s"
lasts = "1s"
crews = 4

[[control]]
id = "crews"
family = "capacity"
label = "Crews"
sets = "fault.now-and-then.crews"
choices = [3, 4]
default = "4"
"""


def test_what_only_two_controls_together_use_has_a_use() -> None:
    goal = '[[goal]]\nid = "available"'
    assert warnings_of((goal, f"{TWO_SHOPS}\n{goal}")) == []


def test_a_bound_that_two_controls_together_reach_is_reached() -> None:
    changes = [
        ('attempt_timeout = "100ms"', 'attempt_timeout = "600ms"'),
        ('[[goal]]\nid = "available"', f'{PATIENCE}\n[[goal]]\nid = "available"'),
    ]
    assert warnings_of(*changes) == []


def test_crews_are_compared_with_all_machines_that_there_can_be() -> None:
    goal = '[[goal]]\nid = "available"'
    machines = [("choices = [1, 2]", "choices = [1, 4]"), (goal, f"{CREWS}\n{goal}")]
    assert warnings_of(*machines) == []


@pytest.mark.parametrize(
    "name", [path.stem for path in TEMPLATES.glob("*.toml") if "." not in path.stem]
)
def test_a_template_has_no_warnings(name: str) -> None:
    _, problems = inspect_level(TEMPLATES / f"{name}.toml", load_kinds())
    assert not problems, str(problems)


def test_weapons_are_looked_at_as_faults_are() -> None:
    bill = """
[[weapon]]
id = "bill"
kind = "cost-shock"
times = 10
targets = "web"
price = 1

[[goal]]
id = "dear"
measure = "cost_per_hour"
at_most = 3
stars = 2

[[weapon]]
id = "crash"
"""
    text = template_text("nemesis", ('[[weapon]]\nid = "crash"\n', bill))
    level, problems = read_level_bytes(text.encode(), "kit.toml", load_kinds(), warned=True)
    assert level is not None
    assert [problem.name for problem in problems] == []


def test_the_campaign_has_no_warnings() -> None:
    registry = load_kinds()
    told = [str(one) for path in find_levels() for one in inspect_level(path, registry)[1]]
    assert told == []


def test_every_statement_has_an_id_and_a_sentence() -> None:
    assert len(CURRICULUM) == 40
    assert all(says.endswith(".") for says in CURRICULUM.values())


def test_levels_name_statements_of_the_curriculum() -> None:
    taught = {
        lesson
        for path in find_levels()
        for level in [inspect_level(Path(path), load_kinds())[0]]
        if level is not None
        for lesson in level.teaches
    }
    assert taught <= set(CURRICULUM)
