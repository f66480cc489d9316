"""Cost shock: the bill is another one, for as long as it lasts and where it strikes."""

from __future__ import annotations

import pytest

from game.engine.run import simulate
from game.score.cost import HOUR_US, micros_per_hour, shock_micro_us
from game.score.scorecard import score_run
from game.score.tally import pool_tallies
from tests.engine.faults.towns import ONE, PAIR, fault
from tests.engine.nights import level_of, night

CHEAP = PAIR.replace("count = 2", 'count = 2\nprice_per_hour = "1"')


def cost(text: str, seed: int = 1) -> float:
    """What the score says of a night."""
    level = level_of(text)
    found = score_run(level, level.system, simulate(level.system, seed)).measures["cost_per_hour"]
    assert isinstance(found, float)
    return found


def test_the_price_rises_by_the_share_of_the_night() -> None:
    assert cost(CHEAP) == 2.0
    assert cost(CHEAP + fault("cost-shock", target="web", times=3)) == pytest.approx(3.2)


def test_only_the_target_is_dearer() -> None:
    assert cost(CHEAP + fault("cost-shock", target="web-2", times=3)) == pytest.approx(2.6)


def test_it_lasts_to_the_end_where_nobody_says_when_it_is_over() -> None:
    text = '\n[[fault]]\nkind = "cost-shock"\ntarget = "web"\nat = "5s"\ntimes = 2\n'
    assert cost(CHEAP + text) == pytest.approx(3.0)


def test_it_can_be_cheaper_and_two_at_once_add_up() -> None:
    half = fault("cost-shock", target="web", times=0.5)
    assert cost(CHEAP + half) == pytest.approx(1.7)
    twice = fault("cost-shock", target="web", times=2, at="4s", lasts="2s")
    assert cost(CHEAP + half + twice) == pytest.approx(2.1)


def test_at_random_each_machine_is_struck_by_itself() -> None:
    text = 'kind = "cost-shock"\ntarget = "web"\nevery = "3s"\nlasts = "1s"\ntimes = 2\n'
    assert cost(CHEAP + "\n[[fault]]\n" + text) == pytest.approx(2.0 + 2 * 2 / 10)


def test_a_night_without_it_costs_what_it_did() -> None:
    level = level_of(CHEAP + fault("cost-shock", target="web", times=3))
    log = simulate(level.system, 1, without=["cost-shock"])

    assert shock_micro_us(level.system, log) == 0


def test_nothing_else_changes() -> None:
    shocked = night(ONE + fault("cost-shock", target="web", times=9)).log

    assert shocked.operations.data == night(ONE).log.operations.data


def test_several_nights_have_the_mean_bill() -> None:
    level = level_of(CHEAP + fault("cost-shock", target="web", times=3))
    tallies = [
        score_run(level, level.system, simulate(level.system, seed)).tally for seed in (1, 2)
    ]

    assert pool_tallies(tallies).cost_micros == tallies[0].cost_micros == 3_200_000


def test_money_is_rounded_once() -> None:
    assert micros_per_hour(5, 0, HOUR_US, shocks=HOUR_US // 2) == 6
    assert micros_per_hour(5, 0, HOUR_US, shocks=HOUR_US // 2 - 1) == 5
