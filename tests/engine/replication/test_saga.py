"""Sagas and outboxes: money is on its way for a while, and in the end it is where it belongs."""

from __future__ import annotations

from collections import Counter

import pytest

from game.engine.causes import Cause
from game.engine.log import Change
from game.engine.run import simulate
from game.engine.workload.application import REFUSED
from game.level.read import read_level_bytes
from game.score.consistency.anomalies import find_anomalies
from game.score.consistency.bank_total import total_of
from game.score.histories.recorded import history_of_log
from tests.engine.nights import HEAD, KINDS, SECOND, Night, system_of
from tests.engine.replication.test_saga_promise import check_books, under_way

MONEY = 12 * 30


def bank(replication: str, extra: str = "", *, writes: float = 0.5, stable: bool = False) -> str:
    """A bank whose accounts are on three machines, 5 ms apart."""
    return f"""
duration = "12s"
[[node]]
id = "bank"
count = 3
[[link]]
from = "*"
to = "*"
latency = "5ms"
[[policy]]
id = "careful"
attempt_timeout = "700ms"
idempotency_key = true
retry = {{ attempts = 4, backoff = "exponential", base = "20ms" }}
[[service]]
id = "bank"
on = "bank"
steps = [{{ store = "1ms" }}]
store = {{ kind = "ledger", accounts = 12, opening = 30, stable_reads = {str(stable).lower()} }}
replication = {replication}
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
id = "crash"
kind = "crash"
what = "host"
target = "bank-1"
at = "3s"
for = "2s"
"""


def played(text: str, seed: int = 1) -> tuple[Night, Counter[str]]:
    """The night, and how often each promise was broken."""
    system = system_of(text)
    log = simulate(system, seed)
    assert not log.verdict, log.error
    return Night(log), Counter(one.cause.word for one in find_anomalies(system, log))


def totals(night: Night) -> set[int]:
    """What reads add up to."""
    operations = history_of_log(night.log).operations
    return {total_of(one) for one in operations if one.ok and one.function == "read"}


def slowest_ms(night: Night) -> float:
    """The longest transfer."""
    return max(row.ended_us - row.invoked_us for row in night.operations() if row.write) / 1000


@pytest.mark.parametrize("replication", ['"saga"', '"outbox"'])
def test_on_a_calm_day_all_are_answered_and_reads_miss_what_is_on_its_way(
    replication: str,
) -> None:
    night, broken = played(bank(replication))

    assert not broken
    check_books(night.log)
    assert night.good_share(0) == 1.0
    assert max(totals(night)) == MONEY > min(totals(night))


def test_a_ledger_that_wants_all_money_in_each_read_catches_what_is_on_its_way() -> None:
    _, broken = played(bank('"saga"', stable=True))

    assert set(broken) == {"wrong-value"}
    assert broken["wrong-value"] > 20


def test_who_is_answered_at_once_need_not_wait_for_the_second_machine() -> None:
    at_once, _ = played(bank('{ kind = "saga", answers = "at-once" }'))
    at_the_end, _ = played(bank('{ kind = "saga", answers = "at-the-end" }'))

    assert slowest_ms(at_the_end) - slowest_ms(at_once) == pytest.approx(10, abs=1.5)


@pytest.mark.parametrize("answers", ["at-once", "at-the-end"])
def test_what_the_target_refuses_is_undone(answers: str) -> None:
    text = bank(f'{{ kind = "saga", refuses = "20%", answers = "{answers}" }}', writes=1.0)
    night, broken = played(text)
    undone = {value for _, _, value in night.changes(Change.COMPENSATED)}
    effects = set(night.log.effects.column("operation"))

    assert not broken
    check_books(night.log)
    assert len(undone) > 50
    assert not undone & effects
    refused = {operation for operation, *_, output in night.log.outputs if output == REFUSED}
    assert undone <= refused
    writes = len(night.operations())
    assert len(refused) / writes > 0.15
    assert len(effects) + len(refused) == writes


def test_while_the_target_is_away_money_waits_for_it() -> None:
    night, broken = played(bank('{ kind = "saga", answers = "at-once" }', CRASH, writes=1.0))
    waiting = [
        value
        for time_us, change, _, value in night.log.changes.rows()
        if change == Change.IN_DOUBT and 4.5 * SECOND < time_us < 5 * SECOND
    ]

    assert not broken
    assert max(waiting) > 5
    assert under_way(night.log) == 0
    assert not night.changes(Change.COMPENSATED)


def test_money_that_is_called_back_waits_for_the_word_of_the_target() -> None:
    text = bank('{ kind = "saga", calls_back = "300ms" }', CRASH, writes=1.0)
    night, broken = played(text)
    undone = [time_us for time_us, *_ in night.changes(Change.COMPENSATED)]

    assert not broken
    check_books(night.log)
    assert len(undone) > 10
    blames = {row.blame for row in night.attempts() if row.cause == Cause.NO_QUORUM}
    assert blames == {night.log.faults.index("crash")}
    assert all(time_us > 5 * SECOND for time_us in undone if time_us > 3.3 * SECOND)
    assert under_way(night.log) == 0


def test_the_outbox_grows_while_its_reader_is_away_and_empties_in_batches() -> None:
    text = bank('{ kind = "outbox", relay_every = "100ms", batch = 2 }', CRASH, writes=1.0)
    night, broken = played(text)
    rows = [row for row in night.log.changes.rows() if row[1] == Change.IN_DOUBT]
    longest = max(value for *_, value in rows)
    peak_us = max(time_us for time_us, _, _, value in rows if value == longest)
    empty_us = min(
        time_us for time_us, _, station, value in rows if time_us > peak_us and not value
    )

    assert not broken
    assert longest > 5
    assert empty_us - peak_us > 100_000
    assert under_way(night.log) == 0


def test_messages_that_a_crash_forgets_are_lost_and_blamed_on_it() -> None:
    system = system_of(bank('{ kind = "outbox", atomic = false, relay_every = "900ms" }', CRASH))
    log = simulate(system, 1)
    found = find_anomalies(system, log)

    assert {one.cause for one in found} == {Cause.LOST_WRITE, Cause.WRONG_VALUE}
    assert {one.blame for one in found} == {log.faults.index("crash")}
    assert {one.service for one in found} == {"bank"}


def test_who_recognises_nothing_pays_twice() -> None:
    text = bank('{ kind = "outbox", dedupe = false, relay_every = "8ms" }')
    night, broken = played(text)
    added = sum(by for *_, by in night.log.postings.rows())

    assert broken["duplicate"] == broken["wrong-value"] > 100
    assert added > 100


def test_a_service_that_gives_up_before_it_asks_again_is_told() -> None:
    for kind in ("saga", "outbox"):
        text = HEAD + bank(f'{{ kind = "{kind}", gives_up = "50ms" }}')
        level, problems = read_level_bytes(text.encode(), "bank.toml", KINDS)

        assert level is None
        assert "must have a gives_up that is longer than ask_again" in str(problems)
