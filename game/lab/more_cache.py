"""Hit ratios of a cache whose keys are asked for by Zipf's law, each request independent of the
others: LRU by Che's approximation, exact to a fraction of a percent here (Che, Tung and Wang 2002;
Fricker, Robert and Roberts 2012); FIFO and random eviction have one ratio (Gelenbe 1973)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from math import exp

from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import good_sojourns
from game.lab.pictures import Picture, mean_of, series
from game.lab.scenario import scenario
from game.lab.statistics import Percent

KEYS, ZIPF = 500, 0.8
WEIGHTS: list[float] = [rank**-ZIPF for rank in range(1, KEYS + 1)]
SHARES = [weight / sum(WEIGHTS) for weight in WEIGHTS]


def kept_lru(asked: float) -> float:
    """How likely a key is kept that is asked for so often within the cache's characteristic
    time."""
    return 1 - exp(-asked)


def kept_fifo(asked: float) -> float:
    """The same for FIFO, and for random eviction."""
    return asked / (1 + asked)


def hit_ratio(kept: Callable[[float], float], capacity: int) -> float:
    """The characteristic time is the one at which the cache is just full."""
    low, high = 0.0, 1e9
    for _ in range(200):
        middle = (low + high) / 2
        full = sum(kept(share * middle) for share in SHARES) >= capacity
        low, high = (low, middle) if full else (middle, high)
    return sum(share * kept(share * low) for share in SHARES)


def observe(evict: str, capacity: int, seed: int, work: float) -> Mapping[str, float]:
    """The share of requests that took no time, because the answer was kept."""
    system = scenario("cache", (("capacity", str(capacity)), ("evict", evict)), work)
    sojourns = good_sojourns(simulate(system, seed), system)
    return {"hits": sojourns.count(0) / len(sojourns)}


def plot(seed_base: int, work: float) -> tuple[Picture, ...]:
    """The hit ratio over the capacity."""
    laws = (("lru", kept_lru), ("fifo", kept_fifo))
    sizes = (10, 25, 50, 100, 200)
    picture = Picture(
        f"Caches under Zipf {ZIPF}: hit ratio over capacity, {KEYS} keys",
        "keys kept",
        "hit ratio",
        tuple(
            series(f"{name}, theory", ((n, hit_ratio(kept, n)) for n in range(5, 205, 5)))
            for name, kept in laws
        ),
        tuple(
            series(
                name,
                ((n, mean_of("hits", seed_base, work, partial(observe, name, n))) for n in sizes),
            )
            for name, _ in laws
        ),
    )
    return (picture,)


def add(evict: str, capacity: int, kept: Callable[[float], float], source: str) -> None:
    title = f"{evict} cache of {capacity} of {KEYS} keys, Zipf {ZIPF}: hit ratio"
    row = Row("hits", title, hit_ratio(kept, capacity), Percent(2))
    play = partial(observe, evict, capacity)
    register(Check(f"CACHE/{evict}-{capacity}", source, play, (row,), plot=plot))


add("lru", 50, kept_lru, "Che et al. 2002")
add("lru", 200, kept_lru, "Che et al. 2002")
add("fifo", 50, kept_fifo, "Gelenbe 1973; Fricker et al. 2012")
add("random", 50, kept_fifo, "Gelenbe 1973; Fricker et al. 2012")
