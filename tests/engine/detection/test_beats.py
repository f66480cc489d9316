"""Heartbeats: which of them count, and how long a watcher waits for the next one."""

from __future__ import annotations

from math import log

import pytest

from game.engine.detection.phi_accrual import Gaps, PhiAccrual
from game.engine.log import Change
from tests.engine.detection.towns import fault, play, seen
from tests.engine.nights import MS, SECOND

NORMAL = '{ law = "normal", mean = "1s", deviation = "100ms" }'


def filled(record: PhiAccrual, gaps_ms: list[int]) -> Gaps:
    """A window in which nothing else is left."""
    gaps = Gaps(record, SECOND)
    for gap_ms in gaps_ms * (1 + record.window // len(gaps_ms)):
        gaps.heard(gap_ms * MS)
    return gaps


def test_a_normal_window_waits_for_the_quantile_of_its_gaps() -> None:
    """Mean 1 s and deviation 200 ms; 1 of 10 is above mean + 1.2816 deviations."""
    record = PhiAccrual(threshold=1, window=100, least_deviation=0)
    assert filled(record, [800, 1200]).patience_us() == pytest.approx(1_256_310, abs=2)


def test_gaps_that_were_too_even_are_not_believed() -> None:
    record = PhiAccrual(threshold=1, window=100, least_deviation=50 * MS)
    assert filled(record, [1000]).patience_us() == pytest.approx(1_064_078, abs=2)


def test_an_exponential_window_knows_the_mean_alone() -> None:
    record = PhiAccrual(threshold=2, window=100, law="exponential")
    assert filled(record, [500, 1500]).patience_us() == pytest.approx(SECOND * 2 * log(10), abs=2)


def test_only_the_window_counts() -> None:
    record = PhiAccrual(window=10, least_deviation=0)
    gaps = filled(record, [10_000])
    for _ in range(10):
        gaps.heard(SECOND)
    assert gaps.patience_us() == SECOND


def test_a_watcher_gets_patience_where_gaps_are_uneven() -> None:
    """The same crash; it is found faster behind an even network."""
    crash = fault("crash", "web-2", "50s", what='"host"')
    even = play('{ kind = "phi-accrual" }', more=crash)
    uneven = play(
        f'{{ kind = "phi-accrual", interval = {NORMAL.replace("100ms", "300ms")} }}', more=crash
    )
    first = [min(t for t, _, _ in seen(one, Change.MEMBER_DOWN, "web-2")) for one in (even, uneven)]
    assert first[0] + 200 * MS < first[1]


def test_a_higher_threshold_is_wrong_less_often() -> None:
    counts = [
        len(
            seen(
                play(f'{{ kind = "phi-accrual", threshold = {phi}, interval = {NORMAL} }}'),
                Change.MEMBER_DOWN,
            )
        )
        for phi in (0.5, 1, 2, 8)
    ]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 4 * counts[2] > 0
    assert counts[3] == 0


def test_doubled_and_late_heartbeats_are_no_gaps() -> None:
    """Twice as many letters arrive, and the watchers learn the same."""
    crash = fault("crash", "web-2", "50s", what='"host"')
    doubled = fault("duplicate", "web", "1s", share="1.0") + fault(
        "duplicate", "gate", "1s", share="1.0"
    )
    plain = seen(play('"phi-accrual"', more=crash), Change.MEMBER_DOWN)
    assert plain
    assert seen(play('"phi-accrual"', more=crash + doubled), Change.MEMBER_DOWN) == plain


def test_the_time_that_a_machine_was_down_is_no_gap() -> None:
    crash = fault("crash", "web-2", "20s", "20s", what='"host"')
    again = fault("crash", "web-2", "55s", what='"host"')
    played = play('"phi-accrual"', more=crash + again)
    first, second = (
        min(t for t, _, _ in seen(played, Change.MEMBER_DOWN, "web-2") if t > since)
        for since in (20 * SECOND, 55 * SECOND)
    )
    assert first - 20 * SECOND == pytest.approx(second - 55 * SECOND, abs=1_000 * MS)
    assert second - 55 * SECOND < 2 * SECOND


def test_a_lost_heartbeat_is_survived_and_a_run_of_them_is_not() -> None:
    """A silence of 2.5 intervals: two heartbeats in a row must be lost."""
    detector = '{{ kind = "heartbeats", timeout = "{}" }}'
    short, long = (
        len(seen(play(detector.format(t), loss=0.2), Change.MEMBER_DOWN))
        for t in ("1500ms", "2500ms")
    )
    assert short > 2 * long > 0


def test_a_clock_that_runs_fast_suspects_sooner() -> None:
    crash = fault("crash", "web-2", "40s", what='"host"')
    drift = fault("clock-drift", "gate", "0s", ppm="100000")
    played = play('"heartbeats"', more=crash + drift)
    downs = {who: time for time, who, _ in seen(played, Change.MEMBER_DOWN, "web-2")}
    assert downs["gate"] < downs["web-1"]
