"""Anti-entropy: at intervals a copy compares one range of keys with another copy, and each gives
the other what is newer.

Demers and others, Epidemic Algorithms for Replicated Database Maintenance, PODC 1987 (push and
pull); DeCandia and others, Dynamo, SOSP 2007, section 4.7. A letter says all that its reader needs
to know, so one that is lost only ends the comparison; the next one begins anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from game.engine.log import MessageKind
from game.engine.network import CONTROL_BYTES
from game.engine.node import State
from game.engine.priorities import TIMER
from game.engine.replication.quorum_events import ANTI_ENTROPY
from game.engine.replication.quorum_merkle import ROOT, MerkleTree, is_leaf
from game.engine.replication.quorum_siblings import Kept, joined, size_bytes
from game.engine.replication.quorum_versions import NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable

    from game.engine.replication.quorum_replica import QuorumReplica

HASH_BYTES = 8


@dataclass(frozen=True, slots=True)
class Compare:
    """From a copy: my hashes of these nodes of a range's tree."""

    sender: int
    range: int
    hashes: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Content:
    """From a copy: all that I have in these leaves."""

    sender: int
    range: int
    leaves: tuple[int, ...]
    items: tuple[tuple[int, Kept], ...]
    asks_back: bool
    """The reader has not said what it has there."""


class AntiEntropy:
    """One copy's part in it."""

    __slots__ = ("every_us", "group", "kernel", "put_off", "replica", "trees")

    def __init__(self, replica: QuorumReplica, every_us: int) -> None:
        self.replica = replica
        self.group = replica.group
        self.kernel = replica.station.kernel
        self.every_us = every_us
        self.trees: dict[int, MerkleTree] = {}
        """By range; made of what is on disk."""
        self.put_off = False
        """The round that is due waits for the end of a pause."""
        replica.node.on_crash.append(self._crashed)
        replica.node.on_wipe.append(self.trees.clear)

    def start(self) -> None:
        """Begin at a random moment of the first interval."""
        wait_us = int(self.replica.post.luck() * self.every_us)
        self.kernel.at(self.kernel.now + wait_us, self._begin, None, TIMER)

    def put(self, key: int, version: Kept) -> None:
        """The copy has this now."""
        self._tree(self.group.range_of(key)).put(key, version)

    def _tree(self, number: int) -> MerkleTree:
        return self.trees.setdefault(number, MerkleTree())

    def _begin(self, _argument: object) -> None:
        """Compare a range of one's own with one of the others that have it, both at random."""
        node = self.replica.node
        self.put_off = node.puts_off(self._begin, None)
        if self.put_off:
            return
        if node.state == State.UP:
            luck = self.replica.post.luck
            mine = self.group.ranges_on(self.replica.index)
            number = mine[int(luck() * len(mine))]
            others = [one for one in self.group.holders(number) if one != self.replica.index]
            if others:
                root = ((ROOT, self._tree(number).hashes[ROOT]),)
                self._compare(others[int(luck() * len(others))], number, root)
        self._plan()

    def _plan(self) -> None:
        self.kernel.at(self.kernel.now + self.every_us, self._begin, None, TIMER)

    def _crashed(self) -> None:
        """A crash in a pause drops what was put off."""
        if self.put_off:
            self.put_off = False
            self._plan()

    def _compare(self, other: int, number: int, hashes: tuple[tuple[int, int], ...]) -> None:
        compare = Compare(self.replica.index, number, hashes)
        self._send(
            other,
            AntiEntropy._compared,
            compare,
            CONTROL_BYTES + HASH_BYTES * len(hashes),
        )

    def _compared(self, compare: Compare) -> None:
        """Go on with what differs: one step down, or with the content of the leaves."""
        tree = self._tree(compare.range)
        differ = [node for node, other in compare.hashes if tree.hashes[node] != other]
        leaves = tuple(node for node in differ if is_leaf(node))
        if leaves:
            self._tell(compare.sender, compare.range, leaves, asks_back=True)
        elif differ:
            below = tuple(pair for node in differ for pair in tree.below(node))
            self._compare(compare.sender, compare.range, below)

    def _tell(
        self,
        other: int,
        number: int,
        leaves: tuple[int, ...],
        *,
        asks_back: bool,
        known: dict[int, Kept] | None = None,
    ) -> None:
        """Send what is in the leaves, but nothing that the other one is known to have."""
        tree = self._tree(number)
        known = known or {}
        items = tuple(
            (key, version)
            for leaf in leaves
            for key, version in tree.content(leaf).items()
            if joined(version, known.get(key, NOTHING)) != known.get(key)
        )
        content = Content(self.replica.index, number, leaves, items, asks_back)
        value_bytes = self.group.value_bytes
        content_bytes = sum(size_bytes(version, value_bytes) for _, version in items)
        self._send(other, AntiEntropy._told, content, CONTROL_BYTES + content_bytes)

    def _told(self, content: Content) -> None:
        """Take what is newer, and give back what is newer here."""
        for key, version in content.items:
            if self.replica.take(key, version):
                self.group.count(ANTI_ENTROPY)
        if content.asks_back:
            known = dict(content.items)
            self._tell(content.sender, content.range, content.leaves, asks_back=False, known=known)

    def _send(
        self, other: int, read: Callable[[AntiEntropy, Any], None], content: Any, message_bytes: int
    ) -> None:
        reader = self.group.replicas[other]
        assert reader.anti_entropy is not None
        self.replica.post.send(
            reader.node,
            read.__get__(reader.anti_entropy),
            content,
            MessageKind.REPLICATE,
            message_bytes,
        )
