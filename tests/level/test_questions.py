from __future__ import annotations

import pytest

from game.engine.events.event import Event
from game.level.identity import level_hash
from tests.templates import errors_of, level_of, marked, problems_of, template, template_text

FIRST = '[[question]]\nid = "first"'
NOTHING = '[[question.answer]]\nid = "nothing"\nlabel = "Nothing of this"\n'
BREAKER = 'event = "breaker-opened"\n'
GOAL = '[[goal]]\nid = "first"\nmeasure = "availability"\nat_least = "1%"\n\n'
CONTROL = (
    '[[control]]\nid = "more"\nfamily = "capacity"\nlabel = "More"\nsets = "node.shop.cores"\n'
    "default = 1\nchoices = [1, 2]\n\n"
)
MEASURE = '[[measure]]\nid = "first"\ncount = "node-down"\n\n'
SECOND = """
[[question]]
id = "more"
asks = "What comes more often?"
right = "most"

[[question.answer]]
id = "retries"
label = "Retries"
event = "retry"

[[question.answer]]
id = "probes"
label = "Probes"
event = "probe"
"""


def test_a_question_is_a_control_and_a_goal_of_its_id() -> None:
    level = template("predict")
    (control,), (goal,), (question,) = level.controls, level.goals, level.questions
    assert (control.id, control.label, control.sets) == ("first", "What breaks first?", ())
    assert [choice.label for choice in control.choices] == [
        "none",
        *(one.id for one in question.answer),
    ]
    assert (goal.id, goal.measure, goal.at_least, goal.stars) == ("first", "first", 1, 1)
    assert isinstance(question.answer[0].event, Event)
    assert level.answers == ("first",)


def test_words_of_a_question_change_no_hash_and_its_events_do() -> None:
    level = template("predict")
    words = level_of("predict", ('label = "Nothing of this"', 'label = "All is well"'))
    assert level_hash(words) == level_hash(level)
    other = level_of("predict", (BREAKER, 'event = "breaker-closed"\n'))
    assert level_hash(other) != level_hash(level)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ('right = "earliest"', 'right = "first"', [("bad-value", '"first"')]),
        (BREAKER, 'event = "breaker-open"\n', [("unknown-kind", '"breaker-open"')]),
        (BREAKER, 'event = "probe"\n', [("bad-value", '"probe"')]),
        (BREAKER, 'event = "target-out"\n', [("contradiction", '"target-out"')]),
        (BREAKER, "", [("contradiction", "[[question.answer]]")]),
        ('id = "nothing"', 'id = "none"', [("duplicate-id", '"none"')]),
        ('id = "nothing"', 'id = "breaker"', [("duplicate-id", '"breaker"')]),
        (FIRST, '[[question]]\nid = "p99_ms"', [("duplicate-id", '"p99_ms"')]),
        (FIRST, f"{GOAL}{FIRST}", [("duplicate-id", '"first"')]),
        (FIRST, f"{MEASURE}{FIRST}", [("duplicate-id", '"first"')]),
        (FIRST, f"{CONTROL}{FIRST}", [("contradiction", "control")]),
        ('asks = "What breaks first?"\n', "", [("missing-key", "[[question]]")]),
        ('kind = "predict"', 'kind = "design"', [("contradiction", "question")]),
    ],
)
def test_each_mistake_is_found_where_it_is(
    before: str, after: str, found: list[tuple[str, str]]
) -> None:
    assert errors_of("predict", (before, after)) == found


def test_questions_of_one_star_need_eight_combinations_of_answers() -> None:
    text = template_text("predict")
    three = text[text.index('[[question.answer]]\nid = "visitors-late"') :]
    (said,) = problems_of("predict", (three, ""))
    assert said.message.endswith(
        "at least 8 combinations of answers, so that guessing is no use: these have 3"
    )
    (said,) = problems_of("predict", (three, SECOND))
    assert said.message.endswith("these have 6")
    assert said.line == template_text("predict", (three, SECOND)).count("\n", 0, -len(SECOND)) + 2
    five = text[text.index('[[question.answer]]\nid = "shop-down"') :]
    level = level_of("predict", (five, SECOND))
    assert [question.id for question in level.questions] == ["first", "more"]
    (said,) = problems_of("predict", (five, SECOND.replace("right", "stars = 2\nright")))
    assert said.message.endswith("these have 5")
    (said,) = problems_of("predict", (FIRST, f"{FIRST}\nstars = 2"))
    assert said.message.endswith("no question is of one star")


def test_two_questions_may_not_ask_the_same_of_the_same_events() -> None:
    third = SECOND.replace('"more"', '"again"')
    (said,) = problems_of("predict", (NOTHING, NOTHING + SECOND + third))
    assert said.name == "contradiction"
    assert said.message.startswith("another question asks the same of the same events")
    assert marked(said) == "[[question]]"
    assert [label.text for label in said.labels] == ["the other question"]
    assert said.labels[0].line < said.line
    other = third.replace('event = "probe"', 'event = "node-up"')
    assert errors_of("predict", (NOTHING, NOTHING + SECOND + other)) == []


def test_what_may_be_counted_may_be_asked_for_most() -> None:
    assert errors_of("predict", (NOTHING, NOTHING + SECOND)) == []
