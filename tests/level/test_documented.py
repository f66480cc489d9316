"""Every key that an author may write is described in the source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, get_args, get_type_hints

from game.engine.kinds import load_kinds
from game.level.documented import says_of, says_of_fields
from game.level.pack import Pack
from game.level.plan import PlanFile
from game.level.proofs import ProofTable
from game.level.read import Header
from game.level.sections import SECTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """One of
    two lines."""

    said: int = 1
    """What it
    is."""
    unsaid: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Heir(Plain):
    more: int = 3
    """Its own."""
    unsaid: int = 4
    """Said now."""


def test_docstrings_of_fields_are_read_as_one_paragraph_with_those_of_bases() -> None:
    assert says_of_fields(Plain) == {"said": "What it is."}
    assert says_of_fields(Heir) == {
        "said": "What it is.",
        "unsaid": "Said now.",
        "more": "Its own.",
    }
    assert says_of(Plain) == "One of\ntwo lines."


def records() -> Iterator[type[Any]]:
    kinds = [kind.record for kind in load_kinds()]
    todo: list[type[Any]] = [section.record for section in SECTIONS.values()]
    todo += [Header, ProofTable, PlanFile, Pack, *kinds]
    seen: set[type[Any]] = set()
    while todo:
        record = todo.pop()
        if record not in seen:
            seen.add(record)
            yield record
            for hint in get_type_hints(record, include_extras=True).values():
                todo += records_in(hint)


def records_in(hint: Any) -> Iterator[type[Any]]:
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint
    for part in get_args(hint):
        yield from records_in(part)


def test_every_key_of_a_file_is_described() -> None:
    silent = [
        f"{record.__module__}.{record.__name__}.{field.name}"
        for record in records()
        for field in fields(record)
        if field.name not in says_of_fields(record)
    ]
    assert silent == []


def test_every_kind_is_described() -> None:
    for kind in load_kinds():
        assert kind.says, kind.name
        assert says_of(kind.record), kind.name
