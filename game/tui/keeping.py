"""From a night that was watched to a run that is kept. Runs in a thread: the disk may be slow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from game.tui.best import broken_records

if TYPE_CHECKING:
    from game.progress import Progress
    from game.tui.session import Finished

SAVED = "saved"
NOT_SAVED = "not saved"


def keep(progress: Progress, finished: Finished) -> tuple[str, tuple[str, ...]]:
    """Save a run whose nights have all been judged.

    Returns what is told of it, and the records that it broke. "saved" means that it is durable.
    """
    from game.progress import finished_run
    from game.score.json import scorecard_json

    assert finished.card is not None, "a night is still to be judged"
    level = finished.session.level
    key = finished.session.key
    before = progress.level(key)
    run = finished_run(
        scorecard_json(finished.card),
        title=level.title,
        plan=finished.grading.plan.pairs,
        watched_seed=finished.score.seed,
    )
    saved = progress.save(replace(run, level=key))
    return SAVED if saved else NOT_SAVED, broken_records(before, progress.level(key))
