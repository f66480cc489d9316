"""What all balancers have in common."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.engine.kinds import load_kinds
from game.engine.paths import Path
from game.engine.run import simulate
from game.engine.streams import mix
from game.level.model import Zone
from tests.engine.shops import MS, SECOND, caller_of, causes, shop

NAMES = load_kinds().names("balancer")


def record_of(name: str) -> Any:
    kind = load_kinds().get("balancer", name)
    assert kind is not None
    return kind.record()


@pytest.mark.parametrize("name", NAMES)
@given(
    present=st.lists(st.sets(st.integers(0, 4), min_size=2), min_size=1, max_size=20),
    seed=st.integers(0, 2**32),
)
def test_a_balancer_picks_one_of_those_it_is_given(
    name: str, present: list[set[int]], seed: int
) -> None:
    zones = [Zone(id="a"), Zone(id="b", region="far")]
    caller = caller_of(shop(machines=5, zones=zones, policy={"balancer": record_of(name)}))
    operation: Any = type("Asked", (), {"luck": [0.0], "data_key": 0, "client": 0, "user": 0})()
    path = Path(1, 0, "web", choice=0)
    for round_number, indexes in enumerate(present):
        targets = [caller.targets[index] for index in sorted(indexes)]
        operation.luck = [(mix(seed + round_number) >> 11) / (1 << 53)]
        operation.data_key = mix(seed ^ round_number)
        assert caller.pick(targets, operation, 0, path) in targets


@pytest.mark.parametrize("name", NAMES)
def test_with_any_balancer_a_healthy_service_answers_everything(name: str) -> None:
    system = shop(machines=3, duration=3 * SECOND, policy={"balancer": record_of(name)})
    log = simulate(system, 1)

    assert log.verdict == "", log.error
    assert set(causes(log)) == {"none"}
    assert all(ended - invoked >= 4 * MS for _, _, invoked, ended, *_ in log.operations.rows())
