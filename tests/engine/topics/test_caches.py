"""Hit ratios under independent references with Zipf popularity.

LRU: Che, Tung and Wang, Hierarchical Web Caching Systems, IEEE JSAC 20(7), 2002. FIFO and random
eviction have the same ratio (Gelenbe 1973), approximated as by Fricker, Robert and Roberts, A
Versatile and Accurate Approximation for LRU Cache Performance, ITC 2012. Perfect LFU keeps the most
popular keys.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp
from statistics import fmean

import pytest

from tests.engine.nights import SECOND, Night, night
from tests.engine.topics.evidence import agree, replicated

KEYS, CAPACITY, RATE = 200, 20, 50


def level(cache: str, keys: int = KEYS) -> str:
    return f"""
duration = "120s"
event_budget = 10000000

[[node]]
id = "web"

[[link]]
from = "*"
to = "*"
latency = "0ms"

[[service]]
id = "shop"
on = "web"
store = {{ kind = "cache", {cache} }}
steps = [{{ lookup = "0ms" }}, {{ wait = "1us" }}]

[[client]]
id = "people"
call = "shop"
rate = {RATE}
keys = {keys}
zipf = 0.9

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""


def hit_ratio(played: Night) -> float:
    """After the begin, in which the cache fills: what is found takes no time at all."""
    return fmean(row.served_us == row.started_us for row in played.attempts(40 * SECOND))


def shares(keys: int) -> list[float]:
    """How often each key is asked for."""
    weights = [(rank + 1) ** -0.9 for rank in range(keys)]
    return [weight / sum(weights) for weight in weights]


def kept_with(share: Callable[[float, float], float]) -> list[float]:
    """How likely each key is kept, where so many are on average as there is room for."""
    low, high = 0.0, 1e9
    for _ in range(200):
        middle = (low + high) / 2
        if sum(share(own, middle) for own in SHARES) < CAPACITY:
            low = middle
        else:
            high = middle
    return [share(own, low) for own in SHARES]


def ratio(kept: list[float]) -> float:
    return sum(own * there for own, there in zip(SHARES, kept, strict=True))


SHARES = shares(KEYS)
LRU = ratio(kept_with(lambda own, time: 1 - exp(-own * time)))
FIFO = ratio(kept_with(lambda own, time: own * time / (1 + own * time)))
TTL = ratio([RATE * own * 2 / (1 + RATE * own * 2) for own in SHARES])
"""Of 2 s, with room for all: a miss is followed by the hits of two seconds."""


@pytest.mark.parametrize(
    ("cache", "reference"),
    [
        (f'capacity = {CAPACITY}, evict = "lru"', LRU),
        (f'capacity = {CAPACITY}, evict = "fifo"', FIFO),
        (f'capacity = {CAPACITY}, evict = "random"', FIFO),
        (f'capacity = {KEYS}, ttl = "2s"', TTL),
    ],
)
def test_the_hit_ratio_is_that_of_the_theory(cache: str, reference: float) -> None:
    agree(replicated(level(cache), hit_ratio), reference, sharp=0.01)


def test_perfect_lfu_comes_to_keep_the_most_popular_keys() -> None:
    """Of 20 keys, so that a while is enough to learn which these are."""
    estimates = replicated(level('capacity = 5, evict = "lfu"', keys=20), hit_ratio)

    agree(estimates, sum(shares(20)[:5]), sharp=0.01)


def test_who_learns_what_is_popular_beats_who_does_not() -> None:
    assert FIFO * 1.05 < LRU < sum(SHARES[:CAPACITY]) / 1.05
    lru, lfu = (
        hit_ratio(night(level(f'capacity = {CAPACITY}, evict = "{evict}"')))
        for evict in ("lru", "lfu")
    )
    assert lru * 1.05 < lfu < sum(SHARES[:CAPACITY])
