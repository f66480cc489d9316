"""Impatient clients: Erlang A, and queues whose clients leave while they are served, too.

Palm, Research on Telephone Traffic Carried by Full Availability Groups, Tele 1, 1957; Garnett,
Mandelbaum and Reiman, Designing a Call Center with Impatient Customers, M&SOM 4(3), 2002.
"""

from __future__ import annotations

from statistics import fmean

import pytest

from game.engine.causes import Cause
from tests.engine.nights import SECOND, Night, night
from tests.engine.topics.evidence import agree, replicated

WARM_US = 40 * SECOND
ARRIVALS = 3.3
IMPATIENCE = 0.5


def level(servers: int, *, cancel: str, gives_up: str, rate: float = ARRIVALS) -> str:
    return f"""
duration = "1500s"
event_budget = 10000000

[[node]]
id = "hall"

[[link]]
from = "*"
to = "*"
latency = "0ms"

[[policy]]
id = "plain"
cancel = {cancel}

[[service]]
id = "desk"
on = "hall"
workers = {servers}
queue = 100000
steps = [{{ wait = {{ law = "exponential", mean = "1s" }} }}]

[[client]]
id = "people"
call = "desk"
rate = {rate}
deadline = "60s"
patience = {{ law = "exponential", mean = "2s" }}
gives_up = "{gives_up}"

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""


def stationary(rates: list[tuple[float, float]]) -> list[float]:
    """Probabilities of a birth-death process, of (birth in n, death in n + 1)."""
    weights = [1.0]
    for birth, death in rates:
        weights.append(weights[-1] * birth / death)
    return [weight / sum(weights) for weight in weights]


def erlang_a(servers: int) -> tuple[float, float]:
    """P(abandon), and the mean wait of all, those who leave included."""
    deaths = [min(n, servers) + IMPATIENCE * max(0, n - servers) for n in range(1, 200)]
    shares = stationary([(ARRIVALS, death) for death in deaths])
    queued = sum(max(0, n - servers) * share for n, share in enumerate(shares))
    return IMPATIENCE * queued / ARRIVALS, queued / ARRIVALS


def gone(played: Night) -> float:
    rows = played.operations(WARM_US, 1400 * SECOND)
    return fmean(row.cause != Cause.NONE for row in rows)


def waits(played: Night) -> float:
    """Of all, in seconds: until the service began, or until the client left."""
    return fmean(
        (row.ended_us if row.started_us < 0 else row.started_us) / 1e6 - row.sent_us / 1e6
        for row in played.attempts(WARM_US, 1400 * SECOND)
    )


def test_erlang_a_comes_out() -> None:
    abandon, wait = erlang_a(3)
    text = level(3, cancel='"waiting"', gives_up="waiting")

    agree(replicated(text, gone), abandon, sharp=0.03)
    agree(replicated(text, waits), wait, sharp=0.03)


def test_who_is_being_served_does_not_leave() -> None:
    played = night(level(3, cancel='"waiting"', gives_up="waiting"))

    begun = [row for row in played.attempts() if row.started_us >= 0]
    assert {row.cause for row in begun} <= {Cause.NONE, Cause.UNFINISHED}
    left = [row for row in played.operations() if row.cause not in (Cause.NONE, Cause.UNFINISHED)]
    assert len(left) > 100
    assert {row.cause for row in left} == {Cause.WAITED_IN_QUEUE}


def test_clients_who_leave_at_any_time_free_their_server() -> None:
    """One server: in state n one is served at rate 1, and each of the n leaves at its own rate."""
    shares = stationary([(ARRIVALS, 1 + IMPATIENCE * n) for n in range(1, 200)])
    inside = sum(n * share for n, share in enumerate(shares))

    agree(
        replicated(level(1, cancel="true", gives_up="always"), gone),
        IMPATIENCE * inside / ARRIVALS,
        sharp=0.01,
    )


@pytest.mark.parametrize(("cancel", "busier"), [("true", 1.0), ('"waiting"', 1.2)])
def test_work_that_was_begun_is_finished_unless_it_is_called_back(
    cancel: str, busier: float
) -> None:
    text = level(8, cancel=cancel, gives_up="always", rate=2.0)
    played = night(text)

    served = sum(row.served_us >= 0 for row in played.attempts())
    good = sum(row.cause == Cause.NONE for row in played.operations())
    assert served >= busier * good
    assert served == good if busier == 1.0 else served > good
