"""Predictions: what the player foresaw, and what came."""

from __future__ import annotations

from collections.abc import Iterator

from game.explain.facts import Facts
from game.explain.words import count, moment
from game.level.model import Question
from game.score.named import night_of
from game.score.of_kind import Found, answers_found, right_answer


def predictions_told(facts: Facts) -> Iterator[str]:
    """A sentence or two about each question; nothing of a run that broke off."""
    if facts.log.verdict or not facts.level.questions:
        return
    in_order = {one.number: one.cause for one in facts.operations}
    numbers = facts.log.operations.column("operation")
    night = night_of(facts.system, facts.log, [in_order[number] for number in numbers])
    said = dict(facts.system.answers)
    for question in facts.level.questions:
        found = {one.id: one for one in answers_found(question, night)}
        right = right_answer(question, night)
        labels = {one.id: one.label for one in question.answer}
        yours = labels.get(said.get(question.id, ""))
        if right:
            came = f"it was “{labels[right]}”{_when(question, found[right])}"
        else:
            came = "no answer is right, since two came first together"
        if not yours:
            yield f"{question.asks} You did not say; {came}."
        elif right == said[question.id]:
            yield f"{question.asks} You said so: {came}."
        else:
            happened = found[said[question.id]]
            own = _when(question, happened) if happened.times else ", which never happened"
            yield f"{question.asks} You said “{yours}”{own}; {came}."


def _when(question: Question, found: Found) -> str:
    if not found.times:
        return ""
    if question.right == "earliest" and found.first_us is not None:
        return f", at {moment(found.first_us)}"
    return f", {count(found.times, 'time')}"
