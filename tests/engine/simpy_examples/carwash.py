"""Carwash example, from SimPy's documentation (MIT, see LICENSE).

Model and `PRINTED` are the documentation's; only the types and `play` are new.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Generator
from typing import Any

import simpy

Process = Generator[Any, Any, Any]

RANDOM_SEED = 42
NUM_MACHINES = 2  # Number of machines in the carwash
WASHTIME = 5  # Minutes it takes to clean a car
T_INTER = 7  # Create a car every ~7 minutes
SIM_TIME = 20  # Simulation time in minutes


class Carwash:
    """A carwash has a limited number of machines (``NUM_MACHINES``) to
    clean cars in parallel.

    Cars have to request one of the machines. When they got one, they
    can start the washing processes and wait for it to finish (which
    takes ``washtime`` minutes).

    """

    def __init__(self, env: simpy.Environment, num_machines: int, washtime: int) -> None:
        self.env = env
        self.machine = simpy.Resource(env, num_machines)
        self.washtime = washtime

    def wash(self, car: str) -> Process:
        """The washing processes. It takes a ``car`` processes and tries
        to clean it."""
        yield self.env.timeout(self.washtime)
        pct_dirt = random.randint(50, 99)
        print(f"Carwash removed {pct_dirt}% of {car}'s dirt.")


def car(env: simpy.Environment, name: str, cw: Carwash) -> Process:
    """The car process (each car has a ``name``) arrives at the carwash
    (``cw``) and requests a cleaning machine.

    It then starts the washing process, waits for it to finish and
    leaves to never come back ...

    """
    print(f"{name} arrives at the carwash at {env.now:.2f}.")
    with cw.machine.request() as request:
        yield request

        print(f"{name} enters the carwash at {env.now:.2f}.")
        yield env.process(cw.wash(name))

        print(f"{name} leaves the carwash at {env.now:.2f}.")


def setup(env: simpy.Environment, num_machines: int, washtime: int, t_inter: int) -> Process:
    """Create a carwash, a number of initial cars and keep creating cars
    approx. every ``t_inter`` minutes."""
    # Create the carwash
    carwash = Carwash(env, num_machines, washtime)

    car_count = itertools.count()

    # Create 4 initial cars
    for _ in range(4):
        env.process(car(env, f"Car {next(car_count)}", carwash))

    # Create more cars while the simulation is running
    while True:
        yield env.timeout(random.randint(t_inter - 2, t_inter + 2))
        env.process(car(env, f"Car {next(car_count)}", carwash))


PRINTED = """\
Carwash
Check out http://youtu.be/fXXmeP9TvBg while simulating ... ;-)
Car 0 arrives at the carwash at 0.00.
Car 1 arrives at the carwash at 0.00.
Car 2 arrives at the carwash at 0.00.
Car 3 arrives at the carwash at 0.00.
Car 0 enters the carwash at 0.00.
Car 1 enters the carwash at 0.00.
Car 4 arrives at the carwash at 5.00.
Carwash removed 97% of Car 0's dirt.
Carwash removed 67% of Car 1's dirt.
Car 0 leaves the carwash at 5.00.
Car 1 leaves the carwash at 5.00.
Car 2 enters the carwash at 5.00.
Car 3 enters the carwash at 5.00.
Car 5 arrives at the carwash at 10.00.
Carwash removed 64% of Car 2's dirt.
Carwash removed 58% of Car 3's dirt.
Car 2 leaves the carwash at 10.00.
Car 3 leaves the carwash at 10.00.
Car 4 enters the carwash at 10.00.
Car 5 enters the carwash at 10.00.
Carwash removed 97% of Car 4's dirt.
Carwash removed 56% of Car 5's dirt.
Car 4 leaves the carwash at 15.00.
Car 5 leaves the carwash at 15.00.
Car 6 arrives at the carwash at 16.00.
Car 6 enters the carwash at 16.00.
"""


def play(make: Callable[[], simpy.Environment]) -> None:
    """Set up and run the example in environments that `make` makes."""
    print("Carwash")
    print("Check out http://youtu.be/fXXmeP9TvBg while simulating ... ;-)")
    random.seed(RANDOM_SEED)  # This helps to reproduce the results

    # Create an environment and start the setup process
    env = make()
    env.process(setup(env, NUM_MACHINES, WASHTIME, T_INTER))

    # Execute!
    env.run(until=SIM_TIME)
