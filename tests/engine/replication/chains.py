"""Nights of a chain, and what must hold in each."""

from __future__ import annotations

from random import Random

from tests.engine.nights import Night, night
from tests.engine.replication.rafts import random_faults, verdict_on
from tests.engine.replication.stores import (
    KEYED,
    fault,
    lost,
    repeated,
    store_text,
)

FEW = "attempts = 3"
PATIENT = "attempts = 20"
ANYBODY = (
    KEYED.replace(FEW, PATIENT)
    .replace('timeout = "50ms"', 'timeout = "200ms"')
    .replace('base = "50ms"', 'base = "10ms"')
)
"""Asks each copy in turn, gives a long chain its time, and goes on."""
FOLLOWING = f'{ANYBODY}\nbalancer = "leader-aware"'
VARYING = '{ law = "exponential", mean = "5ms" }'
DETECTORS = (("50ms", "120ms"), ("50ms", "200ms"), ("200ms", "500ms"))
"""Heartbeat, and silence that is taken for death."""


def chain(**settings: str | float) -> str:
    """The replication table, with `court` as the coordinator."""
    table: dict[str, str | float] = {"kind": "chain", "coordinator": "court", **settings}
    words = ", ".join(
        f'{name} = "{value}"' if isinstance(value, str) else f"{name} = {str(value).lower()}"
        for name, value in table.items()
    )
    return "{ " + words + " }"


def chain_night(
    faults: str = "",
    *,
    seed: int = 1,
    machines: int = 3,
    policy: str = FOLLOWING,
    rate: float = 60,
    writes: float = 0.5,
    keys: int = 2,
    way: str = '"1ms"',
    deadline: str = "1s",
    duration: str = "10s",
    replication: str = "",
) -> Night:
    """One night; `way` is the latency of every message."""
    text = store_text(
        faults,
        machines=machines,
        policy=policy,
        replication=replication or chain(heartbeat="50ms", failover_after="150ms"),
        rate=rate,
        writes=writes,
        deadline=deadline,
        duration=duration,
    )
    text = text.replace("keys = 100", f"keys = {keys}")
    return night(text.replace('latency = "1ms"', f"latency = {way}"), seed)


def random_night(number: int, **settings: str | float) -> Night:
    """Up to five copies, many operations on few keys, and trouble until 9.9 s."""
    luck = Random(number)
    machines = luck.choice((2, 3, 3, 4, 5))
    heartbeat, failover_after = luck.choice(DETECTORS)
    return chain_night(
        random_faults(luck, machines),
        seed=number,
        machines=machines,
        policy=luck.choice((ANYBODY, FOLLOWING)),
        way=luck.choice((VARYING, '"1ms"')),
        duration="13s",
        replication=chain(heartbeat=heartbeat, failover_after=failover_after, **settings),
    )


def cut_off_night(number: int, trouble: str, **settings: str | float) -> Night:
    """One copy after the other is cut off from the rest, but not from the users. With "drift" its
    clock is slow then and all others are fast; with "pause" it freezes for the begin."""
    luck = Random(number)
    faults = ""
    for start_ms in range(500, 9_000, 1_000):
        one = luck.randint(1, 3)
        others = [f"db-{other}" for other in range(1, 4) if other != one] + ["judge"]
        listed = ", ".join(f'"{other}"' for other in others)
        faults += fault("partition", f"db-{one}", f"{start_ms}ms", "450ms", f"from = [{listed}]")
        if trouble == "pause":
            faults += fault("pause", f"db-{one}", f"{start_ms}ms", "200ms")
        for place in (f"db-{one}", *others) if trouble == "drift" else ():
            ppm = 100_000 if place in others else -100_000
            faults += fault("clock-drift", place, f"{start_ms - 50}ms", "550ms", f"ppm = {ppm}")
    return chain_night(
        faults,
        seed=number,
        policy=ANYBODY.replace('"200ms"', '"50ms"'),
        rate=500,
        replication=chain(heartbeat="20ms", failover_after="200ms", **settings),
    )


def is_broken(played: Night) -> bool:
    """Whether a promise was not kept."""
    return not verdict_on(played).valid or bool(lost(played) or repeated(played))


def restless_night(number: int, **settings: str | float) -> Night:
    """Processes that restart all the time, a network that loses and is slow, and a coordinator that
    is quick to judge."""
    luck = Random(number)
    churn = fault("crash", "db", "0s").replace(
        'at = "0s"',
        'what = "process"\n'
        f'every = {{ law = "exponential", mean = "{luck.choice((300, 600, 1500))}ms" }}\n'
        f'lasts = "{luck.choice((1, 30, 150))}ms"',
    )
    return chain_night(
        churn + fault("loss", "db", "0s", "9s", 'share = 0.1\nto = "db"'),
        seed=number,
        policy=ANYBODY,
        rate=200,
        way='{ law = "exponential", mean = "8ms" }',
        replication=chain(heartbeat="20ms", failover_after="60ms", **settings),
    )
