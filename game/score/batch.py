"""A plan on several seeds: simulate and score each, side by side where there is an executor."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from concurrent.futures import Executor

from game.engine.kinds import load_kinds
from game.engine.run import simulate
from game.level.model import Level, System
from game.level.plan import Plan, system_with
from game.level.registry import Registry
from game.score.parts import moving_parts
from game.score.scorecard import Scorecard, SeedScore, pool, score_run


def play(
    level: Level,
    plan: Plan,
    seeds: Iterable[int],
    registry: Registry,
    *,
    without: Collection[str] = (),
    executor: Executor | None = None,
) -> Scorecard:
    """The scorecard of a plan on some seeds, in their order; `without` names faults to leave out.

    Any executor will do, also one whose workers are other processes or machines.
    """
    system = system_with(level, plan, registry)
    parts = moving_parts(level, system, registry)
    left_out = tuple(sorted(without))
    if executor is None:
        scores = [play_seed(level, system, seed, left_out, parts) for seed in seeds]
    else:
        futures = [
            executor.submit(play_seed, level, system, seed, left_out, parts) for seed in seeds
        ]
        scores = [future.result() for future in futures]
    return pool(level, plan, scores)


def play_seed(
    level: Level, system: System, seed: int, without: tuple[str, ...], parts: int
) -> SeedScore:
    """One run, simulated and scored: what a worker of an executor does."""
    load_kinds()
    return score_run(level, system, simulate(system, seed, without=without), parts=parts)
