"""Every sort of hint that a record may have, and what is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import pytest

from game.level.annotations import DurationUs, OneOrMany, Surroundings, Table
from game.level.records import RecordErrors, read_record
from game.level.registry import Registry
from game.level.validators import make_validator

AROUND = Surroundings(Registry(), {})


@dataclass(frozen=True, slots=True)
class Inner:
    number: int
    share: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    for_: DurationUs
    any_of: Any = None
    word: Literal["a", "b"] = "a"
    truth: bool = False
    text: str | None = None
    either: int | str = 0
    pair: tuple[int, str] = (0, "")
    many: tuple[DurationUs, ...] = ()
    one_or_many: Annotated[tuple[DurationUs, ...], OneOrMany()] = ()
    table: dict[str, tuple[int, bool]] = field(default_factory=dict)
    plain: Inner | None = None
    marked: tuple[Annotated[Inner, Table()], ...] = ()


def read(**table: Any) -> Outer:
    record: Outer = read_record(Outer, {"for": "1s", **table}, AROUND)
    return record


def complaints_of(**table: Any) -> list[tuple[str, tuple[str | int, ...]]]:
    with pytest.raises(RecordErrors) as caught:
        read(**table)
    return [(said.name, said.loc) for said in caught.value.complaints]


def test_a_table_without_its_optional_keys_has_the_defaults() -> None:
    assert read() == Outer(for_=1_000_000)
    assert read().table is not read().table


@pytest.mark.parametrize(
    ("key", "written", "value"),
    [
        ("any_of", [1, "x"], [1, "x"]),
        ("word", "b", "b"),
        ("truth", True, True),
        ("text", "x", "x"),
        ("either", 3, 3),
        ("either", "x", "x"),
        ("pair", [1, "x"], (1, "x")),
        ("many", ["1ms", "2ms"], (1000, 2000)),
        ("one_or_many", "1ms", (1000,)),
        ("one_or_many", ["1ms"], (1000,)),
        ("table", {"x": [1, True]}, {"x": (1, True)}),
        ("plain", {"number": 1}, Inner(1)),
        ("marked", [{"number": 1, "share": 1}], (Inner(1, 1.0),)),
    ],
)
def test_a_value_becomes_what_its_field_holds(key: str, written: Any, value: Any) -> None:
    assert getattr(read(**{key: written}), key) == value


@pytest.mark.parametrize(
    ("key", "written", "name", "loc"),
    [
        ("word", "c", "bad-value", ("word",)),
        ("truth", 1, "wrong-type", ("truth",)),
        ("text", 1, "wrong-type", ("text",)),
        ("pair", [1], "wrong-type", ("pair",)),
        ("pair", [1, 2], "wrong-type", ("pair", 1)),
        ("many", ["1ms", 2], "bad-duration", ("many", 1)),
        ("many", "1ms", "wrong-type", ("many",)),
        ("table", {"x": [1, 2]}, "wrong-type", ("table", "x", 1)),
        ("plain", {"nombre": 1}, "missing-key", ("plain",)),
        ("marked", [{"number": "x"}], "wrong-type", ("marked", 0, "number")),
        ("other", 1, "unknown-key", ("other",)),
        ("for_", "1s", "unknown-key", ("for_",)),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(
    key: str, written: Any, name: str, loc: tuple[str | int, ...]
) -> None:
    assert (name, loc) in complaints_of(**{key: written})


def test_a_hint_that_no_record_has_is_a_mistake_of_the_program() -> None:
    @dataclass
    class Odd:
        words: set[str]

    with pytest.raises(AssertionError, match="no record has fields of the type"):
        make_validator(Odd)
