"""The promise of two-phase commit in random nights, and that a log that forgets is caught."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from game.engine.run import simulate
from game.score.consistency.anomalies import find_anomalies
from game.score.consistency.bank_total import check_bank_total
from game.score.consistency.history import Outcome
from game.score.histories.recorded import history_of_log
from tests.engine.nights import SECOND, Night, system_of
from tests.engine.replication.stores import fault
from tests.engine.replication.test_promise import random_fault


def random_text(number: int, settings: str = "", *, crashes: bool = False) -> str:
    """Some faults (or short crashes alone) on up to five machines with accounts, and transfers from
    many at once."""
    luck = Random(number)
    machines = luck.choice((2, 3, 5))
    copies = [f"db-{one}" for one in range(1, machines + 1)]
    times, longest_ms = luck.choice(((3, 4_000), (20, 700)))
    faults = "".join(random_fault(luck, copies, longest_ms) for _ in range(times))
    if crashes:
        moments = (luck.randint(200, 9_000) for _ in range(30))
        faults = "".join(
            fault("crash", luck.choice(copies), f"{at_ms}ms", "150ms") for at_ms in moments
        )
    return f"""
duration = "16s"
[[node]]
id = "judge"
[[node]]
id = "db"
count = {machines}
[[link]]
from = "*"
to = "*"
latency = {{ law = "exponential", mean = "5ms" }}
[[policy]]
id = "patient"
attempt_timeout = "600ms"
idempotency_key = true
retry = {{ attempts = 8, backoff = "fixed", base = "50ms", jitter = "full" }}
[[service]]
id = "db"
on = "db"
steps = [{{ store = "1ms" }}]
store = {{ kind = "ledger", accounts = 20, opening = 30 }}
replication = {{ kind = "two-phase-commit"{settings} }}
[[client]]
id = "users"
call = "db"
policy = "patient"
rate = 40
keys = 20
writes = 0.7
deadline = "4s"
{faults}"""


def random_night(
    number: int, settings: str = "", *, crashes: bool = False
) -> tuple[Night, Counter[str]]:
    """What became of such a night, and how often each promise was broken."""
    system = system_of(random_text(number, settings, crashes=crashes))
    log = simulate(system, number)
    assert not log.verdict, f"night {number}: {log.error}"
    found = find_anomalies(system, log)
    assert check_bank_total(history_of_log(log), 600).valid == all(
        one.cause.word != "wrong-value" for one in found
    )
    effects = set(log.effects.column("operation"))
    for one in history_of_log(log).operations:
        assert one.outcome is not Outcome.FAIL or one.number not in effects, f"night {number}"
    return Night(log), Counter(one.cause.word for one in found)


def check_promise(numbers: range) -> None:
    """No money appears or vanishes, nothing acknowledged is lost or done twice, nobody stays in
    doubt, and after the trouble all is well."""
    for number in numbers:
        played, broken = random_night(number)
        assert not broken, f"night {number}: {broken}"
        assert played.good_share(11 * SECOND) == 1.0, f"night {number} did not recover"


def test_transfers_are_whole_in_random_nights() -> None:
    check_promise(range(100))


@pytest.mark.soak
def test_transfers_are_whole_in_two_thousand_random_nights() -> None:
    check_promise(range(2_000))


def test_transfers_are_whole_where_machines_crash_all_the_time() -> None:
    for number in range(10):
        assert not random_night(number, crashes=True)[1], f"night {number}"


def test_a_log_that_forgets_is_caught_in_two_nights() -> None:
    forgetful = ", durable_log = false"
    assert any(random_night(number, forgetful, crashes=True)[1] for number in range(2))


def test_reads_without_locks_are_caught_in_five_nights() -> None:
    assert any(random_night(number, ', reads = "any"')[1]["wrong-value"] for number in range(5))
