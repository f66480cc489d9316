"""The promise of sagas and outboxes in random nights, and that those who remember less are caught.

What is said of the whole history: in the end the money is the same sum, and each transfer is done
whole and once, or not at all.
"""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from game.engine.log import Change, Log
from game.engine.run import simulate
from game.engine.workload.application import REFUSED
from game.score.consistency.anomalies import find_anomalies
from tests.engine.nights import SECOND, Night, system_of
from tests.engine.replication.stores import fault
from tests.engine.replication.test_promise import random_fault

OPENING = 30


def random_settings(luck: Random, kind: str) -> str:
    """What a player may choose."""
    if kind == "outbox":
        return f', relay_every = "{luck.choice((20, 100))}ms", batch = {luck.choice((3, 100))}'
    answers, refuses = luck.choice(("at-once", "at-the-end")), luck.choice((0, 5, 20))
    calls_back = luck.choice(("", ', calls_back = "50ms"', ', calls_back = "700ms"'))
    return f', answers = "{answers}", refuses = "{refuses}%"{calls_back}'


def random_text(number: int, kind: str, settings: str = "", *, crashes: bool = False) -> str:
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
    chosen = random_settings(luck, kind)
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
store = {{ kind = "ledger", accounts = 20, opening = {OPENING}, stable_reads = false }}
replication = {{ kind = "{kind}"{chosen}{settings} }}
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
    number: int, kind: str, settings: str = "", *, crashes: bool = False
) -> tuple[Night, Counter[str]]:
    """What became of such a night, and how often each promise was broken."""
    system = system_of(random_text(number, kind, settings, crashes=crashes))
    log = simulate(system, number)
    assert not log.verdict, f"night {number}: {log.error}"
    return Night(log), Counter(one.cause.word for one in find_anomalies(system, log))


def check_books(log: Log) -> None:
    """No account is ever in debt, what was refused left no trace, and what took effect did."""
    balances: Counter[int] = Counter()
    moved: dict[int, Counter[int]] = {}
    for operation, _, _, account, by in sorted(log.postings.rows(), key=lambda row: row[1]):
        balances[account] += by
        moved.setdefault(operation, Counter())[account] += by
        assert balances[account] >= -OPENING
    assert sum(balances.values()) == 0
    effects = set(log.effects.column("operation"))
    assert {one for one, changes in moved.items() if any(changes.values())} == effects
    assert not effects & {operation for operation, *_, output in log.outputs if output == REFUSED}


def under_way(log: Log) -> int:
    """Transfers without an end when the run is over; nothing began in its last four seconds."""
    rows = log.changes.rows()
    return sum({row[2]: row[3] for row in rows if row[1] == Change.IN_DOUBT}.values())


def check_promise(numbers: range) -> None:
    """No money appears or vanishes, nothing acknowledged is lost or done twice, nobody stays in
    doubt, and after the trouble all is well. Sagas and outboxes take turns."""
    for number in numbers:
        played, broken = random_night(number, ("saga", "outbox")[number % 2])
        assert not broken, f"night {number}: {broken}"
        check_books(played.log)
        assert played.good_share(11 * SECOND) == 1.0, f"night {number} did not recover"
        assert under_way(played.log) == 0, f"night {number}: somebody stays in doubt"


def test_transfers_are_whole_in_the_end_in_random_nights() -> None:
    check_promise(range(100))


@pytest.mark.soak
def test_transfers_are_whole_in_the_end_in_two_thousand_random_nights() -> None:
    check_promise(range(2_000))


def test_transfers_are_whole_in_the_end_where_machines_crash_all_the_time() -> None:
    for number in range(10):
        played, broken = random_night(number, ("saga", "outbox")[number % 2], crashes=True)
        assert not broken, f"night {number}: {broken}"
        check_books(played.log)


@pytest.mark.parametrize(
    ("kind", "settings", "nights"),
    [
        ("saga", ", dedupe = false", 1),
        ("outbox", ", dedupe = false", 1),
        ("outbox", ", atomic = false", 2),
    ],
)
def test_who_remembers_less_is_caught_in_a_few_nights(
    kind: str, settings: str, nights: int
) -> None:
    assert any(random_night(number, kind, settings, crashes=True)[1] for number in range(nights))
