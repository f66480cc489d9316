"""`ninelives level upgrade`: levels of older formats in today's, with their comments."""

from __future__ import annotations

import argparse
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

from game.cli.arguments import Parser
from game.cli.exits import Exit
from game.cli.words import clean

if TYPE_CHECKING:
    from game.level.upgrade import Upgraded


def fill(parser: Parser) -> None:
    """What `level upgrade` takes."""
    parser.description = (
        "Rewrite levels in the newest format; comments stay. A level whose first line names no "
        "schema for editors gets one. A level that would get "
        "new errors by it stays as it is. Exit code 0: done; with --check 1: there is something "
        "to do."
    )
    parser.add_argument("levels", nargs="+", metavar="LEVEL", help="ids, files or folders")
    parser.add_argument("--check", action="store_true", help="only show what would be done")
    parser.set_defaults(command=upgrade_levels)


def upgrade_levels(options: argparse.Namespace) -> int:
    """Upgrade all that can be, once all of them are known to be right."""
    from game.cli.inputs import level_files, told
    from game.engine.kinds import load_kinds
    from game.level.source import load_bytes
    from game.level.upgrade import upgrade, with_schema_line
    from game.level.whole_file import write_whole

    registry = load_kinds()
    found: dict[Path, Upgraded] = {}
    for path in level_files(options.levels):
        with told():
            one = upgrade(load_bytes(path), str(path), registry)
            found[path] = with_schema_line(one, path.parent)
    for path, one in found.items():
        steps = ", ".join(one.steps) or "up to date"
        if options.check:
            print(*map(clean, diff_lines(path, one)), sep="", end="")
        elif one.steps:
            with told():
                write_whole(path, one.after.encode())
        print(clean(f"{path}: {steps}"))
    return Exit.NO if options.check and any(one.steps for one in found.values()) else Exit.GOOD


def diff_lines(path: Path, one: Upgraded) -> list[str]:
    """What would change, as `diff -u` tells it."""
    before, after = one.before.splitlines(True), one.after.splitlines(True)
    return list(unified_diff(before, after, str(path), str(path)))
