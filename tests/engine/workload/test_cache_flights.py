"""Who waits for another's answer: on random nights nobody is left behind, or asks for nothing."""

from __future__ import annotations

from random import Random

import pytest

from game.engine.run import Run
from game.engine.workload.cache import LookStep
from tests.engine.nights import SECOND, Night, system_of
from tests.engine.workload.test_cache import CROWD

CACHES = (
    'capacity = 3, ttl = "50ms", coalesce = "100ms"',
    'capacity = 1, ttl = "30ms", coalesce = "1s", stale_if_error = "500ms"',
    'capacity = 2, evict = "lfu", coalesce = "20ms"',
)
POLICIES = (
    "",
    "cancel = true",
    "propagate_deadline = true",
    'attempt_timeout = "60ms"\nretry = { attempts = 3, backoff = "fixed", base = "10ms" }',
    'hedge = { after = "20ms" }\ncancel = true',
    'cancel = true\npropagate_deadline = true\nattempt_timeout = "80ms"',
    'cancel = true\nhedge = { after = "5ms", tied = true }',
)
FAULTS = (
    'kind = "crash"\ntarget = "back"',
    'kind = "crash"\ntarget = "front-2"\nwhat = "host"',
    'kind = "pause"\ntarget = "front"',
    'kind = "pause"\ntarget = "back"',
    'kind = "loss"\ntarget = "front"\nshare = 0.3',
    'kind = "duplicate"\ntarget = "back"\nshare = 0.4',
    'kind = "slow"\ntarget = "back"\nfactor = 12.0',
    'kind = "delay"\ntarget = "back"\nby = "100ms"',
)


def random_night(seed: int) -> Run:
    random = Random(seed)
    text = CROWD.replace("capacity = 3", random.choice(CACHES))
    load = f"rate = 200\nkeys = {random.choice((2, 5))}\nwrites = {random.choice((0.0, 0.1))}"
    text = text.replace("rate = 2000", f'{load}\npolicy = "out"')
    text = text.replace('{ call = "db" }', '{ call = "db", policy = "in" }')
    text = text.replace("workers = 500", f"workers = {random.choice((3, 500))}")
    for name in ("out", "in"):
        text += f'[[policy]]\nid = "{name}"\n{random.choice(POLICIES)}\n'
    for index, fault in enumerate(random.sample(FAULTS, 3)):
        text += (
            f'[[fault]]\nid = "f{index}"\n{fault}\nat = "{random.randrange(1, 8)}s"\nfor = "2s"\n'
        )
    return Run(system_of(f"event_budget = 3_000_000\n{text}"), seed)


def check_flights(run: Run) -> None:
    """Each who waits has somebody who asks, and both are at work here."""
    for station in run.world.stations_of["shop"]:
        step = station.steps[1]
        assert isinstance(step, LookStep)
        flights = step.flights
        assert flights is not None
        assert set(flights.flight_of) | set(flights.led_by) <= set(station.inside)
        assert all(flights.led_by[flight.leader] is flight for flight in flights.by_key.values())
        for waiting, flight in flights.flight_of.items():
            assert flights.led_by[flight.leader] is flight
            assert waiting in flight.waiting


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_each_who_waits_has_somebody_who_asks(seed: int) -> None:
    run = random_night(seed)
    for second in range(1, 21):
        run.advance(second * SECOND)
        check_flights(run)
    assert (run.log.verdict, run.log.error) == ("", "")
    assert run.log.totals["cache-coalesced:shop"] > 10
    assert "unfinished" not in Night(run.log).causes()


@pytest.mark.soak
def test_on_two_hundred_nights_too() -> None:
    for seed in range(200):
        run = random_night(seed)
        for second in range(1, 21):
            run.advance(second * SECOND)
            check_flights(run)
        assert run.log.error == "", f"night {seed}"
