"""The desk of a machine: it takes what clients want, and finds out what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from game.engine.attempt import BLOCKED, NO_FAULT
from game.engine.causes import Cause
from game.engine.log import MessageKind
from game.engine.network import CONTROL_BYTES
from game.engine.priorities import TIMER
from game.engine.replication.copies import go_on
from game.engine.replication.letters import Post
from game.engine.replication.saga_letters import Name, Order, Question, Shown, Ticket, Told
from game.engine.workload.application import note_output

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from game.engine.attempt import Attempt
    from game.engine.replication.saga_group import SagaGroup
    from game.engine.replication.saga_letters import Change
    from game.engine.station import Station


@dataclass(slots=True, eq=False)
class Placed:
    """A transfer that somebody waits for here."""

    attempt: Attempt
    home: int
    order: Order
    trouble: int = NO_FAULT
    """The last fault that was in the way when it was asked for."""


@dataclass(slots=True, eq=False)
class Look:
    """A read that somebody waits for here."""

    attempt: Attempt
    trouble: int = NO_FAULT
    shown: dict[int, tuple[Change, ...]] = field(default_factory=dict)


class Desk:
    """It keeps nothing but its number: after a crash it knows of nobody."""

    __slots__ = (
        "group",
        "index",
        "kernel",
        "node",
        "numbers",
        "post",
        "record",
        "station",
        "waits",
    )

    def __init__(self, group: SagaGroup, index: int, station: Station) -> None:
        self.group = group
        self.record = group.record
        self.index = index
        self.station = station
        self.node = station.node
        self.kernel = station.kernel
        self.post = Post(station.world, station.node, f"{group.service}/desk")
        self.numbers = 0
        self.waits: dict[Ticket, Placed | Look] = {}
        station.copy = self
        self.node.on_crash.append(self.waits.clear)

    # Operations

    def write(self, attempt: Attempt) -> None:
        """Hand it on to the machine with the accounts of the first step."""
        operation = attempt.call.operation
        key = (operation.number, attempt.path.id << 16 | attempt.step.position)
        command = self.station.world.commands[self.group.service].of(operation)
        (home, own), *rest = self.group.steps(command)
        target, others = rest[0] if rest else (None, ())
        ticket = self._next()
        keyed = attempt.caller.keyed
        name = Name(keyed, *(key if keyed else ticket))
        refused = self.group.is_refused(operation)
        output = self.group.application.told(command)
        order = Order(ticket, name, key, own, target, others, refused, output)
        self._wait(ticket, Placed(attempt, home, order))

    def read(self, attempt: Attempt) -> None:
        """Ask everybody what is there; nobody waits for anybody else."""
        self._wait(self._next(), Look(attempt))

    def stop(self, attempt: Attempt) -> None:
        """Nobody waits for this attempt any more; a transfer that is under way goes on."""
        self.waits = {t: one for t, one in self.waits.items() if one.attempt is not attempt}

    def held_by(self) -> int:
        """What is wrong here, or between here and somebody whose answer is missing."""
        if self.node.blame != NO_FAULT:
            return self.node.blame
        for one in self.waits.values():
            fault = self._blame(one)
            if fault != NO_FAULT:
                return fault
        return NO_FAULT

    def _next(self) -> Ticket:
        self.numbers += 1
        return self.index, self.numbers

    def _wait(self, ticket: Ticket, one: Placed | Look) -> None:
        one.attempt.phase = BLOCKED
        self.waits[ticket] = one
        self._ask(ticket)
        self.kernel.at(self.kernel.now + self.record.gives_up, self._give_up, ticket, TIMER)

    def _ask(self, ticket: Ticket) -> None:
        """Ask whose answer is missing, and again until all have answered."""
        one = self.waits.get(ticket)
        if one is None or self.node.is_asleep(self._ask, ticket):
            return
        self._note_trouble(one)
        for shard in self._missing(one):
            if isinstance(one, Placed):
                self._send(shard, self.group.shards[shard].ordered, one.order)
            else:
                self._send(shard, self.group.shards[shard].asked, Question(ticket))
        self.kernel.at(self.kernel.now + self.record.ask_again, self._ask, ticket, TIMER)

    def _missing(self, one: Placed | Look) -> list[int]:
        if isinstance(one, Placed):
            return [one.home]
        return [shard for shard in range(self.group.machines) if shard not in one.shown]

    def _give_up(self, ticket: Ticket) -> None:
        """Not all have answered in time."""
        if ticket not in self.waits or self.node.is_asleep(self._give_up, ticket):
            return
        one = self.waits.pop(ticket)
        self._note_trouble(one)
        if one.attempt.blame == NO_FAULT:
            one.attempt.blame = one.trouble
        self.station.fail(one.attempt, Cause.NO_QUORUM)

    def _note_trouble(self, one: Placed | Look) -> None:
        if self.station.world.active_faults:
            fault = self._blame(one)
            one.trouble = one.trouble if fault == NO_FAULT else fault

    def _blame(self, one: Placed | Look) -> int:
        """The fault that keeps an answer away: at the one who is asked, or behind it."""
        for shard in self._missing(one):
            fault = self.post.trouble_with(self.group.shards[shard].node)
            if fault != NO_FAULT:
                return fault
        target = one.order.target if isinstance(one, Placed) else None
        if isinstance(one, Look) or target is None or self.record.answers == "at-once":
            return NO_FAULT
        return self.group.shards[one.home].trouble(target)

    # Answers

    def told(self, told: Told) -> None:
        """The first machine says what an order came to."""
        one = self.waits.pop(told.ticket, None)
        if one is not None:
            note_output(self.station, one.attempt, told.output)
            go_on(one.attempt)

    def shown(self, shown: Shown) -> None:
        """A machine says what is on its accounts."""
        look = self.waits.get(shown.ticket)
        if not isinstance(look, Look):
            return
        look.shown[shown.shard] = shown.balances
        if len(look.shown) == self.group.machines:
            del self.waits[shown.ticket]
            balances = sorted(one for part in look.shown.values() for one in part)
            note_output(self.station, look.attempt, tuple(balances))
            go_on(look.attempt)

    def _send(self, shard: int, read: Callable[[Any], None], content: Any) -> None:
        node = self.group.shards[shard].node
        self.post.send(node, read, content, MessageKind.REPLICATE, 2 * CONTROL_BYTES)
