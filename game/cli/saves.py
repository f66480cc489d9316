"""`ninelives saves`: where the player's saves are, and how to take them along."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from game.cli import arguments
from game.cli.arguments import Command, Parser, add_commands
from game.cli.data import print_json
from game.cli.exits import Exit, TryAgain, WrongUse
from game.cli.words import complain

if TYPE_CHECKING:
    from game.progress import Progress

MOST_BYTES = 200_000_000
LONGEST_LINE_BYTES = 1_100_000
"""A little more than the longest that is read as one."""
MOST_TOLD = 20
"""Lines of one file that could not be read and are told one by one."""
STREAM = "-"
"""The name of a file that is stdin or stdout."""


def fill(group: Parser) -> None:
    """What the group takes."""
    add_commands(group, ACTIONS, title="actions", metavar="ACTION", required=True)


def fill_where(parser: Parser) -> None:
    """What `saves where` takes."""
    parser.description = "Print the file of the saves. Nothing is made or opened."
    arguments.add_data_dir(parser)
    arguments.add_json(parser)
    parser.set_defaults(command=where)


def fill_export(parser: Parser) -> None:
    """What `saves export` takes."""
    parser.description = "Write every run and setting as JSON lines."
    parser.add_argument("file", metavar="FILE", help="a file that is not there yet; - is stdout")
    arguments.add_data_dir(parser)
    arguments.add_json(parser)
    parser.set_defaults(command=export)


def fill_import(parser: Parser) -> None:
    """What `saves import` takes."""
    parser.description = (
        "Add the runs of an export that are not here yet; nothing is replaced. Exit "
        "code 0: all of it is here now; 1: some lines could not be read."
    )
    parser.add_argument("file", metavar="FILE", help="what `saves export` wrote; - is stdin")
    arguments.add_data_dir(parser)
    arguments.add_json(parser)
    parser.set_defaults(command=take_in)


ACTIONS: Mapping[str, Command] = {
    "where": Command("the file of the saves", "saves:fill_where"),
    "export": Command("write all saves to one file", "saves:fill_export"),
    "import": Command("add the saves of another machine", "saves:fill_import"),
}


def where(options: argparse.Namespace) -> int:
    """The place of the saves and what lies beside them."""
    from game.progress import data_folder
    from game.progress.backups import backups
    from game.progress.place import Place

    place = Place(data_folder(options.data_dir).absolute())
    if options.json:
        print_json(
            {
                "folder": str(place.folder),
                "file": str(place.file),
                "exists": os.path.exists(place.file),
                "backups": [str(backup.path) for backup in backups(place)],
                "set_aside": [str(path) for path in place.set_aside()],
            }
        )
    else:
        print(place.file)
    return Exit.GOOD


def export(options: argparse.Namespace) -> int:
    """Write what can be read of the saves."""
    from game.progress.transfer import lines_of

    if options.file == STREAM and options.json:
        raise WrongUse("--json and the saves cannot both go to stdout: name a file")
    progress = opened(options.data_dir)
    runs, settings = progress.everything()
    if progress.banner and not runs and not settings:
        raise TryAgain("nothing was exported")
    lines = lines_of(runs, settings)
    if options.file == STREAM:
        for line in lines:
            print(line)
        return Exit.GOOD
    write_new(Path(options.file), lines)
    if options.json:
        print_json({"file": options.file, "runs": len(runs)})
    else:
        print(f"{runs_words(len(runs))} written to {options.file}")
    return Exit.GOOD


def take_in(options: argparse.Namespace) -> int:
    """Add the runs of an export; tell what was new and what could not be read."""
    from game.progress.transfer import NoSaves, read_lines

    try:
        found = read_lines(lines_in(options.file))
    except NoSaves as error:
        raise WrongUse(f"{options.file}: {error}") from None
    progress = opened(options.data_dir)
    added = progress.merge(found.runs, found.settings)
    if added is None:
        raise TryAgain("nothing was imported")
    known = len(found.runs) - added
    if options.json:
        refused = [{"line": line, "why": why} for line, why in found.refused]
        print_json({"added": added, "known": known, "refused": refused})
    else:
        for line, why in found.refused[:MOST_TOLD]:
            complain(f"{options.file}:{line}: {why}")
        if len(found.refused) > MOST_TOLD:
            complain(f"{len(found.refused) - MOST_TOLD:,} more lines could not be read")
        here = f", {known:,} of them were here already" if known else ""
        print(f"{runs_words(len(found.runs))} read{here}")
    return Exit.NO if found.refused else Exit.GOOD


def opened(folder: Path | None) -> Progress:
    """The saves; what is wrong with them is told on stderr."""
    from game.progress import open_progress

    progress = open_progress(folder)
    if progress.banner:
        complain(progress.banner)
    return progress


def lines_in(name: str) -> Iterator[bytes]:
    """The lines of a file, as far as it is not too large. Raises WrongUse."""
    try:
        if name == STREAM:
            yield from bounded(sys.stdin.buffer, name)
        else:
            with Path(name).open("rb") as file:
                yield from bounded(file, name)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no usable path"
        raise WrongUse(f"{name} cannot be read: {why}") from None


def bounded(file: BinaryIO, name: str) -> Iterator[bytes]:
    """The lines, long ones in pieces, until they are too many bytes. Raises WrongUse."""
    size_bytes = 0
    while line := file.readline(LONGEST_LINE_BYTES):
        size_bytes += len(line)
        if size_bytes > MOST_BYTES:
            raise WrongUse(f"{name} is larger than {MOST_BYTES // 1_000_000} MB")
        yield line


def write_new(path: Path, lines: Iterable[str]) -> None:
    """Write a file that was not there. Raises WrongUse."""
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            try:
                file.writelines(f"{line}\n" for line in lines)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                path.unlink()
                raise
    except FileExistsError:
        raise WrongUse(f"{path} is there already: name another file") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no usable path"
        raise WrongUse(f"{path} cannot be written: {why}") from None


def runs_words(count: int) -> str:
    """ "1 run", "12 runs"."""
    return f"{count:,} run{'' if count == 1 else 's'}"
