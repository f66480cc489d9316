"""A register on three copies as a plain SimPy program: reads and writes of which two copies answer.

The yardstick of the benchmark, after Attiya, Bar-Noy and Dolev, JACM 1995: a write asks for the
newest version and stores the next; a read stores what it saw where that is not at two copies yet.
Nothing is recorded but the latencies, nothing is lost, nobody times out. Seconds are floats.
"""

from __future__ import annotations

from collections.abc import Generator
from random import Random
from typing import Any

import simpy

COPIES = 3
NEEDED = 2
HOP = 0.002
CPU = 80e-6
ARRIVALS_PER_SECOND = 200.0
KEYS = 100
WRITES = 0.5
HORIZON = 22.0
LAST_ARRIVAL = 20.0

Process = Generator[simpy.Event, Any, None]
Version = tuple[int, int]
"""A counter, and which copy's coordinator gave it."""
NOTHING = (0, 0)


class Round:
    """One question to some copies: the answers, and when there are enough."""

    def __init__(self, env: simpy.Environment, answers: list[Version]) -> None:
        self.answers = answers
        self.enough = env.event()

    def answer(self, version: Version) -> None:
        self.answers.append(version)
        if len(self.answers) == NEEDED:
            self.enough.succeed()


class Register:
    """The copies, and the operations on them."""

    def __init__(self, env: simpy.Environment, seed: int) -> None:
        self.env = env
        self.random = Random(seed)
        self.cores = [simpy.Resource(env, capacity=1) for _ in range(COPIES)]
        self.copies: list[dict[int, Version]] = [{} for _ in range(COPIES)]
        self.latencies: list[float] = []

    def hop(self) -> simpy.Timeout:
        return self.env.timeout(self.random.expovariate(1.0 / HOP))

    def take(self, copy: int, key: int, version: Version) -> None:
        kept = self.copies[copy]
        kept[key] = max(version, kept.get(key, NOTHING))

    def ask(self, copy: int, key: int, asked: Round) -> Process:
        yield self.hop()
        version = self.copies[copy].get(key, NOTHING)
        yield self.hop()
        asked.answer(version)

    def store(self, copy: int, key: int, version: Version, stored: Round) -> Process:
        yield self.hop()
        self.take(copy, key, version)
        yield self.hop()
        stored.answer(version)

    def newest(self, at: int, key: int) -> Generator[simpy.Event, Any, list[Version]]:
        asked = Round(self.env, [self.copies[at].get(key, NOTHING)])
        for copy in range(COPIES):
            if copy != at:
                self.env.process(self.ask(copy, key, asked))
        yield asked.enough
        return asked.answers[:NEEDED]

    def keep(self, at: int, key: int, version: Version) -> Process:
        self.take(at, key, version)
        stored = Round(self.env, [version])
        for copy in range(COPIES):
            if copy != at:
                self.env.process(self.store(copy, key, version, stored))
        yield stored.enough

    def operation(self, number: int) -> Process:
        env, at = self.env, number % COPIES
        key, writes = self.random.randrange(KEYS), self.random.random() < WRITES
        began = env.now
        yield self.hop()
        with self.cores[at].request() as turn:
            yield turn
            yield env.timeout(CPU)
        answers = yield from self.newest(at, key)
        version = max(answers)
        if writes:
            yield from self.keep(at, key, (version[0] + 1, at))
        elif min(answers) != version:
            yield from self.keep(at, key, version)
        yield self.hop()
        self.latencies.append(env.now - began)

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
    register = Register(env, seed)
    env.process(register.arrivals())
    env.run(until=HORIZON)
    return register.latencies
