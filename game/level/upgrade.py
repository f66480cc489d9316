"""Levels of older formats, and keys that have been renamed: brought up to date, comments kept.

A migration is a function on the TOML document, which tomlkit keeps as it was written, down to
blanks and comments. Of several steps each makes the document of the next format.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from game.level.model import FORMAT
from game.level.problems import LevelErrors, Problem, Problems, Unreadable, clean
from game.level.read import read_level_bytes
from game.level.registry import Registry
from game.level.schema import schema_line
from game.level.schema_line import has_schema_line
from game.level.source import read_source
from game.level.spots import Span, Spot

Migration = Callable[[tomlkit.TOMLDocument], None]
MIGRATIONS: Mapping[int, Migration] = {}
"""By the format that a migration begins with; it makes the next one. Format 1 is the first."""
RENAMED: Mapping[str, Mapping[str, str]] = {}
"""By section ("" for the top of the file): old key to new key."""

_FIRST_COMMENTS = re.compile(r"(?:#[^\r\n]*\r?\n)*")


@dataclass(frozen=True, slots=True)
class Upgraded:
    """A level's text before and after."""

    before: str
    after: str
    steps: tuple[str, ...]
    """What was done, each in a few words."""


def upgrade(
    data: bytes,
    path: str,
    registry: Registry,
    *,
    migrations: Mapping[int, Migration] = MIGRATIONS,
    renamed: Mapping[str, Mapping[str, str]] = RENAMED,
    to: int = FORMAT,
) -> Upgraded:
    """The text of a level in format `to`.

    Raises LevelErrors where the file is not TOML, and Unreadable where it is of a format that
    nothing leads on from, or where the result would have errors that the original has not.
    """
    source = read_source(data, path)
    if source.broken:
        raise LevelErrors(source.problems())
    before = source.data.decode()
    shown = clean(path)
    try:
        steps, after = _upgraded(before, migrations, renamed, to)
    except _Lost as lost:
        raise Unreadable(f"{shown} {lost}") from None
    except (TOMLKitError, RecursionError) as error:
        raise Unreadable(f"{shown} cannot be taken apart: {clean(str(error))[:200]}.") from None
    if after != before and to == FORMAT:
        new = _new_errors(before, after, path, registry)
        if new:
            raise Unreadable(
                f"{shown} stays as it is: upgraded it would have a new error: {new[0].message}."
            )
    return Upgraded(before, after, tuple(steps))


def with_schema_line(one: Upgraded, folder: Path) -> Upgraded:
    """The same, and the line that tells editors where the schema is, for a file in this folder."""
    if has_schema_line(one.after.encode()):
        return one
    newline = "\r\n" if "\r\n" in one.after else "\n"
    after = f"{schema_line(folder)}{newline}{one.after}"
    return replace(one, after=after, steps=(*one.steps, "added the line #:schema"))


class _Lost(Exception):
    """Why there is no way to the format, as the end of a sentence."""


def _upgraded(
    before: str,
    migrations: Mapping[int, Migration],
    renamed: Mapping[str, Mapping[str, str]],
    to: int,
) -> tuple[list[str], str]:
    after, steps = _with_new_keys(before, renamed)
    written = tomllib.loads(after).get("format", 1)
    if type(written) is not int or not 1 <= written <= to:
        raise _Lost(f"says that its format is {written!r:.40}; 1 to {to} can be upgraded.")
    if written < to:
        document = tomlkit.parse(after)
        for number in range(written, to):
            if number not in migrations:
                raise _Lost(f"is of format {number}, from which nothing leads on.")
            migrations[number](document)
            steps.append(f"format {number} -> {number + 1}")
        if "format" in document:
            document["format"] = to
        after = tomlkit.dumps(document)
    if "format" not in tomllib.loads(after):
        steps.append(f"added format = {to}")
        after = _with_first_line(after, f"format = {to}")
    return steps, after


def _with_new_keys(text: str, renamed: Mapping[str, Mapping[str, str]]) -> tuple[str, list[str]]:
    """The text with keys renamed where they stand, and what was renamed."""
    source = read_source(text.encode(), "")
    found: dict[Span, str] = {}
    steps: list[str] = []
    for section, words in renamed.items():
        for table in _tables(source.root, section):
            for old, new in words.items():
                spot = table.children.get(old)
                if spot is not None and spot.key is not None and new not in table.children:
                    found[spot.key] = new
                    steps.append(f"{section + '.' if section else ''}{old} -> {new}")
    data = source.data
    for (start, end), new in sorted(found.items(), reverse=True):
        data = data[:start] + new.encode() + data[end:]
    return data.decode(), steps


def _tables(root: Spot, section: str) -> Iterable[Spot]:
    """The tables of a section; "" is the top of the file."""
    if not section:
        return (root,)
    return root.children[section].children.values() if section in root.children else ()


def _with_first_line(text: str, line: str) -> str:
    """The text with one more line in front of its first key, below the comments at its top."""
    newline = "\r\n" if "\r\n" in text else "\n"
    found = _FIRST_COMMENTS.match(text)
    at = found.end() if found else 0
    return f"{text[:at]}{line}{newline}{text[at:]}"


def _new_errors(before: str, after: str, path: str, registry: Registry) -> list[Problem]:
    """Errors of the text after that the text before has not."""
    had = Counter((one.name, one.message) for one in _errors(before, path, registry))
    found = []
    for one in _errors(after, path, registry):
        had[one.name, one.message] -= 1
        if had[one.name, one.message] < 0:
            found.append(one)
    return found


def _errors(text: str, path: str, registry: Registry) -> Problems:
    return read_level_bytes(text.encode(), path, registry, graded=True)[1].errors
