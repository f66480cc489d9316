"""The accounts of one machine, and what it does with transfers: first steps and second ones."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from game.engine.log import Change as Fact
from game.engine.log import MessageKind
from game.engine.network import CONTROL_BYTES
from game.engine.replication.journal import Entry
from game.engine.replication.letters import Post
from game.engine.replication.saga_letters import (
    Message,
    Name,
    Order,
    Question,
    Receipt,
    Shown,
    Told,
)
from game.engine.workload.application import REFUSED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from game.engine.replication.journal import Key
    from game.engine.replication.saga_group import Courier, SagaGroup
    from game.engine.replication.saga_letters import Change, Ticket
    from game.engine.station import Station


class Stage(Enum):
    """How far a transfer is."""

    UNDER_WAY = "under-way"
    """The first step is done; of the second one nothing is known."""
    DONE = "done"
    REFUSED = "refused"
    """Nothing of it is done, or nothing any more."""


@dataclass(slots=True, eq=False)
class Transfer:
    """What the machine of the first step has on its disk about a transfer."""

    order: Order
    name: Name
    stage: Stage
    began_us: int


class Posting(NamedTuple):
    """One change of one account."""

    operation: int
    time_us: int
    account: int
    by: int


class Shard:
    """On disk: balances, how they came about (`postings`), all transfers that began here, and all
    second steps that were taken or refused here (`inbox`). In memory: who waits for the end of a
    transfer, and what the courier has."""

    __slots__ = (
        "balances",
        "courier",
        "entries",
        "group",
        "inbox",
        "index",
        "kernel",
        "node",
        "noted",
        "numbers",
        "open",
        "post",
        "postings",
        "record",
        "station",
        "transfers",
        "waiting",
    )

    def __init__(
        self,
        group: SagaGroup,
        index: int,
        station: Station,
        courier: Callable[[Shard], Courier],
    ) -> None:
        self.group = group
        self.record = group.record
        self.index = index
        self.station = station
        self.node = station.node
        self.kernel = station.kernel
        self.post = Post(station.world, station.node, f"{group.service}/shard")
        self.balances = group.opening(index)
        self.postings: list[Posting] = []
        self.entries: list[Entry] = []
        """Each time that the last step of a transfer was done here."""
        self.transfers: dict[Name, Transfer] = {}
        self.open: dict[Name, Transfer] = {}
        """Those under way, the oldest first."""
        self.inbox: dict[Name, bool] = {}
        """Of each second step that was asked for: whether it is done; else it never will be."""
        self.waiting: dict[Name, dict[Ticket, None]] = {}
        self.numbers = 0
        self.noted = 0
        self.node.on_crash.append(self._crashed)
        self.node.on_wipe.append(self._wiped)
        self.courier = courier(self)

    # The first step

    def ordered(self, order: Order) -> None:
        """A desk wants a transfer to begin, or to know what became of it."""
        name = order.name if self.record.dedupe else self._another()
        transfer = self.transfers.get(name)
        if transfer is None:
            transfer = self.transfers[name] = self._begin(name, order)
        at_once = self.record.answers == "at-once"
        if transfer.stage is Stage.UNDER_WAY and not at_once:
            self.waiting.setdefault(name, {})[order.ticket] = None
        else:
            self._tell(order.ticket, transfer)

    def _another(self) -> Name:
        """A name that nobody else has: nothing is recognised by it."""
        self.numbers += 1
        return Name(False, -1 - self.index, self.numbers)

    def _begin(self, name: Name, order: Order) -> Transfer:
        """Do the first step if the money is there, and see to the second one, all at once."""
        transfer = Transfer(order, name, Stage.UNDER_WAY, self.kernel.now)
        if any(self.balances[account] + by < 0 for account, by in order.own):
            transfer.stage = Stage.REFUSED
        elif order.target is None:
            transfer.stage = Stage.REFUSED if order.refused else Stage.DONE
            if not order.refused:
                self._change(order.key, order.own)
                self._note_done(order.key)
        else:
            self._change(order.key, order.own)
            self.open[name] = transfer
            self._note_open()
            self.courier.send(transfer)
        return transfer

    def message_of(self, transfer: Transfer) -> Message:
        """What the machine of the second step is asked; after a while, to promise not to do it."""
        order, patience_us = transfer.order, self.record.calls_back
        late = patience_us is not None and self.kernel.now - transfer.began_us >= patience_us
        return Message(
            transfer.name, order.key, self.index, order.others, order.refused, called_back=late
        )

    def received(self, receipts: tuple[Receipt, ...]) -> None:
        """The end of second steps is known: it is done, or the first one is undone."""
        for name, taken in receipts:
            transfer = self.transfers.get(name)
            if transfer is None or transfer.stage is not Stage.UNDER_WAY:
                continue
            transfer.stage = Stage.DONE if taken else Stage.REFUSED
            if not taken:
                self._compensate(transfer.order)
            self.open.pop(name, None)
            self._note_open()
            for ticket in self.waiting.pop(name, ()):
                self._tell(ticket, transfer)

    def _compensate(self, order: Order) -> None:
        """Undo the first step."""
        self._change(order.key, tuple((account, -by) for account, by in order.own))
        row = (self.kernel.now, Fact.COMPENSATED, self.station.index, order.key[0])
        self.station.world.log.changes.append(row)
        self.note_apology(order)

    def note_apology(self, order: Order) -> None:
        """Who was told already that it is done hears that it is not, by a way that is not modelled:
        only that it was said is noted."""
        if self.record.answers == "at-once":
            row = (order.key[0], self.kernel.now, self.station.index, REFUSED)
            self.station.world.log.outputs.append(row)

    def _tell(self, ticket: Ticket, transfer: Transfer) -> None:
        output = REFUSED if transfer.stage is Stage.REFUSED else transfer.order.output
        self._send(ticket[0], self.group.desks[ticket[0]].told, Told(ticket, output))

    # The second step

    def taken(self, messages: tuple[Message, ...]) -> None:
        """Do the second steps that were not done before, and say so."""
        receipts: dict[int, list[Receipt]] = {}
        for message in messages:
            done = self.inbox.get(message.name) if self.record.dedupe else None
            if done is None:
                done = not (message.refused or message.called_back)
                if done:
                    self._change(message.key, message.changes)
                    self._note_done(message.key)
                self.inbox[message.name] = done
            receipts.setdefault(message.home, []).append(Receipt(message.name, done))
        for home, written in receipts.items():
            self._send(home, self.group.shards[home].received, tuple(written), len(written))

    # Reads

    def asked(self, question: Question) -> None:
        """A read wants to know what is here now. Money on its way is nowhere."""
        shown = Shown(question.ticket, self.index, tuple(self.balances.items()))
        desk = question.ticket[0]
        self._send(desk, self.group.desks[desk].shown, shown, len(self.balances))

    # The books

    def _change(self, key: Key, changes: tuple[Change, ...]) -> None:
        for account, by in changes:
            self.balances[account] += by
            self.postings.append(Posting(key[0], self.kernel.now, account, by))

    def _note_done(self, key: Key) -> None:
        self.entries.append(Entry(key[0], key[1], 0, self.kernel.now, self.station.index))

    def _note_open(self) -> None:
        if len(self.open) != self.noted:
            self.noted = len(self.open)
            row = (self.kernel.now, Fact.IN_DOUBT, self.station.index, self.noted)
            self.station.world.log.changes.append(row)

    # The node

    def send(self, target: int, messages: tuple[Message, ...]) -> None:
        """Ask another machine for second steps."""
        self._send(target, self.group.shards[target].taken, messages, len(messages))

    def _send(self, shard: int, read: Callable[[Any], None], content: Any, pieces: int = 1) -> None:
        size_bytes = CONTROL_BYTES * (1 + pieces)
        node = self.group.shards[shard].node
        self.post.send(node, read, content, MessageKind.REPLICATE, size_bytes)

    def trouble(self, other: int) -> int:
        """What is wrong at another machine, or on the way there, or `NO_FAULT`."""
        return self.post.trouble_with(self.group.shards[other].node)

    def _crashed(self) -> None:
        self.waiting.clear()
        if not self.record.atomic:
            self._discard(next(reversed(self.node.crashes)), self.open.values())
            self.open.clear()
            self._note_open()

    def _discard(self, fault: int, transfers: Iterable[Transfer]) -> None:
        row = self.station.world.log.discarded.append
        for transfer in transfers:
            row((transfer.order.key[0], self.kernel.now, self.station.index, fault))

    def _wiped(self) -> None:
        self._discard(self.node.blame, self.open.values())
        row = self.station.world.log.discarded.append
        for entry in self.entries:
            row((entry.operation, self.kernel.now, self.station.index, self.node.blame))
        for kept in (self.entries, self.postings, self.transfers, self.open, self.inbox):
            kept.clear()
        self.balances = self.group.opening(self.index)
        self._note_open()
