"""Version mix: who does not understand whom, and in which order it would have gone well."""

from __future__ import annotations

import pytest

from game.engine.causes import Cause
from game.engine.kinds import load_kinds
from game.engine.log import Change
from game.engine.run import simulate
from game.level.read import read_level_bytes
from game.score.consistency.anomalies import find_anomalies
from tests.engine.faults.towns import CHAIN, PAIR, fault
from tests.engine.nights import HEAD, MS, SECOND, Night, night, system_of
from tests.engine.test_fast_path import check_both_ways

TIERS = CHAIN.replace('id = "web"\n', 'id = "web"\ncount = 2\n', 1)
"""Two machines that ask a third one."""


def mix(at: str = "2s", lasts: str = "3s", **keys: object) -> str:
    return fault("version-mix", at, lasts, **keys)


def during(played: Night) -> float:
    """The good share while the fault is at work."""
    return played.good_share(2010 * MS, 4990 * MS)


def test_an_old_receiver_refuses_what_is_new_and_understands_the_rest() -> None:
    played = night(TIERS + mix(target="web-1", share=0.4))

    assert during(played) == pytest.approx(0.8, abs=0.06)
    assert set(played.causes()) == {"none", "dependency"}
    assert {row.blame for row in played.operations() if row.cause} == {0}
    assert played.good_share(0, 2 * SECOND) == played.good_share(5010 * MS) == 1


def test_an_old_sender_is_understood_unless_nothing_is() -> None:
    assert during(night(TIERS + mix(target="db", share=0.4))) == 1
    worse = night(TIERS + mix(target="db", share=0.4, compatible="no"))
    assert during(worse) == pytest.approx(0.6, abs=0.08)


def test_receivers_first_is_an_order_in_which_nothing_fails() -> None:
    good = night(TIERS + mix(target='["db", "web"]', batch=1, pause="500ms"))
    bad = night(TIERS + mix(target='["web", "db"]', batch=1, pause="500ms"))

    assert [name for _, name, _ in good.changes(Change.VERSION)][:3] == ["db", "web-1", "web-2"]
    assert during(good) == 1
    assert bad.good_share(2010 * MS, 2490 * MS) == pytest.approx(0.5, abs=0.03)
    assert bad.good_share(2510 * MS, 2990 * MS) == 0
    assert bad.good_share(3010 * MS, 4990 * MS) == 1


def test_clients_with_a_new_version_need_machines_with_it() -> None:
    played = night(PAIR + mix(target='["shop", "web-1"]'))

    assert during(played) == pytest.approx(0.5, abs=0.02)
    assert set(played.causes()) == {"none", "refused"}


def test_a_retry_elsewhere_helps_and_one_at_the_same_version_does_not() -> None:
    text = PAIR.replace('call = "front"\n', 'call = "front"\npolicy = "own"\n')
    text += '\n[[policy]]\nid = "own"\nretry = { attempts = 1 }\n'

    assert during(night(text + mix(target='["shop", "web-1"]'))) == 1
    assert during(night(text + mix(target="shop", share=0.3))) == pytest.approx(0.7, abs=0.07)


def test_whether_an_operation_uses_what_is_new_is_its_own_luck() -> None:
    def failed(target: str) -> set[int]:
        played = night(PAIR + mix(target=target, share=0.5))
        return {row.operation for row in played.operations(2 * SECOND, 4900 * MS) if row.cause}

    assert failed('["shop", "web-1"]') == failed("shop") & failed('["shop", "web-1"]')
    assert len(failed("shop")) == pytest.approx(145, abs=30)


def test_who_reads_without_care_answers_wrongly_and_nobody_notices() -> None:
    system = system_of(TIERS + mix(target="web-1", share=0.4) + "misread = true\n")
    log = simulate(system, 1)
    found = find_anomalies(system, log)

    assert set(Night(log).causes()) == {"none"}
    assert {(one.cause, one.blame) for one in found} == {(Cause.WRONG_VALUE, 0)}
    assert len(found) == pytest.approx(60, abs=18)


def test_a_version_may_be_slower() -> None:
    played = night(PAIR + mix(target="web-2", compatible="both", speed=0.5))
    took = {
        (name, row.served_us - row.started_us)
        for row in played.attempts(2010 * MS, 4990 * MS)
        for name in [played.node_of(row)]
    }

    assert took == {("web-1", 2 * MS), ("web-2", 4 * MS)}
    assert set(played.causes()) == {"none"}


def test_a_machine_keeps_its_version_through_a_crash() -> None:
    crash = fault("restart", at="3s", target="web-1", down="100ms").replace('for = "3s"\n', "")
    played = night(TIERS + mix(target="web") + crash)

    assert played.good_share(3200 * MS, 4990 * MS) == 0
    assert played.good_share(5010 * MS) == 1


@pytest.mark.parametrize(
    "keys", [{"share": 0.3}, {"compatible": "no", "speed": 0.7}, {"batch": 1, "pause": "100ms"}]
)
def test_it_does_the_same_on_the_fast_path_and_off_it(keys: dict[str, str]) -> None:
    text = PAIR.replace('"10ms"', '"1200us"') + mix(target='["shop", "web"]', **keys)
    check_both_ways(system_of(text))
    assert (
        simulate(system_of(text), 2).digest() == simulate(system_of(text), 2, trace=True).digest()
    )


def test_while_it_is_left_out_nothing_changes() -> None:
    plain = simulate(system_of(TIERS), 1)
    spared = simulate(system_of(TIERS + mix(target="web-1")), 1, without=("version-mix",))

    assert spared.attempts.data == plain.attempts.data


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (mix(target="web", batch=1), 'must have "batch" and "pause" together'),
        (mix(target="web", compatible="both"), 'must have a "speed" other than 1'),
        (mix(), 'a "version-mix" hits a node or zone or region or client or service'),
    ],
)
def test_what_does_nothing_is_said(bad: str, said: str) -> None:
    level, problems = read_level_bytes((HEAD + PAIR + bad).encode(), "night.toml", load_kinds())

    assert level is None
    assert said in str(problems), str(problems)
