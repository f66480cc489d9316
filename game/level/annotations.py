"""The types of a level's fields: how a value is written in TOML, and what it becomes.

Each type is `Annotated[python type, marker]`. A marker holds what pydantic's core needs to
validate the field, and imports it only when asked for it, so that the model stays cheap to import.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

from game.level.nearest import nearest
from game.level.problems import RUN_ENDS, Complaint, Loc
from game.level.registry import Registry
from game.level.units import (
    BYTES_PER_UNIT,
    LARGEST_MICROS,
    TIMES_PER_YEAR,
    US_PER_UNIT,
    UnitError,
    format_duration,
    format_money,
    format_share,
    format_size,
    parse_duration,
    parse_money,
    parse_share,
    parse_size,
    parse_times_per_year,
)

if TYPE_CHECKING:
    from pydantic_core import CoreSchema

JsonSchema = dict[str, Any]

MOST = 2**31
"""No count of a level is larger."""
LARGEST_INTEGER = 2**63 - 1
"""Of TOML."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_ID = r"[a-z0-9][a-z0-9._-]{0,79}"
"""What a reference may be: a name, or that of a machine, which has a number behind it."""
_DIGITS = r"[0-9]{1,20}(\.[0-9]{1,20})?"
_MORE_THAN_ZERO = r"(0{0,19}[1-9][0-9]{0,19}(\.[0-9]{1,20})?|0{1,20}\.0{0,19}[1-9][0-9]{0,19})"
_PERCENTAGE = r"^0{0,17}(100(\.0{1,20})?|[0-9]{1,2}(\.[0-9]{1,20})?) ?%$"
TAG_WORDS = ("kind", "law", "event", "type")
"""Keys that name a kind somewhere, and that people therefore write where it is another."""
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the value of a field may depend on: handed to every validator as its context."""

    registry: Registry
    known: Mapping[str, Collection[str]]
    """Ids by what they name: region (own-region: one that the level declares), zone, group, node,
    policy, service, client, fault, place, target, machine, caller; measure, and those of them that
    are times."""
    duration_us: int | None = None
    """Length of the run; None while it is not known."""


def refuse(
    name: str,
    message: str,
    *,
    word: str = "",
    allowed: Collection[str] = (),
    of: str = "",
    at: Loc = (),
    on_key: bool = False,
    declares: str = "",
    second: tuple[tuple[Loc, str], ...] = (),
    meant: str = "",
) -> NoReturn:
    """Raise problem `name` (see problems.py) from inside a validator.

    `word` is what was written, `allowed` the words that would have been right, `of` what they are;
    `at` is the path inside the value to what is wrong, `on_key` that its key is; `declares` is
    what things have the allowed words as ids, `second` other places that matter, `meant` the right
    word where likeness would not find it.
    """
    from pydantic_core import PydanticCustomError

    complaint = Complaint(
        name, message, at, on_key, word, allowed, of, second, declares=declares, meant=meant
    )
    raise PydanticCustomError(name, "refused", {"complaint": complaint})


def duration_pattern(positive: bool = False) -> str:
    """The regular expression of a duration, for a JSON Schema."""
    return f"^{_MORE_THAN_ZERO if positive else _DIGITS} ?({'|'.join(US_PER_UNIT)})$"


def type_in_words(value: object) -> str:
    """What a TOML value is, for messages."""
    words: dict[type, str] = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "text",
        list: "a list",
        dict: "a table",
    }
    return words.get(type(value), "a date or time")


class Marker:
    """A type whose values are checked by one function of (value, surroundings)."""

    __slots__ = ()

    def read(self, value: Any, around: Surroundings) -> Any:
        """The field's value of what was written; raises by `refuse`."""
        raise NotImplementedError

    def json_schema(self) -> JsonSchema:
        """What may be written, as far as a JSON Schema can say it."""
        raise NotImplementedError

    def in_words(self) -> str:
        """What is written, for people: "a duration", "the id of a service"."""
        raise NotImplementedError

    def written(self, value: Any) -> Any:
        """How a value of the field is written: what `read` reads as the same value."""
        return value

    def core_schema(self, _hint: Any, _inner: Callable[[], CoreSchema]) -> CoreSchema:
        """How pydantic's core reads a value. `_inner` is how it would without this marker."""
        from pydantic_core import core_schema

        def validate(value: Any, info: core_schema.ValidationInfo) -> Any:
            return self.read(value, info.context)  # type: ignore[arg-type]

        return core_schema.with_info_plain_validator_function(validate)


def _text(value: object, wanted: str) -> str:
    if not isinstance(value, str):
        refuse("wrong-type", f"{wanted} is wanted here, not {type_in_words(value)}")
    return value


def _number(value: object, wanted: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        refuse("wrong-type", f"{wanted} is wanted here, not {type_in_words(value)}")
    if not math.isfinite(value):
        refuse("bad-value", f"{wanted} is wanted here")
    return value


def is_name(text: str) -> bool:
    """Whether the text is written as ids are."""
    return _NAME.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class NameText(Marker):
    """An identifier."""

    def read(self, value: Any, around: Surroundings) -> str:
        text = _text(value, "a name")
        if not is_name(text):
            refuse(
                "bad-name",
                "a name has 1 to 64 of a-z 0-9 . _ - and begins with a letter or digit",
            )
        return text

    def json_schema(self) -> JsonSchema:
        return {"type": "string", "pattern": f"^{_NAME.pattern}$"}

    def in_words(self) -> str:
        return "a name"


@dataclass(frozen=True, slots=True)
class LabelText(Marker):
    """One line of text for the screen."""

    longest: int = 200
    scalars: bool = False
    """Also take numbers and truth values, as they are written."""

    def read(self, value: Any, around: Surroundings) -> str:
        if self.scalars and isinstance(value, bool | int | float):
            return scalar_label(value)
        text = _text(value, "text")
        if len(text) > self.longest:
            refuse("bad-text", f"this text is longer than {self.longest} characters")
        if _UNSAFE.search(text):
            refuse("bad-text", "this text must be one line without control characters")
        return text

    def json_schema(self) -> JsonSchema:
        types = ["string", "number", "boolean"] if self.scalars else "string"
        return {"type": types, "maxLength": self.longest}

    def in_words(self) -> str:
        return "a line of text"


@dataclass(frozen=True, slots=True)
class ProseText(Marker):
    """Text of several lines."""

    longest: int = 20_000

    def read(self, value: Any, around: Surroundings) -> str:
        text = _text(value, "text")
        if len(text) > self.longest:
            refuse("bad-text", f"this text is longer than {self.longest} characters")
        return text

    def json_schema(self) -> JsonSchema:
        return {"type": "string", "maxLength": self.longest}

    def in_words(self) -> str:
        return "text"


def scalar_label(value: bool | int | float | str) -> str:
    """The word for a bare value, as it is written in TOML."""
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class Duration(Marker):
    """A text such as "250ms" that becomes integer microseconds."""

    positive: bool = False
    inside_run: bool = False

    def read(self, value: Any, around: Surroundings) -> int:
        if isinstance(value, int | float) and not isinstance(value, bool):
            refuse("bad-duration", 'a duration needs its unit: write "250ms"')
        try:
            duration_us = parse_duration(_text(value, 'a duration such as "250ms"'))
        except UnitError as error:
            refuse("bad-duration", str(error))
        if self.positive and duration_us == 0:
            refuse("out-of-range", "this duration must be longer than nothing")
        end_us = around.duration_us
        if self.inside_run and end_us is not None and duration_us > end_us:
            message = f"this is after the end of the run ({format_duration(end_us)})"
            refuse("outside-run", message, second=RUN_ENDS)
        return duration_us

    def json_schema(self) -> JsonSchema:
        return {"type": "string", "pattern": duration_pattern(self.positive)}

    def in_words(self) -> str:
        if self.inside_run:
            return "a time of the run"
        return "a duration of more than nothing" if self.positive else "a duration"

    def written(self, value: Any) -> Any:
        return format_duration(value)


@dataclass(frozen=True, slots=True)
class Size(Marker):
    """A text such as "4KiB" that becomes bytes."""

    def read(self, value: Any, around: Surroundings) -> int:
        if isinstance(value, int | float) and not isinstance(value, bool):
            refuse("bad-size", 'a size needs its unit: write "4KiB"')
        try:
            return parse_size(_text(value, 'a size such as "4KiB"'))
        except UnitError as error:
            refuse("bad-size", str(error))

    def json_schema(self) -> JsonSchema:
        return {"type": "string", "pattern": f"^{_DIGITS} ?({'|'.join(BYTES_PER_UNIT)})$"}

    def in_words(self) -> str:
        return "a size"

    def written(self, value: Any) -> Any:
        return format_size(value)


@dataclass(frozen=True, slots=True)
class Money(Marker):
    """A number or a text such as "0.10" that becomes millionths."""

    def read(self, value: Any, around: Surroundings) -> int:
        text = value
        if not isinstance(value, str):
            amount = _number(value, 'an amount such as "0.10"')
            if not 0 <= amount <= LARGEST_MICROS:
                refuse("out-of-range", "an amount is not negative, and not this large")
            text = f"{amount:.12f}".rstrip("0").rstrip(".") if "e" in repr(amount) else repr(amount)
            text = text.removesuffix(".0")
        try:
            return parse_money(text)
        except UnitError as error:
            refuse("bad-value", str(error))

    def json_schema(self) -> JsonSchema:
        number = {"type": "number", "minimum": 0}
        return {"anyOf": [number, {"type": "string", "pattern": f"^{_DIGITS}$"}]}

    def in_words(self) -> str:
        return "an amount of money"

    def written(self, value: Any) -> Any:
        return format_money(value)


@dataclass(frozen=True, slots=True)
class ShareNumber(Marker):
    """A number from 0 to 1, or a text such as "5%"."""

    def read(self, value: Any, around: Surroundings) -> float:
        if isinstance(value, str):
            try:
                return parse_share(value)
            except UnitError as error:
                refuse("bad-value", str(error))
        share = _number(value, 'a share such as "5%" or 0.05')
        if not 0 <= share <= 1:
            refuse("out-of-range", 'a share lies between 0 and 1; 5 % is written "5%" or 0.05')
        return float(share)

    def json_schema(self) -> JsonSchema:
        number = {"type": "number", "minimum": 0, "maximum": 1}
        return {"anyOf": [{"type": "string", "pattern": _PERCENTAGE}, number]}

    def in_words(self) -> str:
        return "a share"

    def written(self, value: Any) -> Any:
        return format_share(value, 12)


@dataclass(frozen=True, slots=True)
class WholeNumber(Marker):
    """An integer from `least` to `most`."""

    least: int = 0
    most: int = MOST

    def read(self, value: Any, around: Surroundings) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            refuse("wrong-type", f"a whole number is wanted here, not {self._not(value)}")
        if not self.least <= value <= self.most:
            refuse("out-of-range", f"this must be from {self.least} to {self.most}")
        return value

    @staticmethod
    def _not(value: object) -> str:
        return "a fraction" if isinstance(value, float) else type_in_words(value)

    def json_schema(self) -> JsonSchema:
        bounds = {"minimum": self.least, "maximum": self.most}
        return {"type": "integer", **{key: n for key, n in bounds.items() if n < LARGEST_INTEGER}}

    def in_words(self) -> str:
        if self.most >= MOST:
            return f"a whole number from {self.least} on"
        return f"a whole number from {self.least} to {self.most:,}"


@dataclass(frozen=True, slots=True)
class RealNumber(Marker):
    """A finite number, integer or not."""

    positive: bool = False
    most: float = 1e12
    least: float = 0.0

    def read(self, value: Any, around: Surroundings) -> float:
        number = _number(value, "a number")
        if number < self.least or (self.positive and number == 0):
            bound = "more than" if self.positive else "at least"
            refuse("out-of-range", f"this must be {bound} {self.least:g}")
        if number > self.most:
            refuse("out-of-range", f"this must be at most {self.most:g}")
        return float(number)

    def json_schema(self) -> JsonSchema:
        least = "exclusiveMinimum" if self.positive and self.least == 0 else "minimum"
        return {"type": "number", least: self.least, "maximum": self.most}

    def in_words(self) -> str:
        if self.most >= RealNumber().most:
            return "a number above 0" if self.positive else f"a number from {self.least:g} on"
        return f"a number from {self.least:g} to {self.most:,g}"


@dataclass(frozen=True, slots=True)
class Threshold(Marker):
    """A number, a duration (which becomes milliseconds) or a percentage (a share)."""

    def read(self, value: Any, around: Surroundings) -> float:
        if not isinstance(value, str):
            return float(_number(value, 'a number, "250ms" or "99.9%"'))
        try:
            return parse_share(value) if value.endswith("%") else parse_duration(value) / 1000
        except UnitError as error:
            refuse("bad-value", str(error))

    def json_schema(self) -> JsonSchema:
        texts = ({"type": "string", "pattern": one} for one in (duration_pattern(), _PERCENTAGE))
        return {"anyOf": [{"type": "number"}, *texts]}

    def in_words(self) -> str:
        return "a number, a duration or a percentage"


_PLURALS = {"policy": "policies", "own-region": "regions"}


@dataclass(frozen=True, slots=True)
class Reference(Marker):
    """The id of something else in the level."""

    to: str
    """A key of `Surroundings.known`."""
    problem: str = "unknown-reference"
    """The problem that another word is."""

    def read(self, value: Any, around: Surroundings) -> str:
        text = _text(value, f"the name of a {self.to}")
        known = around.known.get(self.to, ())
        if text not in known:
            refuse(
                self.problem,
                f'unknown {self.to} "{text[:80]}"',
                word=text,
                allowed=known,
                of=_PLURALS.get(self.to, f"{self.to}s"),
                declares=self.to,
            )
        return text

    def json_schema(self) -> JsonSchema:
        anywhere = r"\*|" if self.to == "place" else ""
        return {"type": "string", "pattern": f"^({anywhere}{_ID})$"}

    def in_words(self) -> str:
        return f"the id of {'an' if self.to[0] in 'aeiou' else 'a'} {self.to}"


@dataclass(frozen=True, slots=True)
class OneOf(Marker):
    """One word of a closed list."""

    problem: str
    """The problem that another word is."""
    what: str
    words: tuple[str, ...]
    plural: str = ""
    """Of `what`; default: with an s."""

    def read(self, value: Any, around: Surroundings) -> str:
        text = _text(value, f"the name of a {self.what}")
        if text not in self.words:
            refuse(
                self.problem,
                f'unknown {self.what} "{text[:80]}"',
                word=text,
                allowed=self.words,
                of=self.plural or f"{self.what}s",
            )
        return text

    def json_schema(self) -> JsonSchema:
        return {"type": "string", "enum": list(self.words)}

    def in_words(self) -> str:
        return "one of these words"


@dataclass(frozen=True, slots=True)
class Switch(Marker):
    """true or false, or one of a few words for something in between."""

    words: tuple[str, ...]

    def read(self, value: Any, around: Surroundings) -> bool | str:
        if isinstance(value, bool) or (isinstance(value, str) and value in self.words):
            return value
        named = " or ".join(f'"{word}"' for word in self.words)
        if not isinstance(value, str):
            message = f"true, false or {named} is wanted here, not {type_in_words(value)}"
            refuse("wrong-type", message)
        message = f"this must be true, false or {named}"
        refuse("bad-value", message, word=value, allowed=self.words, of="values")

    def json_schema(self) -> JsonSchema:
        return {"enum": [True, False, *self.words]}

    def in_words(self) -> str:
        return "true, false or a word"


@dataclass(frozen=True, slots=True)
class FormatNumber(Marker):
    """The version of the format, which must be the one that this program reads."""

    reads: int = 1

    def read(self, value: Any, around: Surroundings) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            refuse("wrong-type", f"a whole number is wanted here, not {type_in_words(value)}")
        if value != self.reads:
            refuse("wrong-format", f"this is format {value}, and format {self.reads} can be read")
        return value

    def json_schema(self) -> JsonSchema:
        return {"const": self.reads}

    def in_words(self) -> str:
        return f"the number {self.reads}"


@dataclass(frozen=True, slots=True)
class TimesPerYear(Marker):
    """A text such as "1/month", kept as it is."""

    def read(self, value: Any, around: Surroundings) -> str:
        text = _text(value, 'a frequency such as "1/month"')
        try:
            parse_times_per_year(text)
        except UnitError as error:
            refuse("bad-value", str(error))
        return text

    def json_schema(self) -> JsonSchema:
        units = "|".join(TIMES_PER_YEAR)
        return {"type": "string", "pattern": f"^{_MORE_THAN_ZERO} ?/ ?({units})$"}

    def in_words(self) -> str:
        return "a frequency"


@dataclass(frozen=True, slots=True)
class Unread(Marker):
    """A table whose keys are free: somebody else looks into it."""

    def read(self, value: Any, around: Surroundings) -> dict[str, Any]:
        if not isinstance(value, dict):
            refuse("wrong-type", f"a table is wanted here, not {type_in_words(value)}")
        return value

    def json_schema(self) -> JsonSchema:
        return {"type": "object", "additionalProperties": True}

    def in_words(self) -> str:
        return "a table"


@dataclass(frozen=True, slots=True)
class OneOrMany:
    """A list that may be written without brackets where it has one entry."""

    def core_schema(self, _hint: Any, inner: Callable[[], CoreSchema]) -> CoreSchema:
        """How pydantic's core reads the list."""
        from pydantic_core import core_schema

        def listed(value: Any) -> Any:
            return tuple(value) if isinstance(value, list) else (value,)

        return core_schema.no_info_before_validator_function(listed, inner())


@lru_cache(maxsize=64)
def _keys_of(records: tuple[type[Any], ...]) -> frozenset[str]:
    """The keys that the tables of some of the records may have."""
    from game.level.validators import toml_key

    return frozenset(toml_key(one.name) for record in records for one in fields(record))


@dataclass(frozen=True, slots=True)
class KindOf(Marker):
    """One of the registered kinds of `family`: it becomes the record that the registry names.

    `tag="kind"`: a table whose key `kind` names the kind; the other keys are the record's fields.
    `tag=""`: the kind is that key of the table which is a registered name; the record has a field
    of the same name. `name`: the kind is fixed, the table's keys are its fields.
    `shorthand="name"`: a bare text is the name of a kind with all its defaults; any other
    `shorthand` is the kind whose field `value` a bare text gives. `positive`: of a law, that it is
    not always 0.
    """

    family: str
    tag: str | None = None
    name: str = ""
    shorthand: str = ""
    positive: bool = False

    def read(self, value: Any, around: Surroundings) -> Any:
        from game.level.records import read_record

        kind_name, table = self._split(value, around)
        kind = around.registry.get(self.family, kind_name)
        if kind is None:
            at = (self.tag,) if self.tag and isinstance(value, dict) else ()
            self._refuse_kind(kind_name, table, around, at)
        record = read_record(kind.record, table, around)
        if self.positive and record.constant() == 0:
            refuse("out-of-range", "this duration must be longer than nothing")
        return record

    def _split(self, value: Any, around: Surroundings) -> tuple[str, dict[str, Any]]:
        if isinstance(value, str) and self.shorthand:
            return (value, {}) if self.shorthand == "name" else (self.shorthand, {"value": value})
        if not isinstance(value, dict):
            wanted = "a table" if not self.shorthand else "text or a table"
            if self.shorthand not in ("", "name") and type(value) in (int, float):
                refuse("bad-duration", 'a duration needs its unit: write "250ms"')
            refuse("wrong-type", f"{wanted} is wanted here, not {type_in_words(value)}")
        if self.name:
            return self.name, value
        if self.tag:
            return self._tagged(value, around.registry)
        return self._keyed(value, around)

    def _tagged(self, table: dict[str, Any], registry: Registry) -> tuple[str, dict[str, Any]]:
        assert self.tag
        if self.tag not in table:
            self._refuse_untagged(table, registry)
        kind_name = table[self.tag]
        if not isinstance(kind_name, str):
            message = f"the name of a kind is text, not {type_in_words(kind_name)}"
            refuse("wrong-type", message, at=(self.tag,))
        return kind_name, {key: entry for key, entry in table.items() if key != self.tag}

    def _refuse_untagged(self, table: dict[str, Any], registry: Registry) -> NoReturn:
        """Say which key is the tag, if one is, and nothing of the others: what they mean is not
        known without it."""
        assert self.tag
        names = registry.names(self.family)
        records = tuple(kind.record for kind in registry if kind.family == self.family)
        keys = _keys_of(records)
        words = (self.tag, *(word for word in TAG_WORDS if word not in keys))
        meant = [key for key in table if key not in keys and nearest(key, words)]
        if meant:
            refuse(
                "unknown-key",
                f'unknown key "{meant[0][:80]}"',
                word=meant[0],
                allowed=(self.tag,),
                of="keys",
                at=(meant[0],),
                on_key=True,
                meant=self.tag,
            )
        what = self.family if self.tag == self.family else f"kind of {self.family}"
        refuse(
            "missing-key",
            f'key "{self.tag}" is missing: it names the {what}',
            allowed=names,
            of=f"{self.tag}s",
        )

    def _keyed(self, table: dict[str, Any], around: Surroundings) -> tuple[str, dict[str, Any]]:
        names = around.registry.names(self.family)
        kinds = [name for name in names if name in table]
        if len(kinds) == 1:
            return kinds[0], table
        if kinds:
            refuse("contradiction", f"one {self.family} cannot be both {' and '.join(kinds)}")
        if not table:
            refuse("unknown-kind", f"this {self.family} is empty", allowed=names, of="kinds")
        word = next((key for key in table if nearest(key, names)), next(iter(table)))
        self._refuse_kind(word, table, around, (word,))

    def _refuse_kind(
        self, word: str, table: dict[str, Any], around: Surroundings, at: Loc
    ) -> NoReturn:
        """Refuse a kind that is unknown, and all that is wrong with the table as it was meant."""
        from game.level.records import RecordErrors, read_record

        names = around.registry.names(self.family)
        by_key = at == (word,) and word in table
        message = f'unknown {self.family} kind "{word[:80]}"'
        said = [Complaint("unknown-kind", message, at, by_key, word, names, "kinds")]
        meant = around.registry.get(self.family, nearest(word, names))
        if meant is not None:
            rename = {word: meant.name} if by_key else {}
            try:
                read_record(
                    meant.record, {rename.get(key, key): table[key] for key in table}, around
                )
            except RecordErrors as errors:
                back = {new: old for old, new in rename.items()}
                said += (
                    replace(one, loc=(back.get(one.loc[0], one.loc[0]), *one.loc[1:]))
                    if one.loc and isinstance(one.loc[0], str)
                    else one
                    for one in errors.complaints
                )
        raise RecordErrors(said)


@dataclass(frozen=True, slots=True)
class Table:
    """A table that becomes the annotated record."""

    def core_schema(self, hint: Any, _inner: Callable[[], CoreSchema]) -> CoreSchema:
        """How pydantic's core reads the table."""
        from pydantic_core import core_schema

        from game.level.records import read_record

        def validate(value: Any, info: core_schema.ValidationInfo) -> Any:
            if not isinstance(value, dict):
                refuse("wrong-type", f"a table is wanted here, not {type_in_words(value)}")
            return read_record(hint, value, info.context)  # type: ignore[arg-type]

        return core_schema.with_info_plain_validator_function(validate)


Name = Annotated[str, NameText()]
Label = Annotated[str, LabelText()]
ScalarLabel = Annotated[str, LabelText(scalars=True)]
Prose = Annotated[str, ProseText()]
DurationUs = Annotated[int, Duration()]
PositiveDurationUs = Annotated[int, Duration(positive=True)]
MomentUs = Annotated[int, Duration(inside_run=True)]
"""A time of the run."""
SizeBytes = Annotated[int, Size()]
MoneyMicros = Annotated[int, Money()]
Share = Annotated[float, ShareNumber()]
Count = Annotated[int, WholeNumber()]
PositiveCount = Annotated[int, WholeNumber(1)]
Number = Annotated[float, RealNumber()]
PositiveNumber = Annotated[float, RealNumber(positive=True)]
ThresholdNumber = Annotated[float, Threshold()]

RegionName = Annotated[str, Reference("region")]
ZoneName = Annotated[str, Reference("zone")]
GroupName = Annotated[str, Reference("group")]
"""A node group."""
PolicyName = Annotated[str, Reference("policy")]
ServiceName = Annotated[str, Reference("service")]
ClientName = Annotated[str, Reference("client")]
PlaceName = Annotated[str, Reference("place")]
"""An end of a link: a region, a zone, a node group, one node, a client or "*"."""
MeasureName = Annotated[str, Reference("measure", problem="unknown-measure")]
TargetName = Annotated[str, Reference("target")]
"""What a fault may be aimed at: a place other than "*", a service or a link."""
