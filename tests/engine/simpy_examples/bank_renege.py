"""Bank renege example, from SimPy's documentation (MIT, see LICENSE).

Model and `PRINTED` are the documentation's; only the types and `play` are new.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator
from typing import Any

import simpy

Process = Generator[Any, Any, Any]

RANDOM_SEED = 42
NEW_CUSTOMERS = 5  # Total number of customers
INTERVAL_CUSTOMERS = 10.0  # Generate new customers roughly every x seconds
MIN_PATIENCE = 1  # Min. customer patience
MAX_PATIENCE = 3  # Max. customer patience


def source(
    env: simpy.Environment, number: int, interval: float, counter: simpy.Resource
) -> Process:
    """Source generates customers randomly"""
    for i in range(number):
        c = customer(env, f"Customer{i:02d}", counter, time_in_bank=12.0)
        env.process(c)
        t = random.expovariate(1.0 / interval)
        yield env.timeout(t)


def customer(
    env: simpy.Environment, name: str, counter: simpy.Resource, time_in_bank: float
) -> Process:
    """Customer arrives, is served and leaves."""
    arrive = env.now
    print(f"{arrive:7.4f} {name}: Here I am")

    with counter.request() as req:
        patience = random.uniform(MIN_PATIENCE, MAX_PATIENCE)
        # Wait for the counter or abort at the end of our tether
        results = yield req | env.timeout(patience)

        wait = env.now - arrive

        if req in results:
            # We got to the counter
            print(f"{env.now:7.4f} {name}: Waited {wait:6.3f}")

            tib = random.expovariate(1.0 / time_in_bank)
            yield env.timeout(tib)
            print(f"{env.now:7.4f} {name}: Finished")

        else:
            # We reneged
            print(f"{env.now:7.4f} {name}: RENEGED after {wait:6.3f}")


PRINTED = """\
Bank renege
 0.0000 Customer00: Here I am
 0.0000 Customer00: Waited  0.000
 3.8595 Customer00: Finished
10.2006 Customer01: Here I am
10.2006 Customer01: Waited  0.000
12.7265 Customer02: Here I am
13.9003 Customer02: RENEGED after  1.174
23.7507 Customer01: Finished
34.9993 Customer03: Here I am
34.9993 Customer03: Waited  0.000
37.9599 Customer03: Finished
40.4798 Customer04: Here I am
40.4798 Customer04: Waited  0.000
43.1401 Customer04: Finished
"""


def play(make: Callable[[], simpy.Environment]) -> None:
    """Set up and run the example in environments that `make` makes."""
    print("Bank renege")
    random.seed(RANDOM_SEED)
    env = make()

    # Start processes and run
    counter = simpy.Resource(env, capacity=1)
    env.process(source(env, NEW_CUSTOMERS, INTERVAL_CUSTOMERS, counter))
    env.run()
