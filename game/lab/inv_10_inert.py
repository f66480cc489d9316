"""INV-10: what is configured but cannot act changes nothing: a hedge after an hour, no retries, no
loss, a breaker that never opens."""

from __future__ import annotations

from collections.abc import Mapping

from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.scenario import level_of, scenario
from game.lab.statistics import Exact


def observe(seed: int, work: float) -> Mapping[str, float]:
    """How many inert features, each by itself and all together, changed the history."""
    inert = {control.id: control.choices[1].label for control in level_of("inert").controls}
    systems = [scenario("inert", (choice,)) for choice in inert.items()]
    systems.append(scenario("inert", tuple(inert.items())))
    plain = simulate(scenario("inert"), seed)
    logs = [simulate(system, seed) for system in systems]
    return {
        "changed": sum(
            log.operations.data != plain.operations.data or log.attempts.data != plain.attempts.data
            for log in logs
        )
    }


register(
    Check(
        "INV-10",
        "promise of the engine",
        observe,
        (Row("changed", "inert features that changed the history", 0, Exact()),),
        replications=3,
    )
)
