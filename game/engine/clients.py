"""Clients: where operations come from, and where their outcomes are written down."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from heapq import heappush
from itertools import accumulate
from math import log1p
from operator import call as draw_one
from typing import TYPE_CHECKING, Any

from game.engine.attempt import NO_FAULT, Call, Gathering, Operation
from game.engine.causes import Cause
from game.engine.kernel import NORMAL
from game.engine.lanes import Lane
from game.engine.log import AttemptKind
from game.engine.patience import Patience
from game.engine.resilience.partial import Patchwork
from game.engine.steps import scatter
from game.engine.streams import stream

if TYPE_CHECKING:
    from game.engine.caller import Caller
    from game.engine.paths import Path
    from game.engine.world import World
    from game.level.model import Client

FIRST = int(AttemptKind.FIRST)
Draws = list[Callable[[], float]]
User = tuple[Draws, Callable[[], float], Callable[[], float] | None, Callable[[], float] | None]
"""What one client of a closed loop draws from: its path, its thinking, its keys, its writes."""


class ClientGroup:
    """The clients of one table of the level: one caller, many operations."""

    __slots__ = (
        "caller",
        "deadline_us",
        "deadlines",
        "factors",
        "fan_out",
        "hot",
        "index",
        "kernel",
        "key_weights",
        "last_us",
        "name",
        "needed",
        "next_number",
        "pack_row",
        "patchwork",
        "paths",
        "patience",
        "place",
        "seed",
        "slots",
        "world",
        "write_row",
        "writes",
    )

    def __init__(
        self,
        world: World,
        index: int,
        client: Client,
        caller: Caller,
        paths: list[Path],
        slots: list[str],
        seed: int,
    ) -> None:
        self.world = world
        self.kernel = world.kernel
        self.next_number = world.next_operation
        self.pack_row = world.log.operations.pack
        self.write_row = world.log.operations.write
        self.index = index
        self.place = caller.place
        self.name = client.id
        self.caller = caller
        self.paths = paths
        self.slots = slots
        """Names of the slots of the plain path, in order."""
        self.seed = seed
        self.fan_out = client.fan_out
        self.needed = client.first or client.fan_out
        self.writes = client.writes
        self.deadline_us = min(client.deadline, caller.deadline_us or client.deadline)
        self.last_us = world.system.duration - client.deadline
        """No operation is invoked after this: each has its whole deadline before the end."""
        self.deadlines = Lane(self.kernel, self._deadline_passed)
        self.factors: dict[int, float] = {}
        """What faults multiply the rate with."""
        self.hot: dict[int, tuple[int, float]] = {}
        """Faults that make a share of the operations ask for one key."""
        self.patchwork: Patchwork | None = None
        if client.partial is not None:
            self.patchwork = Patchwork(client.partial, world, client.call, None)
        self.patience: Patience | None = None
        if client.patience is not None:
            self.patience = Patience(self, client, self.owners(client), self._deadline_passed)
        self.key_weights: list[float] = []
        if client.keys > 1:
            weights = [(rank + 1) ** -client.zipf for rank in range(client.keys)]
            total = sum(weights)
            self.key_weights = list(accumulate(weight / total for weight in weights))

    @staticmethod
    def owners(client: Client) -> list[str]:
        """Whose streams luck is drawn from: the group's, or in a closed loop each user's own."""
        if client.population is None:
            return [client.id]
        return [f"{client.id}/{user}" for user in range(client.population)]

    def draws(self, owner: str) -> Draws:
        """The streams of the plain path, one a slot, and the one that all derived luck is from."""
        names = [f"client/{owner}/{name}" for name in [*self.slots, "own"]]
        return [stream(self.seed, name).random for name in names]

    def write_luck(self, owner: str) -> Callable[[], float] | None:
        """The stream that decides which operations write, where any do."""
        return stream(self.seed, f"client/{owner}/write").random if self.writes else None

    def invoke(
        self,
        draws: Draws,
        user: int,
        key_luck: Callable[[], float] | None,
        write_luck: Callable[[], float] | None,
    ) -> None:
        """One operation begins."""
        now = self.kernel.now
        operation = Operation(
            self,
            self.paths[0],
            now + self.deadline_us,
            self.next_number(),
            now,
            list(map(draw_one, draws)),
        )
        operation.user = user
        operation.client = self.index
        if key_luck is not None:
            operation.data_key = self._key(key_luck())
        if write_luck is not None and write_luck() < self.writes:
            operation.write = 1
        self.deadlines.add(operation.deadline_us, operation)
        if self.patience is not None:
            self.patience.begin(operation)
        if self.fan_out == 1:
            self.caller.send(operation, FIRST)
        else:
            self._scatter(operation)

    def _key(self, luck: float) -> int:
        for key, share in self.hot.values():
            if luck < share:
                return key
            luck = (luck - share) / (1.0 - share)
        return min(bisect_right(self.key_weights, luck), len(self.key_weights) - 1)

    def _scatter(self, operation: Operation) -> None:
        gathering = Gathering(self, operation, self.needed)
        operation.gathering = gathering
        if self.patchwork is not None:
            self.patchwork.begin(gathering)
        for path in self.paths:
            call = Call(gathering, path, operation.deadline_us)
            call.operation = operation
            gathering.calls.append(call)
        scatter(self.caller, gathering)

    def gathered(self, gathering: Gathering, cause: int, call: Call) -> None:
        """Enough answers, or too few that can still come."""
        for other in gathering.calls:
            if other.open:
                self.caller.abandon(other)
        if self.patchwork is not None:
            self.patchwork.ended(gathering, cause)
        operation = gathering.owner
        operation.open = False
        operation.decisive = call.decisive
        operation.blame = call.blame
        self.call_done(operation, cause)

    def _deadline_passed(self, operation: Operation) -> None:
        gathering = operation.gathering
        if gathering is None:
            self.caller.expire(operation)
            return
        gathering.open = False
        cause = int(Cause.LATE_ANSWER)
        for call in gathering.calls:
            if call.open:
                self.caller.expire(call)
                cause = self.caller.cause_of(call)
                operation.decisive = call.decisive
                operation.blame = call.blame
        operation.open = False
        self.call_done(operation, cause)

    def call_done(self, call: Any, cause: int) -> None:
        """An operation ended: `call` is one."""
        blame, tries = NO_FAULT, call.tries
        if cause:
            decisive = call.decisive
            if decisive is not None:
                blame = decisive.blame
            if blame == NO_FAULT:
                blame = call.blame
        if call.gathering is not None:
            tries = sum(part.tries for part in call.gathering.calls)
        self.write_row(
            self.pack_row(
                call.number,
                self.index,
                call.invoked_us,
                self.kernel.now,
                cause,
                blame,
                tries,
                call.data_key,
                call.write,
            )
        )

    def open_operations(self) -> list[Operation]:
        """Operations that have not ended, in no promised order."""
        return [operation for operation in self.deadlines.waiting() if operation.open]

    def unfinished(self, operation: Operation, cause: int) -> None:
        """The run ends before the operation does."""
        call = operation if operation.gathering is None else operation.gathering.calls[0]
        decisive = call.decisive
        self.write_row(
            self.pack_row(
                operation.number,
                self.index,
                operation.invoked_us,
                -1,
                cause,
                NO_FAULT if decisive is None else decisive.blame,
                operation.tries,
                operation.data_key,
                operation.write,
            )
        )

    def start(self) -> None:
        """Begin to invoke operations."""
        raise NotImplementedError

    def change_load(self, fault: int, factor: float | None) -> None:
        """A fault multiplies the load, or (None) stops to do so."""
        raise NotImplementedError


class OpenLoop(ClientGroup):
    """Operations come at their own times, whatever becomes of those before."""

    __slots__ = (
        "_draws",
        "_factor",
        "_gap",
        "_gap_luck",
        "_generation",
        "_key_luck",
        "_left_us",
        "_next_us",
        "_write_luck",
        "client",
    )

    def __init__(
        self,
        world: World,
        index: int,
        client: Client,
        caller: Caller,
        paths: list[Path],
        slots: list[str],
        seed: int,
    ) -> None:
        super().__init__(world, index, client, caller, paths, slots, seed)
        self.client = client
        self._draws = self.draws(client.id)
        self._gap = _gap(client)
        self._gap_luck = stream(seed, f"client/{client.id}/gap").random
        self._key_luck = stream(seed, f"client/{client.id}/key").random if client.keys > 1 else None
        self._write_luck = self.write_luck(client.id)
        self._factor = 1.0
        self._generation = 0
        self._next_us = 0
        self._left_us = 0.0
        """What was left of the present gap at the last change of the load, at the plain rate."""

    def start(self) -> None:
        """The first operation comes one gap after the start."""
        for load in self.client.load:
            self.kernel.at(load.at, self._load_step, load.times, NORMAL)
        self._next_us = self.client.starts
        self._plan()

    def _plan(self) -> None:
        """Plan the arrival after the one that is due now (or after the start)."""
        gap_us = self._gap(self._gap_luck())
        if self._factor != 1.0:
            gap_us = gap_us / self._factor if self._factor else float(1 << 60)
        self._next_us = next_us = self._next_us + int(gap_us + 0.5)
        if next_us <= self.last_us:
            kernel = self.kernel
            heappush(
                kernel.queue, (next_us, NORMAL, kernel.number(), self._arrive, self._generation)
            )

    def _arrive(self, generation: int) -> None:
        if generation != self._generation:
            return
        self.invoke(self._draws, 0, self._key_luck, self._write_luck)
        self._plan()

    def _load_step(self, times: float) -> None:
        self.change_load(NO_FAULT, times)

    def change_load(self, fault: int, factor: float | None) -> None:
        """What is left of the present gap shrinks or grows, so that no luck changes its owner."""
        if factor is None:
            self.factors.pop(fault, None)
        else:
            self.factors[fault] = factor
        before, after = self._factor, 1.0
        for each in self.factors.values():
            after *= each
        self._factor = after
        self._generation += 1
        now = self.kernel.now
        begin_us = max(now, self.client.starts)
        if before:
            self._left_us = max(0, self._next_us - begin_us) * before
        if after == 0.0:
            return
        self._next_us = begin_us + int(self._left_us / after + 0.5)
        if self._next_us <= self.last_us:
            self.kernel.at(self._next_us, self._arrive, self._generation, NORMAL)


class ClosedLoop(ClientGroup):
    """Each client thinks, asks, waits for the end of its operation, and thinks again."""

    __slots__ = ("_think", "_users", "client")

    def __init__(
        self,
        world: World,
        index: int,
        client: Client,
        caller: Caller,
        paths: list[Path],
        slots: list[str],
        seed: int,
    ) -> None:
        super().__init__(world, index, client, caller, paths, slots, seed)
        self.client = client
        self._think = None if client.think is None else client.think.sampler()
        self._users: list[User] = []
        for owner in self.owners(client):
            self._users.append(
                (
                    self.draws(owner),
                    stream(seed, f"client/{owner}/think").random,
                    stream(seed, f"client/{owner}/key").random if client.keys > 1 else None,
                    self.write_luck(owner),
                )
            )

    def start(self) -> None:
        """Everybody begins by thinking."""
        for user in range(len(self._users)):
            self._think_first(user, max(self.kernel.now, self.client.starts))

    def _think_first(self, user: int, now_us: int) -> None:
        think_us = 0 if self._think is None else self._think(self._users[user][1]())
        due_us = now_us + think_us
        if due_us <= self.last_us:
            self.kernel.at(due_us, self._ask, user, NORMAL)

    def _ask(self, user: int) -> None:
        draws, _, key_luck, write_luck = self._users[user]
        self.invoke(draws, user, key_luck, write_luck)

    def call_done(self, call: Any, cause: int) -> None:
        """An operation ended: its client thinks about it."""
        super().call_done(call, cause)
        self._think_first(call.user, self.kernel.now)

    def change_load(self, fault: int, factor: float | None) -> None:
        """A closed loop has no rate to multiply: its clients are as many as they are."""


def _gap(client: Client) -> Callable[[float], float]:
    """From a uniform number to the time between two arrivals at the plain rate, in microseconds."""
    if client.gap is not None:
        return client.gap.sampler()
    assert client.rate is not None
    mean_us = 1_000_000 / client.rate
    return lambda luck: -mean_us * log1p(-luck)
