"""Event Latency example, from SimPy's documentation (MIT, see LICENSE).

Model and `PRINTED` are the documentation's; only the types and `play` are new.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import simpy

Process = Generator[Any, Any, Any]

SIM_DURATION = 100


class Cable:
    """This class represents the propagation through a cable."""

    def __init__(self, env: simpy.Environment, delay: int) -> None:
        self.env = env
        self.delay = delay
        self.store = simpy.Store(env)

    def latency(self, value: str) -> Process:
        yield self.env.timeout(self.delay)
        self.store.put(value)

    def put(self, value: str) -> None:
        self.env.process(self.latency(value))

    def get(self) -> simpy.Event:
        return self.store.get()


def sender(env: simpy.Environment, cable: Cable) -> Process:
    """A process which randomly generates messages."""
    while True:
        # wait for next transmission
        yield env.timeout(5)
        cable.put(f"Sender sent this at {env.now}")


def receiver(env: simpy.Environment, cable: Cable) -> Process:
    """A process which consumes messages."""
    while True:
        # Get event for message pipe
        msg = yield cable.get()
        print(f"Received this at {env.now} while {msg}")


PRINTED = """\
Event Latency
Received this at 15 while Sender sent this at 5
Received this at 20 while Sender sent this at 10
Received this at 25 while Sender sent this at 15
Received this at 30 while Sender sent this at 20
Received this at 35 while Sender sent this at 25
Received this at 40 while Sender sent this at 30
Received this at 45 while Sender sent this at 35
Received this at 50 while Sender sent this at 40
Received this at 55 while Sender sent this at 45
Received this at 60 while Sender sent this at 50
Received this at 65 while Sender sent this at 55
Received this at 70 while Sender sent this at 60
Received this at 75 while Sender sent this at 65
Received this at 80 while Sender sent this at 70
Received this at 85 while Sender sent this at 75
Received this at 90 while Sender sent this at 80
Received this at 95 while Sender sent this at 85
"""


def play(make: Callable[[], simpy.Environment]) -> None:
    """Set up and run the example in environments that `make` makes."""
    print("Event Latency")
    env = make()

    cable = Cable(env, 10)
    env.process(sender(env, cable))
    env.process(receiver(env, cable))

    env.run(until=SIM_DURATION)
