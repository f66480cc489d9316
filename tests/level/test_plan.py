from __future__ import annotations

import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.level.plan import (
    Plan,
    PlanError,
    chosen,
    default_plan,
    diff_plans,
    make_plan,
    read_plan,
    system_with,
    toml_text,
    write_plan,
)
from tests.level.toys import NIGHT, TOYS, Constant, Retry, level_of, with_lines

LEVEL = level_of(NIGHT)


def test_a_plan_is_complete_and_sorted() -> None:
    plan = make_plan(LEVEL, {"servers": "3"}, "three")
    assert plan == Plan("three", (("attempts", "5"), ("retries", "never"), ("servers", "3")))
    assert chosen(LEVEL.controls[0], plan).value == 3


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"server": "3"}, 'no control "server"; did you mean "servers"?'),
        ({"retries": "twise"}, 'no choice "twise"; did you mean "twice"?'),
        ({"servers": "9"}, "(choices: 2, 3)"),
    ],
)
def test_a_plan_that_does_not_fit_is_refused_with_the_nearest_word(
    choices: dict[str, str], words: str
) -> None:
    with pytest.raises(PlanError) as caught:
        make_plan(LEVEL, choices)
    assert words in str(caught.value)


def test_the_default_plan_makes_the_level_s_own_system() -> None:
    assert system_with(LEVEL, default_plan(LEVEL), TOYS) == LEVEL.system


def test_a_plan_changes_what_its_choices_set_and_nothing_else() -> None:
    plan = make_plan(LEVEL, {"servers": "3", "retries": "twice", "attempts": "2"})
    system = system_with(LEVEL, plan, TOYS)
    assert system.nodes[0].count == 3
    assert system.policies[0].retry == Retry(attempts=2, pause=Constant(value=20_000))
    assert system.nodes[1] == LEVEL.system.nodes[1]
    assert system.policies[1] == LEVEL.system.policies[1]
    assert system.services == LEVEL.system.services
    assert system.nodes[0].zones == ("east", "west")


def test_a_plan_reaches_into_steps() -> None:
    control = """
[[control]]
id = "work"
family = "capacity"
label = "Work"
sets = "service.shop.steps.0.cpu"
choices = ["2ms", "1ms"]
default = "2ms"
"""
    level = level_of(NIGHT + control)
    step = system_with(level, make_plan(level, {"work": "1ms"}), TOYS).services[0].steps[0]
    assert step.cpu == Constant(value=1000)


def test_choices_that_are_wrong_only_together_are_refused_in_one_sentence() -> None:
    controls = "".join(
        f"""
[[control]]
id = "{key}"
family = "routing"
label = "Control"
sets = "service.shop.steps.1.{key}"
choices = [{choices}]
default = {default}
"""
        for key, choices, default in (("fan_out", "2, 1", 2), ("first", "1, 2", 1))
    )
    level = level_of(NIGHT + controls)
    with pytest.raises(PlanError, match="This plan does not work: service shop"):
        system_with(level, make_plan(level, {"fan_out": "1", "first": "2"}), TOYS)


def test_hundreds_of_plans_are_made_in_a_second() -> None:
    plan = make_plan(LEVEL, {"servers": "3", "retries": "twice"})
    began = time.process_time()
    for _ in range(100):
        system_with(LEVEL, plan, TOYS)
    assert time.process_time() - began < 0.5


def test_the_difference_of_plans_names_each_control_that_differs() -> None:
    plan = make_plan(LEVEL, {"servers": "3"})
    assert diff_plans(default_plan(LEVEL), plan) == (("servers", "2", "3"),)


def test_a_written_plan_is_read_as_the_same(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    plan = make_plan(LEVEL, {"servers": "3"}, 'my "best" \\ plan 猫')
    path.write_text(write_plan(plan, LEVEL), encoding="utf-8")
    assert read_plan(path, LEVEL) == plan


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], codec="utf-8")))
def test_any_text_can_be_written(text: str) -> None:
    assert tomllib.loads(f"text = {toml_text(text)}")["text"] == text


def test_all_problems_of_a_plan_s_file_are_told_with_their_places(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text('nam = "x"\n[controls]\nserver = 3\nretries = "twise"\nattempts = [1]\n')
    with pytest.raises(PlanError) as caught:
        read_plan(path, LEVEL)
    assert [(p.code, p.line, p.column) for p in caught.value.problems] == [
        ("E011", 1, 1),
        ("E033", 3, 1),
        ("E032", 4, 11),
        ("E010", 5, 12),
    ]


def test_a_plan_of_another_level_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text('level = "other"\n[controls]\n')
    with pytest.raises(PlanError, match='for the level "other", not for "night"'):
        read_plan(path, LEVEL)


def test_numbers_in_a_plan_s_file_stand_for_their_labels(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text("[controls]\nservers = 3\n")
    assert dict(read_plan(path, LEVEL).values)["servers"] == "3"


def test_a_policy_that_is_not_written_can_be_set() -> None:
    text = with_lines(NIGHT, ('sets = "policy.careful.retry"', 'sets = "policy.plain.retry"'))
    text = text[: text.index('[[control]]\nid = "attempts"')]
    level = level_of(text)
    system = system_with(level, make_plan(level, {"retries": "twice"}), TOYS)
    assert [policy.retry for policy in system.policies][1] == Retry(pause=Constant(value=20_000))
