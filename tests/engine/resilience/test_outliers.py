"""Outlier ejection learns from what the caller sends anyway."""

from __future__ import annotations

from typing import Any

from game.engine.faults.crash import Crash
from game.engine.faults.loss import Loss
from game.engine.faults.pause import Pause
from game.engine.log import Change, Log
from game.engine.resilience.outliers import Outliers
from game.engine.resilience.retry import Retry
from game.engine.run import simulate
from game.level.model import Fault
from tests.engine.shops import (
    MS,
    SECOND,
    attempts_at,
    causes,
    changes,
    check_ledger,
    shop,
    two_tiers,
)

OUTLIERS = Outliers(consecutive=5, base=SECOND)
MOVES = (Change.TARGET_OUT, Change.TARGET_BACK)


def run(*faults: Fault, outliers: Outliers = OUTLIERS, **more: Any) -> Log:
    policy = {"outliers": outliers, "attempt_timeout": 100 * MS, **more.pop("policy", {})}
    log = simulate(shop(policy=policy, faults=faults, **more), 1)
    check_ledger(log)
    return log


def crash(*target: str, for_s: int = 4) -> Fault:
    return Fault(id="crash", what=Crash(), target=target, at=2 * SECOND, for_=for_s * SECOND)


def test_a_machine_is_out_after_failures_in_a_row_and_for_longer_each_time() -> None:
    log = run(crash("web-1"))
    noted = changes(log, *MOVES)
    times = [time for time, _ in noted]

    assert [change for _, change in noted] == [*MOVES, *MOVES, *MOVES][: len(noted)]
    # Every second request of a hundred a second goes there: five of them in about 100 ms.
    assert 2 * SECOND < times[0] < 2 * SECOND + 250 * MS
    assert times[1] - times[0] == SECOND
    assert times[3] - times[2] == 2 * SECOND
    assert attempts_at(log, times[0] + 1, times[1])["web-1"] == 0


def test_an_ejection_long_ago_is_forgiven() -> None:
    first = Fault(id="one", what=Crash(), target=("web-1",), at=SECOND, for_=500 * MS)
    second = Fault(id="two", what=Crash(), target=("web-1",), at=6 * SECOND, for_=500 * MS)
    times = [time for time, _ in changes(run(first, second), *MOVES)]

    assert [times[1] - times[0], times[3] - times[2]] == [SECOND, SECOND]


def test_no_more_machines_are_out_than_it_may() -> None:
    def most_out(at_most: float) -> int:
        log = run(
            crash("web"),
            machines=4,
            outliers=Outliers(consecutive=3, base=10 * SECOND, at_most=at_most),
        )
        return len([1 for _, change in changes(log, *MOVES) if change == Change.TARGET_OUT])

    assert [most_out(share) for share in (0.2, 0.25, 0.5, 1.0)] == [0, 1, 2, 4]


def test_failures_that_are_not_in_a_row_need_a_success_rate() -> None:
    lossy = Fault(id="lossy", what=Loss(share=0.3), target=("web-1",), at=2 * SECOND)
    in_a_row = run(lossy, outliers=Outliers(consecutive=30, base=SECOND))
    by_rate = run(
        lossy, outliers=Outliers(consecutive=30, base=SECOND, success_rate=0.8, window=SECOND)
    )

    assert changes(in_a_row, *MOVES) == []
    assert changes(by_rate, *MOVES)[0][0] < 3 * SECOND


def test_it_sees_a_gray_failure_that_answers_probes() -> None:
    pause = Fault(id="pause", what=Pause(), target=("web-1",), at=2 * SECOND, for_=6 * SECOND)
    policy = {"retry": Retry(attempts=1)}
    log = run(pause, outliers=Outliers(consecutive=5, base=8 * SECOND), policy=policy)

    assert set(causes(log)) == {"none"}
    assert 2 * SECOND < changes(log, *MOVES)[0][0] < 2 * SECOND + 400 * MS


def test_a_caller_that_crashes_forgets_whom_it_left_out() -> None:
    web = Fault(id="web", what=Crash(), target=("web-1",), at=SECOND, for_=3 * SECOND)
    front = Fault(id="front", what=Crash(), target=("front",), at=5 * SECOND, for_=MS)
    policy = {"outliers": Outliers(consecutive=5, base=60 * SECOND)}
    log = simulate(two_tiers(policy=policy, faults=[web, front]), 1)

    check_ledger(log)
    assert attempts_at(log, 2 * SECOND, 5 * SECOND)["web-1"] == 0
    assert attempts_at(log, 5 * SECOND + 10 * MS)["web-1"] > 100
