"""A participant of two-phase commit: it has some of the accounts, votes, and keeps its word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.engine.attempt import NO_FAULT
from game.engine.log import Change as Fact
from game.engine.log import MessageKind
from game.engine.network import CONTROL_BYTES
from game.engine.node import State
from game.engine.priorities import TIMER
from game.engine.replication.letters import Post
from game.engine.replication.two_phase_letters import (
    Answer,
    Decision,
    Done,
    Inquiry,
    Prepare,
    Reading,
    Shown,
    Vote,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from game.engine.replication.journal import Key
    from game.engine.replication.two_phase_commit import TwoPhaseGroup
    from game.engine.replication.two_phase_letters import Change, Transaction
    from game.engine.station import Station

Waiting = Prepare | Reading


class Participant:
    """One shard. What is on its accounts, what it has done, and (`durable_log`) what it has
    promised is on disk; who waits, and the locks of reads, are in memory."""

    __slots__ = (
        "balances",
        "committed",
        "doubts",
        "group",
        "index",
        "kernel",
        "lives",
        "locks",
        "node",
        "post",
        "prepared",
        "queue",
        "readers",
        "refused",
        "refused_keys",
        "settled",
        "station",
    )

    def __init__(self, group: TwoPhaseGroup, index: int, station: Station) -> None:
        self.group = group
        self.index = index
        self.station = station
        self.node = station.node
        self.kernel = station.kernel
        self.post = Post(station.world, station.node, f"{group.service}/participant")
        self.balances: dict[int, int] = {}
        self.committed: dict[Transaction, tuple[Prepare, int]] = {}
        """What was done, and when."""
        self.settled: dict[Key, Transaction] = {}
        """The transaction that did each write with an idempotency key."""
        self.prepared: dict[Transaction, Prepare] = {}
        """What it said yes to and does not know the end of."""
        self.refused: set[Transaction] = set()
        """What it will not say yes to any more."""
        self.refused_keys: set[Key] = set()
        """Writes with an idempotency key that somebody was told are refused: they are for good."""
        self.locks: dict[int, Transaction] = {}
        """Accounts of what is prepared."""
        self.readers: set[Transaction] = set()
        self.queue: dict[Transaction, Waiting] = {}
        """Who waits for locks, first come first."""
        self.doubts = 0
        self.lives = 0
        """Crashes so far: timers of an earlier life are void."""
        self.node.on_crash.append(self._crashed)
        self.node.on_wipe.append(self._wiped)
        self._open()

    def has(self, transaction: Transaction) -> bool:
        """It has done it, or will as soon as it is told."""
        return transaction in self.committed or transaction in self.prepared

    # First phase

    def prepare(self, prepare: Prepare) -> None:
        """A coordinator asks for a vote."""
        transaction = prepare.transaction
        done_by = self.settled.get(prepare.key) if prepare.keyed else None
        if transaction in self.committed or transaction in self.queue:
            return
        if transaction in self.prepared:
            self._vote(transaction, Answer.YES)
        elif transaction in self.refused:
            self._vote(transaction, Answer.NO)
        elif done_by is not None:
            self._vote(transaction, Answer.DONE)
        elif prepare.keyed and prepare.key in self.refused_keys:
            self._refuse(prepare)
        else:
            self._wait(transaction, prepare)

    def _wait(self, transaction: Transaction, wanted: Waiting) -> None:
        """Stand in line, and be served at once if nobody is in the way."""
        self.queue[transaction] = wanted
        self._serve()
        if transaction in self.queue:
            due_us = self.kernel.now + self.group.record.lock_wait
            self.kernel.at(due_us, self._waited, transaction, TIMER)

    def _serve(self) -> None:
        """Serve who can be served, in order. Nobody overtakes a read that waits."""
        for transaction, wanted in list(self.queue.items()):
            if isinstance(wanted, Prepare):
                if self._free(wanted):
                    del self.queue[transaction]
                    self._decide_vote(wanted)
            elif self.locks:
                return
            else:
                del self.queue[transaction]
                self._grant(transaction)

    def _free(self, prepare: Prepare) -> bool:
        return not self.readers and not any(account in self.locks for account, _ in prepare.changes)

    def _decide_vote(self, prepare: Prepare) -> None:
        """Nobody is in the way."""
        transaction = prepare.transaction
        if prepare.keyed and prepare.key in self.settled:
            self._vote(transaction, Answer.DONE)
        elif (prepare.keyed and prepare.key in self.refused_keys) or any(
            self.balances[account] + by < 0 for account, by in prepare.changes
        ):
            self._refuse(prepare)
        else:
            self.prepared[transaction] = prepare
            self.locks.update((account, transaction) for account, _ in prepare.changes)
            self._note_doubts()
            self._vote(transaction, Answer.YES)
            self._plan_inquiry(transaction)

    def _refuse(self, prepare: Prepare) -> None:
        """There is not enough, or was not when somebody was told so."""
        self.refused.add(prepare.transaction)
        if prepare.keyed:
            self.refused_keys.add(prepare.key)
        self._vote(prepare.transaction, Answer.REFUSED)

    def _waited(self, transaction: Transaction) -> None:
        """Too long in line: say no, and mean it."""
        if transaction not in self.queue or self.node.is_asleep(self._waited, transaction):
            return
        if isinstance(self.queue.pop(transaction), Prepare):
            self.refused.add(transaction)
            self._vote(transaction, Answer.NO)
        self._serve()

    def _vote(self, transaction: Transaction, answer: Answer) -> None:
        coordinator = self.group.coordinators[transaction[0]]
        self._send(transaction[0], coordinator.voted, Vote(transaction, self.index, answer))

    # Second phase

    def decided(self, decision: Decision) -> None:
        """The end of a transaction is known."""
        transaction, commit = decision
        self.queue.pop(transaction, None)
        prepare = self.prepared.pop(transaction, None)
        if prepare is not None:
            for account, by in prepare.changes:
                self.locks.pop(account, None)
                if commit:
                    self.balances[account] += by
            if commit:
                self.committed[transaction] = prepare, self.kernel.now
                if prepare.keyed:
                    self.settled[prepare.key] = transaction
            self._note_doubts()
        if not commit:
            self.refused.add(transaction)
        elif transaction in self.committed or not self.group.record.durable_log:
            coordinator = self.group.coordinators[transaction[0]]
            self._send(transaction[0], coordinator.heard, Done(transaction, self.index))
        self._serve()

    # In doubt

    def _plan_inquiry(self, transaction: Transaction) -> None:
        due_us = self.kernel.now + self.group.record.ask_again
        self.kernel.at(due_us, self._inquire, (transaction, self.lives), TIMER)

    def _inquire(self, due: tuple[Transaction, int]) -> None:
        """Ask the coordinator, and all who were asked with it, how it ended."""
        transaction, life = due
        prepare = self.prepared.get(transaction)
        if prepare is None or life != self.lives or self.node.puts_off(self._inquire, due):
            return
        if self.node.state == State.UP:
            inquiry = Inquiry(transaction, self.index)
            self._send(transaction[0], self.group.coordinators[transaction[0]].asked, inquiry)
            for shard in prepare.shards:
                if shard not in (self.index, transaction[0]):
                    self._send(shard, self.group.participants[shard].asked, inquiry)
        self._plan_inquiry(transaction)

    def asked(self, inquiry: Inquiry) -> None:
        """Another participant is in doubt. Who has not said yes yet never will: so it is off."""
        transaction = inquiry.transaction
        if transaction in self.prepared:
            return
        commit = transaction in self.committed
        if not commit:
            self.refused.add(transaction)
            self.queue.pop(transaction, None)
        other = self.group.participants[inquiry.shard]
        self._send(inquiry.shard, other.decided, Decision(transaction, commit))

    # Reads

    def lock(self, reading: Reading) -> None:
        """A read wants all accounts to stay as they are."""
        transaction = reading.transaction
        if transaction in self.readers:
            self._grant(transaction)
        elif transaction not in self.queue and transaction not in self.refused:
            self._wait(transaction, reading)

    def _grant(self, transaction: Transaction) -> None:
        self.readers.add(transaction)
        due_us = self.kernel.now + self.group.record.gives_up
        self.kernel.at(due_us, self._expire, transaction, TIMER)
        self._show(transaction, None)

    def _expire(self, transaction: Transaction) -> None:
        """Nobody keeps a lock for ever only because its coordinator is gone."""
        if transaction in self.readers and not self.node.puts_off(self._expire, transaction):
            self.readers.discard(transaction)
            self._serve()

    def look(self, reading: Reading) -> None:
        """A read wants to know what is on the accounts. It has the lock, or is told that it has
        not; where reads take what is there, nobody has one."""
        transaction = reading.transaction
        held = transaction in self.readers or self.group.record.reads == "any"
        self._show(transaction, tuple(self.balances.items()), held=held)
        self.unlock(reading)

    def unlock(self, reading: Reading) -> None:
        """A read is over."""
        self.refused.add(reading.transaction)
        self.queue.pop(reading.transaction, None)
        self.readers.discard(reading.transaction)
        self._serve()

    def _show(
        self,
        transaction: Transaction,
        balances: tuple[Change, ...] | None,
        *,
        held: bool = True,
    ) -> None:
        coordinator = self.group.coordinators[transaction[0]]
        shown = Shown(transaction, self.index, balances, held)
        self._send(transaction[0], coordinator.shown, shown)

    # The node

    def _send(self, other: int, read: Callable[[Any], None], content: Any) -> None:
        node = self.group.participants[other].node
        self.post.send(node, read, content, MessageKind.REPLICATE, CONTROL_BYTES)

    def trouble(self, other: int) -> int:
        """What is wrong at another machine, or on the way there, or `NO_FAULT`."""
        return self.post.trouble_with(self.group.participants[other].node)

    def blocked_by(self) -> int:
        """The fault for which what is prepared here has no end yet, or `NO_FAULT`."""
        for transaction in self.prepared:
            fault = self.trouble(transaction[0])
            if fault != NO_FAULT:
                return fault
        return NO_FAULT

    def _open(self) -> None:
        self.balances = self.group.opening(self.index)

    def _crashed(self) -> None:
        self.lives += 1
        self.queue.clear()
        self.readers.clear()
        if not self.group.record.durable_log:
            self.prepared.clear()
            self.locks.clear()
            self.refused.clear()
            self.refused_keys.clear()
        for transaction in self.prepared:
            self._plan_inquiry(transaction)
        self._note_doubts()

    def _wiped(self) -> None:
        self.committed.clear()
        self.settled.clear()
        self.prepared.clear()
        self.refused.clear()
        self.refused_keys.clear()
        self.locks.clear()
        self._open()
        self._note_doubts()

    def _note_doubts(self) -> None:
        if len(self.prepared) != self.doubts:
            self.doubts = len(self.prepared)
            row = (self.kernel.now, Fact.IN_DOUBT, self.station.index, self.doubts)
            self.station.world.log.changes.append(row)
