"""The places of a level's text at which a mutation may strike, found without reading the level."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tree_sitter import Node

from game.level.model import MEASURES
from game.level.problems import Loc
from game.level.proofs import proofs_path
from game.level.sections import SECTIONS, ids, normalise
from game.level.source import Source, load_bytes, read_source
from game.level.spots import Span, Spot, parser
from game.level.units import parse_duration

TEXTS = {
    "title": "the player reads it",
    "chapter": "the player reads it",
    "story": "the player reads it",
    "debrief": "the player reads it",
    "hints": "the player reads them",
    "says": "the player reads it",
    "asks": "the player reads it",
    "label": "the player reads it; of a choice it may be a number as well",
    "teaches": "free words: nothing but a search goes by them",
    "id": "where it is declared it may be any; it is struck where it is referred to",
}
"""Keys whose values are not mutated, and why any other value is as good. Their names are."""
NO_MATTER = {
    "order": "the place in a list",
    "how_often": "the nines of a year are told, and no goal asks for them",
    "seeds": "the rules try fresh seeds as well, so that any are as good as any others",
}
"""Keys whose numbers are not mutated besides, and why: no run and no rule goes by them, or by all
of them alike. A place on the map is another: an `at` that is a list."""

QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?)( ?(?:[A-Za-z%]+|/ ?[a-z]+))")
_LABELS = frozenset({"default", "mend"})
"""Keys whose texts are labels of choices, even where they look like quantities."""


@dataclass(frozen=True, slots=True)
class Site:
    """A value of a level's text, and its key."""

    loc: Loc
    value: Any
    at: Span
    """Of the value; of a table with a header that is the header."""
    key: Span | None
    """None for an entry of a list."""
    header: bool
    """The key stands in a header."""

    @property
    def name(self) -> str:
        """The nearest key."""
        return next(part for part in reversed(self.loc) if isinstance(part, str))

    @property
    def section(self) -> str:
        """The section that it is in, or the key of the header."""
        return str(self.loc[0])

    @property
    def free(self) -> bool:
        """Any other value would do as well."""
        return self.name in TEXTS or self._on_the_map

    @property
    def numbered(self) -> bool:
        """It is a number that matters, or a quantity."""
        if self.free or self.name in NO_MATTER or isinstance(self.value, bool):
            return False
        return isinstance(self.value, int | float) or self.quantity is not None

    @property
    def quantity(self) -> re.Match[str] | None:
        """Number and unit of a text such as "250ms"."""
        if not isinstance(self.value, str) or _LABELS.intersection(self.loc):
            return None
        return QUANTITY.fullmatch(self.value)

    @property
    def word(self) -> str | None:
        """A text on which something hangs: an id, a kind, a word of a list, a path, a label."""
        if self.free or not isinstance(self.value, str) or self.quantity is not None:
            return None
        return self.value

    @property
    def _on_the_map(self) -> bool:
        return len(self.loc) > 2 and self.loc[2] == "at" and self.section in ("node", "client")


@dataclass(frozen=True)
class Original:
    """A level's file as text, and what is in it."""

    path: Path
    source: Source

    @property
    def data(self) -> bytes:
        """The bytes of the file."""
        return self.source.data

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """All its values, in the order of the text."""
        found = _below(self.source.root, self.source.document, ())
        return tuple(sorted(found, key=lambda site: (site.key or site.at, site.loc)))

    @cached_property
    def normal(self) -> dict[str, Any]:
        """Its document in normal form, where each fault has an id."""
        document = read_source(self.data, str(self.path)).document
        normalise(document)
        return document

    @cached_property
    def named(self) -> frozenset[str]:
        """What a word may refer to: ids, their machines, measures that every level has."""
        every = {one for section in SECTIONS for _, one in ids(self.normal, section)}
        machines = {
            site.word
            for site in self.sites
            if site.word and site.word.rpartition("-")[0] in every and site.word[-1].isdigit()
        }
        return frozenset(every | machines | {*MEASURES})

    @property
    def duration_us(self) -> int:
        """Length of the run."""
        return parse_duration(self.source.document["duration"])

    @cached_property
    def tables(self) -> tuple[Span, ...]:
        """Where each `[header]` begins, and where the last line under it ends."""
        root = parser().parse(self.data).root_node
        return tuple(
            (node.start_byte, self._line_end(_last(node)))
            for node in root.named_children
            if node.type in ("table", "table_array_element")
        )

    def table_of(self, loc: Loc) -> tuple[Span, ...]:
        """The table at a path (a section and an index) with the tables below it."""
        begin = self.source.find(loc)[0].value
        after = self.source.find((loc[0], int(loc[1]) + 1))
        assert begin is not None
        end = after[0].value if after[1] == 2 else None
        nearest = [span for span in self.tables if span[0] >= begin[0]]
        if end is not None:
            nearest = [span for span in nearest if span[0] < end[0]]
        own = [nearest[0]]
        prefix = f"{loc[0]}."
        for span in nearest[1:]:
            header = self.data[span[0] : span[1]].decode().lstrip("[ ")
            if not header.startswith(prefix):
                break
            own.append(span)
        return tuple(own)

    def line_of(self, at: Span) -> Span:
        """The whole line in which something begins."""
        return self.data.rfind(b"\n", 0, at[0]) + 1, self._line_end(at[1])

    def _line_end(self, offset: int) -> int:
        end = self.data.find(b"\n", offset)
        return len(self.data) if end < 0 else end + 1


def original(path: Path) -> Original:
    """The level of a file, which must be TOML."""
    source = read_source(load_bytes(path), str(path))
    assert not source.broken, path
    return Original(path, source)


def proofs_of(path: Path) -> Original:
    """The proofs beside a level's file."""
    return original(proofs_path(path))


def _last(node: Node) -> int:
    """The end of what stands last in a table, comments left out."""
    return max(child.end_byte for child in node.named_children if child.type != "comment")


def _below(spot: Spot, value: Any, loc: Loc) -> Iterator[Site]:
    for part, child in spot.children.items():
        inner = value[part]
        here = (*loc, part)
        assert child.value is not None
        header = isinstance(inner, dict | list) and child.key is not None and _in_header(child)
        if not child.tables:
            key = child.key if isinstance(part, str) or header else None
            yield Site(here, inner, child.value, key, header)
        yield from _below(child, inner, here)


def _in_header(spot: Spot) -> bool:
    """The spot's key is inside its value: both are the header."""
    assert spot.key is not None
    assert spot.value is not None
    return spot.value[0] <= spot.key[0] < spot.value[1]
