"""The script of the night: when each fault begins and ends.

Every fault is a simpy process. A scripted one waits for its time; a random one comes and goes by
its laws, for each target by itself, with a stream that no plan can shift.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator
from typing import TYPE_CHECKING, Any, Protocol

from game.engine.log import Change
from game.engine.streams import stream

if TYPE_CHECKING:
    from game.engine.world import World
    from game.level.model import Fault

LEFT_OUT = -2
"""In a FAULT row's `value`: the fault was left out of this run and did nothing."""
WHOLE = -1
"""In a FAULT row's `value`: all targets at once; otherwise the place of the target."""


class FaultKind(Protocol):
    """The record of a kind of fault."""

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Strike, and return what ends it. `fault` is what is to be blamed."""
        ...


def start(world: World, without: Collection[str]) -> None:
    """Plan all faults of the level; those in `without` are logged and do nothing."""
    for index, fault in enumerate(world.system.faults):
        left_out = fault.id in without
        if fault.at is not None:
            world.kernel.process(_scripted(world, index, fault, left_out))
        else:
            for name, place in _single_targets(world, fault):
                world.kernel.process(_random(world, index, fault, name, place, left_out))


def _single_targets(world: World, fault: Fault) -> list[tuple[str, int]]:
    """A random fault strikes each node by itself; what is no node is struck as it is named."""
    nodes = world.nodes_named(fault.target)
    if nodes:
        return [(node.name, node.place) for node in nodes]
    return [(name, WHOLE) for name in fault.target] or [("", WHOLE)]


def _scripted(world: World, index: int, fault: Fault, left_out: bool) -> Generator[Any, Any, None]:
    env = world.kernel
    assert fault.at is not None
    yield env.timeout(fault.at)
    end = _begin(world, index, fault, fault.target, WHOLE, left_out)
    if fault.for_ is not None:
        yield env.timeout(fault.for_)
        _end(world, index, WHOLE, left_out, end)


def _random(
    world: World, index: int, fault: Fault, name: str, place: int, left_out: bool
) -> Generator[Any, Any, None]:
    env = world.kernel
    luck = stream(world.seed, f"fault/{fault.id}/{name}").random
    assert fault.every is not None
    assert fault.lasts is not None
    every, lasts = fault.every.sampler(), fault.lasts.sampler()
    while True:
        yield env.timeout(max(1, every(luck())))
        end = _begin(world, index, fault, (name,) if name else (), place, left_out)
        yield env.timeout(max(1, lasts(luck())))
        _end(world, index, place, left_out, end)


def _begin(
    world: World, index: int, fault: Fault, target: tuple[str, ...], place: int, left_out: bool
) -> Callable[[], None]:
    value = LEFT_OUT if left_out else place
    world.log.changes.append((world.kernel.now, Change.FAULT_BEGAN, index, value))
    if left_out:
        return _nothing
    world.active_faults.pop(index, None)
    world.active_faults[index] = None
    kind: FaultKind = fault.what
    return kind.begin(world, index, target)


def _end(world: World, index: int, place: int, left_out: bool, end: Callable[[], None]) -> None:
    value = LEFT_OUT if left_out else place
    world.log.changes.append((world.kernel.now, Change.FAULT_ENDED, index, value))
    if not left_out:
        world.active_faults.pop(index, None)
        end()


def _nothing() -> None:
    return
