"""Replace: the machine is new, and so is its address."""

from __future__ import annotations

import pytest

from game.engine.log import Change
from tests.engine.faults.towns import CHAIN, PAIR
from tests.engine.nights import MS, SECOND, Night, night
from tests.engine.replication.stores import store_night

REPLACED = '\n[[fault]]\nkind = "replace"\nat = "2s"\ndown = "1s"\nknown_after = "4s"\n'
LONG = PAIR.replace('"10s"', '"20s"')
POLICY = '\n[[policy]]\nid = "own"\n'
HEALTH = 'health = { interval = "100ms", timeout = "50ms", fall = 2, rise = 2 }\n'


def town(policy: str = "", fault: str = REPLACED + 'target = "web-1"\n') -> str:
    return LONG.replace('call = "front"\n', 'call = "front"\npolicy = "own"\n') + (
        POLICY + policy + fault
    )


def failed_until_us(played: Night) -> int:
    """When the last operation that failed was invoked."""
    return max((row.invoked_us for row in played.operations() if row.cause), default=0)


def test_the_old_address_is_asked_until_the_new_one_is_known() -> None:
    played = night(town())

    assert played.changes(Change.NODE_UP) == [(3 * SECOND, "web-1", 0)]
    assert 0.45 < played.good_share(3 * SECOND, 5900 * MS) < 0.55
    assert abs(failed_until_us(played) - 6 * SECOND) <= 20 * MS
    assert {row.blame for row in played.operations() if row.cause} == {0}
    assert set(played.causes(3 * SECOND)) == {"none", "unreachable"}


def test_health_checks_of_the_old_address_keep_a_caller_away_from_it() -> None:
    played = night(town(HEALTH))

    assert failed_until_us(played) < 2300 * MS
    back = [time for time, _, _ in played.changes(Change.TARGET_BACK)]
    assert len(back) == 1
    assert 6 * SECOND < back[0] < 6500 * MS


def test_who_resolves_a_name_has_the_new_address_with_the_next_answer() -> None:
    played = night(town('balancer = { kind = "dns", ttl = "7s" }\n'))

    assert 0.45 < played.good_share(3 * SECOND, 6900 * MS) < 0.55
    assert abs(failed_until_us(played) - 7 * SECOND) <= 20 * MS


def test_the_records_of_a_name_are_checked_at_the_new_address() -> None:
    played = night(town('balancer = { kind = "dns", ttl = "1500ms" }\n' + HEALTH))
    asked = {played.node_of(row) for row in played.attempts(6 * SECOND)}

    assert failed_until_us(played) < 3 * SECOND
    assert asked == {"web-1", "web-2"}


def test_a_caller_that_restarts_reads_the_new_address() -> None:
    crash = '\n[[fault]]\nkind = "restart"\ntarget = "web"\nat = "4s"\ndown = "100ms"\n'
    played = night(CHAIN + REPLACED + 'target = "db"\n' + crash)

    assert set(played.causes(3 * SECOND, 3900 * MS)) == {"dependency"}
    assert set(played.causes(4100 * MS)) == {"none"}


def test_a_second_replacement_makes_the_first_news_old() -> None:
    again = REPLACED.replace('"2s"', '"5s"').replace('"4s"', '"6s"') + 'target = "web-1"\n'
    played = night(town() + again)

    assert 0.45 < played.good_share(6100 * MS, 10_900 * MS) < 0.55
    assert abs(failed_until_us(played) - 11 * SECOND) <= 20 * MS


@pytest.mark.parametrize("policy", ['attempt_timeout = "50ms"\nretry = { attempts = 1 }\n'])
def test_a_retry_at_another_machine_helps(policy: str) -> None:
    assert night(town(policy)).good_share(0) == 1.0


def test_the_new_machine_has_an_empty_disk_unless_it_got_the_old_one() -> None:
    replaced = REPLACED + 'target = "db-1"\n'
    lost = store_night(replaced, machines=1).log.discarded
    kept = store_night(replaced + "keeps_disk = true\n", machines=1).log.discarded

    assert len(lost) > 0
    assert len(kept) == 0
