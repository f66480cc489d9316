"""Two-phase commit blocks: who has said yes waits as long as the coordinator is away.

A participant in doubt asks again and again, until the coordinator is there to be asked (Gray, Notes
on Data Base Operating Systems, 1978, section 5.8.3.3; Bernstein, Hadzilacos and Goodman 1987,
section 7.4). Meanwhile its accounts are locked: of transfers between two of n accounts at random
only those between two of the f free ones are made, f (f - 1) / (n (n - 1)) of them.
"""

from __future__ import annotations

from statistics import fmean

import pytest

from game.engine.causes import Cause
from game.score.consistency.anomalies import find_anomalies
from game.score.measures import own_number
from game.score.named import find_named, night_of
from tests.engine.nights import MS, SECOND, Night, Operation, level_of, night, system_of

ACCOUNTS, MACHINES = 12, 3
BEGIN_US, CRASH_US = 25 * SECOND, 25 * SECOND + 40 * MS
WAY_US, ASK_AGAIN_US = 25 * MS, 100 * MS
YES_US = BEGIN_US + WAY_US

OTHERS = """
[[policy]]
id = "there"
balancer = { kind = "failover", order = ["bank-2"] }

[[client]]
id = "others"
call = "bank"
policy = "there"
gap = "900ms"
writes = 1
keys = 12
deadline = "850ms"
"""


def level(down: str, more: str = "") -> str:
    """One transfer by way of the first machine, which dies with everybody's vote on its way."""
    return f"""
duration = "49s"

[[node]]
id = "bank"
count = {MACHINES}

[[link]]
from = "*"
to = "*"
latency = "0ms"

[[link]]
from = "bank"
to = "bank"
latency = "{WAY_US}us"

[[policy]]
id = "here"
balancer = {{ kind = "failover", order = ["bank-1"] }}

[[service]]
id = "bank"
on = "bank"
store = {{ kind = "ledger", accounts = {ACCOUNTS}, opening = 1000 }}
steps = [{{ store = "0ms" }}]

[service.replication]
kind = "two-phase-commit"
ask_again = "{ASK_AGAIN_US}us"

[[client]]
id = "one"
call = "bank"
policy = "here"
gap = "{BEGIN_US}us"
writes = 1
keys = {ACCOUNTS}
deadline = "900ms"

[[fault]]
kind = "crash"
target = "bank-1"
at = "{CRASH_US}us"
for = "{down}"
{more}
[[measure]]
id = "blocked"
from = "in-doubt"
to = "doubt-over"
same = "node"
take = "max"

[[goal]]
id = "up"
measure = "availability"
at_least = 0
"""


def accounts_of(played: Night, row: Operation) -> set[int]:
    """From which and to which a transfer is."""
    value = played.log.commands["bank"][row.operation].value
    assert isinstance(value, tuple)
    return {value[0], value[1]}


def locked_by_it(played: Night) -> set[int]:
    """The accounts of the transfer in question that are on machines which live."""
    [first] = [row for row in played.operations() if row.client == 0]
    return {one for one in accounts_of(played, first) if one % MACHINES}


def blocked_ms(text: str, seed: int) -> float | None:
    """What the level's own measure says."""
    level = level_of(text)
    log = night(text, seed).log
    causes = [Cause(cause) for cause in log.operations.column("cause")]
    whole = (0, log.duration_us)
    return own_number(find_named(level.measures[0], night_of(level.system, log, causes), whole))


@pytest.mark.parametrize("down_ms", [85, 86, 1_000, 7_350, 20_000])
def test_the_doubt_lasts_until_the_first_question_after_the_coordinator_is_back(
    down_ms: int,
) -> None:
    text = level(f"{down_ms}ms")
    back_us = CRASH_US + down_ms * MS
    questions = -(-(back_us - WAY_US - YES_US) // ASK_AGAIN_US)

    for seed in range(1, 4):
        assert locked_by_it(night(text, seed))
        assert blocked_ms(text, seed) == (questions * ASK_AGAIN_US + 2 * WAY_US) / MS


def test_meanwhile_transfers_are_made_among_the_free_accounts_alone() -> None:
    text = level("20s", OTHERS)
    made, expected = [], []
    for seed in range(1, 21):
        played = night(text, seed)
        away = {one for one in range(ACCOUNTS) if not one % MACHINES}
        locked = away | locked_by_it(played)
        free = ACCOUNTS - len(locked)
        for row in played.operations(CRASH_US, CRASH_US + 19 * SECOND):
            if row.client == 1:
                assert (row.cause == Cause.NONE) == accounts_of(played, row).isdisjoint(locked)
                made.append(row.cause == Cause.NONE)
                expected.append(free * (free - 1) / (ACCOUNTS * (ACCOUNTS - 1)))
        assert played.good_share(0, BEGIN_US - SECOND) == 1
        assert played.good_share(CRASH_US + 21 * SECOND) == 1
        assert not find_anomalies(system_of(text), played.log)

    error = (fmean(expected) * (1 - fmean(expected)) / len(made)) ** 0.5
    assert error < 0.1 * fmean(expected)
    assert fmean(made) == pytest.approx(fmean(expected), abs=4 * error)
