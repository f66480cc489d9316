"""Version vectors: writes that did not know of each other stay, and those that did replace."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.engine.replication.quorum import Quorum
from game.engine.replication.quorum_siblings import (
    Kept,
    Siblings,
    Writer,
    joined,
    numbers_in,
    size_bytes,
    writes_in,
)
from game.engine.replication.quorum_versions import NOTHING, Version
from game.score.histories.recorded import history_of_log
from tests.engine.nights import KINDS, MS, SECOND
from tests.engine.replication.quorums import (
    group_after,
    quorum,
    quorum_night,
    quorum_text,
    told,
    unseen,
)
from tests.engine.replication.stores import acknowledged, effects, fault, lost, repeated

VECTORS = quorum(versions="vectors")
BLIND = quorum(versions="vectors", context="blind")
KEY = 7
CALM = 'load = [{ at = "4s", times = 0 }]'
"""No more requests from then on."""


# What is newer


def numbers(kept: Kept) -> set[int]:
    """The operations that wrote what is there."""
    return {version.operation for version in writes_in(kept)}


def test_who_saw_nothing_writes_beside_and_who_saw_it_all_in_its_place() -> None:
    one, other = Writer(0, 2), Writer(1, 2)
    first = one.add(KEY, (1, 0), NOTHING)
    second = other.add(KEY, (2, 0), NOTHING)
    both = joined(first, second)
    third = one.add(KEY, (3, 0), both)

    assert numbers(both) == {1, 2}
    assert numbers(third) == {3}
    assert joined(both, third) == third == joined(third, first)


def test_two_who_write_through_one_coordinator_do_not_know_of_each_other() -> None:
    """What vectors with an entry for each coordinator, and no dots, get wrong."""
    writer = Writer(0, 1)
    writer.add(KEY, (1, 0), NOTHING)

    assert numbers(writer.add(KEY, (2, 0), NOTHING)) == {1, 2}


def test_who_saw_one_sibling_replaces_that_one_alone() -> None:
    one, other = Writer(0, 2), Writer(1, 2)
    first = one.add(KEY, (1, 0), NOTHING)
    second = other.add(KEY, (2, 0), NOTHING)

    assert numbers(joined(second, one.add(KEY, (3, 0), first))) == {2, 3}


def test_a_coordinator_whose_disk_was_wiped_writes_under_a_new_name() -> None:
    """Under the old one its first write would pass for one that others have seen."""
    writer = Writer(0, 3)
    seen = writer.add(KEY, (2, 0), writer.add(KEY, (1, 0), NOTHING))
    writer.wiped()

    assert numbers(joined(seen, writer.add(KEY, (3, 0), NOTHING))) == {2, 3}
    assert writer.name not in range(3)


def test_siblings_take_the_place_of_as_many_values_in_a_message() -> None:
    one, other = Writer(0, 2), Writer(1, 2)
    both = joined(one.add(KEY, (1, 0), NOTHING), other.add(KEY, (2, 0), NOTHING))

    assert (size_bytes(NOTHING, 100), size_bytes(Version(1, 0, 1, 0), 100)) == (0, 100)
    assert size_bytes(both, 100) == 200
    assert size_bytes(one.add(KEY, (3, 0), both), 100) == 100 + 2 * 16


class World:
    """Some copies and coordinators with random histories, and what each write had really seen."""

    def __init__(self, copies: int) -> None:
        self.copies: list[Kept] = [NOTHING] * copies
        self.writers = [Writer(name, copies) for name in range(copies)]
        self.saw: dict[int, set[int]] = {}

    def past(self, write: int) -> set[int]:
        """A write, all that it saw, and so on back."""
        return {write}.union(*(self.past(seen) for seen in self.saw[write]))

    def step(self, act: tuple[str, int, int]) -> None:
        what, one, other = act
        if what == "tell":
            self.copies[other] = joined(self.copies[other], self.copies[one])
        elif what == "wipe":
            self.writers[one].wiped()
            self.copies[one] = NOTHING
        else:
            seen = NOTHING if what == "blind" else self.copies[other]
            write = len(self.saw)
            self.saw[write] = numbers(seen)
            stored = self.writers[one].add(KEY, (write, 0), seen)
            self.copies[one] = joined(self.copies[one], stored)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(("tell", "tell", "tell", "write", "write", "blind", "wipe")),
        st.integers(0, 2),
        st.integers(0, 2),
    ),
    max_size=25,
)


@given(ACTS)
def test_what_a_copy_was_told_is_there_or_was_seen_by_what_is_there(
    acts: list[tuple[str, int, int]],
) -> None:
    """Against what each write really saw; and two that are there have not seen each other."""
    world = World(3)
    for act in acts:
        had = [numbers(copy) for copy in world.copies]
        world.step(act)
        for copy, before in zip(world.copies, had, strict=True):
            if copy is NOTHING:
                continue
            pasts = {write: world.past(write) for write in numbers(copy)}
            assert before <= set().union(*pasts.values())
            for one, other in combinations(pasts, 2):
                assert one not in pasts[other]
                assert other not in pasts[one]


@given(ACTS)
def test_copies_may_tell_each_other_in_any_order(acts: list[tuple[str, int, int]]) -> None:
    world = World(3)
    for act in acts:
        world.step(act)
    one, other, third = world.copies

    assert joined(one, other) == joined(other, one)
    assert joined(joined(one, other), third) == joined(one, joined(other, third))
    assert joined(one, one) == one
    assert (numbers_in(one) == numbers_in(other)) == (one == other)


# Nights


def test_a_write_takes_a_round_to_see_what_it_replaces_and_a_blind_one_does_not() -> None:
    took = [
        {
            row.ended_us - row.invoked_us
            for row in quorum_night(rate=5, keys=1, replication=how, duration="20s").operations()
            if row.write
        }
        for how in (VECTORS, BLIND)
    ]

    assert took == [{6 * MS + 80}, {4 * MS + 80}]


def test_writes_one_after_another_leave_one_value() -> None:
    played = quorum_night(rate=5, keys=1, replication=VECTORS, duration="20s")

    assert {len(seen) for seen in told(played).values()} == {1}
    assert played.log.totals["siblings:shop"] == 0
    assert sorted(effects(played)) == sorted(acknowledged(played))


def test_writes_at_the_same_time_leave_siblings_until_somebody_who_read_them_writes() -> None:
    played = quorum_night(rate=300, keys=1, replication=VECTORS)
    sizes = [len(seen) for seen in told(played).values()]

    assert max(sizes) > 1
    assert sizes.count(1) > 10
    assert played.log.totals["siblings:shop"] == sum(size > 1 for size in sizes)
    assert not lost(played)
    assert not repeated(played)


def test_who_writes_blindly_never_gets_rid_of_a_sibling() -> None:
    group, played = group_after(
        quorum_text(rate=20, keys=1, replication=BLIND).replace("keys = 1", f"keys = 1\n{CALM}")
    )
    newest = group.replicas[0].newest
    (kept,) = newest.values()

    assert isinstance(kept, Siblings)
    assert numbers(kept) == acknowledged(played)
    assert len(kept.all) > 30


def test_both_sides_of_a_cut_write_and_both_writes_are_there_afterwards() -> None:
    """Clocks that differ throw some of them away."""
    skewed = '{ ahead = { law = "uniform", high = "200ms" } }'
    cut = fault("partition", "db-1", "1s", "1s", 'from = ["db-2", "db-3"]')
    for versions, left in (("vectors", True), ("last-writer-wins", False)):
        how = quorum(r=1, w=1, versions=versions, repair="none", anti_entropy="50ms")
        text = quorum_text(cut, rate=50, keys=3, writes=1.0, replication=how, clock=skewed)
        group, played = group_after(text.replace("keys = 3", f"keys = 3\n{CALM}"))
        one, other, third = (replica.newest for replica in group.replicas)

        assert one == other == third
        assert (not lost(played)) == left
        assert {"none"} == set(played.causes())


@pytest.mark.parametrize("how", [VECTORS, BLIND])
def test_a_request_that_the_network_doubles_is_one_sibling_if_it_has_a_key(how: str) -> None:
    doubled = fault("duplicate", "users", "0s", more="share = 1.0")

    assert not repeated(quorum_night(doubled, writes=1.0, replication=how))
    assert repeated(quorum_night(doubled, writes=1.0, replication=how, policy=""))


@pytest.mark.parametrize(
    "trouble",
    [
        fault("partition", "db-3", "1s", "2s"),
        fault("wipe", "db-3", "3s", more='down = "500ms"'),
    ],
)
def test_copies_with_siblings_become_alike_by_comparing_notes(trouble: str) -> None:
    how = quorum(versions="vectors", repair="none", ask_again="400ms", anti_entropy="50ms")
    text = quorum_text(trouble, rate=200, keys=30, writes=1.0, replication=how)
    group, played = group_after(text.replace("keys = 30", f"keys = 30\n{CALM}"))
    one, other, third = (replica.newest for replica in group.replicas)

    assert one == other == third
    assert played.log.totals["anti-entropy:shop"] > 20
    assert not lost(played)


def test_hints_hold_siblings_too() -> None:
    sloppy = quorum(n=3, r=1, w=3, versions="vectors", repair="none", sloppy=True)
    dead = fault("crash", "db-1", "1s", "2s", 'what = "host"')
    text = quorum_text(dead, machines=5, keys=20, rate=300, replication=sloppy)
    group, played = group_after(text)

    assert played.log.totals["hint-delivered:shop"] > 5
    assert all(not replica.hints for replica in group.replicas)
    assert not lost(played)


@pytest.mark.parametrize(("r", "w", "hides"), [(2, 2, False), (1, 3, False), (1, 1, True)])
def test_a_read_returns_all_that_was_over_or_what_had_seen_it_if_the_quorums_meet(
    r: int, w: int, hides: bool
) -> None:
    cut = fault("partition", "db-1", "1s", "600ms", 'from = ["db-2"]')
    how = quorum(r=r, w=w, versions="vectors", ask="random", repair="none")
    group, played = group_after(quorum_text(cut, keys=2, rate=60, replication=how))

    assert len(told(played)) > 50
    assert bool(list(unseen(group, played))) == hides
    assert not lost(played)


def test_a_calm_night_has_no_losses_to_tell_of() -> None:
    played = quorum_night(replication=VECTORS, duration="3s")

    assert played.good_share(0, 2 * SECOND) == 1.0
    assert len(played.log.discarded) == 0


def test_a_read_that_returned_several_values_tells_a_history_of_registers_nothing() -> None:
    played = quorum_night(rate=300, keys=1, replication=VECTORS)
    history = history_of_log(played.log)
    seen = told(played)

    assert any(len(several) > 1 for several in seen.values())
    for one in history.operations:
        if one.function == "read":
            assert one.ok == (len(seen[one.number]) == 1)


def test_siblings_are_one_more_thing_to_understand() -> None:
    kind = KINDS.get("protocol", "quorum")

    assert kind is not None
    assert kind.parts(Quorum(versions="vectors")) == kind.parts(Quorum()) + 1
