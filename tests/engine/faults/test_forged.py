"""Forged and replayed messages, and what finds out that they are."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from game.engine.attempt import FORGED, forger
from game.engine.causes import Cause
from game.engine.log import AttemptKind
from game.engine.run import simulate
from game.score.consistency.anomalies import Anomaly, find_anomalies
from tests.engine.faults.towns import fault
from tests.engine.nights import MS, SECOND, Night, system_of
from tests.engine.replication.stores import primary_backup
from tests.engine.test_fast_path import check_both_ways

SHOP = """
duration = "10s"
event_budget = 1000000

[[node]]
id = "db"
count = {machines}

[[node]]
id = "thief"

[[policy]]
id = "ask"
{policy}

[[service]]
id = "shop"
on = "db"
{service}
steps = [{{ store = "500us" }}]

[[service]]
id = "lair"
on = "thief"

[[client]]
id = "users"
call = "shop"
policy = "ask"
gap = "10ms"
writes = 0.5
keys = 4
deadline = "500ms"
"""
MAC = 'authentication = { cost = "100us" }\n'


def shop(faults: str, service: str = "", policy: str = "", machines: int = 1) -> str:
    """A register that half of the operations write, with somebody else on the network."""
    if "store" not in service:
        service += 'store = "register"\n'
    return SHOP.format(service=service, policy=policy, machines=machines) + faults


def forging(rate: int = 50, **keys: Any) -> str:
    """From 2 s to 5 s, so many requests a second."""
    return fault("forged", from_="thief", service="shop", rate=rate, **keys)


def replaying(lasts: str = "3s", **keys: Any) -> str:
    """From 2 s on, between the users and the machines of the shop."""
    return fault("replayed", lasts=lasts, from_="thief", target="db", to="users", **keys)


def judged(text: str, seed: int = 1) -> tuple[Night, tuple[Anomaly, ...]]:
    system = system_of(text)
    log = simulate(system, seed)
    assert log.verdict == "", log.error
    return Night(log), find_anomalies(system, log)


def forged_effects(played: Night) -> list[int]:
    return [number for number in played.log.effects.column("operation") if number >= FORGED]


def doubled(played: Night) -> int:
    """Writes that took effect again."""
    seen = [row[:1] + row[4:] for row in played.log.effects.rows()]
    return len(seen) - len(set(seen))


def test_forged_writes_take_effect_and_later_reads_are_wrong() -> None:
    played, found = judged(shop(forging(keys=4)))
    wrong = {one.operation for one in found}
    rows = {row.operation: row for row in played.operations()}

    assert 110 < len(forged_effects(played)) < 190
    assert {forger(number) for number in forged_effects(played)} == {0}
    assert set(played.causes()) == {"none"}
    assert {one.cause for one in found} == {Cause.WRONG_VALUE}
    assert {one.blame for one in found} == {0}
    assert len(wrong) > 40
    assert all(not rows[number].write for number in wrong)
    assert all(rows[number].ended_us > 2 * SECOND for number in wrong)


def test_only_the_keys_that_the_attacker_knows_are_wrong() -> None:
    played, found = judged(shop(forging(100)))
    keys = {row.operation: row.key for row in played.operations()}

    assert {keys[one.operation] for one in found} == {0}


def test_an_attacker_that_only_reads_takes_room_alone() -> None:
    played, found = judged(shop(forging(writes=0, rate=3000), service="queue = 5\nworkers = 2\n"))

    assert found == ()
    assert forged_effects(played) == []
    assert set(played.causes(0, 1900 * MS)) == {"none"}
    assert played.causes(2200 * MS, 4900 * MS)["queue-full"] > 40
    assert {row.blame for row in played.operations() if row.cause} == {0}


def test_a_code_that_the_attacker_cannot_make_keeps_it_out_and_costs_core_time() -> None:
    played, found = judged(shop(forging(keys=4), service=MAC))
    plain, _ = judged(shop("", service=""))
    checked, _ = judged(shop("", service=MAC))

    assert forged_effects(played) == []
    assert found == ()
    assert set(played.causes()) == {"none"}
    operations = len(plain.operations())
    assert checked.log.totals["busy_us"] - plain.log.totals["busy_us"] == 100 * operations


def test_what_is_refused_has_been_checked_and_that_can_be_too_much() -> None:
    text = shop(forging(rate=20_000), service=MAC + "queue = 20\n")
    played, _ = judged(text)

    assert played.good_share(2200 * MS, 4900 * MS) < 0.7
    assert {row.blame for row in played.operations() if row.cause} == {0}
    assert played.good_share(5100 * MS) == 1


def test_a_service_in_front_is_a_confused_deputy() -> None:
    front = '\n[[node]]\nid = "web"\n\n[[service]]\nid = "front"\non = "web"\n'
    front += 'steps = [{ call = "shop" }]\n'
    text = shop(forging(keys=4), service=MAC).replace('call = "shop"\n', 'call = "front"\n')
    played, _ = judged(text.replace('service = "shop"', 'service = "front"') + front)

    assert len(forged_effects(played)) > 100


def test_forged_requests_leave_no_rows_of_their_own() -> None:
    played, _ = judged(shop(forging()))
    numbers = {row.operation for row in played.operations()}

    assert {row.operation for row in played.attempts()} == numbers


def test_the_luck_of_the_honest_is_the_same_with_and_without_the_attack_and_the_code() -> None:
    law = '{ law = "exponential", mean = "500us" }'

    def demands(service: str, faults: str) -> list[int]:
        text = shop(faults, service + "workers = 64\n").replace('"500us"', law)
        played, _ = judged(text.replace('id = "db"\n', 'id = "db"\ncores = 9\n'))
        rows = played.attempts(0, 4 * SECOND)
        return [row.served_us - row.started_us for row in rows]

    plain = demands("", "")
    assert demands("", forging(rate=20)) == plain
    assert demands(MAC, "") == [demand + 100 for demand in plain]


def test_a_replayed_write_takes_effect_again_and_is_blamed_on_who_replayed_it() -> None:
    played, found = judged(shop(replaying(share=0.5)))

    assert 50 < doubled(played) < 110
    assert {(one.cause, one.blame) for one in found} == {(Cause.DUPLICATE, 0)}
    copies = [row for row in played.attempts() if row.kind == AttemptKind.COPY]
    assert len(copies) > 100
    assert all(row.blame == 0 and row.wasted for row in copies)


def test_it_comes_after_its_time_as_often_as_it_is_told_until_the_end() -> None:
    played, _ = judged(shop(replaying(after="700ms", times=2, lasts="2s")))
    copies = [row for row in played.attempts() if row.kind == AttemptKind.COPY]
    sent = {row.operation: row.sent_us for row in played.attempts() if not row.kind}
    first = min(copies, key=lambda row: row.sent_us)

    assert {(row.sent_us - sent[row.operation]) // MS for row in copies} == {700, 1400}
    assert 2690 * MS <= first.sent_us <= 2720 * MS
    assert max(row.sent_us for row in copies) <= 4 * SECOND


def test_a_plain_code_lets_replays_through() -> None:
    played, _ = judged(shop(replaying(), service=MAC))

    assert doubled(played) > 50


@pytest.mark.parametrize(
    ("service", "policy"),
    [
        ('authentication = { window = "300ms" }\n', ""),
        ('authentication = { remembers = "5s" }\n', ""),
        ("idempotency = {}\n", "idempotency_key = true\n"),
        ("", "idempotency_key = true\n"),
    ],
)
def test_what_stops_replays_stops_them_and_nothing_else(service: str, policy: str) -> None:
    played, found = judged(shop(replaying(), service=service, policy=policy))

    assert doubled(played) == 0
    assert found == ()
    assert set(played.causes()) == {"none"}


def test_a_replay_outlives_a_memory_that_is_too_short_or_gone() -> None:
    short = 'authentication = { remembers = "500ms" }\n'
    assert doubled(judged(shop(replaying(), service=short))[0]) > 50

    crash = fault("restart", at="3s", target="db-1", down="10ms").replace('for = "3s"\n', "")
    text = shop(replaying() + crash, service='authentication = { remembers = "9s" }\n')
    assert 20 < doubled(judged(text)[0]) < 80


def test_retries_are_new_messages_and_pass() -> None:
    loss = fault("loss", target="db", share=0.2)
    policy = 'attempt_timeout = "20ms"\nretry = { attempts = 5 }\n'
    service = 'authentication = { window = "1s", remembers = "5s" }\n'
    played, _ = judged(shop(loss, service=service, policy=policy))

    assert set(played.causes()) == {"none"}
    assert sum(row.kind == AttemptKind.RETRY for row in played.attempts()) > 50


def test_a_clock_that_is_wrong_refuses_the_honest() -> None:
    jump = fault("clock-jump", target="db", ahead="2s")
    played, _ = judged(shop(jump, service='authentication = { window = "1s" }\n'))

    assert set(played.causes(0, 2 * SECOND - 10 * MS)) == {"none"}
    assert set(played.causes(2 * SECOND, 4900 * MS)) == {"refused"}
    assert {row.blame for row in played.operations() if row.cause} == {0}
    apart, _ = judged(shop(jump, service='authentication = { window = "3s" }\n'))
    assert set(apart.causes()) == {"none"}


def test_a_sender_whose_clock_is_wrong_is_refused_too() -> None:
    front = '\n[[node]]\nid = "web"\n\n[[service]]\nid = "front"\non = "web"\n'
    front += 'steps = [{ call = "shop" }]\n'
    jump = fault("clock-jump", target="web", ahead="2s")
    text = shop(jump, service='authentication = { window = "1s" }\n')
    played, _ = judged(text.replace('call = "shop"\n', 'call = "front"\n', 1) + front)

    assert set(played.causes(2 * SECOND, 4900 * MS)) == {"dependency"}
    assert {row.blame for row in played.operations() if row.cause} == {0}


def test_a_code_sees_what_was_changed_on_the_way() -> None:
    corrupt = fault("corrupt", target="db", share=0.2, one_way="in")
    played, found = judged(shop(corrupt, service=MAC + "checksums = false\n"))

    assert found == ()
    assert played.causes()["lost"] > 30


def test_while_its_machine_is_down_the_attacker_is_quiet() -> None:
    crash = fault("crash", at="3s", lasts="1s", target="thief")
    played, _ = judged(shop(forging(rate=200) + crash))
    times = [time for number, time, *_ in played.log.effects.rows() if number >= FORGED]
    quiet = max(later - sooner for sooner, later in pairwise(times))

    assert quiet > 900 * MS


@pytest.mark.parametrize("service", ["", MAC, 'authentication = { window = "1s" }\n'])
@pytest.mark.parametrize(
    "faults",
    [
        forging(rate=300) + replaying(),
        replaying(times=3, after="50ms") + fault("crash", at="3s", target="db"),
        forging(rate=900) + fault("pause", at="3s", lasts="1s", target="db"),
    ],
)
def test_attacks_do_the_same_on_the_fast_path_and_off_it(faults: str, service: str) -> None:
    system = system_of(shop(faults, service=service + "queue = 9\n", machines=2))

    check_both_ways(system)
    assert simulate(system, 2).digest() == simulate(system, 2, trace=True).digest()


def test_a_random_attack_never_uses_a_number_twice() -> None:
    again = forging(rate=100).replace('at = "2s"\nfor = "3s"', 'every = "500ms"\nlasts = "500ms"')
    numbers = forged_effects(judged(shop(again))[0])

    assert len(numbers) == len(set(numbers)) > 300


@pytest.mark.parametrize(
    "replication",
    [
        '{ kind = "raft" }',
        '{ kind = "quorum", n = 3, r = 2, w = 2 }',
        primary_backup().replace("court", "lair"),
    ],
)
def test_whatever_keeps_copies_alike_keeps_forged_values_alike(replication: str) -> None:
    policy = 'balancer = "leader-aware"\nattempt_timeout = "50ms"\nretry = { attempts = 3 }\n'
    text = shop(forging(keys=4), f"replication = {replication}\n", policy, machines=3)
    played, found = judged(text)

    assert len(forged_effects(played)) > 10
    assert {one.cause for one in found} == {Cause.WRONG_VALUE}
    assert {one.blame for one in found} == {0}
    assert played.good_share(1 * SECOND) > 0.9


@pytest.mark.parametrize(
    "application",
    ['"counter"', '"set"', '"ledger"', '{ kind = "inventory", stock = 1000 }'],
)
def test_an_application_does_what_forged_requests_ask_for(application: str) -> None:
    text = shop(forging(keys=4), f"store = {application}\n")
    text = text.replace('gap = "10ms"\n', 'population = 3\nthink = "20ms"\n')
    played, found = judged(text)

    assert len(forged_effects(played)) > 50
    assert Cause.WRONG_VALUE in {one.cause for one in found}


def test_where_nobody_is_nobody_attacks() -> None:
    attacks = forging(rate=100) + replaying()
    text = shop(attacks).replace('id = "thief"\n', 'id = "thief"\ncount = 0\n')
    played, found = judged(text)

    assert found == ()
    assert len(forged_effects(played)) == 0
