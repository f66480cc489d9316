"""What an asynchronous failover loses: exactly the writes of the last lag."""

from __future__ import annotations

import pytest

from game.engine.run import simulate
from game.lab.more_failover import LAGS_MS, lost
from game.lab.scenario import scenario
from game.level.model import SECOND_US

MS = 1_000
DEATH_US = 400 * MS
WAY_US = 1 * MS


@pytest.mark.parametrize("lag_ms", LAGS_MS)
def test_the_writes_that_came_in_the_last_lag_are_lost_and_no_others(lag_ms: int) -> None:
    system = scenario("failover", (("lag", f"{lag_ms}ms"),))
    losses = 0
    for seed in range(20):
        log = simulate(system, seed)
        arrived = [invoked_us + WAY_US for invoked_us in log.operations.column("invoked_us")]
        expected = sum(DEATH_US - lag_ms * MS < time_us <= DEATH_US for time_us in arrived)
        assert lost(log) == expected
        losses += expected
    assert losses > 0


def test_the_backup_takes_over_before_the_night_ends() -> None:
    log = simulate(scenario("failover"), 1)
    good = [row for row in log.operations.rows() if not row[4]]
    assert max(row[2] for row in good) > DEATH_US + SECOND_US // 10
