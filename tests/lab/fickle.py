"""Toys whose runs are not what seed and level make them: what the finder of divergences is for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

from game.engine.caller import Caller
from game.engine.target import Target
from game.engine.world import World
from game.level.model import SECOND_US, Fault, System
from tests.engine.shops import shop

MACHINES = 8
_calls = count()


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHash:
    """A balancer that takes the first of a set of strings."""

    needs_luck = False

    def build(self, caller: Caller) -> ByHashPicker:
        return ByHashPicker()


class ByHashPicker:
    def __init__(self) -> None:
        self.turn = 0

    def pick(self, targets: Sequence[Target], luck: float) -> Target:
        self.turn += 1
        places = {f"{self.turn}/{index}": index for index in range(len(targets))}
        return targets[places[next(iter(set(places)))]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ByCount:
    """A balancer that counts its calls in a variable of the module, from run to run."""

    needs_luck = False

    def build(self, caller: Caller) -> ByCount:
        return self

    def pick(self, targets: Sequence[Target], luck: float) -> Target:
        return targets[next(_calls) % len(targets)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ByTrace:
    """A balancer that asks another machine when somebody looks, from the third second on."""

    needs_luck = False

    def build(self, caller: Caller) -> ByTracePicker:
        return ByTracePicker(caller)


class ByTracePicker:
    def __init__(self, caller: Caller) -> None:
        self.world = caller.world

    def pick(self, targets: Sequence[Target], luck: float) -> Target:
        late = self.world.kernel.now >= 3 * SECOND_US
        return targets[1 if late and self.world.log.traced else 0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A balancer that fails in the third second."""

    needs_luck = False

    def build(self, caller: Caller) -> BrokenPicker:
        return BrokenPicker(caller)


class BrokenPicker(ByTracePicker):
    def pick(self, targets: Sequence[Target], luck: float) -> Target:
        if self.world.kernel.now >= 3 * SECOND_US:
            raise ArithmeticError("out of order")
        return targets[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blast:
    """A fault that plans one crash a machine for the same microsecond, in the order of a set."""

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        def strike(name: str) -> None:
            world.nodes[world.node_places[name]].crash(fault, host=False)

        for name in {node.name for node in world.nodes}:
            world.kernel.at(world.kernel.now, strike, name)
        return lambda: None


def fickle_shop(balancer: object) -> System:
    """A shop with eight machines, whose clients ask by a toy."""
    return shop(machines=MACHINES, duration=5 * SECOND_US, policy={"balancer": balancer})


def blasted_shop() -> System:
    """A shop with eight machines that all crash after 3 seconds."""
    blast = Fault(id="blast", what=Blast(), at=3 * SECOND_US)
    return shop(machines=MACHINES, duration=5 * SECOND_US, faults=[blast])
