"""One TOML table to one frozen record, by pydantic's core, with complaints in an author's words.

TOML's values are JSON's values, so tables are validated in pydantic's strict JSON mode: lists
become tuples, tables become records, and nothing is converted on the quiet. A kind's validator is
built when the first table of that kind is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pydantic_core import ErrorDetails, SchemaValidator, ValidationError

from game.level.annotations import KindOf, Marker, Reference, Surroundings, type_in_words
from game.level.codes import CODES
from game.level.problems import Complaint
from game.level.validators import make_validator, toml_key

_WANTED = {
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a table",
    "dataclass_type": "a table",
    "dataclass_exact_type": "a table",
}
_QUOTED = re.compile(r"'([^']*)'")


class RecordErrors(ValueError):
    """A table that is no valid record; `complaints` say why, with paths inside the table."""

    def __init__(self, complaints: list[Complaint]) -> None:
        super().__init__("not a valid record")
        self.complaints = complaints


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is worked out once for a type of record."""

    validator: SchemaValidator
    keys: tuple[str, ...]
    """As they are written in TOML."""
    defaults: Mapping[str, str]
    """Defaults that are words and need reading: names of kinds, and references."""
    references: Mapping[str, tuple[str, ...]]
    """Field to what its words are the ids of."""


_SHAPES: dict[type[Any], _Shape] = {}


def _shape(record: type[Any]) -> _Shape:
    shape = _SHAPES.get(record)
    if shape is None:
        hints = get_type_hints(record, include_extras=True)
        markers = {field.name: tuple(_markers(hints[field.name])) for field in fields(record)}
        shape = _SHAPES[record] = _Shape(
            validator=make_validator(record),
            keys=tuple(toml_key(field.name) for field in fields(record)),
            defaults={
                toml_key(field.name): field.default
                for field in fields(record)
                if isinstance(field.default, str)
                and any(isinstance(one, KindOf | Reference) for one in markers[field.name])
            },
            references={
                name: tuple(one.to for one in found if isinstance(one, Reference))
                for name, found in markers.items()
            },
        )
    return shape


def toml_keys(record: type[Any]) -> tuple[str, ...]:
    """The keys that a table of this record may have."""
    return _shape(record).keys


def _markers(hint: Any) -> Iterator[Marker]:
    """The markers anywhere in an annotation."""
    if get_origin(hint) is Annotated:
        yield from (extra for extra in hint.__metadata__ if isinstance(extra, Marker))
    for part in get_args(hint):
        yield from _markers(part)


def references(value: object, to: str) -> Iterator[str]:
    """All ids of `to` that a record, and the records inside it, refer to."""
    if isinstance(value, tuple):
        for entry in value:
            yield from references(entry, to)
    elif is_dataclass(value) and not isinstance(value, type):
        referring = _shape(type(value)).references
        for field in fields(value):
            below = getattr(value, field.name)
            if to in referring[field.name] and below is not None:
                yield from (below,) if isinstance(below, str) else below
            elif isinstance(below, tuple) or hasattr(below, "__dataclass_fields__"):
                yield from references(below, to)


def read_record(record: type[Any], table: Mapping[str, Any], around: Surroundings) -> Any:
    """The record of a table; raises RecordErrors with everything that is wrong with it."""
    shape = _shape(record)
    text = json.dumps({**shape.defaults, **table})
    try:
        return shape.validator.validate_json(text, strict=True, context=around)
    except ValidationError as error:
        details = error.errors(include_url=False)
    raise RecordErrors(_without_echoes(list(_complaints(record, table, details))))


def read_each(record: type[Any], tables: Any, around: Surroundings) -> dict[int, Any]:
    """By index, the records of those entries of a list that can be read."""
    found: dict[int, Any] = {}
    for index, table in enumerate(tables if isinstance(tables, list) else ()):
        if isinstance(table, dict):
            with suppress(RecordErrors):
                found[index] = read_record(record, table, around)
    return found


def _without_echoes(said: list[Complaint]) -> list[Complaint]:
    """The complaints without those about a missing key that is there, but misspelt."""
    meant = {(*one.loc[:-1], one.suggestion) for one in said if one.name == "unknown-key"}
    return [
        one
        for one in said
        if not (one.name == "missing-key" and one.word and (*one.loc, one.word) in meant)
    ]


def _complaints(
    record: type[Any], table: Mapping[str, Any], details: list[ErrorDetails]
) -> Iterator[Complaint]:
    unions: set[tuple[str | int, ...]] = set()
    for detail in details:
        loc = _inside(detail["loc"], table)
        if loc and len(loc) < len(detail["loc"]) and detail["type"] != "missing":
            if loc in unions:
                continue
            unions.add(loc)
        yield from _translated(record, loc, detail)


def _inside(loc: tuple[str | int, ...], table: Any) -> tuple[str | int, ...]:
    """The part of a path that exists in the table: pydantic adds the names of union members."""
    value = table
    for depth, part in enumerate(loc):
        try:
            value = entry(value, part)
        except LookupError:
            return loc[:depth]
    return loc


def entry(holder: Any, key: str | int) -> Any:
    """What stands under a key of a table or at an index of a list; raises LookupError."""
    if isinstance(holder, dict):
        return holder[key]
    if isinstance(holder, list) and isinstance(key, int):
        return holder[key]
    raise LookupError(key)


def _translated(
    record: type[Any], loc: tuple[str | int, ...], detail: ErrorDetails
) -> Iterator[Complaint]:
    kind, context = detail["type"], detail.get("ctx", {})
    nested = context.get("error")
    if isinstance(nested, RecordErrors):
        yield from (said.under(*loc) for said in nested.complaints)
    elif kind in CODES:
        complaint: Complaint = context["complaint"]
        yield complaint.under(*loc)
    elif kind == "missing":
        key = detail["loc"][-1]
        if isinstance(key, int):
            yield Complaint("wrong-type", "this list needs more entries", loc)
        else:
            yield Complaint("missing-key", f'key "{key}" is missing', loc, word=str(key))
    elif kind in ("unexpected_keyword_argument", "extra_forbidden"):
        yield unknown_key(loc, toml_keys(record) if len(loc) == 1 else ())
    else:
        yield _plain(loc, detail)


def unknown_key(loc: tuple[str | int, ...], allowed: tuple[str, ...]) -> Complaint:
    """The complaint about a key at the end of `loc` that its table does not have."""
    word = str(loc[-1])
    message = f'unknown key "{word[:80]}"'
    return Complaint("unknown-key", message, loc, True, word, allowed, "keys")


def _plain(loc: tuple[str | int, ...], detail: ErrorDetails) -> Complaint:
    """The complaint for one of pydantic's own errors."""
    kind, value = detail["type"], detail["input"]
    if kind in _WANTED:
        got = "a fraction" if isinstance(value, float) else type_in_words(value)
        return Complaint("wrong-type", f"{_WANTED[kind]} is wanted here, not {got}", loc)
    if kind in ("literal_error", "enum"):
        allowed = tuple(_QUOTED.findall(str(detail.get("ctx", {}).get("expected", ""))))
        word = value if isinstance(value, str) else ""
        return Complaint(
            "bad-value", "this value is not allowed", loc, False, word, allowed, "values"
        )
    if kind in ("too_long", "too_short"):
        wanted = detail["msg"].split(" after")[0].removeprefix("Tuple should have")
        return Complaint("wrong-type", f"this list should have{wanted}", loc)
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return Complaint(
        "bad-value", f"this value {message}" if message != detail["msg"] else message, loc
    )
