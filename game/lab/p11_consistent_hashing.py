"""P11: consistent hashing. A ring of n machines with v random points each: a share's coefficient of
variation is sqrt((n - 1) / (n v + 1)) (shares are Dirichlet: Karger and others 1997). A machine
that is added takes 1 / (n + 1) of the keys, and no other key moves. With bounded loads no machine
ever has more than ceil((1 + epsilon) m / n) of m (Mirrokni, Thorup and Zadimoghaddam 2018).

Rings: one for each seed, since the points of a machine are hashes of (seed, service, name, number).
Keys: m operations, each on a key drawn from `KEYS` alike ones. A share is measured with m of these,
two of which are the same key with probability 1 / KEYS, so its squared variation is

    (n - 1) / m + (1 - 1 / m) ((n - 1) / KEYS + (1 - 1 / KEYS) cv^2)

which without the second part is the usual one. Squares are compared, since their mean over rings
is exactly that; a mean of roots is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial
from math import ceil, fsum
from statistics import fmean

from game.engine.log import Log
from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.scenario import scenario
from game.lab.statistics import Exact, StandardErrors

MACHINES = 10
ASKED = 10_000
KEYS = 100_000
EPSILON = 0.25
SPREAD_RINGS = 15
"""In a replication; with 20 of these, 300."""
MOVED_RINGS = 5
BOUNDED_RINGS = 2
Choices = tuple[tuple[str, str], ...]


def cv_squared(points: int) -> float:
    """Of a machine's share of the ring."""
    return (MACHINES - 1) / (MACHINES * points + 1)


def measured_cv_squared(points: int) -> float:
    """Of its share of the operations."""
    drawn = (MACHINES - 1) / KEYS + (1 - 1 / KEYS) * cv_squared(points)
    return (MACHINES - 1) / ASKED + (1 - 1 / ASKED) * drawn


def rings(seed: int, count: float) -> list[int]:
    """The seeds of one replication's rings, of which no two replications share one."""
    return [1000 * seed + number for number in range(max(1, round(count)))]


def homes(choices: Choices, seed: int) -> dict[int, int]:
    """The machine that each operation went to, by its number."""
    log: Log = simulate(scenario("ring", choices), seed)
    assert not log.verdict, log.error or log.verdict
    operations, stations = log.attempts.column("operation"), log.attempts.column("station")
    found = dict(zip(operations, stations, strict=True))
    assert len(found) == ASKED
    return found


def observe_spread(points: int, seed: int, work: float) -> Mapping[str, float]:
    """The mean square of how far a machine's share is from its part, in parts."""
    squares = []
    for ring in rings(seed, SPREAD_RINGS * work):
        counts = Counter(homes((("points", str(points)),), ring).values())
        shares = [counts[machine] * MACHINES / ASKED for machine in range(MACHINES)]
        squares.append(fsum((share - 1) ** 2 for share in shares) / MACHINES)
    return {"cv2": fmean(squares)}


def observe_moved(seed: int, work: float) -> Mapping[str, float]:
    """What moves when a machine is added, and where to."""
    moved, elsewhere = [], 0
    for ring in rings(seed, MOVED_RINGS * work):
        before, after = homes((), ring), homes((("machines", str(MACHINES + 1)),), ring)
        gone = [key for key, machine in before.items() if after[key] != machine]
        moved.append(len(gone) / ASKED)
        elsewhere += sum(after[key] != MACHINES for key in gone)
    return {"share": fmean(moved), "elsewhere": elsewhere}


def observe_bounded(seed: int, work: float) -> Mapping[str, float]:
    """Requests that ever were too many for their machine, while nothing was answered. With one
    point each, which is most uneven."""
    over = 0
    uneven = (("points", "1"),)
    for ring in rings(seed, BOUNDED_RINGS * work):
        bounded = homes((*uneven, ("epsilon", "quarter"), ("work", "all night")), ring)
        counts: Counter[int] = Counter()
        for number, (_, machine) in enumerate(sorted(bounded.items()), start=1):
            counts[machine] += 1
            over += counts[machine] > ceil((1 + EPSILON) * number / MACHINES)
        free = Counter(homes(uneven, ring).values())
        assert max(free.values()) > (1 + EPSILON) * ASKED / MACHINES, "the bound never acts"
    return {"over": over}


def add_spread(points: int) -> None:
    title = f"{points} points a machine: squared variation of its share"
    row = Row("cv2", title, measured_cv_squared(points), StandardErrors(sized=True))
    play = partial(observe_spread, points)
    register(Check(f"P11/points-{points}", "closed form", play, (row,), in_fast=points == 1))


for points in (1, 10, 100):
    add_spread(points)
register(
    Check(
        "P11/added",
        "closed form",
        observe_moved,
        (
            Row(
                "share",
                "11th machine: share of the keys that move",
                1 / (MACHINES + 1),
                StandardErrors(sized=True),
            ),
            Row("elsewhere", "keys that move, but not to it", 0, Exact()),
        ),
        in_fast=False,
    )
)
register(
    Check(
        "P11/bounded",
        "Mirrokni 2018",
        observe_bounded,
        (Row("over", "requests above ceil(1.25 m / n), at any time", 0, Exact()),),
        replications=10,
    )
)
