"""Lanes fire timers in time and forget those that were settled before."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from game.engine.kernel import Kernel
from game.engine.lanes import Lane


@dataclass(eq=False)
class Item:
    due_us: int
    open: bool = True
    fired_us: list[int] = field(default_factory=list)


def lane_on(kernel: Kernel) -> Lane:
    def expired(item: Item) -> None:
        item.open = False
        item.fired_us.append(kernel.now)

    return Lane(kernel, expired)


def test_a_timer_fires_once_at_its_time() -> None:
    kernel = Kernel()
    lane = lane_on(kernel)
    item = Item(10)
    lane.add(10, item)
    kernel.advance(100, 100)

    assert item.fired_us == [10]


def test_a_settled_item_has_no_timer() -> None:
    kernel = Kernel()
    lane = lane_on(kernel)
    item = Item(10)
    lane.add(10, item)
    item.open = False
    kernel.advance(100, 100)

    assert item.fired_us == []


def test_settled_timers_cost_no_events() -> None:
    kernel = Kernel()
    lane = lane_on(kernel)
    items = [Item(1000 + number) for number in range(500)]
    for item in items:
        lane.add(item.due_us, item)
        item.open = False
    kernel.advance(5000, 100)

    assert kernel.events == 1


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.booleans()), max_size=40))
def test_every_open_item_fires_exactly_at_its_time(
    timers: list[tuple[int, int, bool]],
) -> None:
    kernel = Kernel()
    lane = lane_on(kernel)
    items: list[Item] = []

    def add(item: Item) -> None:
        lane.add(item.due_us, item)

    for set_us, length_us, settled in timers:
        item = Item(set_us + length_us, open=not settled)
        items.append(item)
        kernel.at(set_us, add, item)
    kernel.advance(200, 1000)

    assert [item.fired_us for item in items] == [
        [] if settled else [item.due_us]
        for item, (_, _, settled) in zip(items, timers, strict=True)
    ]
