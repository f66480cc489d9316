"""Copies that gossip: what can be joined in any order, and what becomes of it on machines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.engine.kinds import load_kinds
from game.engine.log import Change, Command
from game.engine.replication.gossip_contents import (
    KEPT_AS,
    Contents,
    Context,
    Writing,
    stamp_number,
    stamp_of_number,
)
from game.engine.replication.gossip_lattice import Item, Lattice
from game.level.read import read_level_bytes
from tests.engine.nights import HEAD, SECOND
from tests.engine.replication.gossips import behind, gossip_night, gossip_text, miscounted, together
from tests.engine.replication.stores import acknowledged, fault, lost, repeated

PLACES = 3
"""Copies in the stories below."""
Step = tuple[int, int, bool, int]
"""A copy, what it writes, whether it takes that back, and who hears all of it afterwards; nobody,
if that is the copy itself."""
STEPS = st.lists(
    st.tuples(
        st.integers(0, PLACES - 1), st.integers(0, 3), st.booleans(), st.integers(0, PLACES - 1)
    ),
    max_size=25,
)
KINDS = pytest.mark.parametrize("name", KEPT_AS)


class Story:
    """Copies without a network: what they wrote, and how it was told."""

    def __init__(self, name: str, steps: Iterable[Step]) -> None:
        self.name = name
        self.contents: Contents = KEPT_AS[name]
        self.copies = [Lattice() for _ in range(PLACES)]
        self.seen = [Context() for _ in range(PLACES)]
        self.sent: list[Item] = []
        """All deltas, in order of their making."""
        for number, step in enumerate(steps, 1):
            self._take(number, *step)

    def _take(self, number: int, place: int, what: int, back: bool, hearer: int) -> None:
        copy = self.copies[place]
        command = {
            "counter": Command("add", 0, -1 if back else 1),
            "set": Command("remove" if back else "add", 0, what),
        }.get(self.name, Command("post", 0))
        seen = self._context(place)
        stamp = max(number, seen.largest + 1)
        writing = Writing(command, (place, 0), number, stamp, number, 0, seen.seen)
        if self.name == "feed":
            own = sum(atom[0] == place for atom in copy.under(0))
            writing = writing._replace(number=own + 1)
        items = self.contents.items(copy.under(0), writing)
        self.sent.extend(copy.join(items))
        self.copies[hearer].join(copy.since(0))

    def _context(self, place: int) -> Context:
        look_well: Any = getattr(self.contents, "look_well", None)
        return look_well(self.copies[place].under(0))[1] if look_well else Context()

    def looks(self, copy: Lattice) -> object:
        """What a read there returns."""
        return self.contents.look(copy.under(0))


def joined(*copies: Lattice) -> Lattice:
    """A new copy that hears all of several others, one after the other."""
    found = Lattice()
    for copy in copies:
        found.join(copy.since(0))
    return found


@KINDS
@given(steps=STEPS)
def test_to_join_commutes_associates_and_is_idempotent(name: str, steps: list[Step]) -> None:
    one, other, third = Story(name, steps).copies

    assert joined(one, other).keys == joined(other, one).keys
    assert joined(joined(one, other), third).keys == joined(one, joined(other, third)).keys
    assert joined(one, one).keys == one.keys


@KINDS
@given(steps=STEPS)
def test_what_a_copy_has_it_has_for_ever(name: str, steps: list[Step]) -> None:
    one, other, _ = Story(name, steps).copies
    both = joined(one, other)

    assert all(both.has(item) for copy in (one, other) for item in copy.since(0))


@KINDS
@given(steps=STEPS, data=st.data())
def test_copies_say_the_same_however_late_and_often_they_hear_it(
    name: str, steps: list[Step], data: st.DataObject
) -> None:
    story = Story(name, steps)
    again = data.draw(st.lists(st.sampled_from(story.sent), max_size=20)) if story.sent else []
    copy = Lattice()
    copy.join(data.draw(st.permutations(story.sent + again)))

    assert copy.keys == joined(*story.copies).keys
    assert story.looks(copy) == story.looks(joined(*story.copies))


@given(steps=STEPS)
def test_a_counter_counts_each_add_once(steps: list[Step]) -> None:
    story = Story("counter", steps)

    assert story.looks(joined(*story.copies)) == sum(-1 if back else 1 for _, _, back, _ in steps)


@given(steps=STEPS)
def test_an_add_that_a_remove_did_not_know_of_wins(steps: list[Step]) -> None:
    """By what each copy knew: an element is there if some add of it was taken back by nobody."""
    known: list[set[tuple[int, int]]] = [set() for _ in range(PLACES)]
    gone: list[set[tuple[int, int]]] = [set() for _ in range(PLACES)]
    for number, (place, what, back, hearer) in enumerate(steps):
        if back:
            gone[place] |= {add for add in known[place] if add[1] == what}
        else:
            known[place].add((number, what))
        known[hearer] |= known[place]
        gone[hearer] |= gone[place]
    story = Story("set", steps)

    left = set().union(*known) - set().union(*gone)
    assert story.looks(joined(*story.copies)) == {what for _, what in left}


@given(steps=STEPS, data=st.data())
def test_no_post_shows_before_what_its_author_had_seen(
    steps: list[Step], data: st.DataObject
) -> None:
    story = Story("feed", steps)
    seen: dict[int, object] = {}
    for number in range(1, len(steps) + 1):
        before = Story("feed", steps[: number - 1])
        seen[number] = before.looks(before.copies[steps[number - 1][0]])
    heard = data.draw(st.lists(st.sampled_from(story.sent), unique=True)) if story.sent else []
    copy = Lattice()
    copy.join(heard)
    shown = story.looks(copy)

    assert isinstance(shown, tuple)
    for place, post in enumerate(shown):
        earlier = seen[post]
        assert isinstance(earlier, tuple)
        assert set(earlier) <= set(shown[:place])


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(["a", "b"]), st.integers(0, 9)), max_size=20
    ),
    st.integers(0, 20),
)
def test_a_delta_is_what_changed_since(items: list[tuple[int, str, int]], cut: int) -> None:
    one, other = Lattice(), Lattice()
    one.join(Item(key, (atom,), value) for key, atom, value in items[:cut])
    before = one.changes
    other.join(one.since(0))
    one.join(Item(key, (atom,), value) for key, atom, value in items[cut:])
    news = one.since(before)
    other.join(news)

    assert other.keys == one.keys
    assert len(news) == len({item[:2] for item in news}) <= one.changes - before


@given(st.tuples(st.integers(0, 1 << 50), st.integers(0, (1 << 16) - 1)))
def test_a_hybrid_stamp_is_a_number_and_back(stamp: tuple[int, int]) -> None:
    assert stamp_of_number(stamp_number(stamp)) == stamp


# On machines

STORES = ('"counter"', '{ kind = "set", removes = 0.3 }', '"register"', '"feed"')


@pytest.mark.parametrize("store", STORES)
def test_a_partition_makes_nobody_wait_and_is_forgotten_after_it(store: str) -> None:
    cut = fault("partition", "db-1", "1s", "3s", 'from = ["db-2", "db-3"]')
    group, played, broken = gossip_night(gossip_text(cut, store=store, users=6))
    one, other, _ = group.copies

    assert played.good_share(0, 7_500_000) == 1.0
    assert not behind(group)
    assert not lost(played)
    assert not repeated(played)
    assert store == '"feed"' or not broken
    assert one.lattice.changes > 100 < other.lattice.changes


def test_reads_are_as_old_as_the_partition_is_long() -> None:
    cut = fault("partition", "db-1", "1s", "3s", 'from = ["db-2", "db-3"]')

    def stale(faults: str, after: str) -> int:
        store = f'{{ kind = "register", stale_after = "{after}" }}'
        text = gossip_text(faults, store=store, rate=300, keys=200)
        return gossip_night(text)[2]["stale"]

    assert stale(cut, "1s") > 20
    assert stale(cut, "4s") == 0
    assert stale("", "1s") == 0


KEYED = "idempotency_key = true"
ALONE = fault("partition", "db-1", "2s", more='from = ["db-2", "db-3"]')
"""From then on db-1 tells nobody anything."""


def test_what_nobody_was_told_survives_a_crash_and_goes_with_a_wipe() -> None:
    crash = fault("crash", "db-1", "5s", "500ms")
    wipe = fault("wipe", "db-1", "5s", more='down = "500ms"')
    _, crashed, after_crash = gossip_night(gossip_text(ALONE + crash))
    group, wiped, after_wipe = gossip_night(gossip_text(ALONE + wipe))
    gone = lost(wiped)

    assert not lost(crashed)
    assert not after_crash
    assert after_wipe["lost-write"] == len(gone) > 20
    taken = {
        entry.operation: entry.time_us
        for entry, _ in group.written
        if entry.station == group.copies[0].station.index and entry.time_us < 5 * SECOND
    }
    alone = {operation for operation, time_us in taken.items() if time_us >= 2 * SECOND}
    assert alone & acknowledged(wiped) <= gone
    assert min(taken[operation] for operation in gone) > 2 * SECOND - 2 * 2 * 200_000
    assert not list(miscounted(group, wiped))


def test_what_a_wipe_took_hides_its_replies_and_no_later_posts() -> None:
    cut = fault("partition", "db-1", "1s", "3s", 'from = ["db-2", "db-3"]')
    wipe = fault("wipe", "db-1", "3s", more='down = "100ms"')
    how = '{ kind = "gossip", causal = true }'
    group, played, broken = gossip_night(
        gossip_text(cut + wipe, store='"feed"', users=8, keys=1, replication=how)
    )
    place = group.copies[0].station.index
    gone = [entry for entry, _ in group.written if entry.operation in lost(played)]
    hidden = [entry for entry in gone if entry.station != place]

    assert broken["lost-write"] == len(gone)
    assert broken["stale"] == 0
    assert len(gone) > len(hidden) > 5
    assert max(entry.time_us for entry in gone) < 4 * SECOND
    rows = {row[0]: row[3] for row in played.log.discarded.rows()}
    assert {rows[entry.operation] for entry in hidden} == {played.log.faults.index("wipe")}


def test_a_wiped_copy_is_filled_again_by_the_others() -> None:
    wipe = fault("wipe", "db-1", "4s", more='down = "200ms"')
    for sends in ("delta", "state"):
        group, played, broken = gossip_night(
            gossip_text(wipe, replication=f'{{ kind = "gossip", sends = "{sends}" }}')
        )
        assert not behind(group)
        assert not list(miscounted(group, played))
        assert not {cause for cause in broken if cause != "lost-write"}


def test_a_copy_shows_what_it_has_told_nobody() -> None:
    group, played, _ = gossip_night(gossip_text(ALONE))
    place = group.copies[0].station.index
    rows = played.log.changes.rows()
    found = [
        (time_us, value)
        for time_us, change, station, value in rows
        if change == Change.UNTOLD and station == place
    ]

    assert max(value for time_us, value in found if time_us < 2 * SECOND) < 10
    assert found[-1][1] > 50


def test_deltas_say_the_same_in_fewer_bytes() -> None:
    def played(sends: str) -> tuple[object, int]:
        how = f'{{ kind = "gossip", sends = "{sends}" }}'
        store = '{ kind = "set", removes = 0.3 }'
        group, after, _ = gossip_night(gossip_text(store=store, replication=how))
        return together(group).keys, after.log.totals["bytes"]

    deltas, few_bytes = played("delta")
    states, many_bytes = played("state")
    assert deltas == states
    assert many_bytes > 3 * few_bytes


def test_a_larger_fanout_is_heard_sooner_and_costs_more_messages() -> None:
    def played(fanout: int) -> tuple[int, int]:
        store = '{ kind = "register", stale_after = "150ms" }'
        how = f'{{ kind = "gossip", fanout = {fanout} }}'
        text = gossip_text(store=store, replication=how, machines=5, rate=200)
        _, after, broken = gossip_night(text)
        return broken["stale"], after.log.totals["messages"]

    (stale, messages), (less_stale, more_messages) = played(1), played(4)
    assert less_stale < stale / 2
    assert more_messages > 1.1 * messages


def test_a_write_that_comes_again_to_another_machine_counts_twice_in_counters_alone() -> None:
    retry = 'attempt_timeout = "50ms"\nidempotency_key = true\n'
    retry += 'retry = { attempts = 5, backoff = "fixed", base = "20ms" }'
    loss = fault("loss", "users", "1s", "4s", 'share = 0.2\none_way = "in"')
    for store, twice in (('"counter"', True), ('"set"', False), ('"feed"', False)):
        _, played, _ = gossip_night(gossip_text(loss, store=store, policy=retry))
        assert bool(repeated(played)) is twice


def test_the_same_copy_knows_a_write_by_its_key() -> None:
    doubles = fault("duplicate", "users", "0s", "6s", "share = 0.5")
    keyed, bare = (gossip_text(doubles, policy=one) for one in (KEYED, ""))

    assert not repeated(gossip_night(keyed)[1])
    assert repeated(gossip_night(bare)[1])


def test_who_is_alone_needs_nobody() -> None:
    group, played, broken = gossip_night(gossip_text(machines=1))

    assert played.good_share(0, 7_500_000) == 1.0
    assert not broken
    assert not list(miscounted(group, played))


@pytest.mark.parametrize(
    ("store", "replication", "said"),
    [
        ('"ledger"', '"gossip"', 'copies that gossip cannot keep "ledger"'),
        (
            '{ kind = "inventory", stock = 9 }',
            '"gossip"',
            'copies that gossip cannot keep "inventory"',
        ),
        ('"queue"', '"gossip"', 'copies that gossip cannot keep "queue"'),
        ('"counter"', '{ kind = "gossip", causal = true }', '"causal" is for store = "feed"'),
        (
            '"feed"',
            '{ kind = "gossip", causal = true, clock = "local" }',
            'must have clock = "hybrid" if causal',
        ),
    ],
)
def test_what_cannot_be_kept_so_is_said_in_one_sentence(
    store: str, replication: str, said: str
) -> None:
    text = HEAD + gossip_text(store=store, replication=replication)
    _, problems = read_level_bytes(text.encode(), "night.toml", load_kinds())

    assert said in str(problems)
