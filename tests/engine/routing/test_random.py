"""Random gives every machine the same chance."""

from __future__ import annotations

from collections import Counter

from game.engine.routing.random import Random
from tests.engine.shops import caller_of, shop


def test_every_target_owns_the_same_stretch_of_luck() -> None:
    caller = caller_of(shop(machines=4, policy={"balancer": Random()}))
    picked = Counter(caller.picker.pick(caller.targets, step / 1000).index for step in range(1000))

    assert picked == {0: 250, 1: 250, 2: 250, 3: 250}
