"""Work side by side: a pool of processes for commands that have much to compute."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from game.cli.exits import TryAgain

if TYPE_CHECKING:
    from concurrent.futures import Executor


def leave_quietly_on_interrupt() -> None:
    """In a worker: Ctrl-C reaches the whole group, and only the parent should speak."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def workers(jobs: int | None) -> Iterator[Executor | None]:
    """A pool of `jobs` processes (None: one a core), or None where one process is enough."""
    count = jobs or os.cpu_count() or 1
    if count == 1:
        yield None
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    pool = ProcessPoolExecutor(
        count,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=leave_quietly_on_interrupt,
    )
    try:
        yield pool
    except BrokenProcessPool:
        raise TryAgain("a process of this run was ended from outside; try again") from None
    finally:
        pool.shutdown(cancel_futures=True)
