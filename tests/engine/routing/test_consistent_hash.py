"""Consistent hashing: who comes takes a share of everybody's keys, who goes leaves it to all."""

from __future__ import annotations

from collections import Counter
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.engine.caller import Caller
from game.engine.mechanisms import Picker
from game.engine.routing.consistent_hash import ConsistentHash, RingPicker
from game.engine.run import simulate
from game.engine.target import Target
from tests.engine.shops import MS, SECOND, attempts_at, caller_of, constant, rows, shop, wait

KEYS = range(2000)


def caller_with(machines: int = 8, **record: int | float) -> Caller:
    balancer = ConsistentHash(**record)  # type: ignore[arg-type]
    return caller_of(shop(machines=machines, policy={"balancer": balancer}))


def ring(caller: Caller) -> RingPicker:
    picker: Picker = caller.picker
    assert isinstance(picker, RingPicker)
    return picker


def homes(caller: Caller, targets: list[Target] | None = None) -> list[int]:
    """The machine of each key."""
    picker = ring(caller)
    return [picker.pick_for(targets or caller.targets, key).index for key in KEYS]


CALLER = caller_with(points=20)


@given(gone=st.sets(st.integers(0, 7), max_size=7))
def test_only_the_keys_of_lost_machines_move(gone: set[int]) -> None:
    left = [target for target in CALLER.targets if target.index not in gone]
    pairs = list(zip(homes(CALLER), homes(CALLER, left), strict=True))

    assert all(after == before or before in gone for before, after in pairs)
    assert not {after for _, after in pairs} & gone


@given(machines=st.integers(1, 12), points=st.integers(1, 50))
def test_a_machine_that_is_added_takes_keys_and_moves_no_other(machines: int, points: int) -> None:
    before = homes(caller_with(machines, points=points))
    after = homes(caller_with(machines + 1, points=points))

    assert all(new in (old, machines) for old, new in zip(before, after, strict=True))


def test_the_keys_of_a_lost_machine_go_to_several_others() -> None:
    left = CALLER.targets[1:]
    moved = {
        after
        for before, after in zip(homes(CALLER), homes(CALLER, left), strict=True)
        if before == 0
    }

    assert len(moved) > 4


def test_more_points_make_shares_more_even() -> None:
    spreads = []
    for points in (1, 10, 100, 1000):
        counts = Counter(homes(caller_with(points=points)))
        spreads.append(max(counts.values()) / min(counts.get(index, 0.5) for index in range(8)))

    assert spreads == sorted(spreads, reverse=True)
    assert spreads[-1] < 1.5


def test_every_seed_and_every_service_has_a_ring_of_its_own_and_every_caller_the_same() -> None:
    from game.engine.world import World

    system = shop(machines=8, policy={"balancer": ConsistentHash()})
    one, same, other = (World(system, seed, traced=False).clients[0].caller for seed in (1, 1, 2))
    assert homes(one) == homes(same) != homes(other)


def test_all_operations_on_one_key_go_to_one_machine() -> None:
    system = shop(machines=4, policy={"balancer": ConsistentHash()}, client={"keys": 20})
    log = simulate(system, 1)
    keys = {row["operation"]: row["key"] for row in rows(log.operations)}
    found: dict[int, set[int]] = {}
    for row in rows(log.attempts):
        found.setdefault(keys[row["operation"]], set()).add(row["station"])

    assert len(found) == 20
    assert all(len(stations) == 1 for stations in found.values())


@pytest.mark.parametrize("epsilon", [0.1, 0.25, 1.0])
def test_no_machine_has_more_than_its_part_and_a_bit(epsilon: float) -> None:
    caller = caller_with(points=1, epsilon=epsilon)
    for count, key in enumerate(KEYS, start=1):
        ring(caller).pick_for(caller.targets, key).outstanding += 1
        most = max(target.outstanding for target in caller.targets)
        assert most <= ceil((1 + epsilon) * count / 8)


def test_what_has_no_room_goes_to_the_next_on_the_ring() -> None:
    free, bounded = caller_with(points=5), caller_with(points=5, epsilon=0.25)
    first, *_ = homes(free)
    bounded.targets[first].outstanding = 100
    moved = ring(bounded).pick_for(bounded.targets, 0).index

    assert moved == homes(free, [t for t in free.targets if t.index != first])[0]


def test_the_bound_holds_a_hot_key_down() -> None:
    service = {"steps": (wait(constant(200 * MS)),)}
    plain = shop(machines=4, service=service, policy={"balancer": ConsistentHash()})
    bounded = shop(machines=4, service=service, policy={"balancer": ConsistentHash(epsilon=0.25)})

    assert len(attempts_at(simulate(plain, 1))) == 1
    counts = attempts_at(simulate(bounded, 1), SECOND)
    assert len(counts) == 4
    assert max(counts.values()) < 1.4 * counts.total() / 4
