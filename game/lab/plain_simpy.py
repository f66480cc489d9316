"""Scenario S as a plain SimPy program, the way a reader of SimPy's manual would write it.

The yardstick of the benchmark: nothing is recorded but the latencies, nothing times out. Seconds
are floats.
"""

from __future__ import annotations

from collections.abc import Generator
from itertools import count
from random import Random
from typing import Any

import simpy

USERS_TO_CLIENT = 0.003
CLIENT_TO_BALANCER = 0.002
BALANCER_TO_SERVER = 0.002
SERVER_TO_CLIENT = 0.003
CPU = 0.002
WAIT = 0.012
ARRIVALS_PER_SECOND = 40.0
OUTAGE_STARTS = 200.0
OUTAGE_LASTS = 100.0
HORIZON = 600.0

Process = Generator[simpy.Event, Any, None]


class Cluster:
    """Two servers with one core each, dealt to in turn while they are in rotation."""

    def __init__(self, env: simpy.Environment, seed: int) -> None:
        self.env = env
        self.random = Random(seed)
        self.cores = [simpy.Resource(env, capacity=1) for _ in range(2)]
        self.in_rotation = [True, True]
        self.turn = count()
        self.latencies: list[float] = []

    def next_server(self) -> simpy.Resource:
        while True:
            index = next(self.turn) % 2
            if self.in_rotation[index]:
                return self.cores[index]

    def hop(self, mean: float) -> simpy.Timeout:
        return self.env.timeout(self.random.expovariate(1.0 / mean))

    def request(self) -> Process:
        env = self.env
        began = env.now
        yield self.hop(USERS_TO_CLIENT)
        yield self.hop(CLIENT_TO_BALANCER)
        core = self.next_server()
        yield self.hop(BALANCER_TO_SERVER)
        with core.request() as turn:
            yield turn
            yield env.timeout(CPU)
        yield env.timeout(WAIT)
        yield self.hop(SERVER_TO_CLIENT)
        self.latencies.append(env.now - began)

    def arrivals(self) -> Process:
        while True:
            yield self.env.timeout(self.random.expovariate(ARRIVALS_PER_SECOND))
            self.env.process(self.request())

    def outage(self) -> Process:
        yield self.env.timeout(OUTAGE_STARTS)
        self.in_rotation[0] = False
        yield self.env.timeout(OUTAGE_LASTS)
        self.in_rotation[0] = True


def run(seed: int, horizon: float = HORIZON) -> list[float]:
    """Latencies in seconds of all requests that were answered before the horizon."""
    env = simpy.Environment()
    cluster = Cluster(env, seed)
    env.process(cluster.arrivals())
    env.process(cluster.outage())
    env.run(until=horizon)
    return cluster.latencies
