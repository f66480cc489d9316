"""Routes carry messages as their conditions allow, and no condition moves the luck of others."""

from __future__ import annotations

from typing import Any

import pytest

from game.engine.kernel import Kernel
from game.engine.laws import Constant, Uniform
from game.engine.log import Fate, Log, MessageKind
from game.engine.network import Condition, Network, Order, Pipe, Route


@pytest.fixture
def network() -> Network:
    log = Log(seed=1, duration_us=10**9, clients=(), places=("a", "b"), stations=(), faults=())
    return Network(Kernel(), log)


def route_on(network: Network, fixed_us: int | None = 100, size_bytes: int = 1000) -> Route:
    law = Uniform(high=1000) if fixed_us is None else Constant(value=fixed_us)
    return network.add(Route(network, 0, 1, law, size_bytes, 0))


def send(route: Route, heard: list[Any], salt: int = 1, luck: float = 0.5) -> tuple[Fate, bool]:
    kernel = route.network.kernel

    def deliver(message: int) -> None:
        heard.append((message, kernel.now))

    return route.carry(route.latency_us(luck), salt, deliver, salt, MessageKind.REQUEST)


def everywhere(_source: int, _target: int) -> bool:
    return True


def test_a_message_takes_its_latency(network: Network) -> None:
    heard: list[Any] = []
    send(route_on(network, fixed_us=None), heard)
    network.kernel.advance(10_000, 100)

    assert heard == [(1, 500)]


def test_a_cut_route_delivers_nothing_until_it_is_lifted(network: Network) -> None:
    route, heard = route_on(network), list[Any]()
    condition = Condition(0, everywhere, cut=True)
    network.impose(condition)

    assert send(route, heard)[0] is Fate.CUT
    network.lift(condition)
    assert send(route, heard, 2)[0] is Fate.ARRIVED
    network.kernel.advance(10_000, 100)
    assert heard == [(2, 100)]


def test_a_cut_may_hold_in_one_direction_only(network: Network) -> None:
    there = route_on(network)
    back = network.add(Route(network, 1, 0, Constant(value=100), 10, 0))
    network.impose(Condition(0, lambda source, target: (source, target) == (0, 1), cut=True))

    assert send(there, [])[0] is Fate.CUT
    assert send(back, [])[0] is Fate.ARRIVED


def test_loss_takes_its_share_of_messages(network: Network) -> None:
    route = route_on(network)
    network.impose(Condition(0, everywhere, loss=0.2))
    lost = sum(send(route, [], salt)[0] is Fate.LOST for salt in range(10_000))

    assert 0.18 < lost / 10_000 < 0.22


def test_more_loss_loses_the_same_messages_and_more(network: Network) -> None:
    def lost(share: float) -> set[int]:
        condition = Condition(0, everywhere, loss=share)
        network.impose(condition)
        messages = {salt for salt in range(1000) if send(route, [], salt)[0] is Fate.LOST}
        network.lift(condition)
        return messages

    route = route_on(network)

    assert lost(0.1) < lost(0.3)


def test_messages_overtake_each_other_unless_the_link_is_ordered(network: Network) -> None:
    free, ordered = route_on(network, None), route_on(network, None)
    ordered.order = Order()
    ordered.settle()
    heard_free: list[Any] = []
    heard_ordered: list[Any] = []
    for salt, luck in ((1, 0.9), (2, 0.1)):
        send(free, heard_free, salt, luck)
        send(ordered, heard_ordered, salt, luck)
    network.kernel.advance(10_000, 100)

    assert heard_free == [(2, 100), (1, 900)]
    assert heard_ordered == [(1, 900), (2, 900)]


def test_messages_queue_for_the_bandwidth_that_they_share(network: Network) -> None:
    route, other, heard = route_on(network), route_on(network), list[Any]()
    route.pipe = other.pipe = Pipe(bytes_per_second=1_000_000)
    for each in (route, other):
        each.settle()
    send(route, heard, 1)
    send(other, heard, 2)
    network.kernel.advance(10_000, 100)

    assert heard == [(1, 1100), (2, 2100)]


def test_less_bandwidth_takes_longer(network: Network) -> None:
    route, heard = route_on(network), list[Any]()
    route.pipe = Pipe(bytes_per_second=1_000_000)
    network.impose(Condition(0, everywhere, bandwidth_share=0.5))
    send(route, heard)
    network.kernel.advance(10_000, 100)

    assert heard == [(1, 2100)]


def test_a_delay_comes_on_top_and_leaves_the_latency_alone(network: Network) -> None:
    route, heard = route_on(network, None), list[Any]()
    network.impose(Condition(3, everywhere, extra=lambda _: 5000))
    send(route, heard)
    network.kernel.advance(10_000, 100)

    assert heard == [(1, 5500)]
    assert route.touched == 3


def test_a_duplicating_network_says_so(network: Network) -> None:
    route = route_on(network)
    network.impose(Condition(0, everywhere, duplicate=0.3))
    doubled = sum(send(route, [], salt)[1] for salt in range(10_000))

    assert 0.28 < doubled / 10_000 < 0.32


def test_a_route_is_plain_only_while_nothing_is_wrong(network: Network) -> None:
    route = route_on(network)
    condition = Condition(0, everywhere, loss=0.1)
    plain = [route.plain]
    network.impose(condition)
    plain.append(route.plain)
    network.lift(condition)
    plain.append(route.plain)

    assert plain == [True, False, True]


def test_a_link_loses_its_share_of_messages(network: Network) -> None:
    route = route_on(network)
    route.loss = 0.2
    route.settle()
    lost = sum(send(route, [], salt)[0] is Fate.LOST for salt in range(10_000))

    assert 0.18 < lost / 10_000 < 0.22


def test_on_an_ordered_link_a_lost_message_holds_up_none_that_arrives(network: Network) -> None:
    route, heard = route_on(network, fixed_us=None), list[Any]()
    route.order = Order()
    route.settle()
    cut = Condition(0, everywhere, cut=True)
    network.impose(cut)
    send(route, heard, 1, luck=0.9)
    network.lift(cut)
    send(route, heard, 2, luck=0.1)
    network.kernel.advance(10_000, 100)

    assert heard == [(2, 100)]
