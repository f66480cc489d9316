"""Circuit breakers open, wait, try, and close."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from game.engine.causes import Cause
from game.engine.faults.crash import Crash
from game.engine.log import Change, Log
from game.engine.resilience.breaker import Breaker
from game.engine.resilience.hedge import Hedge
from game.engine.run import simulate
from game.level.model import Fault
from tests.engine.shops import (
    MS,
    SECOND,
    causes,
    changes,
    check_ledger,
    exponential,
    rows,
    shop,
    two_tiers,
    wait,
)

BREAKER = Breaker(failures=0.5, minimum=10, window=SECOND, open_for=SECOND, probes=2)
OUTAGE = Fault(id="down", what=Crash(), target=("web",), at=2 * SECOND, for_=3 * SECOND)
MOVES = (Change.BREAKER_OPENED, Change.BREAKER_CLOSED)


def run(breaker: Breaker = BREAKER, faults: Any = (OUTAGE,), **policy: Any) -> Log:
    log = simulate(shop(policy={"breaker": breaker, **policy}, faults=faults), 1)
    check_ledger(log)
    return log


def test_it_opens_soon_after_the_failures_begin_and_closes_soon_after_they_end() -> None:
    (opened, first), (closed, second) = changes(run(), *MOVES)

    assert (first, second) == MOVES
    # At 100 a second, half of the last second's results are failures after half a second.
    assert 2 * SECOND + 400 * MS < opened < 2 * SECOND + 700 * MS
    assert 5 * SECOND <= closed < 6 * SECOND + 100 * MS


def test_while_it_is_open_nobody_is_asked() -> None:
    log = run()
    (opened, _), (closed, _) = changes(log, *MOVES)
    within = [row for row in rows(log.attempts) if opened < row["sent_us"] < closed]
    sent = [row for row in within if row["cause"] != Cause.BREAKER_OPEN]

    assert len(within) > 200
    # One probe a second finds out that it is too early (the second is not needed any more).
    assert len(sent) <= 2 * 4 + 2
    assert all(row["arrived_us"] == -1 for row in within if row not in sent)
    assert causes(log)["breaker-open"] > 200


def test_a_probe_that_fails_keeps_it_open_for_its_whole_time_again() -> None:
    silent = Fault(id="dark", what=Crash(what="host"), target=("web",), at=2 * SECOND)
    log = run(BREAKER, (silent,), attempt_timeout=500 * MS)
    opened = changes(log, *MOVES)[0][0]
    asked = sorted(row["sent_us"] for row in rows(log.attempts) if row["station"] >= 0)
    probes = [moment for moment in asked if moment >= opened]
    # Two probes may be under way together.
    firsts = [moment for before, moment in pairwise([0, *probes]) if moment - before > 100 * MS]

    assert len(firsts) >= 4
    assert all(after - before >= 1500 * MS for before, after in pairwise(firsts))


def test_those_that_are_not_asked_are_blamed_on_what_opened_it() -> None:
    refused = [row for row in rows(run().operations) if row["cause"] == Cause.BREAKER_OPEN]

    assert {row["blame"] for row in refused} == {0}


def test_few_results_prove_nothing() -> None:
    log = run(Breaker(minimum=1000, window=10 * SECOND))

    assert changes(log, *MOVES) == []


def test_only_the_newest_results_count_where_a_number_is_given() -> None:
    ((opened, _), *_) = changes(run(Breaker(last=10, open_for=SECOND)), *MOVES)

    assert 2 * SECOND < opened < 2 * SECOND + 150 * MS


def test_hedges_that_were_not_needed_are_neither_good_nor_bad() -> None:
    system = shop(
        policy={"breaker": BREAKER, "hedge": Hedge(after=5 * MS)},
        service={"steps": (wait(exponential(10 * MS)),)},
    )
    log = simulate(system, 1)

    assert set(causes(log)) == {"none"}
    assert changes(log, *MOVES) == []


def test_a_caller_that_crashes_forgets_that_its_breaker_was_open() -> None:
    outage = Fault(id="down", what=Crash(), target=("web",), at=SECOND)
    restart = Fault(id="restart", what=Crash(), target=("front",), at=5 * SECOND, for_=MS)
    breaker = Breaker(minimum=5, window=SECOND, open_for=60 * SECOND)
    log = simulate(two_tiers(policy={"breaker": breaker}, faults=[outage, restart]), 1)
    moves = changes(log, *MOVES)

    assert [change for _, change in moves] == [MOVES[0], MOVES[1], MOVES[0]]
    assert moves[1][0] == 5 * SECOND
