"""`ninelives lab`: published results against the engine."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Any

from game.cli import arguments, lab_history
from game.cli.arguments import Parser
from game.cli.data import print_json
from game.cli.exits import Exit, TryAgain, WrongUse
from game.cli.words import complain

if TYPE_CHECKING:
    from game.lab.runner import CheckRow


def fill(parser: Parser) -> None:
    """What the command takes."""
    parser.description = (
        "Hold the engine to closed forms and published measurements. Exit code 0: all "
        "hold; 1: one does not."
    )
    parser.epilog = "ninelives lab history FILE --model MODEL: a verdict on any history of clients."
    parser.actions_beside["history"] = lab_history.parser(f"{parser.prog} history")
    parser.add_argument(
        "ids", nargs="*", metavar="ID", help="checks or groups of checks, such as P9; default: all"
    )
    parser.add_argument(
        "--fast",
        action="store_true",
        help="less work, and so less sharp, without the longest checks; for a hurry",
    )
    arguments.add_jobs(parser, default=None)
    parser.add_argument(
        "--seed-base",
        type=arguments.seed,
        default=0,
        metavar="N",
        help="seeds count from here, for an independent repetition",
    )
    parser.add_argument(
        "--plot", action="store_true", help="draw what was measured against published curves"
    )
    arguments.add_json(parser)
    parser.set_defaults(command=lab)


def lab(options: argparse.Namespace) -> int:
    """Run the checks and tell each row as soon as it is known; then draw, if asked to."""
    from concurrent.futures.process import BrokenProcessPool

    from game.lab.checks import UnknownCheck, checks_with_plot
    from game.lab.runner import check_rows_json, run_checks

    if options.plot and options.json:
        raise WrongUse("--plot draws for people and --json writes for programs: choose one")
    told = complain_of if options.json else TableOnStdout()
    try:
        if options.plot:
            checks_with_plot(options.ids)
        rows = run_checks(**asked(options), told=told)
    except UnknownCheck as error:
        raise WrongUse(str(error)) from None
    except BrokenProcessPool:
        raise TryAgain("a process of this run was ended from outside; try again") from None
    broken = sum(not row.ok for row in rows)
    if options.json:
        print_json(check_rows_json(rows))
    else:
        print(f"\n{len(rows) - broken} of {len(rows)} hold")
    if options.plot:
        print_pictures(asked(options))
    return Exit.NO if broken else Exit.GOOD


def asked(options: argparse.Namespace) -> dict[str, Any]:
    """What is to be run, and how."""
    return {
        "ids": options.ids,
        "fast": options.fast,
        "jobs": options.jobs or os.cpu_count() or 1,
        "seed_base": options.seed_base,
    }


class TableOnStdout:
    """Prints a heading before the first row, and each row when it is known."""

    def __init__(self) -> None:
        from game.cli.console import stdout_console

        self.console = stdout_console()
        self.rows = 0

    def __call__(self, row: CheckRow) -> None:
        from game.cli.lab_table import heading, print_row

        if self.rows == 0:
            self.console.print(heading())
        self.rows += 1
        print_row(self.console, row)


def print_pictures(wanted: dict[str, Any]) -> None:
    """Draw the pictures of the checks, each as soon as it is measured."""
    from game.cli.console import stdout_console
    from game.cli.plot import picture_text
    from game.lab.runner import draw_pictures

    console = stdout_console()
    colour = console.is_terminal and not console.no_color and console.color_system is not None
    width = console.width if console.is_terminal else 80
    for picture in draw_pictures(**wanted):
        print()
        print(picture_text(picture, width, colour=colour), flush=True)


def complain_of(row: CheckRow) -> None:
    """Progress on stderr, while stdout waits for the data."""
    complain(f"{row.id} {'holds' if row.ok else 'does not hold'}")
