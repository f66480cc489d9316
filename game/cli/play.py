"""`ninelives` and `ninelives play`: the game on the screen."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from game.cli import arguments
from game.cli.arguments import Parser
from game.cli.exits import WrongUse

if TYPE_CHECKING:
    from game.tui.app import OpenPack


def fill(parser: Parser) -> None:
    """What the command takes."""

    parser.add_argument(
        "level",
        nargs="?",
        metavar="LEVEL",
        help="an id, a file or a folder; a pack's folder or its .ninelives file",
    )
    arguments.add_data_dir(parser)
    parser.set_defaults(command=play)


def play(options: argparse.Namespace) -> int:
    """Open the game. The level's own errors are told before the screen opens."""
    if not has_terminal():
        raise WrongUse("the game needs a terminal; without one there is: ninelives run LEVEL")
    from game.tui.app import run_game

    if options.level is None:
        return run_game(None, options.data_dir)
    from game.cli.inputs import level_at

    folder = pack_folder(Path(options.level), options.data_dir)
    if folder is None:
        return run_game(Path(level_at(options.level).path), options.data_dir)
    return run_game(None, options.data_dir, open_pack(folder))


def pack_folder(path: Path, data_dir: Path | None) -> Path | None:
    """The folder of a pack that is named as a folder or as one file; None for what is no pack."""
    from game.cli.inputs import told
    from game.level.pack import is_pack
    from game.level.pack_file import SUFFIX
    from game.progress import data_folder
    from game.progress.packs import unpacked

    if path.suffix == SUFFIX:
        with told():
            return unpacked(data_folder(data_dir), path)
    try:
        return path if is_pack(path) else None
    except OSError:
        return None


def open_pack(folder: Path) -> OpenPack | None:
    """The pack as the game shows it; None for the campaign, which it shows anyway."""
    from game.cli.inputs import told
    from game.level.pack import is_campaign, pack_campaign, read_pack
    from game.tui.app import OpenPack

    if is_campaign(folder):
        return None
    with told():
        return OpenPack(read_pack(folder).title, pack_campaign(folder))


def has_terminal() -> bool:
    """Whether there is somebody to play: keys come in, and a screen shows what goes out."""
    return sys.stdin.isatty() and sys.stdout.isatty()
