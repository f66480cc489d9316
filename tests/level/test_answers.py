from __future__ import annotations

import pytest

from game.engine.kinds import load_kinds
from game.level.identity import level_hash, plan_hash
from game.level.model import DIAGNOSIS
from game.level.plan import PlanError, default_plan, make_plan, read_plan, system_with, write_plan
from tests.templates import errors_of, level_of, marked, problems_of, template

HEALTH = '[[control]]\nid = "health"'
TURNS = '[[diagnosis]]\nid = "turns"'
RIGHT = "right = true"


def test_a_level_to_diagnose_has_a_control_and_a_goal_that_nobody_wrote() -> None:
    level = template("diagnose")
    control = level.controls[-1]
    assert (control.id, control.family, control.sets) == (DIAGNOSIS, DIAGNOSIS, ())
    assert [choice.label for choice in control.choices] == [
        "none",
        *(one.id for one in level.diagnoses),
    ]
    assert (control.default, control.lesson) == ("none", True)
    goal = level.goals[-1]
    assert (goal.id, goal.measure, goal.at_least, goal.stars) == (DIAGNOSIS, DIAGNOSIS, 1, 1)
    assert level.answers == (DIAGNOSIS,)


def test_what_is_said_is_in_the_plan_and_changes_nothing_else(tmp_path: object) -> None:
    level = template("diagnose")
    plan = make_plan(level, {DIAGNOSIS: "gray"})
    said = system_with(level, plan, load_kinds())
    assert said.answers == ((DIAGNOSIS, "gray"),)
    silent = system_with(level, default_plan(level), load_kinds())
    assert silent.answers == ((DIAGNOSIS, "none"),)
    assert (said.nodes, said.policies, said.services) == (
        silent.nodes,
        silent.policies,
        silent.services,
    )
    assert plan_hash(level, plan) != plan_hash(level, default_plan(level))


def test_a_plan_file_keeps_what_was_said(tmp_path_factory: pytest.TempPathFactory) -> None:
    level = template("diagnose")
    path = tmp_path_factory.mktemp("plans") / "mine.toml"
    plan = make_plan(level, {DIAGNOSIS: "gray", "routing": "who is fast"}, "mine")
    path.write_text(write_plan(plan, level), "utf-8")
    assert read_plan(path, level) == plan


def test_what_nobody_offers_cannot_be_said() -> None:
    with pytest.raises(PlanError, match='has no choice "grey"; did you mean "gray"'):
        make_plan(template("diagnose"), {DIAGNOSIS: "grey"})


def test_words_of_a_diagnosis_change_no_hash_and_which_is_right_does() -> None:
    level = template("diagnose")
    other = level_of("diagnose", ('label = "A machine is slow"', 'label = "Slow"'))
    assert level_hash(other) == level_hash(level)
    moved = level_of("diagnose", (f"{RIGHT}\n", ""), (TURNS, f"{TURNS}\n{RIGHT}"))
    assert level_hash(moved) != level_hash(level)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (f"{RIGHT}\n", "", [("missing-key", "[[diagnosis]]")]),
        (TURNS, f"{TURNS}\n{RIGHT}", [("contradiction", "right")]),
        ('{ machines = "6" }', '{ machine = "6" }', [("unknown-control", "machine")]),
        ('{ machines = "6" }', '{ machines = "7" }', [("unknown-choice", '"7"')]),
        ('{ machines = "6" }', '{ diagnosis = "gray" }', [("unknown-control", "diagnosis")]),
        ('mend = { machines = "6" }\n', "", [("missing-key", "[[diagnosis]]")]),
        (TURNS, '[[diagnosis]]\nid = "none"', [("duplicate-id", '"none"')]),
        (TURNS, '[[diagnosis]]\nid = "gray"', [("duplicate-id", '"gray"')]),
        (HEALTH, HEALTH.replace("health", DIAGNOSIS), [("duplicate-id", '"diagnosis"')]),
        ('id = "answered"', 'id = "diagnosis"', [("duplicate-id", '"diagnosis"')]),
        ('kind = "diagnose"', 'kind = "design"', [("contradiction", "diagnosis")]),
        ('kind = "diagnose"', 'kind = "diagnoze"', [("bad-value", '"diagnoze"')]),
    ],
)
def test_each_mistake_is_found_where_it_is(
    before: str, after: str, found: list[tuple[str, str]]
) -> None:
    mends = ('mend = { health = "each second" }', 'mend = { machines = "6", queue = "256" }')
    replaced = [(before, after)]
    if DIAGNOSIS in after and before == HEALTH:
        replaced.append(mends)
    assert errors_of("diagnose", *replaced) == found


def test_fewer_than_six_diagnoses_are_too_few() -> None:
    last = (
        '[[diagnosis]]\nid = "turns"\nlabel = "The turns fall badly"\n'
        'says = "The long requests meet the same machine each time."\n'
        'mend = { routing = "by lot" }\n'
    )
    (said,) = problems_of("diagnose", (last, ""))
    assert said.message == "a level needs at least 6 diagnoses, and this has 5"


@pytest.mark.parametrize(
    ("mend", "said"),
    [
        ("{}", "this mend is empty"),
        ('{ machines = "3", queue = "16" }', "this mend sets what is the default already"),
    ],
)
def test_a_mend_that_changes_nothing_is_none(mend: str, said: str) -> None:
    (found,) = problems_of("diagnose", ('{ machines = "6" }', mend))
    assert found.name == "bad-value"
    assert found.message.startswith(said)
    assert marked(found) == mend


def test_two_diagnoses_are_not_mended_in_the_same_way() -> None:
    same = '{ routing = "who is fast", queue = "16" }'
    (found,) = problems_of("diagnose", ('{ queue = "256" }', same))
    assert (found.name, marked(found)) == ("contradiction", same)
    (label,) = found.labels
    assert label.text == "the other mend"
    assert label.line < found.line
    assert problems_of("diagnose", ('{ queue = "256" }', '{ queue = "256", machines = "6" }')) == ()


def test_a_second_place_shows_what_a_mistake_contradicts() -> None:
    (twice,) = problems_of("diagnose", (TURNS, f"{TURNS}\n{RIGHT}"))
    assert [label.text for label in twice.labels] == ["this one is right"]
    (kind,) = problems_of("diagnose", ('kind = "diagnose"', 'kind = "design"'))
    assert [label.text for label in kind.labels] == ["the kind is written here"]
