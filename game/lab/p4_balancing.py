"""P4: one balancer, n machines: random is n times M/M/1; round robin gives each machine every n-th
arrival (GI/M/1 with Erlang gaps); two choices after Mitzenmacher 2001; the shortest queue by an
independent simulation.

`least-outstanding` is join-the-shortest-queue here, because one client is the only balancer and no
message takes time.

The order of the ladder holds at rho 0.5, 0.7 and 0.9. At 0.3 it does not: round robin
takes 1.07 there by its closed form, and two choices 1.10. So at 0.3 every other pair is checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from itertools import combinations, pairwise
from math import fsum
from statistics import fmean

from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import good_sojourns
from game.lab.pictures import Picture, curve, mean_of, series
from game.lab.scenario import UNIT_US, scenario
from game.lab.statistics import Below, Percent

LADDER = {
    "least-outstanding": "jsq",
    "power-of-two": "p2c",
    "round-robin": "rr",
    "random": "random",
}
"""Shortest queues first, with the short names of the literature."""
SIMULATION = "independent simulation"


def mean_sojourn(balancer: str, machines: int, rate: int, seed: int, work: float) -> float:
    """In units of the mean demand."""
    choices = (("balancer", balancer), ("machines", str(machines)), ("rate", str(rate)))
    system = scenario("balancing", choices, work)
    return fmean(good_sojourns(simulate(system, seed), system)) / UNIT_US


def observe(
    balancer: str, machines: int, rate: int, size: float, seed: int, work: float
) -> Mapping[str, float]:
    return {"sojourn": mean_sojourn(balancer, machines, rate, seed, size * work)}


def observe_order(rate: int, size: float, seed: int, work: float) -> Mapping[str, float]:
    """Each pair of the ladder, better over worse, on the same arrivals and demands."""
    sojourns = {
        balancer: mean_sojourn(balancer, 10, rate, seed, size * work) for balancer in LADDER
    }
    return {
        pair_id(better, worse): sojourns[better] / sojourns[worse]
        for better, worse in combinations(LADDER, 2)
    }


def pair_id(better: str, worse: str) -> str:
    return f"{LADDER[better]}-{LADDER[worse]}"


def two_choices(rho: float) -> float:
    """The mean sojourn with two choices among very many machines (Mitzenmacher 2001)."""
    return fsum(rho ** (2**place - 2) for place in range(1, 30))


def plot(seed_base: int, work: float) -> tuple[Picture, ...]:
    """The ladder over rho."""
    measured = [
        series(
            name,
            (
                (rate / 1000, mean_of("sojourn", seed_base, 0.3 * work, play))
                for rate in (300, 500, 700, 900)
                for play in (partial(observe, balancer, 10, rate, 1.0),)
            ),
        )
        for balancer, name in LADDER.items()
    ]
    picture = Picture(
        "The balancing ladder, 10 machines: mean sojourn over load",
        "rho",
        "mean demands",
        (
            curve("random, closed form", lambda rho: 1 / (1 - rho), 0.05, 0.92),
            curve("rr, closed form", lambda rho: 1 / (1 - erlang_gap_root(10, rho)), 0.05, 0.92),
            curve("p2c, very many machines", two_choices, 0.05, 0.92),
        ),
        tuple(measured),
    )
    return (picture,)


def add(balancer: str, machines: int, size: float, source: str, row: Row) -> None:
    play = partial(observe, balancer, machines, 70 * machines, size)
    register(Check(f"P4/{balancer}-{machines}", source, play, (row,), plot=plot))


def add_order(rate: int, size: float, pairs: Iterable[tuple[str, str]]) -> None:
    rho = rate / 1000
    rows = tuple(
        Row(pair_id(better, worse), f"at rho {rho}: {better} over {worse}", 1.0, Below())
        for better, worse in pairs
    )
    play = partial(observe_order, rate, size)
    register(Check(f"P4/order-{rho}", SIMULATION, play, rows))


def erlang_gap_root(servers: int, rho: float) -> float:
    """sigma = A*(mu (1 - sigma)) for arrivals of which each server gets every `servers`-th; the
    mean sojourn is 1 / (1 - sigma) (Kleinrock 1975, chapter 6)."""
    sigma = rho
    for _ in range(1000):
        sigma = (servers * rho / (servers * rho + 1 - sigma)) ** servers
    return sigma


add("random", 10, 0.45, "closed form", Row("sojourn", "random, 10 servers", 1 / 0.3, Percent(6)))
add(
    "round-robin",
    10,
    0.5,
    "closed form",
    Row("sojourn", "round robin, 10 servers", 1 / (1 - erlang_gap_root(10, 0.7)), Percent(5)),
)
add(
    "power-of-two",
    10,
    0.65,
    SIMULATION,
    Row("sojourn", "two choices, 10 servers", 1.677, Percent(3)),
)
add(
    "least-outstanding",
    10,
    0.8,
    SIMULATION,
    Row("sojourn", "shortest queue, 10 servers", 1.155, Percent(2)),
)
add(
    "power-of-two",
    100,
    0.08,
    SIMULATION,
    Row("sojourn", "two choices, 100 servers", 1.619, Percent(2)),
)
for rate in (500, 700, 900):
    add_order(rate, 100 / rate, pairwise(LADDER))
upset = ("power-of-two", "round-robin")
add_order(300, 0.1, (pair for pair in combinations(LADDER, 2) if pair != upset))
