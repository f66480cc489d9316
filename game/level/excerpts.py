"""A problem as lines for people: the message, the lines of the file with carets, notes and help.

The layout is that of rustc: `^` under what is wrong, `-` under second places, lines in order of
the file with `...` where some between them are left out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from game.level.problems import PlaceLabel, Problem, clean

EXCERPT = 100
"""Characters of a line that are echoed."""


@dataclass(frozen=True, slots=True)
class StyledLine:
    """One line: pieces of text, each with what it is.

    That is `error`, `warning`, `label` (of a second place), `gutter`, `strong` or "".
    """

    pieces: tuple[tuple[str, str], ...]
    """(what it is, text); free of characters that a terminal might obey."""

    @property
    def plain(self) -> str:
        """The line without styles."""
        return "".join(text for _, text in self.pieces)


def _line(*pieces: tuple[str, str]) -> StyledLine:
    """A cleaned line without blanks at its end."""
    cleaned = [(style, clean(text)) for style, text in pieces]
    while cleaned:
        style, text = cleaned.pop()
        if text.rstrip():
            cleaned.append((style, text.rstrip()))
            break
    return StyledLine(tuple(cleaned))


@dataclass(frozen=True, slots=True)
class _Mark:
    """What is underlined, and what is said of it."""

    line: int
    column: int
    length: int
    excerpt: str
    text: str
    style: str
    sign: str


def _marks(problem: Problem) -> list[_Mark]:
    hint = f'did you mean "{problem.suggestion}"?' if problem.suggestion else ""
    first = _Mark(
        problem.line, problem.column, problem.length, problem.excerpt, hint, problem.severity, "^"
    )
    return sorted([first, *map(_second, problem.labels)], key=lambda mark: mark.line)


def _second(label: PlaceLabel) -> _Mark:
    return _Mark(label.line, label.column, label.length, label.excerpt, label.text, "label", "-")


def problem_lines(problem: Problem) -> Iterator[StyledLine]:
    """The lines of one problem."""
    marks = _marks(problem)
    margin = " " * len(str(marks[-1].line))
    head = f"{problem.severity}[{problem.code}]"
    yield _line((problem.severity, head), ("strong", f": {problem.message}"))
    place = f"{problem.path}:{problem.line}:{problem.column}"
    yield _line(("gutter", f" {margin}--> "), ("", place))
    yield _line(("gutter", f" {margin} |"))
    before = 0
    for mark in marks:
        shown, start, under = _cut(mark.excerpt, mark.column, mark.length)
        if before and mark.line > before + 1:
            yield _line(("gutter", " ..."))
        if mark.line != before:
            number = str(mark.line).rjust(len(margin))
            yield _line(("gutter", f" {number} | "), ("", shown))
        says = f" {mark.text}" if mark.text else ""
        underline = f"{' ' * start}{mark.sign * under}{says}"
        yield _line(("gutter", f" {margin} | "), (mark.style, underline))
        before = mark.line
    if problem.note:
        yield _line(("gutter", f" {margin} = "), ("strong", "note: "), ("", problem.note))
    for sentence in problem.help:
        yield _line(("gutter", f" {margin} = "), ("strong", "help: "), ("", sentence))


def _cut(line: str, column: int, length: int) -> tuple[str, int, int]:
    """The part of a line to show, and the cells before and under the carets."""
    start = column - 1
    first = max(0, start - EXCERPT // 2) if len(line) > EXCERPT else 0
    part = clean(line[first : first + EXCERPT])
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
