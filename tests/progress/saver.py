"""A game in a process of its own that saves numbered runs: FOLDER FIRST COUNT.

Prints `start` before it opens the saves, each number once its run is durable, and at
the end `done` with the banner.
"""

from __future__ import annotations

import sys
from pathlib import Path

from game.progress import open_progress
from tests.progress.examples import numbered


def main(folder: str, first: str, count: str) -> None:
    """Save runs and tell of each."""
    print("start", flush=True)
    progress = open_progress(Path(folder))
    for number in range(int(first), int(first) + int(count)):
        if progress.save(numbered(number)):
            print(number, flush=True)
    print("done", progress.banner, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
