"""`ninelives level`: for those who write levels."""

from __future__ import annotations

import argparse
from typing import Any

from game.cli import arguments


def add_to(commands: Any) -> None:
    """Add the group to the parser."""
    group = commands.add_parser("level", help="check and prove levels")
    actions = group.add_subparsers(title="actions", metavar="ACTION", required=True)

    parser = actions.add_parser(
        "check",
        help="every mistake in a level, with line and column",
        description="Report every mistake in one pass. Exit code 0: none; 1: some.",
    )
    parser.add_argument("levels", nargs="*", metavar="LEVEL", help="default: the whole campaign")
    arguments.add_json(parser)
    parser.set_defaults(command=check)

    parser = actions.add_parser(
        "test",
        help="prove that a level teaches what it claims",
        description="Hold a level to the rules, with the plans in its NAME.proofs.toml. Exit code "
        "0: proven; 1: a rule is broken.",
    )
    parser.add_argument("levels", nargs="*", metavar="LEVEL", help="default: the whole campaign")
    parser.add_argument("--fresh", action="store_true", help="use no record of an earlier proof")
    arguments.add_jobs(parser, default=None)
    arguments.add_json(parser)
    parser.set_defaults(command=test)
