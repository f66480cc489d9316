"""The coordinator of two-phase commit: whichever machine a client happens to ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from game.engine.attempt import BLOCKED, NO_FAULT
from game.engine.causes import Cause
from game.engine.log import MessageKind
from game.engine.network import CONTROL_BYTES
from game.engine.node import State
from game.engine.priorities import TIMER
from game.engine.replication.copies import go_on
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
from game.engine.workload.application import REFUSED, note_output

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from typing import Any

    from game.engine.attempt import Attempt
    from game.engine.replication.journal import Key
    from game.engine.replication.two_phase_commit import TwoPhaseGroup
    from game.engine.replication.two_phase_letters import Change, Transaction
    from game.engine.station import Station


@dataclass(slots=True, eq=False)
class Transfer:
    """A transaction whose end is open. It is in memory: after a crash nobody knows of it."""

    transaction: Transaction
    key: Key
    keyed: bool
    changes: dict[int, tuple[Change, ...]]
    output: Hashable
    attempts: list[Attempt]
    yes: set[int] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class Look:
    """A read whose end is open."""

    transaction: Transaction
    attempt: Attempt
    locked: set[int] = field(default_factory=set)
    shown: dict[int, tuple[Change, ...]] = field(default_factory=dict)
    looking: bool = False
    """All locks are held: now it asks what is on the accounts."""


class TwoPhaseCoordinator:
    """Decisions to commit are on disk until everybody has done it; no word of a transaction means
    that it was called off (presumed abort)."""

    __slots__ = (
        "decisions",
        "group",
        "index",
        "kernel",
        "lives",
        "looks",
        "node",
        "numbers",
        "post",
        "record",
        "station",
        "transfers",
        "underway",
    )

    def __init__(self, group: TwoPhaseGroup, index: int, station: Station) -> None:
        self.group = group
        self.record = group.record
        self.index = index
        self.station = station
        self.node = station.node
        self.kernel = station.kernel
        self.post = Post(station.world, station.node, f"{group.service}/coordinator")
        self.numbers = 0
        self.lives = 0
        """Crashes so far: timers of an earlier life are void."""
        self.decisions: dict[Transaction, set[int]] = {}
        """What is to be done, and by whom it was not done yet, as far as is known."""
        self.transfers: dict[Transaction, Transfer] = {}
        self.looks: dict[Transaction, Look] = {}
        self.underway: dict[Key, Transfer] = {}
        """Those with an idempotency key."""
        station.copy = self
        self.node.on_crash.append(self._crashed)
        self.node.on_wipe.append(self.decisions.clear)

    # Operations

    def write(self, attempt: Attempt) -> None:
        """Ask all whose accounts are in it; one that is under way already is joined."""
        operation = attempt.call.operation
        key = (operation.number, attempt.path.id << 16 | attempt.step.position)
        keyed = attempt.caller.keyed
        attempt.phase = BLOCKED
        if keyed and key in self.underway:
            self.underway[key].attempts.append(attempt)
            return
        command = self.station.world.commands[self.group.service].of(operation)
        changes = self.group.changes(command)
        output = self.group.application.told(command)
        transaction = self._next()
        transfer = Transfer(transaction, key, keyed, changes, output, [attempt])
        self.transfers[transaction] = transfer
        if keyed:
            self.underway[key] = transfer
        self._ask(transaction)
        self.kernel.at(self.kernel.now + self.record.gives_up, self._give_up, transaction, TIMER)

    def read(self, attempt: Attempt) -> None:
        """Ask everybody."""
        attempt.phase = BLOCKED
        self._look(attempt)

    def _look(self, attempt: Attempt) -> None:
        transaction = self._next()
        look = Look(transaction, attempt, looking=self.record.reads == "any")
        self.looks[transaction] = look
        self._ask(transaction)
        self.kernel.at(self.kernel.now + self.record.gives_up, self._give_up, transaction, TIMER)

    def _next(self) -> Transaction:
        self.numbers += 1
        return self.index, self.numbers

    def stop(self, attempt: Attempt) -> None:
        """Nobody waits for this attempt any more; a transfer that is under way goes on."""
        for look in list(self.looks.values()):
            if look.attempt is attempt:
                self._end_look(look)
        for transfer in self.transfers.values():
            if attempt in transfer.attempts:
                transfer.attempts.remove(attempt)

    def held_by(self) -> int:
        """What is wrong here, or between here and somebody whose answer is missing."""
        if self.node.blame != NO_FAULT:
            return self.node.blame
        under_way: list[Transfer | Look] = [*self.transfers.values(), *self.looks.values()]
        for one in under_way:
            fault = self._blame(one)
            if fault != NO_FAULT:
                return fault
        return NO_FAULT

    def _missing(self, one: Transfer | Look) -> list[int]:
        """Whose answer is missing."""
        if isinstance(one, Transfer):
            return [shard for shard in one.changes if shard not in one.yes]
        have = one.shown if one.looking else one.locked
        return [shard for shard in range(len(self.group.participants)) if shard not in have]

    def _blame(self, one: Transfer | Look) -> int:
        """The fault that keeps an answer away: at the one who is asked, or behind its locks."""
        for shard in self._missing(one):
            participant = self.group.participants[shard]
            for fault in (participant.trouble(self.index), participant.blocked_by()):
                if fault != NO_FAULT:
                    return fault
        return NO_FAULT

    # Asking

    def _ask(self, transaction: Transaction) -> None:
        """Ask whose answer is missing, and again until all have answered."""
        one = self.transfers.get(transaction) or self.looks.get(transaction)
        if one is None or self.node.is_asleep(self._ask, transaction):
            return
        for shard in self._missing(one):
            participant = self.group.participants[shard]
            if isinstance(one, Transfer):
                shards = tuple(one.changes)
                changes = one.changes[shard]
                prepare = Prepare(transaction, one.key, one.keyed, shards, changes)
                self._send(shard, participant.prepare, prepare, len(changes))
            else:
                read = participant.look if one.looking else participant.lock
                self._send(shard, read, Reading(transaction))
        self.kernel.at(self.kernel.now + self.record.ask_again, self._ask, transaction, TIMER)

    def _give_up(self, transaction: Transaction) -> None:
        """Not all have answered in time."""
        if self.node.is_asleep(self._give_up, transaction):
            return
        look = self.looks.get(transaction)
        transfer = self.transfers.get(transaction)
        if look is not None:
            look.attempt.blame = self._blame_of(look.attempt, look)
            self._end_look(look)
            self.station.fail(look.attempt, Cause.NO_QUORUM)
        elif transfer is not None:
            self._call_off(transfer)

    def _blame_of(self, attempt: Attempt, one: Transfer | Look) -> int:
        return attempt.blame if attempt.blame != NO_FAULT else self._blame(one)

    # Transfers

    def voted(self, vote: Vote) -> None:
        """A participant answers."""
        transfer = self.transfers.get(vote.transaction)
        if transfer is None:
            if vote.answer is Answer.YES and vote.transaction not in self.decisions:
                self._tell(vote.shard, vote.transaction, commit=False)
            return
        if vote.answer is Answer.YES:
            transfer.yes.add(vote.shard)
            if len(transfer.yes) == len(transfer.changes):
                self._commit(transfer)
        elif vote.answer is Answer.NO:
            self._call_off(transfer)
        else:
            done = vote.answer is Answer.DONE
            self._end(transfer, commit=False)
            self._answer(transfer, transfer.output if done else REFUSED)

    def _commit(self, transfer: Transfer) -> None:
        """Everybody is ready: from here on it is done, whatever happens."""
        self.decisions[transfer.transaction] = set(transfer.changes)
        self._end(transfer, commit=True)
        self._answer(transfer, transfer.output)
        self._plan_reminder(transfer.transaction)

    def _call_off(self, transfer: Transfer) -> None:
        """Somebody said no, or nothing."""
        for attempt in transfer.attempts:
            attempt.blame = self._blame_of(attempt, transfer)
        attempts = transfer.attempts
        self._end(transfer, commit=False)
        for attempt in attempts:
            self.station.fail(attempt, Cause.NO_QUORUM)

    def _end(self, transfer: Transfer, *, commit: bool) -> None:
        del self.transfers[transfer.transaction]
        if transfer.keyed:
            del self.underway[transfer.key]
        for shard in transfer.changes:
            self._tell(shard, transfer.transaction, commit=commit)

    def _answer(self, transfer: Transfer, output: Hashable) -> None:
        for attempt in transfer.attempts:
            note_output(self.station, attempt, output)
            go_on(attempt)

    def _tell(self, shard: int, transaction: Transaction, *, commit: bool) -> None:
        participant = self.group.participants[shard]
        self._send(shard, participant.decided, Decision(transaction, commit))

    def heard(self, done: Done) -> None:
        """A participant has done it."""
        left = self.decisions.get(done.transaction)
        if left is not None:
            left.discard(done.shard)

    def _plan_reminder(self, transaction: Transaction) -> None:
        due_us = self.kernel.now + self.record.ask_again
        self.kernel.at(due_us, self._remind, (transaction, self.lives), TIMER)

    def _remind(self, due: tuple[Transaction, int]) -> None:
        """Tell those again who have not said that they have done it."""
        transaction, life = due
        left = self.decisions.get(transaction)
        if not left or life != self.lives or self.node.puts_off(self._remind, due):
            return
        if self.node.state == State.UP:
            for shard in sorted(left):
                self._tell(shard, transaction, commit=True)
        self._plan_reminder(transaction)

    def asked(self, inquiry: Inquiry) -> None:
        """A participant is in doubt. While there is no end it has to stay so."""
        transaction = inquiry.transaction
        if transaction not in self.transfers:
            self._tell(inquiry.shard, transaction, commit=transaction in self.decisions)

    # Reads

    def shown(self, shown: Shown) -> None:
        """A shard is locked, or shows what is on its accounts."""
        look = self.looks.get(shown.transaction)
        if look is None:
            if shown.balances is None:
                participant = self.group.participants[shown.shard]
                self._send(shown.shard, participant.unlock, Reading(shown.transaction))
            return
        everybody = len(self.group.participants)
        if not shown.held:
            self._end_look(look)
            self._look(look.attempt)
        elif shown.balances is None:
            look.locked.add(shown.shard)
            if len(look.locked) == everybody and not look.looking:
                look.looking = True
                for shard, participant in enumerate(self.group.participants):
                    self._send(shard, participant.look, Reading(shown.transaction))
        else:
            look.shown[shown.shard] = shown.balances
            if len(look.shown) == everybody:
                balances = sorted(one for part in look.shown.values() for one in part)
                del self.looks[look.transaction]
                note_output(self.station, look.attempt, tuple(balances))
                go_on(look.attempt)

    def _end_look(self, look: Look) -> None:
        """Give the locks back."""
        del self.looks[look.transaction]
        for shard, participant in enumerate(self.group.participants):
            self._send(shard, participant.unlock, Reading(look.transaction))

    # The node

    def _send(
        self, shard: int, read: Callable[[Any], None], content: Any, changes: int = 0
    ) -> None:
        size_bytes = CONTROL_BYTES * (1 + changes)
        node = self.group.participants[shard].node
        self.post.send(node, read, content, MessageKind.REPLICATE, size_bytes)

    def _crashed(self) -> None:
        self.transfers.clear()
        self.underway.clear()
        self.looks.clear()
        self.lives += 1
        if not self.record.durable_log:
            self.decisions.clear()
        for transaction, left in self.decisions.items():
            if left:
                self._plan_reminder(transaction)
