"""Quorums under the laws of Yammer (YMMR) and of a wide network (WAN): fresh reads, and latencies.

Bailis, Venkataraman, Franklin, Hellerstein and Stoica, Probabilistically Bounded Staleness for
Practical Partial Quorums, VLDB 2012: the laws are those of table 3, the published figures those of
table 4 (when 99.9 % of the reads are fresh). What is not published there is simulated here once
more, a write and a read at a time, without an engine.
"""

from __future__ import annotations

from functools import cache, partial
from itertools import product
from random import Random
from statistics import fmean, quantiles
from typing import NamedTuple

import pytest

from game.lab.p6_quorums import lags
from tests.engine.nights import Night
from tests.engine.topics.evidence import agree, replicated

Law = tuple[float, float, float, float]
"""The share of a Pareto law, its least value in ms, its alpha; and the rate of the exponential
rest, a millisecond."""
Laws = tuple[Law, Law, int]
"""Of a write on its way to a copy; of all other messages; and what is added, in ms, from one place
to another. Each place has a writer, a reader and a copy."""
YMMR: Laws = (0.939, 3.0, 3.35, 0.0028), (0.982, 1.5, 3.8, 0.0217), 0
WAN: Laws = (0.38, 1.05, 1.51, 0.183), (0.9122, 0.235, 10.0, 1.66), 75
PAIRS = 40_000
"""A write and a read that are simulated without an engine."""
PLACES = (1, 2, 3)
MET = ("writer-1", "reader-1", "writer-2", "reader-3", "writer-3", "reader-2")
"""In turn: one read in three begins where the write did."""


def law_text(law: Law, more_ms: int) -> str:
    share, least, alpha, rate = law
    return f"""
[link.latency]
law = "mixture"
plus = "{more_ms}ms"

[[link.latency.of]]
share = {share}
law = {{ law = "pareto", minimum = "{least * 1000:g}us", alpha = {alpha} }}

[[link.latency.of]]
share = {1 - share:.4f}
law = {{ law = "exponential", mean = "{1000 / rate:.0f}us" }}
"""


def links(laws: Laws) -> str:
    """From every writer and reader to every copy, and back."""
    write, other, far_ms = laws
    found = ""
    for home, place in product(PLACES, PLACES):
        more_ms = 0 if home == place else far_ms
        for who, asks in (("writer", write), ("reader", other)):
            here, there = f"{who}-{home}", f"shelf-{place}"
            for from_, to, law in ((here, there, asks), (there, here, other)):
                found += f'\n[[link]]\nfrom = "{from_}"\nto = "{to}"\none_way = true\n'
                found += law_text(law, more_ms)
    return found


def level(laws: Laws, r: int, w: int, later_ms: int, seconds: int) -> str:
    """One client writes, thinks, reads, thinks, and so on."""
    nodes = "".join(f'\n[[node]]\nid = "{name}"' for name in MET)
    on = ", ".join(f'"{name}"' for name in MET)
    return f"""
duration = "{seconds}s"
event_budget = 10000000

[[node]]
id = "shelf"
count = 3

{nodes}

[[link]]
from = "*"
to = "*"
latency = "0ms"
{links(laws)}
[[service]]
id = "register"
on = [{on}]
store = "register"
steps = [{{ store = "0ms" }}]

[service.replication]
kind = "quorum"
copies_on = "shelves"
r = {r}
w = {w}
versions = "last-writer-wins"
repair = "none"
gives_up = "20s"
ask_again = "19s"

[[service]]
id = "shelves"
on = "shelf"

[[client]]
id = "pairs"
call = "register"
population = 1
think = "{later_ms}ms"
writes = 0.5
turns = true
deadline = "15s"

[[goal]]
id = "up"
measure = "availability"
at_least = 0.5
"""


class Simulated(NamedTuple):
    """What came out without an engine."""

    fresh: float
    """The share of reads that saw the write before them."""
    waits_ms: tuple[float, float]
    """What one read in ten, and one write in ten, lasts longer than."""


@cache
def simulated(laws: Laws, r: int, w: int, later_ms: float) -> Simulated:
    """Pairs of a write, and of a read that begins so long after it was done."""
    luck = Random(f"{laws} {r} {w} {later_ms}")

    def way(law: Law, place: int, home: int) -> float:
        share, least, alpha, rate = law
        far_ms = 0 if place == home else laws[2]
        if luck.random() < share:
            return far_ms + least * luck.paretovariate(alpha)
        return far_ms + luck.expovariate(rate)

    fresh, writes, reads = 0, [], []
    for _ in range(PAIRS):
        writer, reader = luck.choice(PLACES), luck.choice(PLACES)
        has = [way(laws[0], place, writer) for place in PLACES]
        acks = [at + way(laws[1], place, writer) for at, place in zip(has, PLACES, strict=True)]
        writes.append(sorted(acks)[w - 1])
        asked = [way(laws[1], place, reader) for place in PLACES]
        told = [at + way(laws[1], place, reader) for at, place in zip(asked, PLACES, strict=True)]
        fastest = sorted(range(len(PLACES)), key=told.__getitem__)[:r]
        reads.append(told[fastest[-1]])
        begun = writes[-1] + later_ms
        fresh += any(has[copy] <= begun + asked[copy] for copy in fastest)
    return Simulated(fresh / PAIRS, (quantiles(reads, n=10)[-1], quantiles(writes, n=10)[-1]))


def fresh_share(played: Night) -> float:
    found = lags(played.log)
    return found.count(0) / len(found)


def longer(write: int, than_ms: float, played: Night) -> float:
    """The share of reads or of writes that lasted longer."""
    rows = [row for row in played.operations() if row.write == write and row.ended_us >= 0]
    return fmean(row.ended_us - row.invoked_us > than_ms * 1000 for row in rows)


@pytest.mark.parametrize(
    ("laws", "r", "w", "later_ms"),
    [(YMMR, 1, 1, 1364), (YMMR, 2, 1, 202), (WAN, 1, 1, 113), (WAN, 2, 1, 30.2)],
)
def test_without_an_engine_reads_are_fresh_when_the_paper_says(
    laws: Laws, r: int, w: int, later_ms: float
) -> None:
    assert simulated(laws, r, w, later_ms).fresh == pytest.approx(0.999, abs=0.0008)


@pytest.mark.parametrize(
    ("laws", "r", "w", "later_ms", "seconds"),
    [
        (YMMR, 1, 1, 0, 20),
        (YMMR, 1, 1, 10, 30),
        (YMMR, 2, 1, 0, 20),
        (WAN, 1, 1, 75, 150),
        (WAN, 2, 1, 0, 100),
    ],
)
def test_the_engine_has_the_same_fresh_reads_and_the_same_latencies(
    laws: Laws, r: int, w: int, later_ms: int, seconds: int
) -> None:
    text = level(laws, r, w, later_ms, seconds)
    reference = simulated(laws, r, w, later_ms)

    agree(replicated(text, fresh_share), reference.fresh, sharp=0.01)
    for write, than_ms in enumerate(reference.waits_ms):
        agree(replicated(text, partial(longer, write, than_ms)), 0.1, sharp=0.08)


def test_one_read_in_three_finds_the_write_in_its_own_place_at_once() -> None:
    found = replicated(level(WAN, 1, 1, 0, 20), fresh_share)

    assert fmean(found) == pytest.approx(simulated(WAN, 1, 1, 0).fresh, abs=0.015)
