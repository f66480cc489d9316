"""`ninelives level check`: every mistake in levels, for people and for programs."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from game.cli import arguments
from game.cli.exits import Exit
from game.cli.words import clean

if TYPE_CHECKING:
    from game.level.problems import Problem, Problems


def add_to(actions: Any) -> None:
    """Add `level check`."""
    parser = actions.add_parser(
        "check",
        help="every mistake in a level, with line and column",
        description="Report every mistake in one pass. Exit code 0: none, or warnings only; "
        "1: errors.",
    )
    parser.add_argument("levels", nargs="*", metavar="LEVEL", help="default: the whole campaign")
    arguments.add_json(parser)
    parser.set_defaults(command=check)


def check(options: argparse.Namespace) -> int:
    """Every problem of every level, on stdout: here the problems are the data."""
    from game.cli.inputs import inspect, level_files

    found = {path: inspect(path) for path in level_files(options.levels)}
    if options.json:
        told = [
            {
                "path": str(path),
                "ok": not problems.errors,
                "problems": list(map(problem_json, problems)),
            }
            for path, problems in found.items()
        ]
        print(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        for path, problems in found.items():
            if problems:
                print(problems, end="\n\n")
            print(f"{clean(str(path))}: {verdict(problems)}")
    return Exit.NO if any(problems.errors for problems in found.values()) else Exit.GOOD


def verdict(problems: Problems) -> str:
    """ "ok", "1 error", "ok, 2 warnings"."""
    counts = ((problems.errors, "error"), (problems.warnings, "warning"))
    told = [f"{len(some)} {word}{'s' if len(some) > 1 else ''}" for some, word in counts if some]
    return ", ".join(told if problems.errors else ["ok", *told])


def problem_json(problem: Problem) -> dict[str, Any]:
    """One problem as data; lines and columns count from 1."""
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
