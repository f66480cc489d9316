"""INV-4: one seed, one digest, whoever watches and however the run is cut into slices."""

from __future__ import annotations

from collections.abc import Mapping

from game.engine.frame import frame
from game.engine.run import Run, simulate
from game.lab.checks import Check, Row, register
from game.lab.scenario import scenario
from game.lab.statistics import Exact
from game.level.model import System

SLICE_US = 1_000
"""A screen that draws a thousand times a second."""


def watched(system: System, seed: int) -> str:
    """The digest of a traced run that is looked at every tenth of a second."""
    run = Run(system, seed, trace=True)
    while not run.done:
        run.advance(run.now_us + 100_000)
        frame(run.log, run.now_us)
    return run.log.digest()


def in_slices(system: System, seed: int) -> str:
    """The digest of a run that stops after each slice."""
    run = Run(system, seed)
    while not run.done:
        run.advance(run.now_us + SLICE_US)
    return run.log.digest()


def observe(seed: int, work: float) -> Mapping[str, float]:
    """How many of the ways to run it gave another digest than one go without a trace, and how many
    other seeds gave the same."""
    system = scenario("storm")
    digest = simulate(system, seed).digest()
    others = [
        simulate(system, seed).digest(),
        simulate(system, seed, trace=True).digest(),
        watched(system, seed),
        in_slices(system, seed),
    ]
    return {
        "differs": sum(other != digest for other in others),
        "same": simulate(system, seed + 1).digest() == digest,
    }


register(
    Check(
        "INV-4",
        "promise of the engine",
        observe,
        (
            Row("differs", "digests that differ: again, traced, watched, in slices", 0, Exact()),
            Row("same", "other seeds with the same digest", 0, Exact()),
        ),
        replications=3,
    )
)
