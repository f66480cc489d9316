"""Ten services deep as a plain SimPy program: each works a little, asks the next and waits for it.

The same as `levels/bench-ten-deep.toml`. Nothing is recorded but the latencies. Seconds are floats.
"""

from __future__ import annotations

from collections.abc import Generator
from random import Random
from typing import Any

import simpy

DEPTH = 10
HOP = 0.001
CPU = 0.001
ARRIVALS_PER_SECOND = 40.0
HORIZON = 60.0

Process = Generator[simpy.Event, Any, None]


class Chain:
    """Ten services on nodes of their own, with one core each."""

    def __init__(self, env: simpy.Environment, seed: int) -> None:
        self.env = env
        self.random = Random(seed)
        self.cores = [simpy.Resource(env, capacity=1) for _ in range(DEPTH)]
        self.latencies: list[float] = []

    def hop(self) -> simpy.Timeout:
        return self.env.timeout(self.random.expovariate(1.0 / HOP))

    def ask(self, depth: int) -> Process:
        yield self.hop()
        with self.cores[depth].request() as turn:
            yield turn
            yield self.env.timeout(CPU)
        if depth + 1 < DEPTH:
            yield from self.ask(depth + 1)
        yield self.hop()

    def operation(self) -> Process:
        began = self.env.now
        yield from self.ask(0)
        self.latencies.append(self.env.now - began)

    def arrivals(self) -> Process:
        while True:
            yield self.env.timeout(self.random.expovariate(ARRIVALS_PER_SECOND))
            self.env.process(self.operation())


def run(seed: int, horizon: float = HORIZON) -> list[float]:
    """Latencies in seconds of all operations that were done before the horizon."""
    env = simpy.Environment()
    chain = Chain(env, seed)
    env.process(chain.arrivals())
    env.run(until=horizon)
    return chain.latencies
