"""`ninelives level check --watch`: what is wrong with a level, anew after each save."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from game.cli.exits import Exit, WrongUse
from game.cli.inputs import inspect
from game.cli.problem_formats import print_human
from game.cli.words import clean
from game.level.problems import Problems
from game.level.proofs import proofs_path

PAUSE_S = 0.2

Stamp = tuple[int, int] | None
"""When a file was written (ns) and its size; None where there is none."""


def watch(paths: Sequence[Path], wait: Callable[[], None] | None = None) -> int:
    """Check files now and after each change of them or their proofs, until Ctrl-C.

    `wait` passes the time between two looks; default: 200 ms of sleep.
    """
    pause = wait or _sleep
    known: list[Stamp] | None = None
    try:
        while True:
            found = [stamp(one) for path in paths for one in (path, proofs_path(path))]
            if found != known:
                known = found
                _show(paths)
            pause()
    except KeyboardInterrupt:
        return Exit.GOOD


def _sleep() -> None:
    time.sleep(PAUSE_S)


def stamp(path: Path) -> Stamp:
    """What a save changes."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size


def _show(paths: Sequence[Path]) -> None:
    """Clear the terminal, and print what is wrong with each file."""
    if sys.stdout.isatty():
        from game.cli.console import stdout_console

        stdout_console().clear()
    found: dict[Path, Problems] = {}
    unread: list[str] = []
    for path in paths:
        try:
            found[path] = inspect(path)
        except WrongUse as error:
            unread.append(clean(str(error)))
    print_human(found)
    for sentence in unread:
        print(sentence)
    print("watching; Ctrl-C ends it", flush=True)
