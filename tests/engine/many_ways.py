"""One night in all the ways in which somebody may play it; each must come to the same digest.

`python -m tests.engine.many_ways JOBS WAY...` plays a file of pickled (system, seed) and prints one
line for each: the digests in the order of the ways. It needs simpy and nothing else.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from pathlib import Path

from game.engine.frame import frame
from game.engine.run import Run, simulate
from game.level.model import System

LOOKS = 40
"""How often a watched run is looked at."""


def plain(system: System, seed: int) -> str:
    """In one go, and nobody looks."""
    return simulate(system, seed).digest()


def watched(system: System, seed: int) -> str:
    """In slices, with a frame of now and one of earlier after each."""
    return _watched(Run(system, seed))


def traced(system: System, seed: int) -> str:
    """With a trace, and watched."""
    return _watched(Run(system, seed, trace=True))


def _watched(run: Run) -> str:
    slice_us = run.world.system.duration // LOOKS
    while not run.done:
        run.advance(run.now_us + slice_us)
        frame(run.log, run.now_us)
        frame(run.log, run.now_us // 2)
    return run.log.digest()


WAYS: dict[str, Callable[[System, int], str]] = {
    "plain": plain,
    "again": plain,
    "watched": watched,
    "traced": traced,
}


def main(jobs: str, *ways: str) -> None:
    """Play every job in every way."""
    for system, seed in pickle.loads(Path(jobs).read_bytes()):
        print(*(WAYS[way](system, seed) for way in ways))


if __name__ == "__main__":
    main(*sys.argv[1:])
