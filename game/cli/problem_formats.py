"""The formats of `ninelives level check`: for people, for programs, for SARIF viewers, for GitHub.

SARIF is OASIS' Static Analysis Results Interchange Format 2.1.0 (errata 01); annotations are
GitHub's workflow commands.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from game.cli.data import json_text
from game.level.codes import CODES
from game.level.excerpts import StyledLine, problem_lines
from game.level.problems import SHOWN, PlaceLabel, Problem, Problems, clean

Found = Mapping[Path, Problems]
"""The problems of each file, in the order in which they are told."""

SARIF_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
STYLES = {
    "error": "bold red",
    "warning": "bold yellow",
    "label": "cyan",
    "gutter": "dim",
    "strong": "bold",
}


def verdict(problems: Problems) -> str:
    """ "ok", "1 error", "ok, 2 warnings"."""
    counts = ((problems.errors, "error"), (problems.warnings, "warning"))
    told = [f"{len(some)} {word}{'s' if len(some) > 1 else ''}" for some, word in counts if some]
    return ", ".join(told if problems.errors else ["ok", *told])


def print_human(found: Found) -> None:
    """Each problem with its lines, and a verdict on each file."""
    say = _say()
    for path, problems in found.items():
        for problem in problems[:SHOWN]:
            for line in problem_lines(problem):
                say(line)
            say(StyledLine(()))
        if len(problems) > SHOWN:
            say(StyledLine((("", f"and {len(problems) - SHOWN} more"),)))
            say(StyledLine(()))
        style = "error" if problems.errors else ""
        say(StyledLine((("", f"{clean(str(path))}: "), (style, verdict(problems)))))


def _say() -> Callable[[StyledLine], None]:
    """Prints a line; in colours on a terminal, unless NO_COLOR forbids them."""
    if not sys.stdout.isatty():
        return lambda line: print(line.plain)
    from rich.text import Text

    from game.cli.console import stdout_console

    console = stdout_console()

    def say(line: StyledLine) -> None:
        text = Text()
        for style, piece in line.pieces:
            text.append(piece, STYLES.get(style, ""))
        console.print(text, soft_wrap=True)

    return say


def print_short(found: Found) -> None:
    """One line for each problem."""
    for problems in found.values():
        for problem in problems:
            place = f"{problem.path}:{problem.line}:{problem.column}"
            print(clean(f"{place}: {problem.severity}[{problem.code}]: {_sentence(problem)}"))


def _sentence(problem: Problem) -> str:
    """The message, with the nearest right word."""
    hint = f' (did you mean "{problem.suggestion}"?)' if problem.suggestion else ""
    return f"{problem.message}{hint}"


def print_json(found: Found) -> None:
    """A list with an object for each file."""
    told = [
        {
            "path": str(path),
            "ok": not problems.errors,
            "problems": list(map(problem_json, problems)),
        }
        for path, problems in found.items()
    ]
    print(json_text(told))


def problem_json(problem: Problem) -> dict[str, Any]:
    """One problem as data; lines and columns count from 1, `end_column` is the one after it."""
    return {
        "code": problem.code,
        "name": problem.name,
        "severity": problem.severity,
        "message": problem.message,
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
        "end_column": problem.column + problem.length,
        "suggestion": problem.suggestion or None,
        "labels": [
            {
                "line": label.line,
                "column": label.column,
                "end_column": label.column + label.length,
                "text": label.text,
            }
            for label in problem.labels
        ],
        "note": problem.note or None,
        "help": list(problem.help),
    }


def print_sarif(found: Found) -> None:
    """One SARIF log with one run."""
    print(json_text(sarif(found)))


def sarif(found: Found) -> dict[str, Any]:
    """The SARIF log of all problems."""
    rules = [
        {
            "id": code.code,
            "name": "".join(word.capitalize() for word in code.name.split("-")),
            "shortDescription": {"text": code.says},
            "defaultConfiguration": {"level": code.severity},
            "help": {"text": f"ninelives level explain {code.code}"},
        }
        for code in CODES.values()
    ]
    places = {name: index for index, name in enumerate(CODES)}
    results = [
        _result(problem, places[problem.name])
        for problems in found.values()
        for problem in problems
    ]
    driver = {"name": "ninelives", "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(problem: Problem, rule: int) -> dict[str, Any]:
    uri = _uri(problem.path)
    message = " ".join((f"{_sentence(problem)}.", *([f"{problem.note}."] if problem.note else [])))
    result: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": problem.severity,
        "message": {"text": message},
        "locations": [{"physicalLocation": _physical(uri, problem)}],
    }
    if problem.labels:
        result["relatedLocations"] = [
            {
                "id": number,
                "message": {"text": label.text},
                "physicalLocation": _physical(uri, label),
            }
            for number, label in enumerate(problem.labels)
        ]
    return result


def _physical(uri: str, place: Problem | PlaceLabel) -> dict[str, Any]:
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.line,
        "endColumn": place.column + place.length,
    }
    return {"artifactLocation": {"uri": uri}, "region": region}


def _uri(path: str) -> str:
    """A reference to the file: relative as it was named, or whole."""
    named = Path(path)
    return named.as_uri() if named.is_absolute() else quote(os.fsencode(named.as_posix()))


def print_github(found: Found) -> None:
    """One workflow command for each problem."""
    for problems in found.values():
        for problem in problems:
            print(_command(problem))


def _command(problem: Problem) -> str:
    properties = {
        "file": problem.path,
        "line": str(problem.line),
        "endLine": str(problem.line),
        "col": str(problem.column),
        "endColumn": str(problem.column + problem.length),
        "title": f"{problem.code} {problem.name}",
    }
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    labels = [f"line {label.line}: {label.text}" for label in problem.labels]
    note = [problem.note] if problem.note else []
    lines = [_sentence(problem), *labels, *note, *problem.help]
    message = _data("\n".join(map(clean, lines)))
    return f"::{problem.severity} {told}::{message}"


def _data(text: str) -> str:
    """The escapes of a workflow command's message."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """The escapes of one of its properties."""
    return _data(clean(text)).replace(":", "%3A").replace(",", "%2C")


FORMATS: Mapping[str, Callable[[Found], None]] = {
    "human": print_human,
    "short": print_short,
    "json": print_json,
    "sarif": print_sarif,
    "github": print_github,
}
