"""`ninelives lab`: published results against the engine."""

from __future__ import annotations

import argparse
import json
import os
from typing import TYPE_CHECKING, Any

from game.cli import arguments
from game.cli.exits import Exit, WrongUse
from game.cli.words import complain

if TYPE_CHECKING:
    from game.lab.runner import CheckRow


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "lab",
        help="published results against the engine",
        description="Hold the engine to closed forms and published measurements. Exit code 0: all "
        "hold; 1: one does not.",
    )
    parser.add_argument("ids", nargs="*", metavar="ID", help="checks to run; default: all")
    parser.add_argument("--fast", action="store_true", help="half of the work, and so less sharp")
    arguments.add_jobs(parser, default=None)
    parser.add_argument(
        "--seed-base",
        type=arguments.seed,
        default=0,
        metavar="N",
        help="seeds count from here, for an independent repetition",
    )
    arguments.add_json(parser)
    parser.set_defaults(command=lab)


def lab(options: argparse.Namespace) -> int:
    """Run the checks and tell each row as soon as it is known."""
    from game.lab.checks import UnknownCheck
    from game.lab.runner import check_rows_json, run_checks

    try:
        rows = run_checks(
            options.ids,
            fast=options.fast,
            jobs=options.jobs or os.cpu_count() or 1,
            seed_base=options.seed_base,
            told=complain_of if options.json else print_row,
        )
    except UnknownCheck as error:
        raise WrongUse(str(error)) from None
    broken = sum(not row.ok for row in rows)
    if options.json:
        print(json.dumps(check_rows_json(rows), indent=2, ensure_ascii=False))
    else:
        print(f"{len(rows) - broken} of {len(rows)} hold")
    return Exit.NO if broken else Exit.GOOD


def print_row(row: CheckRow) -> None:
    """One row in words."""
    again = ""
    if row.first is not None:
        first = row.first
        again = f"  (second try; the first gave {first.estimate:.6g} ± {first.se:.2g})"
    print(
        f"{'ok    ' if row.ok else 'BROKEN'}  {row.id:<32} {row.estimate:>12.6g} ± {row.se:<10.2g}"
        f" wants {row.reference:.6g} ± {row.gate:.2g}  {row.title}{again}",
        flush=True,
    )


def complain_of(row: CheckRow) -> None:
    """Progress on stderr, while stdout waits for the data."""
    complain(f"{row.id} {'holds' if row.ok else 'does not hold'}")
