from __future__ import annotations

import pytest

from game.level.controls import Path, PathError, Setting, apply, locate
from tests.level.toys import NIGHT, level_of, marked, only_problem, problems_of, with_lines


def test_a_path_leads_into_one_table() -> None:
    document = level_of(NIGHT).document
    assert locate(document, "policy.careful.retry.attempts") == Path(
        "policy.careful.retry.attempts", "policy", 0, ("retry", "attempts")
    )
    assert locate(document, "service.shop.steps.1.first").keys == ("steps", 1, "first")


def test_ids_with_dots_are_found_in_paths() -> None:
    document = {"node": [{"id": "web"}, {"id": "web.eu"}]}
    assert locate(document, "node.web.eu.count").index == 1
    assert locate(document, "node.web.count").index == 0


@pytest.mark.parametrize("text", ["goal.answered.stars", "node", "node.web", "node.wbe.count", ""])
def test_a_text_that_leads_nowhere_is_refused(text: str) -> None:
    with pytest.raises(PathError):
        locate(level_of(NIGHT).document, text)


def test_settings_change_a_copy_and_only_what_they_name() -> None:
    document = level_of(NIGHT).document
    path = locate(document, "node.web.count")
    changed = apply(document, [Setting(path, 3)])
    assert changed["node"][0]["count"] == 3
    assert document["node"][0]["count"] == 2
    assert changed["node"][1] is document["node"][1]


def test_a_setting_without_a_value_takes_the_key_away() -> None:
    document = level_of(NIGHT).document
    path = locate(document, "policy.careful.retry")
    assert "retry" not in apply(document, [Setting(path, None)])["policy"][0]


def test_a_setting_inside_something_that_is_off_changes_nothing() -> None:
    document = level_of(NIGHT).document
    inside = Setting(locate(document, "policy.careful.retry.attempts"), 5)
    whole = locate(document, "policy.careful.retry")
    assert "retry" not in apply(document, [inside, Setting(whole, None)])["policy"][0]
    changed = apply(document, [inside, Setting(whole, {"attempts": 1})])
    assert changed["policy"][0]["retry"] == {"attempts": 5}


@pytest.mark.parametrize(
    ("before", "after", "code", "mark", "suggestion"),
    [
        ('sets = "node.web.count"', 'sets = "nod.web.count"', "E030", '"nod.web.count"', "node"),
        ('sets = "node.web.count"', 'sets = "node.wbe.count"', "E030", '"node.wbe.count"', "web"),
        ('sets = "node.web.count"', 'sets = "node.web.id"', "E030", '"node.web.id"', ""),
        ('family = "redundancy"', 'family = "redundacy"', "E034", '"redundacy"', "redundancy"),
        ("retry.attempts", "retry.attempt", "E030", '"policy.careful.retry.attempt"', ""),
        ("retry.attempts", "hedge.attempts", "E030", '"policy.careful.hedge.attempts"', ""),
        ("choices = [2, 3]", "choices = [2, 3, -4]", "E031", "-4", ""),
        ("choices = [2, 3]", "choices = [2, 3, 'many']", "E031", "'many'", ""),
        ("choices = [2, 3]", "choices = [2, 3, 3]", "E023", "3", ""),
        ("default = 2", "default = 4", "E032", "4", ""),
        ('default = "never"', 'default = "nevr"', "E032", '"nevr"', "never"),
        ('value = { pause = "20ms" }', 'value = { puase = "20ms" }', "E031", "puase", "pause"),
        ('{ pause = "20ms" }', "{ pause = 3 }", "E031", "3", ""),
    ],
)
def test_each_mistake_in_a_control_has_its_place(
    before: str, after: str, code: str, mark: str, suggestion: str
) -> None:
    problem = only_problem(with_lines(NIGHT, (before, after)))
    assert (problem.code, marked(problem), problem.suggestion) == (code, mark, suggestion)


def test_a_choice_that_closes_a_circle_of_calls_is_refused() -> None:
    control = """
[[control]]
id = "callee"
family = "routing"
label = "Whom to ask"
sets = "service.shop.steps.1.call"
choices = ["store", "shop"]
default = "store"
"""
    problem = only_problem(NIGHT + control)
    assert problem.code == "E031"
    assert "shop -> shop" in problem.message


def test_a_choice_that_contradicts_another_key_is_refused() -> None:
    control = """
[[control]]
id = "crowd"
family = "workload"
label = "Crowd"
sets = "client.users.population"
choices = [{ label = "none" }, 3]
default = "none"
"""
    problem = only_problem(NIGHT + control)
    assert (problem.code, marked(problem)) == ("E031", "3")


def test_more_choices_than_are_allowed_are_not_tried() -> None:
    choices = ", ".join(str(n) for n in range(2, 1100))
    problems = problems_of(with_lines(NIGHT, ("choices = [2, 3]", f"choices = [{choices}]")))
    assert [problem.code for problem in problems] == ["E005"]


ANOTHER = """
[[control]]
id = "more"
family = "capacity"
label = "More"
sets = "node.web.count"
choices = [2, 4]
default = 2
"""


def test_two_controls_that_set_one_path_are_refused() -> None:
    problem = only_problem(NIGHT + ANOTHER)
    assert (problem.code, marked(problem)) == ("E027", '"node.web.count"')
    assert problem.message == 'node.web.count is set by control "servers" already'


def test_a_choice_whose_key_another_control_sets_is_refused() -> None:
    problem = only_problem(with_lines(NIGHT, ('{ pause = "20ms" }', "{ attempts = 2 }")))
    assert problem.code == "E027"
    assert 'control "attempts" sets "attempts" in it' in problem.message


@pytest.mark.parametrize(
    "mistake", [("default = 2", "default = 4"), ('"redundancy"', '"redundacy"')]
)
def test_a_wrong_path_is_told_beside_another_mistake_in_its_control(
    mistake: tuple[str, str],
) -> None:
    text = with_lines(NIGHT, mistake, ('sets = "node.web.count"', 'sets = "node.web.cuont"'))
    said = {problem.code: problem.suggestion for problem in problems_of(text)}
    assert said["E030"] == "count"
    assert len(said) == 2
