"""The script of the night: when each fault begins and ends.

Every fault is a simpy process. A scripted one waits for its time; a random one comes and goes by
its laws, for each target by itself, with a stream that no plan can shift.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from game.engine.log import Change
from game.engine.streams import stream
from game.engine.world import names_of

if TYPE_CHECKING:
    from game.engine.world import World
    from game.level.model import Fault, System

LEFT_OUT = -2
"""In a FAULT row's `value`: the fault was left out of this run and did nothing."""
WHOLE = -1
"""In a FAULT row's `value`: all targets at once; otherwise the place of the target."""


class FaultKind(Protocol):
    """The record of a kind of fault."""

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Strike, and return what ends it. `fault` is what is to be blamed.

        A kind that is over by itself says when: `over_after_us`, for a fault without `for`.
        """
        ...


def start(world: World, without: Collection[str]) -> None:
    """Plan all faults of the level; those in `without` are logged and do nothing."""
    for index, fault in enumerate(world.system.faults):
        left_out = fault.id in without
        if fault.at is not None:
            world.kernel.process(_scripted(world, index, fault, left_out))
        else:
            for name in single_targets(world.system, fault):
                world.kernel.process(_random(world, index, fault, name, left_out))


def single_targets(system: System, fault: Fault) -> list[str]:
    """What a random fault strikes, each by itself: every machine of a group or a service.

    Everything else is struck as it is named: a zone is hit as a whole.
    """
    machines = {group.id: names_of(group) for group in system.nodes}
    for service in system.services:
        machines[service.id] = [name for group in service.on for name in machines[group]]
    found = {name: None for target in fault.target for name in machines.get(target, [target])}
    return list(found) or [""]


def occurrences(fault: Fault, name: str, seed: int) -> Iterator[tuple[int, int]]:
    """When a random fault begins and ends at one of its targets, without end.

    It hangs on fault, target and seed alone, so that every plan faces the same night.
    """
    luck = stream(seed, f"fault/{fault.id}/{name}").random
    assert fault.every is not None
    assert fault.lasts is not None
    every, lasts = fault.every.sampler(), fault.lasts.sampler()
    time_us = 0
    while True:
        began_us = time_us + max(1, every(luck()))
        time_us = began_us + max(1, lasts(luck()))
        yield began_us, time_us


def _scripted(world: World, index: int, fault: Fault, left_out: bool) -> Generator[Any, Any, None]:
    env = world.kernel
    assert fault.at is not None
    yield env.timeout(fault.at)
    end = _begin(world, index, fault, fault.target, WHOLE, left_out)
    length_us = fault.for_
    if length_us is None:
        length_us = getattr(fault.what, "over_after_us", None)
    if length_us is not None:
        yield env.timeout(length_us)
        _end(world, index, WHOLE, left_out, end)


def _random(
    world: World, index: int, fault: Fault, name: str, left_out: bool
) -> Generator[Any, Any, None]:
    env = world.kernel
    place = world.node_places.get(name, WHOLE)
    for began_us, ended_us in occurrences(fault, name, world.seed):
        yield env.timeout(began_us - env.now)
        end = _begin(world, index, fault, (name,) if name else (), place, left_out)
        yield env.timeout(ended_us - env.now)
        _end(world, index, place, left_out, end)


def _begin(
    world: World, index: int, fault: Fault, target: tuple[str, ...], place: int, left_out: bool
) -> Callable[[], None]:
    value = LEFT_OUT if left_out else place
    world.log.changes.append((world.kernel.now, Change.FAULT_BEGAN, index, value))
    if left_out:
        return _nothing
    world.active_faults[index] = world.active_faults.pop(index, 0) + 1
    kind: FaultKind = fault.what
    return kind.begin(world, index, target)


def _end(world: World, index: int, place: int, left_out: bool, end: Callable[[], None]) -> None:
    value = LEFT_OUT if left_out else place
    world.log.changes.append((world.kernel.now, Change.FAULT_ENDED, index, value))
    if not left_out:
        world.active_faults[index] -= 1
        if not world.active_faults[index]:
            del world.active_faults[index]
        end()


def _nothing() -> None:
    return
