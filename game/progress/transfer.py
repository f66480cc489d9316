"""Saves as JSON lines, to take along: the first says what it is, each other one run or setting.

What is read comes from anywhere: sizes are bounded, every value is checked, and a line that is
wrong costs that line alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from game.progress.runs import SavedRun
from game.progress.settings import is_setting

HEADER = {"ninelives": "saves", "format": 1}
MOST_BYTES_OF_A_LINE = 1_000_000
MOST_TEXT = 200
MOST_ENTRIES = 10_000
LARGEST = 2**53
LARGEST_SEED = 2**64 - 1
VERDICTS = ("passed", "failed", "too-expensive", "engine-error")
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
LEVEL = re.compile(rf"(?:(?:-|{NAME.pattern})/)?{NAME.pattern}")
"""A level's `LevelCard.key`."""
HASH = re.compile(r"[0-9a-f]{64}")
RUN = re.compile(r"[0-9a-f]{32}")


class NoSaves(Exception):
    """The file does not hold saves. `str` is a sentence."""


@dataclass(slots=True)
class Transfer:
    """What was read of a file."""

    runs: list[SavedRun] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    refused: list[tuple[int, str]] = field(default_factory=list)
    """(line, why)."""


def lines_of(runs: Iterable[SavedRun], settings: Mapping[str, str]) -> Iterator[str]:
    """The lines of a file, without line ends."""
    yield json.dumps(HEADER)
    for setting, value in settings.items():
        yield json.dumps({"setting": setting, "value": value})
    for run in runs:
        yield json.dumps({"run": run.id} | table_of(run), separators=(",", ":"))


def table_of(run: SavedRun) -> dict[str, Any]:
    """A run as JSON, beside its id and its sequence, which is the order of the lines."""
    return {
        "at": run.at,
        "level": run.level,
        "title": run.title,
        "level_hash": run.level_hash,
        "engine": run.engine,
        "plan_name": run.plan_name,
        "plan": dict(run.plan),
        "plan_hash": run.plan_hash,
        "seeds": run.seeds,
        "watched_seed": run.watched_seed,
        "stars": run.stars,
        "verdict": run.verdict,
        "availability": run.availability,
        "p99_ms": run.p99_ms,
        "cost_per_hour": run.cost_per_hour,
        "moving_parts": run.moving_parts,
        "scorecard": run.scorecard,
    }


def read_lines(lines: Iterable[bytes]) -> Transfer:
    """The runs and settings in a file's lines. Raises NoSaves where it is another kind of file."""
    found = Transfer()
    numbered = enumerate(lines, 1)
    _read_header(next(numbered, (1, b""))[1])
    for number, line in numbered:
        if not line.strip():
            continue
        try:
            _read_line(line, number, found)
        except ValueError as error:
            found.refused.append((number, str(error)))
    return found


def _read_header(line: bytes) -> None:
    try:
        header = _parsed(line)
    except ValueError:
        header = {}
    if header.get("ninelives") != HEADER["ninelives"]:
        raise NoSaves("it holds no saves: `ninelives saves export` makes such files")
    if header.get("format") != HEADER["format"]:
        raise NoSaves("it is of another Nine Lives, with a format that this one does not know")


def _read_line(line: bytes, number: int, found: Transfer) -> None:
    table = _parsed(line)
    if "setting" in table:
        setting, value = table["setting"], table.get("value")
        if not isinstance(setting, str) or not is_setting(setting, value):
            raise ValueError("there is no such setting, or it cannot have this value")
        found.settings[setting] = str(value)
    else:
        # The number of the line is its order.
        found.runs.append(replace(run_of(table), sequence=number))


def _parsed(line: bytes) -> dict[str, Any]:
    if len(line) > MOST_BYTES_OF_A_LINE:
        raise ValueError("the line is too long")
    try:
        table = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise ValueError("the line is not JSON") from None
    if not isinstance(table, dict):
        raise ValueError("the line is no JSON object")
    return table


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")


def run_of(table: Mapping[str, Any]) -> SavedRun:
    """The run of a line. Raises ValueError that names the key."""
    for key, is_good in CHECKS.items():
        if not is_good(table.get(key)):
            raise ValueError(f'"{key}" is missing or wrong')
    return SavedRun(
        id=table["run"],
        sequence=0,
        plan=tuple(sorted(table["plan"].items())),
        seeds=tuple(table["seeds"]),
        **{key: table[key] for key in CHECKS if key not in ("run", "plan", "seeds")},
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= MOST_TEXT and value.isprintable()


def _matches(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_whole(most: int) -> Callable[[object], bool]:
    return lambda value: type(value) is int and 0 <= value <= most


def _is_measure(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and 0 <= value <= LARGEST)


def _or_none(is_good: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or is_good(value)


def _is_plan(value: object) -> bool:
    return (
        isinstance(value, dict)
        and len(value) <= MOST_ENTRIES
        and all(_is_text(text) for pair in value.items() for text in pair)
    )


def _are_seeds(value: object) -> bool:
    is_seed = _is_whole(LARGEST_SEED)
    return isinstance(value, list) and len(value) <= MOST_ENTRIES and all(map(is_seed, value))


def _is_scorecard(value: object) -> bool:
    """Its outline, and no text that a terminal must not get."""
    return (
        isinstance(value, dict)
        and all(isinstance(value.get(key), kind) for key, kind in OUTLINE.items())
        and _is_shown_safely(value)
    )


def _is_shown_safely(value: object) -> bool:
    if isinstance(value, dict):
        return all(map(_is_shown_safely, (*value, *value.values())))
    if isinstance(value, list):
        return all(map(_is_shown_safely, value))
    return not isinstance(value, str) or value.replace("\n", "").isprintable()


OUTLINE: Mapping[str, type] = {
    "goals": list,
    "measures": dict,
    "operations": int,
    "good": int,
    "causes": dict,
    "seeds": list,
}
CHECKS: Mapping[str, Callable[[object], bool]] = {
    "run": _matches(RUN),
    "at": _is_text,
    "level": _matches(LEVEL),
    "title": _is_text,
    "level_hash": _matches(HASH),
    "engine": _is_whole(LARGEST),
    "plan_name": _is_text,
    "plan": _is_plan,
    "plan_hash": _matches(HASH),
    "seeds": _are_seeds,
    "watched_seed": _or_none(_is_whole(LARGEST_SEED)),
    "stars": _is_whole(3),
    "verdict": VERDICTS.__contains__,
    "availability": _is_measure,
    "p99_ms": _is_measure,
    "cost_per_hour": _is_measure,
    "moving_parts": _or_none(_is_whole(LARGEST)),
    "scorecard": _or_none(_is_scorecard),
}
"""What each key of a run must be."""
