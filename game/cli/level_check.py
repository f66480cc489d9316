"""`ninelives level check`: every mistake in levels, for people and for programs."""

from __future__ import annotations

import argparse

from game.cli.arguments import Parser
from game.cli.exits import Exit, WrongUse

FORMATS = ("human", "short", "json", "sarif", "github")
"""The names in `problem_formats.FORMATS`, here without what these import."""


def fill(parser: Parser) -> None:
    """What `level check` takes."""
    parser.description = (
        "Report every mistake in one pass, also in NAME.proofs.toml beside a level. "
        "Exit code 0: none, or warnings only; 1: errors; 2: a file cannot be opened."
    )
    parser.add_argument("levels", nargs="*", metavar="LEVEL", help="default: the whole campaign")
    parser.add_argument(
        "--format", choices=FORMATS, default="human", help="how to report (default: human)"
    )
    parser.add_argument(
        "--json",
        dest="format",
        action="store_const",
        const="json",
        help="data for programs, on stdout: the same as --format json",
    )
    parser.add_argument(
        "--watch", action="store_true", help="check again whenever a file is saved, until Ctrl-C"
    )
    parser.set_defaults(command=check)


def check(options: argparse.Namespace) -> int:
    """Every problem of every level, on stdout: here the problems are the data."""
    from game.cli.inputs import inspect, level_files
    from game.cli.problem_formats import FORMATS

    paths = level_files(options.levels)
    if options.watch:
        if options.format != "human":
            raise WrongUse("--watch is for people, and has no other format")
        from game.cli.level_watch import watch

        return watch(paths)
    found = {path: inspect(path) for path in paths}
    FORMATS[options.format](found)
    return Exit.NO if any(problems.errors for problems in found.values()) else Exit.GOOD
