"""`ninelives level preview` and `ninelives level edit`: a level that is being written, played."""

from __future__ import annotations

import argparse
from pathlib import Path

from game.cli import arguments
from game.cli.arguments import Parser
from game.cli.exits import WrongUse
from game.cli.play import has_terminal


def fill_preview(parser: Parser) -> None:
    """What `level preview` takes."""
    parser.description = (
        "Open the game on a level and go on with what its file says after each save: "
        "same plan, same night, same moment."
    )
    _add(parser, "preview")


def fill_edit(parser: Parser) -> None:
    """What `level edit` takes."""
    parser.description = (
        "Open the game's own editor: the text with what is wrong beside the line, and "
        "the level beside the text."
    )
    _add(parser, "edit")


def _add(parser: argparse.ArgumentParser, way: str) -> None:
    parser.add_argument("level", metavar="LEVEL", help="an id, a file or a folder")
    arguments.add_data_dir(parser)
    parser.set_defaults(command=preview, way=way)


def preview(options: argparse.Namespace) -> int:
    """Open the game on the level's file, which may have errors."""
    from game.cli.inputs import told
    from game.level.find import find_level

    if not has_terminal():
        raise WrongUse(
            "this needs a terminal; without one there is: ninelives level check --watch LEVEL"
        )
    with told():
        path = find_level(options.level)
    from game.tui.app import run_workshop

    return run_workshop(Path(path), options.data_dir, edit=options.way == "edit")
