"""The known histories, changed on purpose: their verdicts change, or stay, as they must."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from random import Random

import pytest

from game.score.consistency.history import History, Operation, Outcome, history_of
from game.score.consistency.linearizable import check_linearizable
from game.score.consistency.models import MODELS, Model
from game.score.consistency.verdict import Verdict
from game.score.histories.read import history_in, read_history
from tests.score.histories.test_known_verdicts import FOLDER, KNOWN, rows

pytestmark = pytest.mark.skipif(not KNOWN.exists(), reason=f"there is no {KNOWN}")

GOOD = [(file, model) for file, model, verdict in rows() if verdict == "valid"]
BAD = [(file, model) for file, model, verdict in rows() if verdict == "invalid"]
CLIENT = re.compile(r"(?<=jepsen\.util - )\d+|(?<=:process )\d+")
STRETCH = 10
"""Between two events of a stretched history there is room for others."""


@cache
def known(file: str, model: str) -> tuple[History, Model]:
    return read_history(FOLDER / file, MODELS[model])


def stretched(history: History, wider: int = 0) -> list[Operation]:
    """The same order of events, with room in between; each operation `wider` on both sides."""
    return [
        replace(
            one,
            invoked=STRETCH * one.invoked - wider,
            completed=None if one.completed is None else STRETCH * one.completed + wider,
        )
        for one in history.operations
    ]


def check(operations: list[Operation], model: Model) -> Verdict:
    return check_linearizable(history_of(operations), model)


def telling_reads(history: History, model: Model) -> list[Operation]:
    """Reads that saw that something was written."""
    return [
        one
        for one in history.operations
        if one.ok and one.function in model.reads and one.output != model.initial
    ]


def writers_of(read: Operation, history: History) -> Iterator[Operation]:
    """All that may have written what a read saw; one of the pieces that it is made of."""
    text = read.output
    for one in history.operations:
        if one.key != read.key or not one.possible:
            continue
        if one.function in ("append", "put"):
            assert isinstance(text, str)
            assert isinstance(one.input, str)
            if one.input in text:
                yield one
                return
        elif one.function == "cas":
            assert isinstance(one.input, tuple)
            if one.input[1] == text:
                yield one
        elif one.function == "write" and one.input == text:
            yield one


def chosen(file: str, model: str) -> tuple[Random, History, Model, Operation]:
    """A read that saw something, at random but always the same."""
    luck = Random(file)
    history, object_ = known(file, model)
    return luck, history, object_, luck.choice(telling_reads(history, object_))


@pytest.mark.parametrize(("file", "model"), GOOD)
def test_a_stale_read_that_is_planted_is_found_and_shown(file: str, model: str) -> None:
    """What was there at first is never there again once something else was read."""
    luck, history, object_, read = chosen(file, model)
    assert read.completed is not None
    last = 2 * len(history)
    at = STRETCH * luck.randrange(read.completed, last) + 1
    stale = replace(
        read, number=1_000_000, process=1_000_000, output=object_.initial, invoked=at, completed=at
    )
    verdict = check([*stretched(history), replace(stale, completed=at + 1)], object_)
    assert verdict.invalid
    assert stale.number in {one.number for one in verdict.witness}


@pytest.mark.parametrize(("file", "model"), GOOD)
def test_what_was_read_cannot_be_dropped(file: str, model: str) -> None:
    _, history, object_, read = chosen(file, model)
    writers = {one.number for one in writers_of(read, history)}
    assert writers
    kept = [one for one in history.operations if one.number not in writers]
    verdict = check(kept, object_)
    assert verdict.invalid
    assert verdict.witness


@pytest.mark.parametrize(("file", "model"), GOOD)
def test_reads_and_what_failed_can_be_dropped(file: str, model: str) -> None:
    luck, history, object_, _ = chosen(file, model)
    kept = [
        one
        for one in history.operations
        if (one.possible and one.function not in object_.reads) or luck.random() < 0.5
    ]
    assert len(kept) < len(history)
    assert check(kept, object_).valid


@pytest.mark.parametrize(("file", "model"), GOOD)
def test_what_was_read_cannot_have_been_written_afterwards(file: str, model: str) -> None:
    _, history, object_, read = chosen(file, model)
    writers = {one.number for one in writers_of(read, history)}
    last = 10 * STRETCH * len(history)
    shifted = [
        replace(
            one,
            invoked=one.invoked + last,
            completed=None if one.completed is None else one.completed + last,
        )
        if one.number in writers
        else one
        for one in stretched(history)
    ]
    assert check(shifted, object_).invalid


@pytest.mark.parametrize(("file", "model"), GOOD)
def test_what_took_longer_is_as_good(file: str, model: str) -> None:
    history, object_ = known(file, model)
    assert check(stretched(history, wider=STRETCH // 2), object_).valid


@pytest.mark.parametrize(("file", "model"), [*GOOD, *BAD])
def test_clients_by_other_names_and_other_times_change_no_verdict(file: str, model: str) -> None:
    text = (FOLDER / file).read_text(encoding="utf-8")
    renamed = CLIENT.sub(lambda found: str(7 * int(found[0]) + 1_000), text)
    assert renamed != text
    history, object_ = history_in(renamed, file, MODELS[model])
    verdict = check(stretched(history), object_)
    assert verdict.answer == {one: word for one, _, word in rows()}[file]


@pytest.mark.parametrize(("file", "model"), BAD)
def test_nothing_but_the_witness_is_needed_to_see_what_is_wrong(file: str, model: str) -> None:
    """Reads that are not in it are dropped, and all else may have happened at any time."""
    history, object_ = known(file, model)
    shown = {one.number for one in check_linearizable(history, object_).witness}
    left = [
        one if one.number in shown else replace(one, outcome=Outcome.INFO, completed=None)
        for one in history.operations
        if one.number in shown or (one.possible and one.function not in object_.reads)
    ]
    assert not check(left, object_).valid
