"""The promise of copies that gossip, in random nights; and that those which promise less are
caught."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from game.engine.replication import gossip_lattice
from game.engine.replication.gossip_contents import Newest, Tagged, Writing
from game.engine.replication.gossip_copy import GossipCopy
from game.engine.replication.gossip_lattice import Entries, Item, Value
from tests.engine.replication.gossips import (
    behind,
    gossip_night,
    gossip_text,
    miscounted,
    missing,
)
from tests.engine.replication.stores import fault, lost, repeated
from tests.engine.replication.test_promise import random_fault

SKEWED = '{ ahead = { law = "uniform", high = "200ms" } }'
COUNTER = '{ kind = "counter", subtracts = 0.3 }'
SET = '{ kind = "set", removes = 0.4, elements = 6 }'
STORES = (COUNTER, SET, '"register"', '"feed"')
JUMP = fault("clock-jump", "db-1", "5s", more='behind = "3s"')


def random_text(number: int, store: str, clocks: str = "", **settings: Any) -> str:
    """Some faults on up to five copies, and many operations on few keys."""
    luck = Random(number)
    machines = luck.choice((2, 3, 4, 5))
    copies = [f"db-{one}" for one in range(1, machines + 1)]
    times, longest_ms = luck.choice(((3, 4_000), (20, 700)))
    faults = "".join(random_fault(luck, copies, longest_ms) for _ in range(times))
    how = {
        "kind": "gossip",
        "sends": luck.choice(("delta", "delta", "state")),
        "period": luck.choice(("50ms", "200ms")),
        "fanout": luck.choice((1, 1, 2)),
        **settings,
    }
    words = (
        f'{name} = "{value}"' if isinstance(value, str) else f"{name} = {str(value).lower()}"
        for name, value in how.items()
    )
    return gossip_text(
        faults,
        store=store,
        replication="{ " + ", ".join(words) + " }",
        machines=machines,
        users=4 if store in (SET, '"feed"') else 0,
        rate=60,
        keys=1 if store == '"feed"' else 4,
        duration="12.5s",
        clock=clocks,
    )


def check_promise(numbers: range) -> None:
    """Nothing acknowledged is lost, nothing counts twice, everybody hears everything, and no reply
    shows without its post; with clocks that differ, where no register goes by them."""
    for number in numbers:
        store = STORES[number % len(STORES)]
        clocks = SKEWED if number % 8 >= 4 and store != '"register"' else ""
        more: dict[str, Any] = {"causal": True} if store == '"feed"' else {}
        text = random_text(number, store, clocks, **more) + (JUMP if clocks else "")
        group, played, broken = gossip_night(text, number)
        assert not lost(played), f"night {number} lost writes"
        assert not repeated(played), f"night {number} applied writes twice"
        assert not behind(group), f"night {number}: some copy has not heard of some writes"
        assert not broken, f"night {number} broke {broken}"
        assert played.good_share(10_700_000) == 1.0, f"night {number} did not recover"
        if store == COUNTER:
            assert not list(miscounted(group, played)), f"night {number} counted wrong"
        if store == SET:
            assert not list(missing(group, played)), f"night {number} lost an element"


def first(numbers: range, is_broken: Callable[[int], bool]) -> int | None:
    """The first night in which a promise is broken."""
    return next((number for number in numbers if is_broken(number)), None)


def test_what_copies_that_gossip_promise_holds_whatever_crashes_and_does_to_the_network() -> None:
    check_promise(range(100))


@pytest.mark.soak
def test_what_copies_that_gossip_promise_holds_in_many_nights() -> None:
    check_promise(range(1_000, 3_000))


# What promises less, and how many nights it takes to see that


def first_losing(numbers: range, clocks: str = "", **settings: str) -> int | None:
    """The first night in which a register loses an acknowledged write."""
    texts = {number: random_text(number, '"register"', clocks, **settings) for number in numbers}
    return first(numbers, lambda number: bool(lost(gossip_night(texts[number], number)[1])))


def test_copies_that_add_what_they_hear_count_twice_and_are_caught_in_one_night(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def added(one: Value, other: Value) -> Value:
        return one + other

    monkeypatch.setattr(gossip_lattice, "joined", added)
    text = random_text(0, COUNTER, sends="state")
    group, played, _ = gossip_night(text, 0)

    assert list(miscounted(group, played))


def test_the_last_writer_by_clocks_that_differ_is_caught_in_one_night() -> None:
    """Stamps that know of what came before help only where it did come before."""
    assert first_losing(range(1), SKEWED, clock="local") == 0
    assert first_losing(range(1), SKEWED, clock="hybrid") == 0
    assert first_losing(range(10), clock="local") is None


def test_a_set_without_tags_loses_adds_and_is_caught_in_one_night(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was taken out once never comes back (2P-set, specification 12 of the report)."""

    def untagged(kind: Tagged, entries: Entries, writing: Writing) -> tuple[Item, ...]:
        function, key, element = writing.command
        return (Item(key, (element,), (function == "remove", element)),)

    monkeypatch.setattr(Tagged, "items", untagged)
    group, played, _ = gossip_night(random_text(1, SET), 1)

    assert list(missing(group, played))


def test_a_name_that_a_wiped_disk_has_used_before_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What it counts from then on passes for what others have heard of before."""
    wipe = fault("wipe", "db-1", "4s", more='down = "200ms"')
    late = fault("partition", "db-1", "3s", "1100ms", 'from = ["users"]')
    text = gossip_text(late + wipe, replication='{ kind = "gossip", period = "50ms" }')

    def is_broken(number: int) -> bool:
        group, played, _ = gossip_night(text, number)
        return bool(list(miscounted(group, played)))

    assert first(range(3), is_broken) is None
    monkeypatch.setattr(GossipCopy, "name", property(lambda copy: (copy.index, 0)))
    assert first(range(3), is_broken) is not None


def test_a_feed_without_causal_order_shows_replies_without_their_posts_in_two_nights() -> None:
    def disordered(causal: bool) -> Callable[[int], bool]:
        def shows(number: int) -> bool:
            text = random_text(number, '"feed"', period="200ms", causal=causal)
            return gossip_night(text, number)[2]["stale"] > 0

        return shows

    assert first(range(2), disordered(False)) is not None
    assert first(range(12), disordered(True)) is None


def test_a_session_that_goes_from_copy_to_copy_is_caught_in_one_night() -> None:
    """Gossip promises no session anything: users who take turns at the copies see it, if they think
    less long than news travel."""
    text = gossip_text(store='"session"', users=7).replace('think = "70ms"', 'think = "5ms"')
    group, _, broke = gossip_night(text)

    assert broke["stale"] > 0
    assert isinstance(group.contents, Newest)


def test_copies_that_never_say_the_same_are_caught_by_the_checker_in_one_night(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One that takes nothing from others."""
    told = GossipCopy._told

    def deaf(copy: GossipCopy, news: object) -> None:
        if copy.index:
            told(copy, news)  # type: ignore[arg-type]

    text = gossip_text(rate=5, keys=50)
    assert not gossip_night(text)[2]
    monkeypatch.setattr(GossipCopy, "_told", deaf)
    assert gossip_night(text)[2]["stale"] > 0
