"""`ninelives bench`: how fast the engine is on this machine."""

from __future__ import annotations

import argparse
from typing import Any

from game.cli import arguments


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("bench", help="how fast the engine is here")
    arguments.add_json(parser)
    parser.set_defaults(command=bench)


def bench(options: argparse.Namespace) -> int:
    raise AssertionError(options)
