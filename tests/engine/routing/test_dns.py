"""DNS: who was told of a machine goes on asking it until the answer expires."""

from __future__ import annotations

from tests.engine.nights import MS, SECOND, Night, night

TOWN = """
duration = "20s"

[[node]]
id = "web"
count = 3

[[service]]
id = "front"
on = "web"

[[policy]]
id = "named"
balancer = { kind = "dns", ttl = "5s" }
health = { interval = "100ms", timeout = "50ms", fall = 2, rise = 2 }

[[client]]
id = "shop"
call = "front"
policy = "named"
gap = "10ms"
deadline = "500ms"
"""
GONE = '\n[[fault]]\nkind = "crash"\ntarget = "web-2"\nat = "6s"\nfor = "7s"\n'
ONE_ADDRESS = TOWN.replace('ttl = "5s"', 'ttl = "5s", addresses = 1')


def asked(played: Night, since_us: int, until_us: int) -> set[str]:
    return {played.node_of(row) for row in played.attempts(since_us, until_us)}


def test_a_machine_that_is_gone_is_asked_until_the_answer_expires() -> None:
    played = night(TOWN + GONE)

    assert played.good_share(0, 6 * SECOND) == 1.0
    assert 0.6 < played.good_share(6100 * MS, 9900 * MS) < 0.7
    assert played.good_share(10_010 * MS) == 1.0
    assert asked(played, 10_010 * MS, 15 * SECOND) == {"web-1", "web-3"}


def test_a_machine_that_is_back_is_asked_again_after_the_next_look() -> None:
    played = night(TOWN + GONE)

    assert asked(played, 13 * SECOND, 15 * SECOND) == {"web-1", "web-3"}
    assert asked(played, 15_010 * MS, 20 * SECOND) == {"web-1", "web-2", "web-3"}


def test_with_a_short_ttl_the_loss_is_short() -> None:
    played = night(TOWN.replace('"5s"', '"500ms"') + GONE)

    assert played.good_share(7 * SECOND) == 1.0


def test_one_address_an_answer_keeps_a_caller_on_one_machine_for_its_ttl() -> None:
    played = night(ONE_ADDRESS)

    assert asked(played, 0, 4990 * MS) == {"web-1"}
    assert asked(played, 5020 * MS, 9990 * MS) == {"web-2"}
    assert asked(played, 15_030 * MS, 20 * SECOND) == {"web-1"}


def test_nobody_tells_the_name_without_health_checks() -> None:
    played = night(TOWN.replace("health = ", "# ") + GONE)

    assert 0.6 < played.good_share(10_010 * MS, 12_900 * MS) < 0.7


def test_a_retry_takes_the_next_address_or_the_only_one_again() -> None:
    again = 'retry = { attempts = 1 }\nattempt_timeout = "100ms"\nbalancer'
    assert night(TOWN.replace("balancer", again) + GONE).good_share(0) == 1.0
    stuck = night(ONE_ADDRESS.replace("balancer", again) + GONE)
    assert stuck.good_share(6100 * MS, 9900 * MS) == 0.0


def test_with_one_machine_left_the_answer_still_counts() -> None:
    both = GONE.replace('"web-2"', '["web-2", "web-3"]')
    played = night(TOWN + both)

    assert 0.3 < played.good_share(6100 * MS, 9900 * MS) < 0.4
    assert asked(played, 10_010 * MS, 13 * SECOND) == {"web-1"}


def test_while_no_machine_is_good_the_name_gives_all() -> None:
    played = night(TOWN + GONE.replace('"web-2"', '"web"'))

    assert asked(played, 10_010 * MS, 13 * SECOND) == {"web-1", "web-2", "web-3"}


def test_a_fan_out_to_more_than_the_answer_names_finds_the_others() -> None:
    played = night(ONE_ADDRESS.replace("gap =", "fan_out = 2\ngap ="))

    assert played.good_share(0) == 1.0
