"""Rendezvous hashing gives each key a home."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from game.engine.routing.rendezvous import Rendezvous, RendezvousPicker
from game.engine.run import simulate
from tests.engine.shops import caller_of, rows, shop

TARGETS = caller_of(shop(machines=8, policy={"balancer": Rendezvous()})).targets


@given(key=st.integers(0, 2**40), gone=st.integers(0, 7))
def test_only_the_keys_of_a_lost_machine_move(key: int, gone: int) -> None:
    picker = RendezvousPicker()
    before = picker.pick_for(TARGETS, key)
    after = picker.pick_for([target for target in TARGETS if target.index != gone], key)

    assert after is before or before.index == gone


def test_keys_are_spread_evenly() -> None:
    picker = RendezvousPicker()
    counts = Counter(picker.pick_for(TARGETS, key).index for key in range(8000))

    assert all(880 < counts[index] < 1120 for index in range(8))


def test_all_operations_on_one_key_go_to_one_machine() -> None:
    log = simulate(shop(machines=4, policy={"balancer": Rendezvous()}, client={"keys": 20}), 1)
    keys = {row["operation"]: row["key"] for row in rows(log.operations)}
    homes: dict[int, set[int]] = {}
    for row in rows(log.attempts):
        homes.setdefault(keys[row["operation"]], set()).add(row["station"])

    assert len(homes) == 20
    assert all(len(stations) == 1 for stations in homes.values())
    assert len(set.union(*homes.values())) == 4
