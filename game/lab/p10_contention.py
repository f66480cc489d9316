"""P10: backoff and jitter. Clients that all want to change one row read it, then compare and set,
until they succeed (Brooker, Exponential Backoff and Jitter, AWS Architecture Blog, 2015; the
numbers are those of his simulator, played again).

His attempts count from 1, so that the first wait of `expo`, `full` and `equal` is twice his base.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import pairwise

from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import own_measures
from game.lab.scenario import scenario
from game.lab.statistics import Below, Percent

SOURCE = "simulation"
ROUNDS = 5
"""Nights that one replication is the mean of: some clients are unlucky for long."""
CALLS = {
    20: {"none": 152, "expo": 150, "equal": 107, "full": 100, "decorrelated": 100},
    50: {"none": 690, "expo": 622, "equal": 347, "full": 334, "decorrelated": 375},
}
"""Write attempts of all clients together."""
TIMES_MS = {"none": 1138, "expo": 36_400, "equal": 4154, "full": 2903, "decorrelated": 2211}
"""From the begin to the last success of 50 clients."""


def observe(clients: int, backoff: str, seed: int, work: float) -> Mapping[str, float]:
    """Means over a few nights: write attempts, and the time until all have succeeded."""
    system = scenario("contention", (("people", str(clients)), ("backoff", backoff)))
    rounds = max(1, round(ROUNDS * work))
    nights = []
    for night in range(rounds):
        log = simulate(system, seed * ROUNDS + night)
        assert not log.verdict, log.error or log.verdict
        assert not any(log.operations.column("cause")), "somebody did not succeed"
        assert len(log.effects) == clients, "a write was lost or came twice"
        nights.append(own_measures("contention", system, log))
    return {
        "calls": sum(numbers["tries"] for numbers in nights) / rounds,
        "time": sum(numbers["all-done"] for numbers in nights) / rounds,
    }


def observe_order(seed: int, work: float) -> Mapping[str, float]:
    """How one way to wait is beside the next worse one, with 50 clients."""
    found = {backoff: observe(50, backoff, seed, work) for backoff in TIMES_MS}
    return {
        f"{number}-{better}-{worse}": found[better][number] / found[worse][number]
        for number, order in ORDERS.items()
        for better, worse in pairwise(order)
    }


def add(clients: int, backoff: str) -> None:
    words = f"{clients} clients, {backoff}"
    calls = Row("calls", f"write attempts, {words}", CALLS[clients][backoff], Percent(5))
    rows: tuple[Row, ...] = (calls,)
    if clients == 50:
        rows += (Row("time", f"ms to the end, {words}", TIMES_MS[backoff], Percent(12)),)
    play = partial(observe, clients, backoff)
    register(
        Check(
            f"P10/{backoff}-{clients}",
            SOURCE,
            play,
            rows,
            in_fast=clients == 20 and backoff == "full",
        )
    )


ORDERS = {
    "calls": sorted(CALLS[50], key=lambda backoff: CALLS[50][backoff]),
    "time": sorted(TIMES_MS, key=lambda backoff: TIMES_MS[backoff]),
}
for clients in CALLS:
    for backoff in CALLS[clients]:
        add(clients, backoff)
ROWS = tuple(
    Row(f"{number}-{better}-{worse}", f"{number}: {better} over {worse}", 1.0, Below())
    for number, order in ORDERS.items()
    for better, worse in pairwise(order)
)
register(Check("P10/order-50", SOURCE, observe_order, ROWS, in_fast=False))
