"""What questions must hold: enough answers, each of which some run could make the right one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

from game.level.annotations import Surroundings
from game.level.check import is_timed
from game.level.model import MEASURES, NO_ANSWER
from game.level.problems import ROOT, Complaint
from game.level.sections import tables

FEWEST_COMBINATIONS = 8
"""Of answers to all questions of one star: whoever guesses wins one time in so many at most."""
FEWEST_CHOICES = 2
"""Of each question."""
MOST_QUESTIONS = 8
MOST_ANSWERS = 100
"""Of each question."""

Questions = Sequence[tuple[int, Mapping[str, Any]]]
"""Index and table of each."""
Said = Iterator[tuple[int, Complaint]]
"""Index of the question, complaint."""


def check_questions(document: Mapping[str, Any], around: Surroundings) -> Said:
    """What is wrong with questions beyond the types of their keys."""
    found = list(tables(document, "question"))
    if len(found) > MOST_QUESTIONS:
        message = f"a level has at most {MOST_QUESTIONS} questions"
        yield found[MOST_QUESTIONS][0], Complaint("too-long", message)
        return
    yield from _check_number(found)
    yield from _check_alike(found)
    for index, table in found:
        if table.get("id") in MEASURES:
            message = f'"{table["id"]}" is measured in every level'
            yield index, Complaint("duplicate-id", message, ("id",))
        answers = table.get("answer")
        if not isinstance(answers, list):
            continue
        if not FEWEST_CHOICES <= len(answers) <= MOST_ANSWERS:
            message = f"a question has from {FEWEST_CHOICES} to {MOST_ANSWERS} answers"
            yield index, Complaint("bad-value", message)
        for said in _check_answers(answers, index, table.get("right"), around):
            yield index, said


def _check_number(found: Questions) -> Said:
    of_one_star = [(index, table) for index, table in found if table.get("stars", 1) == 1]
    if not all(isinstance(table.get("answer"), list) for _, table in of_one_star):
        return
    combinations = prod(len(table["answer"]) for _, table in of_one_star)
    if found and combinations < FEWEST_COMBINATIONS:
        have = f"these have {combinations}" if of_one_star else "no question is of one star"
        message = (
            f"the questions of one star need at least {FEWEST_COMBINATIONS} combinations of "
            f"answers, so that guessing is no use: {have}"
        )
        yield (of_one_star or found)[-1][0], Complaint("bad-value", message)


def _check_alike(found: Questions) -> Said:
    """Two questions that ask the same of the same events have one answer together."""
    asked: dict[tuple[str, frozenset[str]], int] = {}
    for index, table in found:
        answers, right = table.get("answer"), table.get("right")
        if not isinstance(answers, list) or not isinstance(right, str):
            continue
        events = frozenset(
            json.dumps(_written(answer.get("event")), sort_keys=True, default=str)
            for answer in answers
            if isinstance(answer, dict)
        )
        first = asked.setdefault((right, events), index)
        if first != index:
            message = "another question asks the same of the same events: who has one has both"
            second = (((ROOT, "question", first), "the other question"),)
            yield index, Complaint("contradiction", message, second=second)


def _written(event: object) -> object:
    """The event as a table, however it was written."""
    return {"event": event} if isinstance(event, str) else event


def _check_answers(
    answers: Sequence[Any], question: int, right: object, around: Surroundings
) -> Iterator[Complaint]:
    events: list[object] = []
    named: list[object] = []
    for n, answer in enumerate(answers):
        if not isinstance(answer, dict):
            continue
        identity, event = answer.get("id"), answer.get("event")
        if identity == NO_ANSWER:
            message = f'"{NO_ANSWER}" is what a plan says that says nothing'
            yield Complaint("duplicate-id", message, ("answer", n, "id"))
        elif identity is not None and identity in named:
            message = "another answer of this question has this id"
            yield Complaint("duplicate-id", message, ("answer", n, "id"))
        named.append(identity)
        written = _written(event)
        if written in events:
            first = (ROOT, "question", question, "answer", events.index(written))
            message = (
                "another answer has this event, so that neither can be right"
                if event is not None
                else "another answer without an event stands for all else already"
            )
            loc = ("answer", n, "event") if event is not None else ("answer", n)
            yield Complaint("contradiction", message, loc, second=((first, "the other answer"),))
        events.append(written)
        if right == "earliest" and event is not None and not is_timed(event, around):
            message = "this is only counted: when it happens is not known"
            yield Complaint("bad-value", message, ("answer", n, "event"))
