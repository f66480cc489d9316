"""Movie renege example, from SimPy's documentation (MIT, see LICENSE).

Model and `PRINTED` are the documentation's; only the types and `play` are new.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator
from typing import Any, NamedTuple

import simpy

Process = Generator[Any, Any, Any]

RANDOM_SEED = 42
TICKETS = 50  # Number of tickets per movie
SELLOUT_THRESHOLD = 2  # Fewer tickets than this is a sellout
SIM_TIME = 120  # Simulate until


def moviegoer(env: simpy.Environment, movie: str, num_tickets: int, theater: Theater) -> Process:
    """A moviegoer tries to by a number of tickets (*num_tickets*) for
    a certain *movie* in a *theater*.

    If the movie becomes sold out, she leaves the theater. If she gets
    to the counter, she tries to buy a number of tickets. If not enough
    tickets are left, she argues with the teller and leaves.

    If at most one ticket is left after the moviegoer bought her
    tickets, the *sold out* event for this movie is triggered causing
    all remaining moviegoers to leave.

    """
    with theater.counter.request() as my_turn:
        # Wait until it's our turn or until the movie is sold out
        result = yield my_turn | theater.sold_out[movie]

        # Check if it's our turn or if movie is sold out
        if my_turn not in result:
            theater.num_renegers[movie] += 1
            return

        # Check if enough tickets left.
        if theater.available[movie] < num_tickets:
            # Moviegoer leaves after some discussion
            yield env.timeout(0.5)
            return

        # Buy tickets
        theater.available[movie] -= num_tickets
        if theater.available[movie] < SELLOUT_THRESHOLD:
            # Trigger the "sold out" event for the movie
            theater.sold_out[movie].succeed()
            theater.when_sold_out[movie] = env.now
            theater.available[movie] = 0
        yield env.timeout(1)


def customer_arrivals(env: simpy.Environment, theater: Theater) -> Process:
    """Create new *moviegoers* until the sim time reaches 120."""
    while True:
        yield env.timeout(random.expovariate(1 / 0.5))

        movie = random.choice(theater.movies)
        num_tickets = random.randint(1, 6)
        if theater.available[movie]:
            env.process(moviegoer(env, movie, num_tickets, theater))


class Theater(NamedTuple):
    counter: simpy.Resource
    movies: list[str]
    available: dict[str, int]
    sold_out: dict[str, simpy.Event]
    when_sold_out: dict[str, float | None]
    num_renegers: dict[str, int]


PRINTED = """\
Movie renege
Movie "Python Unchained" sold out 38.0 minutes after ticket counter opening.
  Number of people leaving queue when film sold out: 16
Movie "Kill Process" sold out 43.0 minutes after ticket counter opening.
  Number of people leaving queue when film sold out: 5
Movie "Pulp Implementation" sold out 28.0 minutes after ticket counter opening.
  Number of people leaving queue when film sold out: 5
"""


def play(make: Callable[[], simpy.Environment]) -> None:
    """Set up and run the example in environments that `make` makes."""
    print("Movie renege")
    random.seed(RANDOM_SEED)
    env = make()

    # Create movie theater
    movies = ["Python Unchained", "Kill Process", "Pulp Implementation"]
    theater = Theater(
        counter=simpy.Resource(env, capacity=1),
        movies=movies,
        available=dict.fromkeys(movies, TICKETS),
        sold_out={movie: env.event() for movie in movies},
        when_sold_out=dict.fromkeys(movies),
        num_renegers=dict.fromkeys(movies, 0),
    )

    # Start process and run
    env.process(customer_arrivals(env, theater))
    env.run(until=SIM_TIME)

    # Analysis/results
    for movie in movies:
        if theater.sold_out[movie].triggered:
            sellout_time = theater.when_sold_out[movie]
            num_renegers = theater.num_renegers[movie]
            print(
                f'Movie "{movie}" sold out {sellout_time:.1f} minutes after ticket counter opening.'
            )
            print(f"  Number of people leaving queue when film sold out: {num_renegers}")
