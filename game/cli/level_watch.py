"""`ninelives level check --watch`: what is wrong with a level, anew after each save."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from game.cli.exits import Exit
from game.cli.inputs import check_places, files_to_check
from game.cli.problem_formats import print_human
from game.cli.words import clean
from game.level.proofs import proofs_path

PAUSE_S = 0.2

Stamp = tuple[int, int] | None
"""When a file was written (ns) and its size; None where there is none."""
Seen = tuple[dict[Path, Stamp], list[str]]
"""Stamps of files, and why something cannot be looked at."""


def watch(places: Sequence[Path], wait: Callable[[], None] | None = None) -> int:
    """Check what lies at these places now and after each change of it, until Ctrl-C.

    A folder is listed at each look. `wait` passes the time between two looks; default: 200 ms of
    sleep.
    """
    pause = wait or _sleep
    known: Seen | None = None
    try:
        while True:
            found = seen(places)
            if found != known:
                known = found
                _show(places)
            pause()
    except KeyboardInterrupt:
        return Exit.GOOD


def _sleep() -> None:
    time.sleep(PAUSE_S)


def seen(places: Sequence[Path]) -> Seen:
    """What a save changes, a new file, or one that is gone."""
    unread: list[str] = []
    paths = [path for place in places for path in files_to_check(place, unread)]
    return {one: stamp(one) for path in paths for one in (path, proofs_path(path))}, unread


def stamp(path: Path) -> Stamp:
    """What a save changes."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size


def _show(places: Sequence[Path]) -> None:
    """Clear the terminal, and print what is wrong with each file."""
    if sys.stdout.isatty():
        from game.cli.console import stdout_console

        stdout_console().clear()
    checked = check_places(places)
    print_human(checked.found)
    for sentence in checked.unread:
        print(clean(sentence))
    print("watching; Ctrl-C ends it", flush=True)
