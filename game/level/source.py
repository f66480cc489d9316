"""A TOML file as text: its document, and the line and column of every key and value.

Format 1 is TOML 1.0 as tree-sitter-toml parses it (which gives the places) with the values that
`tomllib` reads; what either refuses is an error, so one grammar holds on every Python. Input is
hostile: size, depth and lengths are bounded before anything recursive sees it.
"""

from __future__ import annotations

import math
import re
import tomllib
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from game.level.codes import CODES
from game.level.nearest import listed, nearest
from game.level.problems import (
    ROOT,
    SHOWN,
    Complaint,
    Loc,
    PlaceLabel,
    Problem,
    Problems,
    Unreadable,
    clean,
)

MOST_BYTES = 512 * 1024
DEEPEST = 64
LONGEST_LIST = 10_000
LARGEST_INTEGER = 2**63 - 1
MOST_SYNTAX_PROBLEMS = 10
EXPLAIN = "ninelives level explain"
"""The command that explains a code."""

_LEXEMES = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\Z)'
    r"|'''.*?(?:'''|\Z)"
    r'|"(?:\\[^\n]|[^"\\\n])*"?'
    r"|'[^'\n]*'?"
    r"|#[^\n]*"
    r"|[\[\]{}]",
    re.DOTALL,
)
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)")
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

Span = tuple[int, int]


@dataclass(slots=True)
class Spot:
    """Where a key and its value stand in the text, as byte offsets."""

    key: Span | None = None
    value: Span | None = None
    children: dict[str | int, Spot] = field(default_factory=dict)
    tables: bool = False
    """It is a list of tables made of `[[headers]]`."""
    written: bool = False
    """It has a header or an equals sign of its own."""


def _nowhere(_what: str, _identity: str) -> Loc | None:
    """No declaration is known."""
    return None


@dataclass(slots=True)
class Source:
    """One file. `document` is empty while the file has syntax problems (`broken`)."""

    path: str
    data: bytes
    document: dict[str, Any] = field(default_factory=dict)
    root: Spot = field(default_factory=Spot)
    broken: bool = False
    reported: list[tuple[Span, Complaint]] = field(default_factory=list)
    declared: Callable[[str, str], Loc | None] = _nowhere
    """Where something that complaints refer to is declared: see `declared.py`."""
    _lines: list[int] = field(default_factory=list)

    def complain(self, complaint: Complaint) -> None:
        """Report something wrong with the key or value at `complaint.loc`."""
        spot, depth = self.find(complaint.loc)
        span = spot.key if complaint.on_key and depth == len(complaint.loc) else spot.value
        self.report(span or spot.value or spot.key or (0, 0), complaint)

    def report(self, span: Span, complaint: Complaint) -> None:
        """Report something wrong with a piece of the text."""
        self.reported.append((span, complaint))

    def find(self, loc: Loc) -> tuple[Spot, int]:
        """The spot of the longest part of `loc` that stands in the file, and that length."""
        spot = self.root
        for depth, part in enumerate(loc):
            child = spot.children.get(part)
            if child is None:
                return spot, depth
            spot = child
        return spot, len(loc)

    def problems(self) -> Problems:
        """Everything reported, in order of place.

        Of the complaints about one value that was found unfit for any use, only that one is told.
        """
        unfit = {span for span, said in self.reported if said.name in _FINAL}
        found = sorted(
            {
                (span, said)
                for span, said in self.reported
                if said.name in _FINAL or span not in unfit
            },
            key=lambda entry: (entry[0], entry[1].name, entry[1].message),
        )
        return Problems(self._problem(n, span, said) for n, (span, said) in enumerate(found))

    def _problem(self, n: int, span: Span, said: Complaint) -> Problem:
        told = n < SHOWN
        line, column, length, text = self._marked(span)
        suggestion = nearest(said.word, said.allowed) if told and said.word else ""
        return Problem(
            name=said.name,
            message=clean(said.message),
            path=self.path,
            line=line,
            column=column,
            length=length,
            excerpt=text if told else "",
            suggestion=suggestion,
            labels=tuple(self._labels(span, said, suggestion)) if told else (),
            note=f"{said.of}: {listed(said.allowed)}" if said.of and said.allowed else "",
            help=(*((said.help,) if said.help else ()), f"`{EXPLAIN} {CODES[said.name].code}`"),
        )

    def _labels(self, span: Span, said: Complaint, suggestion: str) -> Iterator[PlaceLabel]:
        """The second places of a complaint that stand in the file, each once."""
        second = [(loc[1:] if loc[:1] == (ROOT,) else loc, text) for loc, text in said.second]
        mentions = said.mentions
        if said.declares and suggestion:
            mentions = (*mentions, (said.declares, suggestion, f'"{suggestion}" is declared here'))
        for what, identity, text in mentions:
            loc = self.declared(what, identity)
            if loc is not None:
                second.append((loc, text))
        spans = {span}
        for loc, text in second:
            place = self._second(loc)
            if place is not None and place not in spans:
                spans.add(place)
                line, column, length, excerpt = self._marked(place)
                yield PlaceLabel(line, column, length, clean(text), excerpt)

    def _second(self, loc: Loc) -> Span | None:
        """What to underline as a second place: a key, an entry of a list, or the value of an id."""
        spot, depth = self.find(loc)
        if depth < len(loc) - (loc[-1:] == ("id",)):
            return None
        on_key = depth == len(loc) > 0 and isinstance(loc[-1], str) and loc[-1] != "id"
        return (spot.key if on_key else None) or spot.value or spot.key

    def _marked(self, span: Span) -> tuple[int, int, int, str]:
        """Line, column, characters and text of the first line of a piece of the text."""
        line, column = self.place(span[0])
        text = self._line(line)
        start = self._starts()[line - 1]
        inside = self.data[span[0] : min(span[1], start + len(text.encode()))]
        return line, column, max(1, len(inside.decode(errors="replace"))), text

    def _starts(self) -> list[int]:
        if not self._lines:
            self._lines = [0, *(match.end() for match in re.finditer(b"\n", self.data))]
        return self._lines

    def _line(self, line: int) -> str:
        starts = self._starts()
        end = starts[line] if line < len(starts) else len(self.data)
        return self.data[starts[line - 1] : end].decode(errors="replace").rstrip("\r\n")

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1, of a byte offset; columns are counted in characters."""
        starts = self._starts()
        line = bisect_right(starts, offset)
        before = self.data[starts[line - 1] : offset]
        return line, len(before.decode(errors="replace")) + 1

    def offset(self, line: int, column: int) -> int:
        """The byte offset of a place (the inverse of `place`, inside the text)."""
        starts = self._starts()
        line = min(max(line, 1), len(starts))
        return starts[line - 1] + len(self._line(line)[: column - 1].encode())


_FINAL = frozenset({"no-such-value", "control-character"})


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_toml.language()))


def load_bytes(path: Path) -> bytes:
    """The file's bytes; raises Unreadable where it cannot be opened or is too large."""
    shown = clean(str(path))
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a usable path"
        raise Unreadable(f"{shown} cannot be opened: {reason}.") from None
    if len(data) > MOST_BYTES:
        raise Unreadable(f"{shown} is larger than {MOST_BYTES // 1024} KiB.")
    return data


def read_source(data: bytes, path: str) -> Source:
    """The source of a file; its problems so far are in `reported`. Raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable(f"{clean(path)} is larger than {MOST_BYTES // 1024} KiB.")
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(f"{clean(path)} is not UTF-8 text (byte {error.start}).") from None
    source = Source(path=path, data=data)
    for step in (_check_characters, _check_nesting, _parse, _load):
        step(source, text)
        if source.reported:
            source.broken = True
            source.document = {}
            return source
    _check_values(source)
    return source


def _check_characters(source: Source, text: str) -> None:
    for match in _forbidden(text):
        at = len(text[: match.start()].encode())
        message = f"the control character U+{ord(match[0]):04X} cannot stand in a file"
        source.report((at, at + 1), Complaint("control-character", message))


def _forbidden(text: str) -> Iterator[re.Match[str]]:
    for n, match in enumerate(_FORBIDDEN.finditer(text)):
        if n == MOST_SYNTAX_PROBLEMS:
            return
        yield match


def _check_nesting(source: Source, text: str) -> None:
    depth = 0
    for match in _LEXEMES.finditer(text):
        if match[0] in "[{":
            depth += 1
        elif match[0] in "]}":
            depth = max(0, depth - 1)
        if depth > DEEPEST:
            at = len(text[: match.start()].encode())
            source.report((at, at + 1), _too_deep())
            return


def _too_deep() -> Complaint:
    return Complaint("too-deep", f"this is nested deeper than {DEEPEST}")


def _parse(source: Source, text: str) -> None:
    tree = _parser().parse(source.data)
    if tree.root_node.has_error:
        _report_syntax(source, text, tree.root_node)
        return
    _Index(source).build(tree.root_node)


def _broken_nodes(root: Node) -> Iterator[Node]:
    """The outermost broken nodes in order of place, the first few."""
    stack = [root]
    found = 0
    while stack and found < MOST_SYNTAX_PROBLEMS:
        node = stack.pop()
        if node.is_error or node.is_missing:
            found += 1
            yield node
        elif node.has_error:
            stack.extend(reversed(node.children))


def _report_syntax(source: Source, text: str, root: Node) -> None:
    """What `tomllib` says of its first error, and what else is broken on the lines below."""
    _load(source, text)
    told = max((source.place(span[0])[0] for span, _ in source.reported), default=0)
    for node in _broken_nodes(root):
        if node.start_point.row + 1 > told:
            _report_broken(source, node)
    if not source.reported:
        _report_broken(source, root)


def _report_broken(source: Source, node: Node) -> None:
    start, end = node.start_byte, node.end_byte
    if node.is_missing:
        message = f"{node.type} is missing here"
    else:
        snippet = source.data[start:end].decode(errors="replace").strip().split("\n")[0][:40]
        message = f"this is not TOML: {snippet}" if snippet else "this is not TOML"
    source.report((start, end), Complaint("syntax", message))


class _Index:
    """Builds the tree of spots, and reports what is written twice, too deep or too long."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.data = source.data

    def build(self, root: Node) -> None:
        for node in root.named_children:
            if node.type == "pair":
                self._pair(self.source.root, node, 0)
            elif node.type in ("table", "table_array_element"):
                self._table(node)

    def _table(self, node: Node) -> None:
        key_node, *pairs = (child for child in node.named_children if child.type != "comment")
        keys = self._keys(key_node)
        span = (node.start_byte, self._header_end(node))
        if len(keys) > DEEPEST:
            self.source.report(span, _too_deep())
            return
        parent = self.source.root
        for key, _ in keys[:-1]:
            parent = self._entered(parent.children.setdefault(key, Spot(value=span)))
        name, key_span = keys[-1]
        spot = parent.children.setdefault(name, Spot(key=key_span, value=span))
        if node.type == "table_array_element":
            spot.tables = spot.written = True
            if len(spot.children) == LONGEST_LIST:
                self._too_long(span)
            spot = spot.children.setdefault(len(spot.children), Spot(key=key_span, value=span))
        elif spot.written:
            self._twice(name, key_span)
            spot = self._entered(spot)
        else:
            spot.key, spot.value, spot.written = key_span, span, True
        for pair in pairs:
            self._pair(spot, pair, len(keys))

    @staticmethod
    def _entered(spot: Spot) -> Spot:
        """Where a header that goes through `spot` leads: into the last of its tables."""
        return spot.children[len(spot.children) - 1] if spot.tables and spot.children else spot

    @staticmethod
    def _header_end(node: Node) -> int:
        closers = (child for child in node.children if child.type in ("]", "]]"))
        return next((child.end_byte for child in closers), node.end_byte)

    def _pair(self, parent: Spot, pair: Node, depth: int) -> None:
        """Index one pair and everything below it."""
        stack = [(parent, pair, depth)]
        while stack:
            parent, node, depth = stack.pop()
            if node.type == "pair":
                entry = self._bind(parent, node, depth)
                if entry is None:
                    continue
                parent, node, depth = entry
            below = [child for child in node.named_children if child.type != "comment"]
            if node.type == "inline_table":
                stack.extend((parent, child, depth) for child in reversed(below))
            elif node.type == "array":
                if len(below) > LONGEST_LIST:
                    self._too_long((node.start_byte, node.end_byte))
                    continue
                for index, child in enumerate(below):
                    spot = Spot(value=(child.start_byte, child.end_byte))
                    parent.children[index] = spot
                    if child.type in ("array", "inline_table"):
                        stack.append((spot, child, depth + 1))

    def _bind(self, parent: Spot, pair: Node, depth: int) -> tuple[Spot, Node, int] | None:
        key_node, value, *_ = (child for child in pair.named_children if child.type != "comment")
        keys = self._keys(key_node)
        depth += len(keys)
        if depth > DEEPEST:
            self.source.report((key_node.start_byte, key_node.end_byte), _too_deep())
            return None
        value_span = (value.start_byte, value.end_byte)
        for key, span in keys[:-1]:
            parent = parent.children.setdefault(key, Spot(key=span, value=value_span))
        name, key_span = keys[-1]
        if name in parent.children:
            self._twice(name, key_span)
            return None
        spot = Spot(key=key_span, value=value_span, written=True)
        parent.children[name] = spot
        return spot, value, depth

    def _keys(self, node: Node) -> list[tuple[str, Span]]:
        """The parts of a key with their places. A dotted key is a list that leans to the left."""
        parts: list[Node] = []
        while node.type == "dotted_key":
            node, last = (child for child in node.named_children if child.type != "comment")
            parts.append(last)
        parts.append(node)
        return [(self._key(part), (part.start_byte, part.end_byte)) for part in reversed(parts)]

    def _key(self, node: Node) -> str:
        text = self.data[node.start_byte : node.end_byte].decode()
        if node.type != "quoted_key":
            return text
        try:
            return str(tomllib.loads(f"key = {text}")["key"])
        except ValueError:
            return text[1:-1]

    def _twice(self, name: str, span: Span) -> None:
        self.source.report(span, Complaint("duplicate-key", f'"{name}" is written twice'))

    def _too_long(self, span: Span) -> None:
        message = f"this list has more than {LONGEST_LIST} entries"
        self.source.report(span, Complaint("too-long", message))


def _load(source: Source, text: str) -> None:
    try:
        source.document = tomllib.loads(text)
    except RecursionError:
        source.report((0, 1), _too_deep())
    except ValueError as error:
        message = str(error)
        where = _WHERE.search(message)
        at = len(source.data)
        if where is None:
            message = "a number has too many digits" if "digit" in message else message
            at = 0
        elif where[1]:
            at = source.offset(int(where[1]), int(where[2]))
        message = _WHERE.sub("", message)
        source.report((at, at + 1), Complaint("syntax", f"this is not TOML 1.0: {message}"))


def _check_values(source: Source) -> None:
    """Report values that no key takes, and put None in their place."""
    stack: list[tuple[Any, str | int, Loc]] = [({"": source.document}, "", ())]
    while stack:
        holder, key, loc = stack.pop()
        value = holder[key]
        if isinstance(value, dict):
            for name in value:
                _check_key(source, name, (*loc, name))
            stack.extend((value, name, (*loc, name)) for name in value)
        elif isinstance(value, list):
            stack.extend((value, n, (*loc, n)) for n in range(len(value)))
        elif message := _unfit(value):
            name = "control-character" if isinstance(value, str) else "no-such-value"
            source.complain(Complaint(name, message, loc))
            holder[key] = None


def _check_key(source: Source, name: str, loc: Loc) -> None:
    if _UNSAFE.search(name):
        message = "a key holds a control character"
        source.complain(Complaint("control-character", message, loc, on_key=True))


def _unfit(value: object) -> str:
    if isinstance(value, str):
        found = _UNSAFE.search(value)
        return f"this text holds the control character U+{ord(found[0]):04X}" if found else ""
    if isinstance(value, bool):
        return ""
    if isinstance(value, int):
        return "" if abs(value) <= LARGEST_INTEGER else "a number this large has no use here"
    if isinstance(value, float):
        return "" if math.isfinite(value) else "only finite numbers have a use here"
    return 'dates and times of day have no use here; times of the run are written like "10s"'
