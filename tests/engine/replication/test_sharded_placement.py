"""Where the copies of a shard are."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.engine.replication.sharded_map import Place, ShardMap, cut_by_hash, cut_by_range
from game.engine.replication.sharded_placement import (
    By,
    Layout,
    Machine,
    Placement,
    copysets,
    holders,
)

PLAIN = Layout("1/shop", "consistent-hash", 3, "random", 4, 100)
SHARDS = range(120)


def machines(count: int, zones: int = 1) -> list[Machine]:
    """Dealt to zones in turn."""
    return [Machine(index, f"db-{index + 1}", f"zone-{index % zones}") for index in range(count)]


@given(
    st.sampled_from(("hash", "range", "consistent-hash")),
    st.sampled_from(("random", "zones", "copysets")),
    st.integers(1, 12),
    st.integers(1, 4),
    st.integers(0, 500),
)
def test_a_shard_is_on_as_many_different_machines_as_there_are(
    by: By, placement: Placement, count: int, copies: int, shard: int
) -> None:
    layout = replace(PLAIN, by=by, placement=placement, copies=copies)
    found = holders(layout, shard, machines(count, 3))

    assert len(set(found)) == len(found) == min(copies, count)


@pytest.mark.parametrize("placement", ["random", "zones"])
def test_a_machine_that_is_added_takes_its_part_and_nobody_else_does(placement: Placement) -> None:
    layout = replace(PLAIN, placement=placement)
    before = [set(holders(layout, shard, machines(9))) for shard in SHARDS]
    after = [set(holders(layout, shard, machines(10))) for shard in SHARDS]
    gained = [new - old for old, new in zip(before, after, strict=True)]

    assert {machine for new in gained for machine in new} == {9}
    assert 0.15 < sum(map(bool, gained)) / len(SHARDS) < 0.45, "three copies in ten machines"


def test_numbering_moves_nearly_all() -> None:
    layout = replace(PLAIN, by="hash", copies=1)
    moved = [
        holders(layout, shard, machines(5)) != holders(layout, shard, machines(6))
        for shard in SHARDS
    ]

    assert sum(moved) == len(SHARDS) * 5 // 6


def test_copies_are_in_different_zones_as_far_as_there_are_enough() -> None:
    layout = replace(PLAIN, placement="zones")
    for zones, least in ((3, 3), (2, 2)):
        there = machines(9, zones)
        for shard in SHARDS:
            assert len({there[one].zone for one in holders(layout, shard, there)}) == least


def test_copies_anywhere_are_sometimes_in_one_zone() -> None:
    there = machines(9, 3)

    assert any(
        len({there[one].zone for one in holders(PLAIN, shard, there)}) == 1 for shard in SHARDS
    )


def test_copysets_are_few_and_every_machine_shares_with_as_many_as_said() -> None:
    layout = replace(PLAIN, placement="copysets", scatter=4)
    there = machines(30)
    used = {frozenset(holders(layout, shard, there)) for shard in range(2000)}
    neighbours = {
        machine: set().union(*(one for one in used if machine in one)) - {machine}
        for machine in range(30)
    }

    assert len(used) <= 20
    assert Counter(map(len, neighbours.values())).most_common(1)[0][0] == 4
    assert len({frozenset(holders(PLAIN, shard, there)) for shard in range(2000)}) > 1000


def test_a_permutation_that_does_not_come_out_even_is_filled_up() -> None:
    sets = copysets("1/shop", tuple("abcde"), 3, 2)

    assert len(sets) == 2
    assert {name for one in sets for name in one} == set("abcde")
    assert all(len(set(one)) == 3 for one in sets)


def test_what_is_split_off_stays_away_from_where_it_was() -> None:
    for shard in SHARDS:
        old = holders(PLAIN, shard, machines(6))
        assert not set(holders(PLAIN, shard + 1, machines(6), apart=old)) & set(old)


@given(st.integers(1, 50), st.integers(50, 1000), st.data())
def test_ranges_are_equal_and_a_split_changes_only_what_it_splits(
    shards: int, keys: int, data: st.DataObject
) -> None:
    cut = cut_by_range(shards, keys)
    sizes = Counter(map(cut.shard_of, range(keys)))
    assert len(sizes) == shards
    assert max(sizes.values()) - min(sizes.values()) <= 1

    at = data.draw(st.integers(1, keys - 1))
    after = cut.split(at)
    for key in range(keys):
        moved = key >= at and cut.shard_of(key) == cut.shard_of(at)
        assert after.shard_of(key) == (shards if moved else cut.shard_of(key))


def test_a_newer_map_differs_in_one_shard_and_its_version() -> None:
    first = ShardMap(1, cut_by_hash(3), tuple(Place(one, (one,)) for one in range(3)))
    second = first.moved(1, Place(3, (0, 2)))

    assert second.version == 2
    assert second.places == (Place(0, (0,)), Place(3, (0, 2)), Place(2, (2,)))
    assert second.groups() == {0: 0, 3: 1, 2: 2}
