"""Weighted balancers give shares by weight, in turns or by luck."""

from __future__ import annotations

from collections import Counter

from game.engine.routing.weighted import Weight, Weighted, Weights
from game.engine.run import simulate
from game.level.model import Zone
from tests.engine.shops import attempts_at, caller_of, shop


def weighted(by_turns: bool = True, **weights: float) -> Weighted:
    entries = tuple(
        Weight(target=name.replace("_", "-"), weight=weight) for name, weight in weights.items()
    )
    return Weighted(weights=entries, by="turns" if by_turns else "luck")


def test_turns_are_spread_as_smoothly_as_nginx_spreads_them() -> None:
    caller = caller_of(shop(machines=3, policy={"balancer": weighted(web_1=5)}))
    picked = [caller.picker.pick(caller.targets, 0.0).index for _ in range(7)]

    assert picked == [0, 0, 1, 0, 2, 0, 0]


def test_luck_goes_by_weight() -> None:
    caller = caller_of(shop(machines=3, policy={"balancer": weighted(False, web_1=2)}))
    picked = Counter(caller.picker.pick(caller.targets, step / 1000).index for step in range(1000))

    assert picked == {0: 500, 1: 250, 2: 250}


def test_the_last_entry_that_names_a_target_holds() -> None:
    zones = [Zone(id="a"), Zone(id="b", region="far")]
    balancer = weighted(web=4, far=2, web_4=1)
    caller = caller_of(shop(machines=4, zones=zones, policy={"balancer": balancer}))

    assert Weights(balancer, caller).of(caller.targets) == [4, 2, 4, 1]


def test_weight_zero_gets_nothing_while_anybody_else_is_there() -> None:
    for by_turns in (True, False):
        balancer = weighted(by_turns, web_1=0, web_2=0)
        caller = caller_of(shop(machines=4, policy={"balancer": balancer}))
        pick = caller.picker.pick
        lucks = [step / 50 for step in range(50)]
        assert {pick(caller.targets, luck).index for luck in lucks} == {2, 3}
        assert {pick(caller.targets[:2], luck).index for luck in lucks} == {0, 1}


def test_shares_of_a_run_are_exact() -> None:
    log = simulate(shop(machines=3, policy={"balancer": weighted(web_1=2)}), 1)
    counts = attempts_at(log)

    assert abs(counts["web-1"] - 2 * counts["web-2"]) <= 2
    assert abs(counts["web-2"] - counts["web-3"]) <= 1
