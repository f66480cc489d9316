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
from itertools import accumulate
from pathlib import Path
from typing import Any

from tree_sitter import Node

from game.level.bounds import MOST_BYTES, check_bounds, too_deep, too_large
from game.level.codes import CODES
from game.level.nearest import listed
from game.level.paths import unreadable
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
from game.level.spots import Span, Spot, SpotTree, parser
from game.level.syntax import mistakes_in

LARGEST_INTEGER = 2**63 - 1
MOST_SYNTAX_PROBLEMS = 10
Seconds = tuple[tuple[Span, str], ...]
"""Pieces of the text, and what each is."""
EXPLAIN = "ninelives level explain"
"""The command that explains a code."""

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)")
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


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
    second: dict[Span, Seconds] = field(default_factory=dict)
    """Second places of pieces of the text, where no path leads to them."""
    declared: Callable[[str, str], Loc | None] = _nowhere
    """Where something that complaints refer to is declared: see `declared.py`."""
    _lines: list[int] = field(default_factory=list)
    _texts: dict[int, tuple[str, list[int]]] = field(default_factory=dict)

    def complain(self, complaint: Complaint) -> None:
        """Report something wrong with the key or value at `complaint.loc`."""
        spot, depth = self.find(complaint.loc)
        span = spot.key if complaint.on_key and depth == len(complaint.loc) else spot.value
        self.report(span or spot.value or spot.key or (0, 0), complaint)

    def report(self, span: Span, complaint: Complaint, second: Seconds = ()) -> None:
        """Report something wrong with a piece of the text; `second` are other pieces of it."""
        self.reported.append((span, complaint))
        if second:
            self.second[span] = second

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
        suggestion = said.suggestion if told else ""
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
        places = [(self._second(loc), text) for loc, text in second]
        for place, text in (*self.second.get(span, ()), *places):
            if place is not None and place not in spans:
                spans.add(place)
                line, column, length, excerpt = self._marked(place)
                yield PlaceLabel(line, column, length, clean(text), excerpt)

    def _second(self, loc: Loc) -> Span | None:
        """What to underline as a second place: a key, an entry of a list, or the value of an id."""
        spot, depth = self.find(loc)
        # An id need not be written, and a list of one entry may be the entry alone.
        if depth < len(loc) - (loc[-1:] == ("id",) or isinstance(loc[-1], int)):
            return None
        on_key = depth == len(loc) > 0 and isinstance(loc[-1], str) and loc[-1] != "id"
        return (spot.key if on_key else None) or spot.value or spot.key

    def _marked(self, span: Span) -> tuple[int, int, int, str]:
        """Line, column, characters and text of the first line of a piece of the text."""
        line, column = self.place(span[0])
        text, ends = self._line(line)
        inside = min(span[1] - self._starts()[line - 1], ends[-1] if ends else len(text))
        return line, column, max(1, _characters(inside, ends) + 1 - column), text

    def _starts(self) -> list[int]:
        if not self._lines:
            self._lines = [0, *(match.end() for match in re.finditer(b"\n", self.data))]
        return self._lines

    def _line(self, line: int) -> tuple[str, list[int]]:
        """A line without its end, and the byte offset after each character; [] in plain ASCII."""
        if line not in self._texts:
            starts = self._starts()
            end = starts[line] if line < len(starts) else len(self.data)
            text = self.data[starts[line - 1] : end].decode(errors="replace").rstrip("\r\n")
            ends = [] if text.isascii() else [*accumulate(len(char.encode()) for char in text)]
            self._texts[line] = text, ends
        return self._texts[line]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1, of a byte offset; columns are counted in characters."""
        starts = self._starts()
        line = bisect_right(starts, offset)
        return line, _characters(offset - starts[line - 1], self._line(line)[1]) + 1

    def offset(self, line: int, column: int) -> int:
        """The byte offset of a place (the inverse of `place`, inside the text)."""
        starts = self._starts()
        line = min(max(line, 1), len(starts))
        return starts[line - 1] + len(self._line(line)[0][: column - 1].encode())


def _characters(size_bytes: int, ends: list[int]) -> int:
    """The characters that the first bytes of a line are."""
    return bisect_right(ends, size_bytes) if ends else size_bytes


_FINAL = frozenset({"no-such-value", "control-character"})


def load_bytes(path: Path) -> bytes:
    """The file's bytes; of one that is too large, one more than is allowed.

    Raises Unreadable where it cannot be opened.
    """
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None


def read_source(data: bytes, path: str) -> Source:
    """The source of a file; its problems so far are in `reported`. Raises Unreadable."""
    if len(data) > MOST_BYTES:
        return _too_large(data, path)
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(f"{clean(path)} is not UTF-8 text (byte {error.start}).") from None
    source = Source(path=path, data=data)
    for step in (_check_characters, _check_bounds, _parse, _load):
        step(source, text)
        if source.reported:
            source.broken = True
            source.document = {}
            return source
    _check_values(source)
    return source


def _too_large(data: bytes, path: str) -> Source:
    """A source that tells no more than that there is too much of it."""
    text = data[:MOST_BYTES].decode(errors="ignore")
    source = Source(path=path, data=text.encode(), broken=True)
    source.report((len(source.data), len(source.data)), too_large())
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


def _check_bounds(source: Source, text: str) -> None:
    beyond = check_bounds(text)
    if beyond is not None:
        at = len(text[: beyond[0]].encode())
        source.report((at, at + 1), beyond[1])


def _parse(source: Source, text: str) -> None:
    tree = parser().parse(source.data)
    if tree.root_node.has_error:
        _report_syntax(source, text, tree.root_node)
        return
    source.root = SpotTree(source.data, source.report).build(tree.root_node)


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


def _report_mistakes(source: Source, text: str) -> bool:
    """Report the mistakes that are known by sight; whether there are any."""
    mistakes = mistakes_in(text, MOST_SYNTAX_PROBLEMS)
    for one in mistakes:
        start = len(text[: one.start].encode())
        span = (start, start + len(text[one.start : one.end].encode()))
        source.report(span, Complaint("syntax", one.message))
    return bool(mistakes)


def _report_syntax(source: Source, text: str, root: Node) -> None:
    """The mistakes that are known by sight, or what `tomllib` says of its first error, and what
    else is broken on the lines below."""
    if _report_mistakes(source, text):
        return
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


def _load(source: Source, text: str) -> None:
    try:
        source.document = tomllib.loads(text)
    except RecursionError:
        source.report((0, 1), too_deep())
    except ValueError as error:
        if _report_mistakes(source, text):
            return
        message = str(error)
        where = _WHERE.search(message)
        at = len(source.data)
        if where is None:
            message = "a number has too many digits" if "digit" in message else message
            at = 0
        elif where[1]:
            at = source.offset(int(where[1]), int(where[2]))
        message = _WHERE.sub("", message)
        span = (at, at + 1)
        if message.startswith("Cannot "):
            line, _ = source.place(at)
            written = text.split("\n")[line - 1].rstrip()
            begin = source.offset(line, len(written) - len(written.lstrip()) + 1)
            span = (begin, begin + len(written.lstrip().encode()))
            message = "this name is taken above by something else: a value, a table, or a list"
        else:
            message = f"this is not TOML 1.0: {message}"
        source.report(span, Complaint("syntax", message))


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
