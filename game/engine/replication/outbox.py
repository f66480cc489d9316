"""Outbox: a change and the message about it are one local transaction, and a relay sends what is in
the outbox, at least once; who receives it knows what it had before.

After Bernstein, Hsu and Mann, Implementing Recoverable Requests Using Queues, SIGMOD 1990, Helland,
Life beyond Distributed Transactions, CIDR 2007 (messages that come at least once, and what
recognises them), and Richardson, Microservices Patterns, 2018, sections 3.3.6 and 3.3.7
(transactional outbox, polling publisher). The machinery is that of sagas: `saga_group.py`,
`saga_desk.py`, `saga_shard.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from game.engine.priorities import TIMER
from game.engine.registry import REGISTRY
from game.engine.replication.saga_group import SagaGroup
from game.level.annotations import PositiveCount, PositiveDurationUs

if TYPE_CHECKING:
    from game.engine.replication.saga_shard import Shard, Transfer
    from game.engine.station import Station
    from game.engine.world import World


@REGISTRY.register(
    "protocol",
    "outbox",
    says="each account is on one machine; a debit writes down the message that leads to the credit",
    codex="outbox",
    causes=("no-quorum",),
    facts=("in-doubt",),
    parts=lambda record: 1 + record.atomic + record.dedupe,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """In the end each transfer that was acknowledged is done, whole and once, whatever crashes,
    pauses, and does to the network, for clients that send idempotency keys; a wiped disk is another
    matter. In between money is on its way, and a read does not see it. A target takes all that
    comes: nothing is undone. Without `atomic` a crash forgets what was not sent; without `dedupe`
    what comes again is paid again."""

    splits: ClassVar[bool] = True
    """Needs an application whose commands fall into changes."""
    answers: ClassVar[str] = "at-once"
    refuses: ClassVar[float] = 0.0
    calls_back: ClassVar[int | None] = None

    relay_every: PositiveDurationUs = 50_000
    """How often the relay sends what has no receipt yet. More often than a message takes there and
    back is in vain: all of it goes twice."""
    batch: PositiveCount = 100
    """It sends this many messages at most, the oldest first, to each machine."""
    ask_again: PositiveDurationUs = 100_000
    """Where nobody answers a request, it is passed on again after so long."""
    gives_up: PositiveDurationUs = 500_000
    """After so long without an answer the machine that was asked says `no-quorum`; what has begun
    goes on."""
    atomic: bool = True
    """The outbox is on disk, and written in the same transaction as the change; else it is in
    memory."""
    dedupe: bool = True
    """Each machine remembers, on its disk, what it has had (an inbox)."""

    def __post_init__(self) -> None:
        if self.gives_up <= self.ask_again:
            raise ValueError("must have a gives_up that is longer than ask_again")

    def build(self, world: World, service: str, stations: list[Station]) -> SagaGroup:
        """The machines of one service."""
        return SagaGroup(
            self, world, service, stations, lambda shard: Relay(shard, self.relay_every, self.batch)
        )


class Relay:
    """Looks into the outbox of one machine every so often. It remembers nothing."""

    __slots__ = ("batch", "every_us", "lives", "shard")

    def __init__(self, shard: Shard, every_us: int, batch: int) -> None:
        self.shard = shard
        self.every_us = every_us
        self.batch = batch
        self.lives = 0
        shard.node.on_crash.append(self._crashed)
        shard.node.on_start.append(self.start)

    def start(self) -> None:
        """Look for the first time after a while."""
        self._plan(self.lives)

    def send(self, transfer: Transfer) -> None:
        """It is in the outbox already."""

    def _plan(self, life: int) -> None:
        kernel = self.shard.kernel
        kernel.at(kernel.now + self.every_us, self._look, life, TIMER)

    def _look(self, life: int) -> None:
        if life != self.lives or self.shard.node.is_asleep(self._look, life):
            return
        waiting: dict[int, list[Transfer]] = {}
        for transfer in self.shard.open.values():
            assert transfer.order.target is not None
            waiting.setdefault(transfer.order.target, []).append(transfer)
        for target, transfers in waiting.items():
            oldest = islice(transfers, self.batch)
            self.shard.send(target, tuple(map(self.shard.message_of, oldest)))
        self._plan(life)

    def _crashed(self) -> None:
        self.lives += 1
