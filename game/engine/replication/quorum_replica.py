"""A replica of a quorum: what it has under each key, on its disk.

It decides nothing. It takes a write when the message arrives, whether or not that write ever gets
its quorum, and keeps the newest version alone; with vectors, all that did not know of each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.engine.log import MessageKind
from game.engine.network import CONTROL_BYTES
from game.engine.replication.anti_entropy import AntiEntropy
from game.engine.replication.letters import Post
from game.engine.replication.quorum_events import HINT_STORED
from game.engine.replication.quorum_siblings import Kept, joined, size_bytes, writes_in
from game.engine.replication.quorum_versions import NOTHING, Answer, Ask, Store

if TYPE_CHECKING:
    from game.engine.replication.quorum import QuorumGroup
    from game.engine.station import Station


class QuorumReplica:
    """The keys of one machine."""

    __slots__ = ("anti_entropy", "group", "hints", "index", "newest", "node", "post", "station")

    def __init__(self, group: QuorumGroup, index: int, station: Station) -> None:
        self.group = group
        self.index = index
        self.station = station
        self.node = station.node
        self.post = Post(station.world, station.node, f"{group.service}/replica")
        self.newest: dict[int, Kept] = {}
        """By key; on disk."""
        self.hints: dict[tuple[int, int], Kept] = {}
        """By (replica, key): what this one keeps for others; on disk."""
        self.node.on_wipe.append(self._wiped)
        every_us = group.record.anti_entropy
        self.anti_entropy = None if every_us is None else AntiEntropy(self, every_us)

    def asked(self, ask: Ask) -> None:
        """Say what is here."""
        self._reply(ask.coordinator, self.answer_to(ask))

    def told(self, store: Store) -> None:
        """Keep it, and say so."""
        self._reply(store.coordinator, self.answer_after(store))

    def answer_to(self, ask: Ask) -> Answer:
        """What is here under a key, or kept for the one that was meant."""
        if ask.home == self.index:
            version = self.newest.get(ask.key, NOTHING)
        else:
            version = self.hints.get((ask.home, ask.key), NOTHING)
        return Answer(ask.question, ask.home, version)

    def answer_after(self, store: Store) -> Answer:
        """Keep a write, as one's own or for the replica that it belongs to."""
        if store.home == self.index:
            self.take(store.key, store.version)
        else:
            self.keep_for(store.home, store.key, store.version)
        return Answer(store.question, store.home, store.version)

    def take(self, key: int, version: Kept) -> bool:
        """Keep a version if it is newer than what is here; whether it was."""
        self.group.arrived(key, version, self.station)
        before = self.newest.get(key, NOTHING)
        after = joined(before, version)
        if after == before:
            return False
        self.newest[key] = after
        if self.anti_entropy is not None:
            self.anti_entropy.put(key, after)
        return True

    def keep_for(self, home: int, key: int, version: Kept) -> None:
        """Keep a version for another replica until that can be reached."""
        self.group.arrived(key, version, self.station)
        before = self.hints.get((home, key), NOTHING)
        after = joined(before, version)
        if after != before:
            self.group.count(HINT_STORED)
            self.hints[home, key] = after

    def _reply(self, coordinator: int, answer: Answer) -> None:
        if coordinator < 0:
            return
        asker = self.group.coordinators[coordinator]
        self.post.send(
            asker.node,
            asker.answered,
            answer,
            MessageKind.REPLICATE,
            size_bytes(answer.version, self.group.value_bytes) or CONTROL_BYTES,
        )

    def _wiped(self) -> None:
        all_kept = (*self.newest.values(), *self.hints.values())
        gone = {version for kept in all_kept for version in writes_in(kept)}
        self.newest.clear()
        self.hints.clear()
        self.group.discard(sorted(gone), self.station)
