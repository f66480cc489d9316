"""JSON Schemas of what authors write, for their editors: made from the records and the registry.

They say what can be said of one place in a file without looking at another: keys, types, units,
bounds, closed lists. That a name means something, and that a night makes sense, only `level check`
knows. A schema never refuses what `check` takes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, get_args, get_origin

from game.level.annotations import Duration, JsonSchema, KindOf, Marker, OneOrMany, Table
from game.level.documented import says_of
from game.level.find import campaign
from game.level.keys import (
    Key,
    item_of,
    keys_of_record,
    length_of,
    marker_of,
    needs_keys,
    words_of_literal,
)
from game.level.level_kinds import DESIGN, LEVEL_KINDS
from game.level.model import (
    FORMAT,
    SHARE_MEASURES,
    Choice,
    Client,
    Control,
    Fault,
    Goal,
    Measure,
)
from game.level.pack import Pack
from game.level.plan import PlanFile
from game.level.proofs import ProofTable
from game.level.read import Header
from game.level.registry import Kind, Registry
from game.level.sections import SECTIONS
from game.level.validators import toml_key

DRAFT = "http://json-schema.org/draft-07/schema#"
FOLDER = campaign().parent / "assets" / "schema"
SCHEMA_LINE = "#:schema ../../assets/schema/level.schema.json"
"""The first line of a level of the campaign: it tells editors which schema holds."""
PROOFS_LINE = "#:schema ../../assets/schema/proofs.schema.json"
ANYTHING: JsonSchema = {"additionalProperties": True}
"""Also for tools that take a table without `properties` for one that must be empty."""


SHARE: JsonSchema = {"minimum": 0, "maximum": 1}
"""A number that is a share; says nothing of texts."""


def only_one(*sets: tuple[str, ...]) -> JsonSchema:
    """Exactly one of these sets of keys is there."""
    return {"oneOf": [{"required": list(keys)} for keys in sets]}


TOGETHER: Mapping[type[Any], JsonSchema] = {
    Client: {
        **only_one(("rate",), ("gap",), ("population",)),
        "dependencies": {"think": ["population"], "gives_up": ["patience"]},
    },
    Fault: {
        **only_one(("at",), ("every", "lasts")),
        "dependencies": {
            "for": ["at"],
            "every": ["lasts"],
            "lasts": ["every"],
            "crews": ["every"],
        },
    },
    Goal: {
        **only_one(("at_least",), ("at_most",)),
        "if": {
            "properties": {"measure": {"enum": [*SHARE_MEASURES]}},
            "required": ["measure"],
            **ANYTHING,
        },
        "then": {"properties": {"at_least": SHARE, "at_most": SHARE}, **ANYTHING},
    },
    Choice: {
        "anyOf": [
            {"required": ["label"]},
            {
                "properties": {"value": {"type": ["string", "number", "boolean"]}},
                "required": ["value"],
                **ANYTHING,
            },
        ]
    },
    Measure: {
        **only_one(("count",), ("from", "to")),
        "dependencies": {"per_hundred": ["count"]},
    },
}
"""Which keys of a table go together."""
NOT_EMPTY: frozenset[tuple[type[Any], str]] = frozenset({(Header, "seeds"), (Control, "choices")})
"""Lists that have an entry at least."""


def level_schema(registry: Registry) -> JsonSchema:
    """The schema of a level file."""
    made = _Schema(registry)
    keys = {key.name: key for key in keys_of_record(Header)}
    properties = {name: made.key(key, Header) for name, key in keys.items()}
    for section, one in SECTIONS.items():
        items = made.section(section, one.record)
        properties[section] = {
            "type": "array",
            "description": paragraph(one.record),
            "items": items,
        }
    required = [key.name for key in keys.values() if key.required]
    return {
        "$schema": DRAFT,
        "title": f"A level of Nine Lives (format {FORMAT})",
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
        **_by_kind_of_level(),
        "definitions": made.definitions,
    }


def proofs_schema(registry: Registry) -> JsonSchema:
    """The schema of a level's proofs."""
    made = _Schema(registry)
    proof = made.table(ProofTable)
    return {
        "$schema": DRAFT,
        "title": "The proofs of a level of Nine Lives",
        "type": "object",
        "properties": {
            "proof": {"type": "array", "description": paragraph(ProofTable), "items": proof}
        },
        "additionalProperties": False,
        "definitions": made.definitions,
    }


def _of_one_table(title: str, record: type[Any]) -> Callable[[Registry], JsonSchema]:
    """The schema of a file that is one table."""

    def made_schema(registry: Registry) -> JsonSchema:
        made = _Schema(registry)
        table = made.table(record)
        return {"$schema": DRAFT, "title": title, **table, "definitions": made.definitions}

    return made_schema


SCHEMAS: Mapping[str, Callable[[Registry], JsonSchema]] = {
    "level": level_schema,
    "proofs": proofs_schema,
    "plan": _of_one_table("A plan for a level of Nine Lives", PlanFile),
    "pack": _of_one_table("A pack of levels of Nine Lives", Pack),
}
"""What there are schemas of, each in `assets/schema/NAME.schema.json`."""


def schema_file(name: str) -> Path:
    """Where a schema is kept."""
    return FOLDER / f"{name}.schema.json"


def schema_text(name: str, registry: Registry) -> str:
    """A schema as it stands in its file."""
    return json.dumps(SCHEMAS[name](registry), indent=1, ensure_ascii=False) + "\n"


def schema_line(folder: Path, name: str = "level") -> str:
    """The first line of a file in this folder: where its editor finds the schema."""
    file = schema_file(name)
    try:
        where = Path(os.path.relpath(file, os.path.realpath(folder))).as_posix()
    except ValueError:  # on another drive
        where = file.as_uri()
    return f"#:schema {where}"


def paragraph(record: type[Any]) -> str:
    """The first paragraph of what a record says of itself."""
    return " ".join(says_of(record).split("\n\n")[0].split())


def _by_kind_of_level() -> JsonSchema:
    """What only one kind of level may have, and must. A level that names no kind is a design level;
    in some other kinds the reader adds a goal."""
    design = {"properties": {"kind": {"const": DESIGN}}}
    rules: list[JsonSchema] = [{"if": design, "then": {"required": ["goal"]}}]
    for kind in LEVEL_KINDS.values():
        own = [*kind.sections, *kind.keys]
        if not own and not kind.needs:
            continue
        then: JsonSchema = {"required": [*own, *kind.needs]}
        rule = {"if": {"properties": {"kind": {"const": kind.name}}, "required": ["kind"]}}
        nothing = {"not": {"anyOf": [{"required": [part]} for part in own]}}
        rules.append({**rule, "then": then, **({"else": nothing} if own else {})})
    return {"allOf": rules}


class _Schema:
    """One schema in the making: definitions are added as they are met."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.definitions: dict[str, JsonSchema] = {}

    def define(self, name: str, make: Callable[[], JsonSchema]) -> JsonSchema:
        """A reference to a definition, which is made at the first time."""
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = make()
        return {"$ref": f"#/definitions/{name}"}

    def section(self, section: str, record: type[Any]) -> JsonSchema:
        """One table of a section. One with a record of some kind in `what` has the keys of that
        kind among its own."""
        kind_of = next(
            (marker_of(key.hint) for key in keys_of_record(record) if key.name == "what"), None
        )
        if not isinstance(kind_of, KindOf):
            return self.define(section, lambda: self.table(record))
        kinds = [self._flat(section, record, kind_of, kind) for kind in self.kinds(kind_of.family)]
        return {"oneOf": kinds}

    def _flat(self, section: str, record: type[Any], kind_of: KindOf, kind: Kind) -> JsonSchema:
        """A table of a section with the keys of one kind among its own."""

        def common(key: Key) -> JsonSchema:
            return self.define(f"{section}-{key.name}", lambda: self.key(key, record))

        def make() -> JsonSchema:
            keys = [key for key in keys_of_record(record) if key.name != "what"]
            table = self.of_kind(kind, kind_of.tag)
            required = [*table["required"], *(key.name for key in keys if key.required)]
            if kind.targets == ():
                keys = [key for key in keys if key.name != "target"]
            elif kind.targets and "target" in {key.name for key in keys}:
                required.append("target")
            shared = {key.name: common(key) for key in keys}
            properties = {**shared, **table["properties"]}
            return {
                **table,
                "properties": properties,
                "required": list(dict.fromkeys(required)),
                **TOGETHER.get(record, {}),
            }

        return self.define(f"{section}.{kind.name}", make)

    def kinds(self, family: str) -> Iterator[Kind]:
        """All kinds of a family by name: the order in which they sign up hangs on imports."""
        for name in sorted(self.registry.names(family)):
            kind = self.registry.get(family, name)
            assert kind is not None
            yield kind

    def of_kind(self, kind: Kind, tag: str | None) -> JsonSchema:
        """A table of one kind; `tag` is the key that names it, if one does."""
        table = self.table(kind.record)
        table["description"] = sentence(kind.says)
        if tag:
            word = {"const": kind.name, "description": sentence(kind.says)}
            table["properties"] = {tag: word, **table["properties"]}
            table["required"] = [tag, *table["required"]]
        elif tag == "":
            table["required"] = list(dict.fromkeys([kind.name, *table["required"]]))
        return table

    def table(self, record: type[Any]) -> JsonSchema:
        """A table of this record."""
        keys = [*keys_of_record(record)]
        return {
            "type": "object",
            "description": paragraph(record),
            "properties": {key.name: self.key(key, record) for key in keys},
            "required": [key.name for key in keys if key.required],
            "additionalProperties": False,
            **TOGETHER.get(record, {}),
        }

    def key(self, key: Key, record: type[Any]) -> JsonSchema:
        """The value of one key of a table of that record."""
        said = {"description": key.says} if key.says else {}
        default = {} if key.default is None else {"default": key.default}
        least = {"minItems": 1} if (record, key.name) in NOT_EMPTY else {}
        return {**self.of(key.hint), **least, **said, **default}

    def of(self, hint: Any) -> JsonSchema:
        """A value of this annotation."""
        marker = marker_of(hint)
        if isinstance(marker, OneOrMany):
            item = self.of(item_of(hint))
            return {"anyOf": [item, {"type": "array", "items": item}]}
        if isinstance(marker, Table):
            record = get_args(hint)[0]
            return self.define(toml_key(record.__name__), lambda: self.table(record))
        if isinstance(marker, KindOf):
            return self.of_family(marker)
        if isinstance(marker, Marker):
            return marker.json_schema()
        return self._plain(hint)

    def _plain(self, hint: Any) -> JsonSchema:
        if words := words_of_literal(hint):
            return {"enum": list(words)}
        if get_origin(hint) is tuple:
            length = length_of(hint)
            count = {} if length is None else {"minItems": length, "maxItems": length}
            return {"type": "array", "items": self.of(get_args(hint)[0]), **count}
        if hint is bool:
            return {"type": "boolean"}
        if hint is Any:
            return dict(ANYTHING)
        parts = get_args(hint)
        assert parts, f"no way to write {hint} is known"
        return {"anyOf": [self.of(part) for part in parts]}

    def of_family(self, kind_of: KindOf) -> JsonSchema:
        """A value that becomes a record of one of the kinds of a family."""
        family = kind_of.family
        if kind_of.name:
            kind = self.registry.get(family, kind_of.name)
            assert kind is not None
            return self.define(f"{family}.{kind.name}", lambda: self.of_kind(kind, None))
        table = self.define(family, lambda: {"oneOf": [*self._each(kind_of)]})
        if not kind_of.shorthand:
            return table
        return {"anyOf": [self._short(kind_of), table]}

    def _each(self, kind_of: KindOf) -> Iterator[JsonSchema]:
        for kind in self.kinds(kind_of.family):
            name = f"{kind_of.family}.{kind.name}"
            yield self.define(name, partial(self.of_kind, kind, kind_of.tag))

    def _short(self, kind_of: KindOf) -> JsonSchema:
        """The bare text that stands for a kind."""
        if kind_of.shorthand == "name":
            bare = [one for one in self.kinds(kind_of.family) if not needs_keys(one.record)]
            said = [sentence(kind.says) for kind in bare]
            return {
                "enum": [kind.name for kind in bare],
                "x-taplo": {"docs": {"enumValues": said}},
            }
        kind = self.registry.get(kind_of.family, kind_of.shorthand)
        assert kind is not None
        (value,) = (key for key in keys_of_record(kind.record) if key.name == "value")
        marker = marker_of(value.hint)
        assert isinstance(marker, Duration), "a bare text gives a law its duration"
        return replace(marker, positive=kind_of.positive).json_schema()


def sentence(text: str) -> str:
    """A text that may begin small, as a sentence."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
