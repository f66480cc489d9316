"""Queue: messages that are put in by some and taken out by others."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from game.engine.log import Command
from game.engine.registry import REGISTRY
from game.engine.workload.application import REFUSED
from game.level.annotations import PositiveDurationUs, Share

if TYPE_CHECKING:
    from game.engine.workload.application import Asked, Output

TAKES = 0
"""What luck is asked for."""
NEVER_TAKEN = -1


@REGISTRY.register(
    "application",
    "queue",
    says="each key is a queue: a write puts a message in or takes the next one out",
    codex="queue",
    causes=("lost-write", "duplicate"),
    parts=lambda queue: int(queue.settled == "next"),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A message is the number of the operation that put it in; a read says how many there are. What
    was taken is hidden for the time of a lease, and comes back after it unless it was settled. Its
    promise: what was acknowledged is handed out at least once. Who may be handed a message twice
    has to recognise it."""

    met_by: ClassVar[str] = "store"
    promises: ClassVar[tuple[str, ...]] = ("lost-write", "duplicate", "lost-message")
    """The checkers that it is held to."""

    takes: Share = 0.5
    """The share of writes that take."""
    lease: PositiveDurationUs = 1_000_000
    """How long a message that was taken is hidden from others."""
    settled: Literal["next", "at-once"] = "next"
    """When a message is done with: as its user, one of a closed loop, asks the same queue for the
    next one; or as soon as it is handed out, whether or not it arrives (then nothing comes back,
    and something may be lost)."""

    def command(self, asked: Asked) -> Command:
        """`put`, of a message; `take`, of (the time, the message that is settled or None); or
        `read`."""
        if not asked.write:
            return Command("read", asked.key)
        if asked.luck(TAKES) >= self.takes:
            return Command("put", asked.key, asked.number)
        settled = None
        if self.settled == "next":
            answers = asked.seen.newest_first(asked.key)
            settled = next((one for one in answers if isinstance(one, int)), None)
        return Command("take", asked.key, (asked.invoked_us, settled))

    def machine(self) -> Messages:
        """All empty."""
        return Messages(self.lease, at_once=self.settled == "at-once")


class Messages:
    """The messages of each queue, in the order in which they were put in, and until when each is
    hidden. Time is what the takers say it is, so that every copy has the same."""

    __slots__ = ("at_once", "lease_us", "queues")

    def __init__(self, lease_us: int, *, at_once: bool) -> None:
        self.lease_us = lease_us
        self.at_once = at_once
        self.queues: dict[int, OrderedDict[int, int]] = {}

    def apply(self, command: Command) -> Output:
        """Put one in, or hand one out: the message, or `REFUSED` where there is none."""
        queue = self.queues.setdefault(command.key, OrderedDict())
        if command.function == "put":
            assert isinstance(command.value, int)
            queue[command.value] = NEVER_TAKEN
            return None
        assert isinstance(command.value, tuple)
        now_us, settled = command.value
        queue.pop(settled, None)
        for message, hidden_until_us in queue.items():
            if hidden_until_us <= now_us:
                if self.at_once:
                    del queue[message]
                else:
                    queue[message] = now_us + self.lease_us
                return message
        return REFUSED

    def look(self, command: Command) -> Output:
        """How many there are, hidden ones too: in brackets, since a number is a message."""
        return (len(self.queues.get(command.key, ())),)

    def forget(self) -> None:
        """All empty."""
        self.queues.clear()
