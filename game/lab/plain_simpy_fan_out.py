"""A fan-out of a hundred as a plain SimPy program: each operation is done with its last answer.

The same as `levels/bench-fan-out.toml`. Nothing is recorded but the latencies. Seconds are floats.
"""

from __future__ import annotations

from collections.abc import Generator
from random import Random
from typing import Any

import simpy

LEAVES = 100
HOP = 0.002
CPU = 0.001
ARRIVALS_PER_SECOND = 20.0
HORIZON = 15.0

Process = Generator[simpy.Event, Any, None]


class Cluster:
    """A hundred leaves with one core each."""

    def __init__(self, env: simpy.Environment, seed: int) -> None:
        self.env = env
        self.random = Random(seed)
        self.cores = [simpy.Resource(env, capacity=1) for _ in range(LEAVES)]
        self.latencies: list[float] = []

    def hop(self) -> simpy.Timeout:
        return self.env.timeout(self.random.expovariate(1.0 / HOP))

    def ask(self, core: simpy.Resource) -> Process:
        yield self.hop()
        with core.request() as turn:
            yield turn
            yield self.env.timeout(CPU)
        yield self.hop()

    def operation(self) -> Process:
        env = self.env
        began = env.now
        yield env.all_of([env.process(self.ask(core)) for core in self.cores])
        self.latencies.append(env.now - began)

    def arrivals(self) -> Process:
        while True:
            yield self.env.timeout(self.random.expovariate(ARRIVALS_PER_SECOND))
            self.env.process(self.operation())


def run(seed: int, horizon: float = HORIZON) -> list[float]:
    """Latencies in seconds of all operations that were done before the horizon."""
    env = simpy.Environment()
    cluster = Cluster(env, seed)
    env.process(cluster.arrivals())
    env.run(until=horizon)
    return cluster.latencies
