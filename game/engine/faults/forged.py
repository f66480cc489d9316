"""Forged: somebody inside the network asks for what nobody wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from game.engine.attempt import FORGED, new_operation
from game.engine.laws import Exponential
from game.engine.log import AttemptKind
from game.engine.luck import DRAWN_AHEAD, rows
from game.engine.paths import Slots
from game.engine.priorities import NORMAL
from game.engine.registry import REGISTRY
from game.engine.streams import stream
from game.level.annotations import PositiveNumber, Reference, ServiceName, Share, WholeNumber
from game.level.model import MOST_KEYS, SECOND_US, Policy

if TYPE_CHECKING:
    from game.engine.attempt import Call
    from game.engine.world import World

FIRST = int(AttemptKind.FIRST)
NOBODY = -1
"""The user of a forged operation."""


@REGISTRY.register(
    "fault",
    "forged",
    says="an attacker inside the network sends requests that no client made",
    codex="forged",
    causes=("wrong-value", "queue-full", "waited-in-queue"),
    targets=(),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Forged:
    """Requests at random times, as if they came from the first client group, to the machines of a
    service in turn. They are served as all others are: they take room and work, and write where
    there is a store; a good read of what they wrote is a `wrong-value`. With `authentication` the
    service refuses them, once it has checked them. What the service asks others for on their behalf
    is honest to those."""

    raises_load: ClassVar[bool] = True
    misleads: ClassVar[bool] = True
    """What it leaves is taken for good."""

    from_: Annotated[str, Reference("caller")]
    """Where the attacker sits: a machine (of a group: the first one, if there is one) or a client
    group."""
    service: ServiceName
    """The service that is asked."""
    rate: PositiveNumber
    """Requests a second."""
    writes: Share = 1.0
    """The share that writes; the others read."""
    keys: Annotated[int, WholeNumber(1, MOST_KEYS)] = 1
    """They are for the first so many keys, each as likely."""

    def prepare(self, world: World, fault: int) -> Iterator[int]:
        """The numbers of what is forged."""
        return count((fault + 1) * FORGED)

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Begin to send."""
        places = world.places_named((self.from_,))
        if not places:
            return lambda: None
        intruder = Intruder(self, world, fault, places[0])
        intruder.plan()
        return intruder.stop


class Intruder:
    """Sends, and cares for no answer."""

    __slots__ = (
        "_draw_row",
        "_gap_us",
        "_luck",
        "caller",
        "fault",
        "kernel",
        "node",
        "numbers",
        "path",
        "record",
        "stopped",
    )

    def __init__(self, record: Forged, world: World, fault: int, place: int) -> None:
        self.record = record
        self.fault = fault
        self.kernel = world.kernel
        self.numbers: Iterator[int] = world.prepared[fault]
        self.node = world.nodes[place] if place < len(world.nodes) else None
        name = f"fault/{world.log.faults[fault]}/{world.kernel.now}"
        policy = Policy(id=name)
        self.caller = world.new_caller(name, place, None, record.service, policy)
        # Whoever wrote the Log down would not know of these requests.
        self.caller.write_row = _unwritten
        slots = Slots()
        (self.path,) = world.lay_calls(
            slots, record.service, [self.caller], 1, depth=0, name=record.service
        )
        self._draw_row = rows(world.seed, name, slots, DRAWN_AHEAD).__next__
        self._luck = stream(world.seed, name).random
        self._gap_us = Exponential(mean=max(1, int(SECOND_US / record.rate + 0.5))).sampler()
        self.stopped = False

    def plan(self) -> None:
        """The next request comes one gap later."""
        due_us = self.kernel.now + self._gap_us(self._luck())
        self.kernel.at(due_us, self._send, None, NORMAL)

    def _send(self, _argument: object) -> None:
        if self.stopped:
            return
        self.plan()
        luck, key, write = self._draw_row(), self._luck(), self._luck()
        if self.node is not None and self.node.state:
            return
        now = self.kernel.now
        operation = new_operation(self, self.path, now + SECOND_US, next(self.numbers), now, luck)
        operation.blame = self.fault
        operation.user = NOBODY
        operation.data_key = int(key * self.record.keys)
        operation.write = int(write < self.record.writes)
        self.caller.send(operation, FIRST)

    def call_done(self, call: Call, cause: int) -> None:
        """An answer to what nobody asked."""

    def stop(self) -> None:
        """The attack is over."""
        self.stopped = True


def _unwritten(_row: Any) -> None:
    return
