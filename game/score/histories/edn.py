"""EDN: the part of it that histories are written in, read strictly and within bounds.

After the edn-format specification (Hickey): nil, booleans, text, characters, keywords, symbols,
numbers, lists, vectors, maps, sets, comments, `#_`. A tag is read past, so that a record is the map
that it shows. Keywords, symbols and booleans become `Symbol`s, maps `Map`s, lists tuples.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from game.level.problems import Unreadable, clean
from game.score.consistency.history import Map, Symbol, Value

DEEPEST = 16
LONGEST_NUMBER = 40
"""Digits of a whole number."""
OPENS = {"(": ")", "[": "]", "{": "}", "#{": "}"}

TOKEN = re.compile(
    r"""(?P<space>[\s,]+|;[^\n]*)
    |(?P<open>\#\{|[\[({])
    |(?P<close>[\])}])
    |(?P<discard>\#_)
    |(?P<tag>\#[:A-Za-z][^\s,;"()\[\]{}]*)
    |(?P<text>"(?:[^"\\]|\\.)*")
    |(?P<character>\\(?:[^\s,()\[\]{}";]+|.))
    |(?P<atom>[^\s,;"()\[\]{}\\#][^\s,;"()\[\]{}\\]*)""",
    re.VERBOSE | re.DOTALL,
)
WHOLE = re.compile(r"[+-]?[0-9]+N?")
BROKEN = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?M?")
ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Form:
    """A value, and where in its text it begins."""

    value: Value
    offset: int


class Text:
    """A text with the name under which mistakes in it are told."""

    __slots__ = ("_lines", "name", "text")

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1."""
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def wrong(self, offset: int, what: str) -> Unreadable:
        """The error that tells what is wrong at a place."""
        line, column = self.place(offset)
        return Unreadable(f"{self.name}:{line}:{column}: {clean(what)}")


@dataclass(slots=True)
class Open:
    """A list, map or set that has not ended."""

    bracket: str
    offset: int
    items: list[Value]
    discards: int = 0
    """How many of the next values are to be left out."""
    tagged: int = 0
    """Where the tag of the next value is, from 1; 0 where there is none."""


def read_forms(text: Text, begin: int = 0, end: int | None = None) -> Iterator[Form]:
    """The values of a text one after the other, those of an outermost list or vector each by
    itself. Raises `Unreadable`."""
    stop = len(text.text) if end is None else end
    outer = Open("", begin, [])
    stack = [outer]
    listed: Open | None = None
    at = begin
    while at < stop:
        match = TOKEN.match(text.text, at, stop)
        if match is None:
            raise text.wrong(at, _no_token(text.text[at]))
        kind, word, here = match.lastgroup, match.group(), at
        at = match.end()
        top = stack[-1]
        if kind == "space":
            continue
        if kind == "discard":
            top.discards += 1
            continue
        if kind == "tag":
            top.tagged = here + 1
            continue
        if kind == "open":
            if len(stack) > DEEPEST:
                raise text.wrong(here, f"nested deeper than {DEEPEST} levels")
            stack.append(Open(word, here, []))
            if len(stack) == 2 and listed is None and word in "([" and not outer.discards:
                listed = stack[-1]
            continue
        if kind == "close":
            if len(stack) == 1 or OPENS[top.bracket] != word:
                raise text.wrong(here, f'"{word}" closes nothing that is open')
            if top.discards or top.tagged:
                raise text.wrong(here, 'there is no value here for the "#" before it')
            stack.pop()
            if top is listed:
                listed = None
                continue
            value, here = closed(text, top), top.offset
        else:
            value = atom(text, here, kind or "", word)
        above = stack[-1]
        if above.discards:
            above.discards -= 1
        elif above is outer or above is listed:
            yield Form(value, here)
        else:
            above.items.append(value)
        above.tagged = 0
    if len(stack) > 1:
        raise text.wrong(stack[-1].offset, f'"{stack[-1].bracket}" is never closed')
    if outer.discards or outer.tagged:
        raise text.wrong(stop, 'there is no value here for the "#" before it')


def _no_token(character: str) -> str:
    if character == '"':
        return "the text that begins here never ends"
    return f'"{character}" begins nothing that EDN has'


def closed(text: Text, it: Open) -> Value:
    """The value of a list, map or set that has ended. Raises `Unreadable`."""
    if it.bracket == "#{":
        found = frozenset(it.items)
        if len(found) != len(it.items):
            raise text.wrong(it.offset, "the set has an element twice")
        return found
    if it.bracket != "{":
        return tuple(it.items)
    if len(it.items) % 2:
        raise text.wrong(it.offset, "the map has a key without a value")
    keys = it.items[::2]
    if len(set(keys)) != len(keys):
        raise text.wrong(it.offset, "the map has a key twice")
    return Map.of(zip(keys, it.items[1::2], strict=True))


def atom(text: Text, offset: int, kind: str, word: str) -> Value:
    """The value of one word. Raises `Unreadable`."""
    if kind == "text":
        return unescaped(text, offset, word)
    if kind == "character":
        return Symbol(word)
    if word == "nil":
        return None
    if WHOLE.fullmatch(word):
        if len(word) > LONGEST_NUMBER:
            raise text.wrong(offset, f"a number of more than {LONGEST_NUMBER} digits")
        return int(word.rstrip("N"))
    if BROKEN.fullmatch(word):
        number = float(word.rstrip("M"))
        if abs(number) == float("inf"):
            raise text.wrong(offset, "the number is too large")
        return number
    if word[0].isdigit():
        raise text.wrong(offset, f'"{word[:40]}" is no number')
    return Symbol(word)


def unescaped(text: Text, offset: int, word: str) -> str:
    """Text without its quotes. Raises `Unreadable`."""
    inner = word[1:-1]
    if "\\" not in inner:
        return inner

    def plain(match: re.Match[str]) -> str:
        code = match[1]
        if len(code) == 5:
            return chr(int(code[1:], 16))
        if code not in ESCAPED:
            raise text.wrong(offset + 1 + match.start(), f'"\\{code}" stands for nothing')
        return ESCAPED[code]

    return ESCAPE.sub(plain, inner)


def written(value: Value) -> str:
    """A value as EDN."""
    if value is None:
        return "nil"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        for name, character in (("n", "\n"), ("t", "\t"), ("r", "\r")):
            escaped = escaped.replace(character, f"\\{name}")
        return f'"{escaped}"'
    if isinstance(value, Map):
        return "{" + ", ".join(f"{written(key)} {written(it)}" for key, it in value) + "}"
    if isinstance(value, tuple):
        return "[" + in_turn(value) + "]"
    if isinstance(value, frozenset):
        return "#{" + in_turn(sorted(value, key=repr)) + "}"
    return repr(value)


def in_turn(values: Sequence[Value]) -> str:
    """Values one after the other, as EDN."""
    return " ".join(map(written, values))
