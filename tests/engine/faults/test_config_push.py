"""Config push: settings that reach everybody over the network, and come back in the same way."""

from __future__ import annotations

import pytest

from game.engine.kinds import load_kinds
from game.engine.log import Change
from game.engine.run import simulate
from game.level.read import read_level_bytes
from tests.engine.faults.towns import PAIR, fault
from tests.engine.nights import HEAD, MS, SECOND, Night, night, system_of
from tests.engine.test_fast_path import check_both_ways

ADMIN = '\n[[node]]\nid = "admin"\n'
POLICY = '\n[[policy]]\nid = "own"\n'
TOWN = PAIR.replace('call = "front"\n', 'call = "front"\npolicy = "own"\n') + ADMIN
FRONTS = 4


def push(at: str = "2s", lasts: str = "3s", **keys: object) -> str:
    """From 2 s to 5 s, unless it says otherwise."""
    return fault("config-push", at, lasts, from_="admin", **keys)


def town(settings: str, *pushes: str) -> str:
    return TOWN + POLICY + settings + "".join(pushes)


def tiers(settings: str = "") -> str:
    """Four machines that ask a fifth one by the policy."""
    return f"""
duration = "12s"

[[node]]
id = "admin"

[[node]]
id = "web"
count = {FRONTS}

[[node]]
id = "db"
cores = 4

[[policy]]
id = "own"
{settings}

[[service]]
id = "front"
on = "web"
steps = [{{ call = "store", policy = "own" }}]

[[service]]
id = "store"
on = "db"
steps = [{{ cpu = "2ms" }}]

[[client]]
id = "shop"
call = "front"
gap = "2ms"
deadline = "500ms"
"""


def taken(played: Night) -> list[tuple[int, str]]:
    return [(time, place) for time, place, _ in played.changes(Change.CONFIG_TAKEN)]


def left(played: Night) -> list[tuple[int, str]]:
    return [(time, place) for time, place, _ in played.changes(Change.CONFIG_LEFT)]


def test_a_timeout_that_is_too_short_fails_everything_until_it_is_taken_back() -> None:
    played = night(town('attempt_timeout = "100ms"\n', push(policy="own", attempt_timeout="1ms")))

    assert taken(played) == [(2 * SECOND + 250, "shop")]
    assert left(played) == [(5 * SECOND + 250, "shop")]
    assert set(played.causes(0, 2 * SECOND)) == {"none"}
    assert played.good_share(2010 * MS, 5 * SECOND) == 0
    assert played.good_share(5010 * MS) == 1
    assert {row.blame for row in played.operations() if row.cause} == {0}


def test_fewer_retries_leave_more_failures_and_more_of_them_more_requests() -> None:
    loss = fault("loss", target="web", share=0.3, at="0s", lasts="10s")
    own = 'attempt_timeout = "20ms"\nretry = { attempts = 2 }\n'
    played = night(town(own, loss, push(policy="own", retries=0)))

    assert played.good_share(2100 * MS, 4900 * MS) < 0.6 < 0.85 < played.good_share(5100 * MS)
    more = night(town(own, loss, push(policy="own", retries=9)))
    assert more.good_share(2100 * MS, 4900 * MS) > 0.98


def test_a_smaller_pool_turns_calls_away_and_that_is_blamed_on_it() -> None:
    own = "bulkhead = { at_most = 64 }\n"
    played = night(town(own, push(policy="own", at_most=1)).replace('"2ms"', '"15ms"'))

    assert set(played.causes(0, 2 * SECOND)) == set(played.causes(5100 * MS)) == {"none"}
    assert played.causes(2100 * MS, 4900 * MS)["queue-full"] > 100
    assert {row.blame for row in played.operations() if row.cause} == {0}


def test_weights_send_everything_to_one_machine() -> None:
    own = 'balancer = { kind = "weighted", weights = [{ target = "web-2", weight = 3 }] }\n'
    weights = '[{ target = "web-2", weight = 0 }]'
    played = night(town(own, push(policy="own", weights=weights)))

    def share(since_us: int, until_us: int) -> float:
        asked = [played.node_of(row) for row in played.attempts(since_us, until_us)]
        return asked.count("web-2") / len(asked)

    assert share(0, 2 * SECOND) == pytest.approx(0.75, abs=0.01)
    assert share(5100 * MS, 9 * SECOND) == pytest.approx(0.75, abs=0.01)
    assert share(2010 * MS, 5 * SECOND) == 0


def test_fewer_workers_and_no_queue_turn_requests_away() -> None:
    slow = TOWN.replace('{ cpu = "2ms" }', '{ wait = "50ms" }').replace(', policy = "own"', "")
    text = slow + POLICY + push(service="front", target="web-1", workers=1, queue=0)
    played = night(text)

    assert taken(played) == [(2 * SECOND + 250, "web-1")]
    assert set(played.causes(0, 2 * SECOND)) == set(played.causes(5010 * MS)) == {"none"}
    assert 0.3 < played.causes(2100 * MS, 4900 * MS)["queue-full"] / 280 < 0.45
    assert {row.blame for row in played.operations() if row.cause} == {0}


def test_more_workers_take_those_who_wait_at_once() -> None:
    slow = TOWN.replace('{ cpu = "2ms" }', '{ wait = "50ms" }')
    slow = slow.replace('on = "web"\n', 'on = "web"\nworkers = 1\n') + POLICY
    played = night(slow + push(service="front", workers=64, lasts="8s"))

    assert played.good_share(0, 2 * SECOND) < 0.5
    assert played.good_share(2100 * MS) == 1


def test_stages_reach_a_part_first() -> None:
    played = night(
        tiers() + push(policy="own", attempt_timeout="1s", stages='["25%", "50%", 1]', bake="1s")
    )

    assert [(time // SECOND, place) for time, place in taken(played)] == [
        (2, "web-1"),
        (3, "web-2"),
        (4, "web-3"),
        (4, "web-4"),
    ]
    assert len(left(played)) == FRONTS
    assert {time // SECOND for time, _ in left(played)} == {5}


def gated(**keys: str) -> Night:
    settings = 'attempt_timeout = "100ms"\n'
    bad = push(lasts="8s", policy="own", stages="[0.25, 1]", bake="2s", stops_at="5%", **keys)
    return night(tiers(settings) + bad)


def test_a_gate_takes_a_bad_push_back_after_its_first_stage() -> None:
    played = gated(attempt_timeout="1ms")

    stopped = played.log.changes.rows()
    assert [(time, share) for time, change, _, share in stopped if change == Change.PUSH_STOPPED]
    assert [place for _, place in taken(played)] == ["web-1"]
    assert [(time // SECOND, place) for time, place in left(played)] == [(5, "web-1")]
    assert 0.7 < played.good_share(2 * SECOND, 5 * SECOND) < 0.8
    assert played.good_share(5100 * MS) == 1


def test_a_gate_lets_a_harmless_push_pass() -> None:
    played = gated(attempt_timeout="50ms")

    assert len(taken(played)) == FRONTS
    assert not played.changes(Change.PUSH_STOPPED)
    assert set(played.causes()) == {"none"}


def test_a_gate_sees_what_a_machine_turned_away() -> None:
    text = tiers().replace('{ cpu = "2ms" }', '{ wait = "20ms" }')
    bad = push(lasts="8s", service="store", workers=1, queue=0, bake="1s", stops_at=0.1)
    played = night(text + bad)

    assert len(played.changes(Change.PUSH_STOPPED)) == 1
    assert played.good_share(4200 * MS) == 1


def test_while_the_control_plane_is_cut_off_nothing_goes_out_and_nothing_comes_back() -> None:
    own = 'attempt_timeout = "100ms"\n'
    cut = fault("partition", at="4s", lasts="4s", target="admin")
    played = night(town(own, push(policy="own", attempt_timeout="1ms"), cut))
    assert [time // SECOND for time, _ in left(played)] == [8]
    assert played.good_share(5 * SECOND, 8 * SECOND) == 0

    down = fault("crash", at="1s", lasts="2500ms", target="admin")
    played = night(town(own, push(policy="own", attempt_timeout="1ms"), down))
    assert [time // SECOND for time, _ in taken(played)] == [4]


def test_without_a_control_plane_nothing_goes_out() -> None:
    text = town("", push(policy="own", attempt_timeout="1ms"))
    assert taken(night(text.replace('id = "admin"\n', 'id = "admin"\ncount = 0\n'))) == []


def test_a_control_plane_that_was_down_asks_when_it_is_back() -> None:
    down = fault("crash", at="4s", lasts="2s", target="admin")
    bad = push(lasts="9s", policy="own", attempt_timeout="50ms", bake="2500ms", stops_at=0.5)
    played = night(tiers() + bad + down)

    assert len(taken(played)) == len(left(played)) == FRONTS
    assert len(played.changes(Change.PUSH_STOPPED)) == 0


def test_a_machine_keeps_what_was_pushed_through_a_crash() -> None:
    crash = fault("restart", at="3s", target="web-1", down="500ms").replace('for = "3s"\n', "")
    played = night(
        tiers('attempt_timeout = "100ms"\n') + crash + push(policy="own", attempt_timeout="1ms")
    )
    later = played.causes(3600 * MS, 4900 * MS)

    assert set(later) == {"dependency"}
    assert played.good_share(5100 * MS) == 1


def test_of_two_pushes_at_once_the_newest_holds() -> None:
    own = 'attempt_timeout = "100ms"\n'
    first = push(policy="own", attempt_timeout="1ms", lasts="6s")
    second = push(policy="own", attempt_timeout="200ms", at="4s", lasts="2s")
    played = night(town(own, first, second))

    assert played.good_share(2100 * MS, 3900 * MS) == 0
    assert played.good_share(4100 * MS, 5900 * MS) == 1
    assert played.good_share(6100 * MS, 7900 * MS) == 0
    assert played.good_share(8100 * MS) == 1


@pytest.mark.parametrize(
    "bad",
    [
        push(policy="own", attempt_timeout="3ms", retries=5),
        push(policy="own", attempt_timeout="1s", stages="[0.5, 1]", bake="100ms"),
        push(service="front", workers=1, queue=2),
        push(service="front", workers=1, bake="200ms", stops_at=0.01),
    ],
)
def test_it_does_the_same_on_the_fast_path_and_off_it(bad: str) -> None:
    text = town('attempt_timeout = "20ms"\nretry = {}\n', bad).replace("10ms", "1200us")

    check_both_ways(system_of(text))
    assert (
        simulate(system_of(text), 2).digest() == simulate(system_of(text), 2, trace=True).digest()
    )


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (push(), "must have a policy or a service"),
        (push(policy="own"), "must have a setting to change: attempt_timeout, retries"),
        (push(policy="own", workers=1), "must have settings of a policy"),
        (push(service="front", retries=1), "must have settings of a service (workers, queue)"),
        (push(policy="own", retries=1), 'policy "own" has no "retry" to change'),
        (push(policy="own", at_most=1), 'policy "own" has no "bulkhead" to change'),
        (push(policy="own", weights="[{ target = 'web', weight = 2 }]"), 'no "weighted" bal'),
        (push(service="front", queue=1, stages="[0.5]"), "must have stages that rise"),
        (push(service="front", queue=1, bake="1s"), 'for "bake"'),
        (push(service="front", queue=1, stops_at=0.1), 'must have a "bake" for "stops_at"'),
    ],
)
def test_what_it_cannot_change_is_said(bad: str, said: str) -> None:
    text = HEAD + town("", bad)
    level, problems = read_level_bytes(text.encode(), "night.toml", load_kinds())

    assert level is None
    assert said in str(problems), str(problems)


def test_a_setting_that_a_control_may_give_is_not_missing() -> None:
    control = """
[[control]]
id = "retries"
family = "resilience"
label = "Retries"
sets = "policy.own.retry"
default = "none"
choices = [{ label = "none" }, { label = "two", value = { attempts = 2 } }]
"""
    text = town("", push(policy="own", retries=9), control)

    assert set(night(text).causes()) == {"none"}
