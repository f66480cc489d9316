"""A register on five copies behind one leader as a plain SimPy program: what Raft does while nobody
fails.

The yardstick of the benchmark, after Ongaro and Ousterhout, ATC 2014, sections 5.3 and 8: a write
is done when a majority has it; a read, when a majority answered a round of heartbeats that began
after it came. Nothing is recorded but the latencies, nobody is elected, nothing is lost, nobody
times out. Seconds are floats.
"""

from __future__ import annotations

from collections.abc import Generator
from random import Random
from typing import Any

import simpy

FOLLOWERS = 4
OTHERS_NEEDED = 2
HOP = 0.002
CPU = 80e-6
HEARTBEAT = 0.040
ARRIVALS_PER_SECOND = 200.0
KEYS = 5
WRITES = 0.5
HORIZON = 22.0
LAST_ARRIVAL = 20.0

Process = Generator[simpy.Event, Any, None]


class Group:
    """The leader, and what its followers have."""

    def __init__(self, env: simpy.Environment, seed: int) -> None:
        self.env = env
        self.random = Random(seed)
        self.core = simpy.Resource(env, capacity=1)
        self.log: list[tuple[int, int]] = []
        self.values: dict[int, int] = {}
        self.matches = [0] * FOLLOWERS
        self.rounds = [0] * FOLLOWERS
        self.committed = 0
        self.round = 0
        self.confirmed = 0
        self.writes: dict[int, simpy.Event] = {}
        self.reads: list[tuple[int, simpy.Event]] = []
        self.latencies: list[float] = []

    def hop(self) -> simpy.Timeout:
        return self.env.timeout(self.random.expovariate(1.0 / HOP))

    def append(self, follower: int, length: int, number: int) -> Process:
        yield self.hop()
        yield self.hop()
        self.matches[follower] = max(self.matches[follower], length)
        self.rounds[follower] = max(self.rounds[follower], number)
        self.commit()
        self.confirm()

    def send(self) -> None:
        for follower in range(FOLLOWERS):
            self.env.process(self.append(follower, len(self.log), self.round))

    def commit(self) -> None:
        reached = sorted(self.matches)[-OTHERS_NEEDED]
        while self.committed < reached:
            key, operation = self.log[self.committed]
            self.values[key] = operation
            self.committed += 1
            self.writes.pop(self.committed).succeed()

    def confirm(self) -> None:
        self.confirmed = sorted(self.rounds)[-OTHERS_NEEDED]
        while self.reads and self.reads[0][0] <= self.confirmed:
            self.reads.pop(0)[1].succeed()
        if self.reads and self.round <= self.confirmed:
            self.round += 1
            self.send()

    def operation(self, number: int) -> Process:
        env = self.env
        key, writes = self.random.randrange(KEYS), self.random.random() < WRITES
        began = env.now
        yield self.hop()
        with self.core.request() as turn:
            yield turn
            yield env.timeout(CPU)
        done = env.event()
        if writes:
            self.log.append((key, number))
            self.writes[len(self.log)] = done
            self.send()
        else:
            self.reads.append((self.round + 1, done))
            self.confirm()
        yield done
        yield self.hop()
        self.latencies.append(env.now - began)

    def heartbeats(self) -> Process:
        while True:
            yield self.env.timeout(HEARTBEAT)
            self.round += 1
            self.send()

    def arrivals(self) -> Process:
        number = 0
        while True:
            yield self.env.timeout(self.random.expovariate(ARRIVALS_PER_SECOND))
            if self.env.now > LAST_ARRIVAL:
                return
            self.env.process(self.operation(number))
            number += 1


def run(seed: int) -> list[float]:
    """Latencies in seconds of all operations."""
    env = simpy.Environment()
    group = Group(env, seed)
    env.process(group.heartbeats())
    env.process(group.arrivals())
    env.run(until=HORIZON)
    return group.latencies
