"""`ninelives` and `ninelives play`: the game on the screen."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from game.cli import arguments
from game.cli.exits import WrongUse


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("play", help="open the game, straight at a level if one is named")
    parser.add_argument("level", nargs="?", metavar="LEVEL", help="an id, a file or a folder")
    arguments.add_data_dir(parser)
    parser.set_defaults(command=play)


def play(options: argparse.Namespace) -> int:
    """Open the game. The level's own errors are told before the screen opens."""
    if not has_terminal():
        raise WrongUse("the game needs a terminal; without one there is: ninelives run LEVEL")
    path = None
    if options.level is not None:
        from game.cli.inputs import level_at

        path = Path(level_at(options.level).path)
    from game.tui.app import run_game

    return run_game(path, options.data_dir)


def has_terminal() -> bool:
    """Whether there is somebody to play: keys come in, and a screen shows what goes out."""
    return sys.stdin.isatty() and sys.stdout.isatty()
