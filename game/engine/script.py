"""The script of the night: when each fault begins and ends.

Every fault is a simpy process. A scripted one waits for its time; a random one comes and goes by
its laws, for each target by itself, with a stream that no plan can shift; where targets share
repair crews, they wait for each other's repairs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from heapq import heapify, heapreplace
from typing import TYPE_CHECKING, Any, Protocol

from game.engine.log import LEFT_OUT, WHOLE, Change
from game.engine.streams import stream
from game.engine.world import names_of

if TYPE_CHECKING:
    from game.engine.world import World
    from game.level.model import Fault, System

Strike = tuple[int, int, str]
"""When a random fault begins and ends, and at which of its targets."""


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
            shared = fault.crews is not None
            for strikes in drawn(world.system, fault, world.seed):
                world.kernel.process(_random(world, index, fault, strikes, shared, left_out))


def single_targets(system: System, fault: Fault) -> list[str]:
    """What a random fault strikes, each by itself: every machine of a group or a service.

    Everything else is struck as it is named: a zone is hit as a whole.
    """
    machines = {group.id: names_of(group) for group in system.nodes}
    for service in system.services:
        machines[service.id] = [name for group in service.on for name in machines[group]]
    found = {name: None for target in fault.target for name in machines.get(target, [target])}
    return list(found) or [""]


def drawn(system: System, fault: Fault, seed: int) -> Iterator[Iterator[Strike]]:
    """The strikes of a random fault, without end: of each target by itself, or of all that share
    repair crews together. All are in order of their begins."""
    names = single_targets(system, fault)
    boots = [boot_us(system, fault, name) for name in names]
    if fault.crews is not None:
        yield repaired(fault, names, boots, seed)
        return
    for name, boot in zip(names, boots, strict=True):
        yield _alone(fault, name, boot, seed)


def boot_us(system: System, fault: Fault, name: str) -> int:
    """How long what a fault strikes takes to come up after its end: time between failures is time
    that it is up."""
    if not getattr(fault.what, "boots", False):
        return 0
    zones = {zone.id for zone in system.zones if name in (zone.id, zone.region)}
    struck = [
        group.boot
        for group in system.nodes
        if name == group.id or name in names_of(group) or zones.intersection(group.zones)
    ]
    return max(struck, default=0)


def _alone(fault: Fault, name: str, boot: int, seed: int) -> Iterator[Strike]:
    for began_us, ended_us in occurrences(fault, name, seed, boot):
        yield began_us, ended_us, name


def repaired(
    fault: Fault, names: Sequence[str], boots: Sequence[int], seed: int
) -> Iterator[Strike]:
    """The strikes at targets that share repair crews, first come, first served.

    The machine-repairman model (Palm 1947; Feller, An Introduction to Probability Theory, XVII.7).
    A target's luck is the same as with a crew of its own.
    """
    assert fault.every is not None
    assert fault.lasts is not None
    assert fault.crews is not None
    every, lasts = fault.every.sampler(), fault.lasts.sampler()
    lucks = [stream(seed, f"fault/{fault.id}/{name}").random for name in names]
    failures = [(max(1, every(luck())), index) for index, luck in enumerate(lucks)]
    heapify(failures)
    crews_free_us = [0] * min(fault.crews, len(names))
    while True:
        began_us, index = failures[0]
        luck = lucks[index]
        ended_us = max(began_us, crews_free_us[0]) + max(1, lasts(luck()))
        heapreplace(crews_free_us, ended_us)
        heapreplace(failures, (ended_us + boots[index] + max(1, every(luck())), index))
        yield began_us, ended_us, names[index]


def occurrences(fault: Fault, name: str, seed: int, boot: int = 0) -> Iterator[tuple[int, int]]:
    """When a random fault begins and ends at one of its targets, without end.

    It hangs on fault, target and seed alone, so that every plan faces the same night (but for plans
    that change the time `boot`, in microseconds, which follows each end).
    """
    luck = stream(seed, f"fault/{fault.id}/{name}").random
    assert fault.every is not None
    assert fault.lasts is not None
    every, lasts = fault.every.sampler(), fault.lasts.sampler()
    time_us = 0
    while True:
        began_us = time_us + max(1, every(luck()))
        ended_us = began_us + max(1, lasts(luck()))
        time_us = ended_us + boot
        yield began_us, ended_us


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
    world: World,
    index: int,
    fault: Fault,
    strikes: Iterator[Strike],
    shared: bool,
    left_out: bool,
) -> Generator[Any, Any, None]:
    env = world.kernel
    for began_us, ended_us, name in strikes:
        yield env.timeout(began_us - env.now)
        struck = _struck(world, index, fault, name, ended_us, left_out)
        if shared:
            # Others fail while this one waits for its repair.
            env.process(struck)
        else:
            yield from struck


def _struck(
    world: World, index: int, fault: Fault, name: str, ended_us: int, left_out: bool
) -> Generator[Any, Any, None]:
    env = world.kernel
    place = world.node_places.get(name, WHOLE)
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
