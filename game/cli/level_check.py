"""`ninelives level check`: every mistake in levels, for people and for programs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from game.cli.arguments import Parser
from game.cli.exits import Exit, WrongUse
from game.cli.words import complain

FORMATS = ("human", "short", "json", "sarif", "github")
"""The names in `problem_formats.FORMATS`, here without what these import."""


def fill(parser: Parser) -> None:
    """What `level check` takes."""
    parser.description = (
        "Report every mistake in one pass, also in NAME.proofs.toml beside a level and in "
        "pack.toml. Exit code 0: none, or warnings only; 1: errors; 2: a file cannot be opened; "
        "the others are reported all the same."
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
    from game.cli.inputs import check_places, place_of
    from game.cli.problem_formats import FORMATS
    from game.level.find import campaign

    if options.watch and options.format != "human":
        raise WrongUse("--watch is for people, and has no other format")
    places: list[Path] = []
    unread: list[str] = []
    for text in options.levels:
        try:
            places.append(place_of(text))
        except WrongUse as error:
            unread.append(str(error))
    if not options.levels:
        places.append(campaign())
    if options.watch and not unread:
        from game.cli.level_watch import watch

        return watch(places)
    checked = check_places(places)
    FORMATS[options.format](checked.found)
    unread += checked.unread
    sys.stdout.flush()
    for sentence in unread:
        complain(sentence)
    if unread:
        return Exit.WRONG_USE
    return Exit.NO if any(problems.errors for problems in checked.found.values()) else Exit.GOOD
