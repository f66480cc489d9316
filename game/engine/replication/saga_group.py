"""Machines that make transfers step by step: one local transaction here, a message, one there.

Sagas (`saga.py`) and outboxes (`outbox.py`) differ in who carries the messages, and in whether a
step can be undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from game.engine.replication.journal import Entry
from game.engine.replication.saga_desk import Desk
from game.engine.replication.saga_shard import Shard
from game.engine.streams import derived_luck

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from game.engine.attempt import Operation
    from game.engine.log import Command
    from game.engine.replication.saga_letters import Change
    from game.engine.replication.saga_shard import Transfer
    from game.engine.station import Station
    from game.engine.world import World

REFUSAL_KEY = 3
"""Tells the luck of refusals from that of commands and versions."""


class Manner(Protocol):
    """What the record of such a protocol says."""

    @property
    def answers(self) -> str:
        """ "at-once", after the first step, or "at-the-end"."""
        ...

    @property
    def refuses(self) -> float:
        """The share of transfers that the target does not take."""
        ...

    @property
    def calls_back(self) -> int | None:
        """After so many us a transfer is to be undone; None: never."""
        ...

    @property
    def dedupe(self) -> bool:
        """Whether what comes again is recognised."""
        ...

    @property
    def atomic(self) -> bool:
        """Whether what is to be sent is on disk as soon as the first step is."""
        ...

    @property
    def ask_again(self) -> int:
        """After so many us a desk asks again."""
        ...

    @property
    def gives_up(self) -> int:
        """After so many us a desk does not wait any more."""
        ...


class Courier(Protocol):
    """Who sends the messages of one machine, until there are receipts."""

    def start(self) -> None:
        """The run begins."""
        ...

    def send(self, transfer: Transfer) -> None:
        """Another one is under way."""
        ...


class SagaGroup:
    """All machines of one service; each has the accounts whose number leaves its index when it is
    divided by the number of machines."""

    __slots__ = ("application", "desks", "machines", "record", "service", "shards", "world")

    def __init__(
        self,
        record: Manner,
        world: World,
        service: str,
        stations: list[Station],
        courier: Callable[[Shard], Courier],
    ) -> None:
        self.record = record
        self.world = world
        self.service = service
        self.application: Any = world.services[service].store
        self.machines = len(stations)
        self.shards = [
            Shard(self, index, station, courier) for index, station in enumerate(stations)
        ]
        self.desks = [Desk(self, index, station) for index, station in enumerate(stations)]

    def start(self) -> None:
        """Couriers begin."""
        for shard in self.shards:
            shard.courier.start()

    def opening(self, shard: int) -> dict[int, int]:
        """What is on the accounts of a shard at first."""
        accounts: Sequence[Change] = self.application.opened()
        return {one: amount for one, amount in accounts if one % self.machines == shard}

    def steps(self, command: Command) -> list[tuple[int, tuple[Change, ...]]]:
        """One or two machines, in order, and what a command changes there."""
        found: dict[int, tuple[Change, ...]] = {}
        for account, by in self.application.changes(command):
            shard = account % self.machines
            found[shard] = (*found.get(shard, ()), (account, by))
        assert 1 <= len(found) <= 2, "a transfer has a source and a target"
        return list(found.items())

    def is_refused(self, operation: Operation) -> bool:
        """Whether the target will not take it: that hangs on the operation alone."""
        luck: float = derived_luck(operation.luck[-1], REFUSAL_KEY, 0)
        return luck < self.record.refuses

    def close(self) -> list[Entry]:
        """A transfer took effect as often as its last step was done. What is still on its way is
        counted where it will be: at the target, or where it came from if that will not have it."""
        entries = [entry for shard in self.shards for entry in shard.entries]
        for shard in self.shards:
            station = shard.station.index
            for operation, time_us, account, by in shard.postings:
                self.world.log.postings.append((operation, time_us, station, account, by))
            for transfer in shard.open.values():
                entries += self._on_its_way(shard, transfer)
        return entries

    def _on_its_way(self, home: Shard, transfer: Transfer) -> list[Entry]:
        log, now_us, order = self.world.log, self.world.kernel.now, transfer.order
        operation, call = order.key
        assert order.target is not None
        target = self.shards[order.target]
        known = target.inbox.get(transfer.name)
        if known:
            return []
        message = home.message_of(transfer)
        if known is None and not (message.refused or message.called_back):
            for account, by in order.others:
                log.postings.append((operation, now_us, target.station.index, account, by))
            return [Entry(operation, call, 0, now_us, target.station.index)]
        for account, by in order.own:
            log.postings.append((operation, now_us, home.station.index, account, -by))
        home.note_apology(order)
        return []
