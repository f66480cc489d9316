"""The keys of a record's table as an author writes them: for the JSON Schema and the reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import reduce
from operator import or_
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from game.level.annotations import Duration, LabelText, Marker, OneOrMany, ScalarLabel, Table
from game.level.documented import says_of_fields
from game.level.model import Choice, Control, Fault
from game.level.plan import PlanFile
from game.level.proofs import ProofTable
from game.level.read import Header
from game.level.validators import toml_key

FILLED: Mapping[tuple[type[Any], str], None] = dict.fromkeys(
    (
        (Header, "id"),
        (Fault, "id"),
        (Choice, "label"),
        (ProofTable, "controls"),
        (PlanFile, "level"),
        (PlanFile, "controls"),
    )
)
"""Fields without a default that the reader fills where the file leaves them out."""
WRITTEN: Mapping[tuple[type[Any], str], Any] = {
    (Choice, "label"): ScalarLabel,
    (Control, "choices"): tuple[
        Annotated[str, LabelText(scalars=True)] | Annotated[Choice, Table()], ...
    ],
}
"""Fields that may be written in more ways than their record has: the reader makes them alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of a table."""

    name: str
    hint: Any
    """The annotation of its field, None taken away: a key is there or not."""
    required: bool
    default: Any
    """As it is written; None where there is none, or none that can be written."""
    says: str


def keys_of_record(record: type[Any]) -> Iterator[Key]:
    """All keys of a table of this record, in the order of its fields."""
    hints = get_type_hints(record, include_extras=True)
    says = says_of_fields(record)
    for field in fields(record):
        hint = WRITTEN.get((record, field.name)) or without_none(hints[field.name])
        absent = field.default is MISSING and field.default_factory is MISSING
        yield Key(
            name=toml_key(field.name),
            hint=hint,
            required=absent and (record, field.name) not in FILLED,
            default=None if absent else written(hint, field.default),
            says=says.get(field.name, ""),
        )


def needs_keys(record: type[Any]) -> bool:
    """Whether a table of this record cannot be empty."""
    return any(key.required for key in keys_of_record(record))


def without_none(hint: Any) -> Any:
    """An annotation without its None."""
    if get_origin(hint) in (Union, UnionType):
        return reduce(or_, (part for part in get_args(hint) if part is not NoneType))
    return hint


def marker_of(hint: Any) -> Marker | Table | OneOrMany | None:
    """What says how a value of this annotation is written."""
    if get_origin(hint) is Annotated:
        for extra in reversed(hint.__metadata__):
            if isinstance(extra, Marker | Table | OneOrMany):
                return extra
    return None


def written(hint: Any, value: Any) -> Any:
    """How a default is written in TOML; None where it cannot be, or is nothing."""
    marker = marker_of(hint)
    if value is MISSING or value is None or value == () or value == "":
        return None
    if isinstance(marker, Marker) and isinstance(value, str | int | float):
        return marker.written(value)
    if isinstance(value, tuple):
        inner = item_of(hint)
        parts = [written(inner, one) for one in value]
        return None if None in parts else parts
    constant = getattr(value, "constant", None)
    if constant is not None and constant() is not None:
        return Duration().written(constant())
    return value if isinstance(value, str | int | float) else None


def item_of(hint: Any) -> Any:
    """The annotation of one entry of a list."""
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    assert get_origin(hint) is tuple, hint
    return get_args(hint)[0]


def length_of(hint: Any) -> int | None:
    """How many entries a list of this annotation has; None: any number."""
    parts = get_args(hint)
    if parts[-1] is Ellipsis:
        return None
    assert len(set(map(str, parts))) == 1, f"entries of different types: {hint}"
    return len(parts)


def words_of_literal(hint: Any) -> tuple[Any, ...]:
    """The values of a Literal; () of all else."""
    return get_args(hint) if get_origin(hint) is Literal else ()
