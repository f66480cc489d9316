"""Sagas: a transfer is a row of local transactions, and what is refused half way is undone.

After Garcia-Molina and Salem, Sagas, SIGMOD 1987 (backward recovery), with the machine of the first
step as the one that sees a saga through. The machinery is in `saga_group.py`, `saga_desk.py` and
`saga_shard.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from game.engine.priorities import TIMER
from game.engine.registry import REGISTRY
from game.engine.replication.saga_group import SagaGroup
from game.level.annotations import PositiveDurationUs, Share

if TYPE_CHECKING:
    from game.engine.replication.saga_letters import Name
    from game.engine.replication.saga_shard import Shard, Transfer
    from game.engine.station import Station
    from game.engine.world import World


@REGISTRY.register(
    "protocol",
    "saga",
    says="each account is on one machine; a transfer is a debit, then a credit, or it is undone",
    codex="saga",
    causes=("no-quorum",),
    facts=("in-doubt",),
    parts=lambda record: 2 + record.dedupe,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Saga:
    """In the end each transfer is done whole and once, or not at all, whatever crashes, pauses, and
    does to the network, for clients that send idempotency keys; a wiped disk is another matter. In
    between money is on its way, and a read does not see it. Nobody holds a lock. With
    `answers = "at-once"`, who was told that it is done may hear later that it was undone. Without
    `dedupe` what comes again is paid again."""

    splits: ClassVar[bool] = True
    """Needs an application whose commands fall into changes."""
    atomic: ClassVar[bool] = True
    """What a machine has to see through is on its disk as soon as its first step is."""

    answers: Literal["at-once", "at-the-end"] = "at-the-end"
    """When the client is told: after the debit, or when the end is known."""
    refuses: Share = 0.0
    """The share of transfers that their target does not take."""
    calls_back: PositiveDurationUs | None = None
    """After so long without an end, the target is asked to promise that it will not take the money;
    when it has, the debit is undone. Default: never."""
    ask_again: PositiveDurationUs = 100_000
    """What was not answered is asked again after so long."""
    gives_up: PositiveDurationUs = 500_000
    """After so long without an answer the machine that was asked says `no-quorum`; what has begun
    goes on."""
    dedupe: bool = True
    """Each machine remembers, on its disk, the steps that it has done."""

    def __post_init__(self) -> None:
        if self.gives_up <= self.ask_again:
            raise ValueError("must have a gives_up that is longer than ask_again")

    def build(self, world: World, service: str, stations: list[Station]) -> SagaGroup:
        """The machines of one service."""
        return SagaGroup(self, world, service, stations, Messenger)


class Messenger:
    """Sends each message at once, and again until there is a receipt; after a crash, all that the
    disk says is under way."""

    __slots__ = ("lives", "shard")

    def __init__(self, shard: Shard) -> None:
        self.shard = shard
        self.lives = 0
        shard.node.on_crash.append(self._crashed)
        shard.node.on_start.append(self._resume)

    def start(self) -> None:
        """Nothing is under way yet."""

    def send(self, transfer: Transfer) -> None:
        """The first time, and again later."""
        self._send((transfer.name, self.lives))

    def _send(self, due: tuple[Name, int]) -> None:
        name, life = due
        transfer, node = self.shard.open.get(name), self.shard.node
        if transfer is None or life != self.lives or node.is_asleep(self._send, due):
            return
        assert transfer.order.target is not None
        self.shard.send(transfer.order.target, (self.shard.message_of(transfer),))
        kernel = self.shard.kernel
        kernel.at(kernel.now + self.shard.record.ask_again, self._send, due, TIMER)

    def _crashed(self) -> None:
        self.lives += 1

    def _resume(self) -> None:
        for transfer in self.shard.open.values():
            self.send(transfer)
