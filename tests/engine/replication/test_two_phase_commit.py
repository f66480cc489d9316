"""Two-phase commit: transfers are whole or nothing, and block while a machine is away."""

from __future__ import annotations

from collections import Counter

from game.engine.log import Change
from game.engine.run import simulate
from game.score.consistency.anomalies import find_anomalies
from game.score.consistency.bank_total import total_of
from game.score.consistency.history import History
from game.score.histories.recorded import history_of_log
from tests.engine.nights import SECOND, Night, system_of


def bank(extra: str = "", *, settings: str = "", machines: int = 3, writes: float = 0.5) -> str:
    """A bank whose accounts are on three machines."""
    return f"""
duration = "12s"
[[node]]
id = "bank"
count = {machines}
[[policy]]
id = "careful"
attempt_timeout = "700ms"
idempotency_key = true
retry = {{ attempts = 4, backoff = "exponential", base = "20ms" }}
[[service]]
id = "bank"
on = "bank"
steps = [{{ store = "1ms" }}]
store = {{ kind = "ledger", accounts = 12, opening = 40 }}
replication = {{ kind = "two-phase-commit"{settings} }}
[[client]]
id = "people"
call = "bank"
policy = "careful"
rate = 60
keys = 12
writes = {writes}
deadline = "3s"
{extra}
"""


CRASH = """
[[fault]]
kind = "crash"
target = "bank-1"
at = "3s"
for = "2s"
"""


def played(text: str, seed: int = 1) -> tuple[Night, History, Counter[str]]:
    """The night, its history, and how often each promise was broken."""
    system = system_of(text)
    log = simulate(system, seed)
    assert not log.verdict, log.error
    broken = Counter(one.cause.word for one in find_anomalies(system, log))
    return Night(log), history_of_log(log), broken


def totals(history: History) -> set[int]:
    return {total_of(one) for one in history.operations if one.ok and one.function == "read"}


def test_on_a_calm_day_everything_is_answered_and_the_money_stays_the_same() -> None:
    night, history, broken = played(bank())

    assert not broken
    assert night.good_share(0) > 0.99
    assert totals(history) == {480}
    reads = {one.output for one in history.operations if one.ok and one.function == "read"}
    assert len(reads) > 50


def test_a_machine_that_dies_in_the_middle_loses_no_money() -> None:
    for seed in range(1, 6):
        night, history, broken = played(bank(CRASH), seed)

        assert not broken
        assert totals(history) == {480}
        assert night.good_share(0, 2 * SECOND) > 0.99
        assert night.good_share(6 * SECOND) > 0.99


def test_while_a_coordinator_is_away_its_accounts_stay_locked() -> None:
    night, _, _ = played(bank(CRASH, writes=1.0))
    doubts = [
        (time_us, value)
        for time_us, change, place, value in night.log.changes.rows()
        if change == Change.IN_DOUBT and place != 0
    ]
    meanwhile = [value for time_us, value in doubts if 3.2 * SECOND < time_us < 5 * SECOND]
    before = max(time_us for time_us, _ in doubts if time_us <= 3.2 * SECOND)
    after = next(value for time_us, value in doubts if time_us > 5.4 * SECOND)

    assert meanwhile or before
    assert after <= 2
    causes = night.causes(3 * SECOND, 4 * SECOND)
    assert causes.get("no-quorum", 0) + causes.get("unreachable", 0) > 5


def test_reads_of_what_is_there_show_money_on_its_way() -> None:
    _, history, broken = played(bank(settings=', reads = "any"', writes=0.7))

    assert len(totals(history)) > 1
    assert broken["wrong-value"] > 0


def test_who_has_too_little_is_told_so() -> None:
    text = bank(writes=0.9).replace("opening = 40", "opening = 8")
    _, history, broken = played(text)

    assert not broken
    failed = [one for one in history.operations if one.function == "transfer" and not one.ok]
    assert len(failed) > 50
