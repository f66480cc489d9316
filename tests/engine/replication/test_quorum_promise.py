"""The promise of a strict quorum with logical versions and write-back reads, in random nights; and
that those which promise less are caught."""

from __future__ import annotations

from random import Random

import pytest

from tests.engine.nights import Night
from tests.engine.replication.quorums import (
    quorum,
    quorum_night,
    verdict_on,
)
from tests.engine.replication.stores import lost, repeated
from tests.engine.replication.test_promise import random_fault

SHAPES = ((3, 2, 2), (3, 1, 3), (3, 3, 1), (4, 2, 3), (5, 3, 3))
"""Machines, and r and w that meet."""
SKEWED = '{ ahead = { law = "uniform", high = "200ms" } }'
VARYING = '{ law = "exponential", mean = "5ms" }'


def random_night(number: int, clock: str = "", **settings: str | int | bool) -> Night:
    """Some faults on up to five copies, and many operations on few keys."""
    luck = Random(number)
    machines, r, w = luck.choice(SHAPES)
    copies = [f"db-{one}" for one in range(1, machines + 1)]
    times, longest_ms = luck.choice(((3, 4_000), (20, 700)))
    faults = "".join(random_fault(luck, copies, longest_ms) for _ in range(times))
    return quorum_night(
        faults,
        seed=number,
        machines=machines,
        replication=quorum(**{"r": r, "w": w, **settings}),
        rate=60,
        keys=2,
        way=VARYING,
        duration="12s",
        clock=clock,
    )


def check_promise(numbers: range) -> None:
    """Linearizable, nothing lost, nothing twice, and after the trouble all is well."""
    for number in numbers:
        played = random_night(number)
        verdict = verdict_on(played)
        assert verdict.valid, f"night {number}: {verdict.reason}"
        assert not lost(played), f"night {number} lost writes"
        assert not repeated(played), f"night {number} applied writes twice"
        assert played.good_share(10_700_000) == 1.0, f"night {number} did not recover"


def first_caught(numbers: range, clock: str = "", **settings: str | int | bool) -> int | None:
    """The first night whose history is not linearizable."""
    for number in numbers:
        if verdict_on(random_night(number, clock, **settings)).invalid:
            return number
    return None


def test_a_key_is_linearizable_whatever_crashes_pauses_and_does_to_the_network() -> None:
    check_promise(range(100))


@pytest.mark.soak
def test_a_key_is_linearizable_in_many_nights() -> None:
    check_promise(range(1_000, 3_000))


def test_quorums_that_do_not_meet_are_caught_in_the_first_nights() -> None:
    assert first_caught(range(5), r=1, w=1) is not None


def test_repair_in_the_background_is_not_taken_for_linearizable() -> None:
    """It finds the inversion: a read sees a write that is under way, and a later one does not."""
    assert first_caught(range(5), repair="background") is not None


def test_the_last_writer_does_not_win_where_clocks_differ() -> None:
    assert first_caught(range(5), SKEWED, versions="last-writer-wins") is not None


def test_counters_need_no_clocks() -> None:
    assert first_caught(range(20), SKEWED) is None
