"""Patience: who gives up when, and what that changes for others."""

from __future__ import annotations

import pytest

from game.engine.causes import Cause
from tests.engine.nights import MS, Night, night

SHOP = """
duration = "20s"

[[node]]
id = "web"

[[link]]
from = "*"
to = "*"
latency = "1ms"

[[policy]]
id = "plain"
cancel = true

[[service]]
id = "shop"
on = "web"
workers = 1
steps = [{ cpu = { law = "exponential", mean = "8ms" } }]

[[client]]
id = "people"
call = "shop"
rate = 100
deadline = "300ms"
#patience

[[client]]
id = "robots"
call = "shop"
gap = "100ms"

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""
UNIFORM = 'patience = { law = "uniform", low = "10ms", high = "500ms" }'


def played(patience: str = "", **changes: str) -> Night:
    text = SHOP.replace("#patience", patience)
    for before, after in changes.items():
        text = text.replace(f'{before} = "1ms"', f'{before} = "{after}"')
    return night(text)


def test_an_operation_is_given_up_after_its_patience_at_the_latest_at_its_deadline() -> None:
    rows = [row for row in played(UNIFORM).operations() if row.client == 0]

    lasted = {row.ended_us - row.invoked_us for row in rows if row.cause and row.ended_us >= 0}
    assert len(lasted) > 20
    assert min(lasted) >= 10 * MS
    assert max(lasted) <= 300 * MS


def test_who_has_less_patience_than_the_way_takes_gets_no_answer() -> None:
    rows = [row for row in played('patience = "1500us"').operations() if row.client == 0]

    assert {row.cause for row in rows} <= {
        Cause.WAITED_IN_QUEUE,
        Cause.LATE_ANSWER,
        Cause.SERVED_TOO_SLOWLY,
        Cause.UNFINISHED,
    }
    assert {row.ended_us - row.invoked_us for row in rows if row.ended_us >= 0} == {1500}


def test_patience_without_end_changes_nothing() -> None:
    assert played('patience = "1h"').log.digest() == played().log.digest()


def test_patience_moves_no_luck() -> None:
    plain, impatient = played(), played(UNIFORM)

    def invoked(one: Night) -> list[tuple[int, int]]:
        return [(row.operation, row.invoked_us) for row in one.operations()]

    assert invoked(plain) == invoked(impatient)
    alone = {row.operation: row.served_us - row.started_us for row in plain.attempts()}
    served = [row for row in impatient.attempts() if row.served_us >= 0]
    assert len(served) > 100
    for row in served:
        assert row.served_us - row.started_us == alone[row.operation]


def test_news_that_work_has_begun_must_arrive_to_keep_a_client() -> None:
    """The request takes 1 ms there, the news 1 ms back, and the work 8 ms on average."""
    told = played('patience = "3ms"\ngives_up = "waiting"')
    not_yet = played('patience = "1500us"\ngives_up = "waiting"')

    def good(one: Night) -> int:
        return sum(row.cause == Cause.NONE for row in one.operations() if row.client == 0)

    assert good(not_yet) == 0
    assert good(told) > 300


def test_the_news_is_a_message_of_its_own() -> None:
    quiet = played(f"{UNIFORM.replace('10ms', '1h').replace('500ms', '2h')}")
    told = played(f'{UNIFORM.replace("10ms", "1h").replace("500ms", "2h")}\ngives_up = "waiting"')

    people = {row.operation for row in quiet.operations() if row.client == 0}
    begun = sum(row.started_us >= 0 and row.operation in people for row in quiet.attempts())
    assert told.log.totals["messages"] - quiet.log.totals["messages"] == begun
    assert [row[1:] for row in told.operations()] == [row[1:] for row in quiet.operations()]


@pytest.mark.parametrize("population", [1, 5])
def test_users_of_a_closed_loop_have_their_own_patience(population: int) -> None:
    text = SHOP.replace("rate = 100", f'population = {population}\nthink = "20ms"')
    one = night(text.replace("#patience", UNIFORM.replace("500ms", "60ms")))

    left = {
        row.ended_us - row.invoked_us for row in one.operations() if row.cause and row.client == 0
    }
    assert len(left) > 3
