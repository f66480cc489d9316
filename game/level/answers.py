"""What the player says and does not set: implied controls, goals and measures, all of one id.

A level to diagnose has the control `diagnosis`, whose choices are "none" and the ids of all
diagnoses, and the goal `diagnosis`, which asks for the right one. Plan files, `--set`, hashes and
records so need to know nothing of them. A level to predict has a control and a goal for each of its
questions, by the question's id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from game.level.model import (
    DIAGNOSIS,
    NO_ANSWER,
    PREDICTION,
    Answer,
    Choice,
    Control,
    Diagnosis,
    Goal,
    Question,
)
from game.level.plan import check_settings, settings
from game.level.problems import ROOT, Complaint
from game.level.sections import answer_ids, ids, tables

Document = Mapping[str, Any]
Said = Iterator[tuple[str, int, Complaint]]
"""Section, index of the table, complaint."""
FEWEST_DIAGNOSES = 6
NOTHING_SAID = Choice(label=NO_ANSWER, says="You say nothing yet.")


def implied_controls(
    diagnoses: Sequence[Diagnosis], questions: Sequence[Question]
) -> tuple[Control, ...]:
    """The controls that nobody wrote. Each counts as a lesson: nobody wins without it."""
    says = "Say what is wrong. It sets nothing: mending it is for the other controls."
    found = [_control(DIAGNOSIS, DIAGNOSIS, "What is wrong", says, diagnoses)] if diagnoses else []
    for one in questions:
        says = "Say what you expect. It sets nothing."
        found.append(_control(one.id, PREDICTION, one.asks, says, one.answer))
    return tuple(found)


def _control(
    identity: str, family: str, label: str, says: str, offered: Sequence[Diagnosis | Answer]
) -> Control:
    choices = (
        Choice(label=one.id, says=f"{one.label}: {one.says}" if one.says else one.label)
        for one in offered
    )
    return Control(
        id=identity,
        family=family,
        label=label,
        sets=(),
        choices=(NOTHING_SAID, *choices),
        default=NO_ANSWER,
        lesson=True,
        says=says,
    )


def implied_goals(document: Document) -> tuple[Goal, ...]:
    """The goals that nobody wrote."""
    asked = {identity: document["question"][index] for index, identity in ids(document, "question")}
    return tuple(_goal(identity, asked.get(identity)) for identity in answer_ids(document))


def _goal(identity: str, question: Mapping[str, Any] | None) -> Goal:
    says, stars = "You have said what is wrong.", 1
    if question is not None:
        says, stars = f"You have foreseen it: {question.get('asks', '')}", question.get("stars", 1)
    return Goal(id=identity, measure=identity, at_least=1.0, stars=stars, says=says)


def check_answers(document: Document, controls: Sequence[Control]) -> Said:
    """What is wrong with diagnoses, and with ids that are taken by what nobody wrote.

    `controls`: those that can be read.
    """
    for identity in answer_ids(document):
        for section in ("control", "measure", "goal"):
            for index, own in ids(document, section):
                if own == identity:
                    message = f'the id "{own}" is taken: this kind of level has a {section} of it'
                    yield section, index, Complaint("duplicate-id", message, ("id",))
    yield from _check_number(document)
    yield from _check_right(document)
    yield from _check_mends(document, {control.id: control for control in controls})


def _check_number(document: Document) -> Said:
    found = list(tables(document, "diagnosis"))
    for index, table in found:
        if table.get("id") == NO_ANSWER:
            message = f'"{NO_ANSWER}" is what a plan says that says nothing'
            yield "diagnosis", index, Complaint("duplicate-id", message, ("id",))
    if 0 < len(found) < FEWEST_DIAGNOSES:
        message = f"a level needs at least {FEWEST_DIAGNOSES} diagnoses, and this has {len(found)}"
        yield "diagnosis", found[-1][0], Complaint("bad-value", message)


def _check_right(document: Document) -> Said:
    found = list(tables(document, "diagnosis"))
    right = [index for index, table in found if table.get("right") is True]
    if found and not right:
        message = "one diagnosis must be right: write right = true in it"
        yield "diagnosis", found[0][0], Complaint("missing-key", message)
    for index in right[1:]:
        message = "only one diagnosis can be right, and another one is already"
        first = (ROOT, "diagnosis", right[0], "right")
        yield (
            "diagnosis",
            index,
            Complaint(
                "contradiction",
                message,
                ("right",),
                on_key=True,
                second=((first, "this one is right"),),
            ),
        )


def _check_mends(document: Document, controls: Mapping[str, Control]) -> Said:
    """Each mend changes something, and no two change the same: whoever believes in a diagnosis has
    something to do, and what it is tells one from the other."""
    changed_by: dict[tuple[tuple[str, str], ...], int] = {}
    for index, table in tables(document, "diagnosis"):
        mend = table.get("mend")
        if not isinstance(mend, dict):
            continue
        wrong = list(check_settings(controls, settings(mend)))
        for said in wrong:
            yield "diagnosis", index, said.under("mend")
        if wrong:
            continue
        changed = tuple(
            (control_id, label)
            for control_id, label in sorted(settings(mend).items())
            if label != controls[control_id].default
        )
        if not changed:
            does = "sets what is the default already" if mend else "is empty"
            message = f"this mend {does}: write what somebody does who believes the diagnosis"
            yield "diagnosis", index, Complaint("bad-value", message, ("mend",))
        elif changed in changed_by:
            message = "another diagnosis is mended in the same way, so that to know which is no use"
            first = (ROOT, "diagnosis", changed_by[changed], "mend")
            second = ((first, "the other mend"),)
            yield "diagnosis", index, Complaint("contradiction", message, ("mend",), second=second)
        else:
            changed_by[changed] = index
