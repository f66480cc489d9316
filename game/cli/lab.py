"""`ninelives lab`: published results against the engine."""

from __future__ import annotations

import argparse
from typing import Any

from game.cli import arguments


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "lab",
        help="published results against the engine",
        description="Hold the engine to closed forms and published measurements. Exit code 0: all "
        "hold; 1: one does not.",
    )
    parser.add_argument("ids", nargs="*", metavar="ID", help="checks to run; default: all")
    parser.add_argument("--fast", action="store_true", help="only what is done in a minute")
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
