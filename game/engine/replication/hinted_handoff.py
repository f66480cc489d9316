"""Hinted handoff: what a machine kept for another one goes to where it belongs.

After DeCandia and others, Dynamo, SOSP 2007, section 4.6.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from game.engine.log import MessageKind
from game.engine.network import CONTROL_BYTES
from game.engine.node import State
from game.engine.priorities import TIMER
from game.engine.replication.quorum_events import HINT_DELIVERED
from game.engine.replication.quorum_siblings import Kept, size_bytes
from game.engine.replication.quorum_versions import NOTHING

if TYPE_CHECKING:
    from game.engine.replication.quorum_replica import QuorumReplica

MOST_AT_ONCE = 200
"""Hints that one machine is sent in one go."""


class Hint(NamedTuple):
    """One write on its way home."""

    home: int
    key: int
    version: Kept


class HintedHandoff:
    """Looks at one machine's hints, again and again."""

    __slots__ = ("group", "kernel", "put_off", "replica")

    def __init__(self, replica: QuorumReplica) -> None:
        self.replica = replica
        self.group = replica.group
        self.kernel = replica.station.kernel
        self.put_off = False
        """The look that is due waits for the end of a pause."""
        replica.node.on_crash.append(self._crashed)

    def start(self) -> None:
        """Begin at a random moment of the first interval."""
        wait_us = int(self.replica.post.luck() * self.group.record.hand_over)
        self.kernel.at(self.kernel.now + wait_us, self._look, None, TIMER)

    def _look(self, _argument: object) -> None:
        """Send hints to whom they are for; they stay until they have arrived."""
        replica = self.replica
        self.put_off = replica.node.puts_off(self._look, None)
        if self.put_off:
            return
        if replica.node.state == State.UP:
            sent: Counter[int] = Counter()
            for (home, key), version in replica.hints.items():
                sent[home] += 1
                if sent[home] <= MOST_AT_ONCE:
                    self._send(home, Hint(home, key, version))
        self._plan()

    def _plan(self) -> None:
        self.kernel.at(self.kernel.now + self.group.record.hand_over, self._look, None, TIMER)

    def _crashed(self) -> None:
        """A crash in a pause drops what was put off."""
        if self.put_off:
            self.put_off = False
            self._plan()

    def _send(self, home: int, hint: Hint) -> None:
        other = self.group.handoffs[home]
        self.replica.post.send(
            other.replica.node,
            other._receive,
            (self.replica.index, hint),
            MessageKind.REPLICATE,
            size_bytes(hint.version, self.group.value_bytes),
        )

    def _receive(self, content: tuple[int, Hint]) -> None:
        """A machine that stood in for this one has something for it."""
        sender, hint = content
        self.replica.take(hint.key, hint.version)
        other = self.group.handoffs[sender]
        self.replica.post.send(
            other.replica.node, other._delivered, hint, MessageKind.REPLICATE, CONTROL_BYTES
        )

    def _delivered(self, hint: Hint) -> None:
        """It is there: no need to keep it, unless something newer came meanwhile."""
        hints = self.replica.hints
        if hints.get((hint.home, hint.key), NOTHING) == hint.version:
            del hints[hint.home, hint.key]
            self.group.count(HINT_DELIVERED)
