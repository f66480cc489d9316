"""What is wrong with a file: problems with their place, a caret and the nearest word."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import islice

SHOWN = 100
"""Problems of one file that are told; of more, only the number is."""
EXCERPT = 100
"""Characters of a line that are echoed."""
LISTED = 14
"""Right words that are listed."""

_TERMINAL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of the closed list of what can be wrong."""

    code: str
    name: str
    says: str


CODES: dict[str, Code] = {
    name: Code(code, name, says)
    for code, name, says in (
        ("L001", "syntax", "The file is not TOML 1.0."),
        ("L002", "duplicate-key", "A key or table is written twice."),
        ("L003", "control-character", "Text holds a character that no screen should get."),
        ("L004", "too-deep", "Tables and lists are nested deeper than is allowed."),
        ("L005", "too-long", "A list has more entries than is allowed."),
        ("L006", "no-such-value", "Dates, infinities and huge numbers have no use in a level."),
        ("L010", "wrong-type", "The value is of another type than the key takes."),
        ("L011", "unknown-key", "The table has no such key."),
        ("L012", "missing-key", "The table lacks a key that it needs."),
        ("L013", "bad-value", "The value cannot be read as what the key takes."),
        ("L014", "out-of-range", "The number is too small or too large."),
        ("L015", "bad-name", "An id is not written as ids are."),
        ("L016", "bad-text", "Text is too long, or not one line."),
        ("L017", "bad-duration", "A duration is a number with its unit, in quotes."),
        ("L018", "bad-size", "A size is a number with its unit, in quotes."),
        ("L020", "wrong-format", "The file is of a format that this program does not read."),
        ("L021", "unknown-kind", "No kind of that name is registered."),
        ("L022", "unknown-reference", "Nothing in the level has that id."),
        ("L023", "duplicate-id", "Two things have the same id."),
        ("L024", "outside-run", "A time lies after the end of the run."),
        ("L025", "wrong-target", "A fault of this kind cannot be aimed at that."),
        ("L026", "call-cycle", "Services call each other in a circle."),
        ("L027", "contradiction", "Keys that exclude each other, or need each other."),
        ("L028", "too-many-calls", "One request spreads over too many calls, or too deep."),
        ("L030", "unknown-path", "A control sets something that does not exist."),
        ("L031", "bad-choice", "A choice of a control makes the level invalid."),
        ("L032", "unknown-choice", "The control has no choice of that label."),
        ("L033", "unknown-control", "The level has no control of that id."),
        ("L034", "unknown-family", "There is no such family of controls."),
        ("L040", "unknown-measure", "Nothing measures that."),
        ("L050", "other-level", "The file belongs to another level."),
    )
}
"""By name. Codes are never reused."""


class Unreadable(Exception):
    """Input that cannot be opened, decoded or is too large; the message is one sentence."""


def clean(text: str) -> str:
    """The text with every character that a terminal might obey replaced."""
    return _TERMINAL.sub("\N{REPLACEMENT CHARACTER}", text.replace("\t", " "))


def nearest(word: str, allowed: Collection[str]) -> str:
    """The allowed word that is most like `word`, or ""."""
    folded = {candidate.lower(): candidate for candidate in islice(allowed, 1000)}
    found = difflib.get_close_matches(word.lower()[:80], folded, n=1, cutoff=0.55)
    return folded[found[0]] if found else ""


def listed(words: Collection[str]) -> str:
    """The words with commas; of many only the first."""
    shown = [word or '""' for word in islice(words, LISTED)]
    return ", ".join(shown) + (", ..." if len(words) > LISTED else "")


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something wrong with the value at `loc`, the path of keys and indices in its table."""

    name: str
    message: str
    loc: tuple[str | int, ...] = ()
    on_key: bool = False
    """It is the key at `loc` that is wrong, not its value."""
    word: str = ""
    """What was written where one of `allowed` was expected."""
    allowed: Collection[str] = field(default=(), compare=False)
    of: str = ""
    """What the allowed words are, in the plural."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong at one place. Lines and columns count from 1, columns in characters."""

    name: str
    message: str
    path: str
    line: int
    column: int
    length: int = 1
    """Characters that the carets underline."""
    excerpt: str = ""
    """The line."""
    suggestion: str = ""
    """The nearest right word, or ""."""
    note: str = ""

    @property
    def code(self) -> str:
        """Its code, such as `L021`."""
        return CODES[self.name].code

    def __str__(self) -> str:
        number = str(self.line)
        gutter = " " * len(number)
        shown, before, under = _cut(self.excerpt, self.column, self.length)
        hint = f' did you mean "{self.suggestion}"?' if self.suggestion else ""
        lines = [
            f"error[{self.code}]: {self.message}",
            f" {gutter}--> {self.path}:{self.line}:{self.column}",
            f" {gutter} |",
            f" {number} | {shown}",
            f" {gutter} | {' ' * before}{'^' * under}{hint}",
        ]
        if self.note:
            lines.append(f" {gutter} = {self.note}")
        return "\n".join(clean(line).rstrip() for line in lines)


def _cut(line: str, column: int, length: int) -> tuple[str, int, int]:
    """The part of a line to show, and the cells before and under the carets."""
    start = column - 1
    first = max(0, start - EXCERPT // 2) if len(line) > EXCERPT else 0
    part = clean(line)[first : first + EXCERPT]
    start -= first
    return part, _cells(part[:start]), max(1, _cells(part[start : start + length]))


def _cells(text: str) -> int:
    """Terminal cells that the text fills."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


class Problems(tuple[Problem, ...]):
    """All problems of one file, in order of their places. Empty where all is well."""

    __slots__ = ()

    def __str__(self) -> str:
        told = [str(problem) for problem in self[:SHOWN]]
        if len(self) > SHOWN:
            told.append(f"and {len(self) - SHOWN} more")
        return "\n\n".join(told)


class LevelErrors(Exception):
    """A file with problems. `str` is text for people."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = Problems(problems)
        super().__init__(str(self.problems))
