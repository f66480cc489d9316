"""Clients: where operations come from, and where their outcomes are written down."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import accumulate, chain, cycle
from math import log1p
from typing import TYPE_CHECKING, Any

from game.engine.attempt import NO_FAULT, Call, Gathering, Operation, new_call, new_operation
from game.engine.causes import Cause
from game.engine.held import Held
from game.engine.lanes import Lane
from game.engine.log import AttemptKind
from game.engine.luck import DRAWN_AHEAD, rows
from game.engine.patience import Patience
from game.engine.priorities import NORMAL
from game.engine.resilience.partial import Patchwork
from game.engine.steps import scatter
from game.engine.streams import stream
from game.engine.workload.search import AT_A_CLIENT, index_behind

if TYPE_CHECKING:
    from game.engine.caller import Caller
    from game.engine.paths import Path, Slots
    from game.engine.workload.stream import Players
    from game.engine.world import World
    from game.level.model import Client

FIRST = int(AttemptKind.FIRST)
Rows = Callable[[], tuple[float, ...]]
User = tuple[Rows, Callable[[], float], Callable[[], float] | None, Callable[[], float] | None]
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
        "index_asked",
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
        "turns",
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
        slots: Slots,
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
        self.caller: Caller = caller
        self.paths = paths
        self.slots = slots
        self.seed: int = seed
        self.fan_out = client.fan_out
        self.needed = client.first or client.fan_out
        self.writes = client.writes
        self.turns = client.turns
        self.deadline_us = min(client.deadline, caller.deadline_us or client.deadline)
        self.last_us = world.system.duration - client.deadline
        """No operation is invoked after this: each has its whole deadline before the end."""
        self.deadlines = Lane(self.kernel, self._deadline_passed)
        self.factors: Held[float] = Held()
        """What faults multiply the rate with."""
        self.hot: Held[tuple[int, float]] = Held()
        """Faults that make a share of the operations ask for one key."""
        self.patchwork: Patchwork | None = None
        if client.partial is not None:
            self.patchwork = Patchwork(client.partial, world, client.call, None)
        self.index_asked = index_behind(world, client.call, AT_A_CLIENT)
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

    def luck_of(self, owner: str, ahead: int) -> Rows:
        """What draws all luck of the next operation; `ahead` of them are drawn at once."""
        return rows(self.seed, owner, self.slots, ahead).__next__

    def luck_of_writes(self, owner: str) -> Callable[[], float] | None:
        """What decides which operations write, where any do: a stream, or their turns."""
        if self.turns:
            return cycle((0.0, 1.0)).__next__
        return stream(self.seed, f"client/{owner}/write").random if self.writes else None

    def invoke(
        self,
        draw_row: Rows,
        user: int,
        key_luck: Callable[[], float] | None,
        write_luck: Callable[[], float] | None,
    ) -> None:
        """One operation begins."""
        now = self.kernel.now
        operation = new_operation(
            self,
            self.paths[0],
            now + self.deadline_us,
            self.next_number(),
            now,
            draw_row(),
        )
        operation.user = user
        operation.client = self.index
        if key_luck is not None:
            operation.data_key = self.key_of(key_luck())
        if write_luck is not None and write_luck() < self.writes:
            operation.write = 1
        self.deadlines.add(operation.deadline_us, operation)
        if self.patience is not None:
            self.patience.begin(operation)
        if self.fan_out == 1:
            self.caller.send(operation, FIRST)
        else:
            self._scatter(operation)

    def key_of(self, luck: float) -> int:
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
        if self.index_asked is not None:
            gathering.heard = set()
        for path in self.paths:
            call = new_call(gathering, operation, path, operation.deadline_us)
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
        if self.index_asked is not None and cause == 0:
            self.index_asked.gathered(operation, gathering)
        operation.open = False
        operation.decisive = call.decisive
        operation.blame = call.blame
        self.call_done(operation, cause)
        self._let_go(operation, gathering)

    @staticmethod
    def _let_go(operation: Operation, gathering: Gathering) -> None:
        operation.gathering = None
        operation.let_go()
        gathering.let_go()

    def _deadline_passed(self, operation: Operation) -> None:
        gathering = operation.gathering
        if gathering is None:
            self.caller.expire(operation)
            operation.let_go()
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
        for call in gathering.calls:
            call.let_go()
        self._let_go(operation, gathering)

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
        "_left_us",
        "arrive",
        "client",
        "draw_row",
        "factor",
        "generation",
        "key_luck",
        "next_gap_us",
        "next_us",
        "write_luck",
    )

    def __init__(
        self,
        world: World,
        index: int,
        client: Client,
        caller: Caller,
        paths: list[Path],
        slots: Slots,
        seed: int,
    ) -> None:
        super().__init__(world, index, client, caller, paths, slots, seed)
        self.client = client
        self.draw_row = self.luck_of(client.id, DRAWN_AHEAD)
        self.next_gap_us = _gaps(client, stream(seed, f"client/{client.id}/gap").random).__next__
        self.key_luck = stream(seed, f"client/{client.id}/key").random if client.keys > 1 else None
        self.write_luck = self.luck_of_writes(client.id)
        self.factor = 1.0
        self.generation = 0
        """Arrivals that were planned for another load than this one are void."""
        self.arrive: Callable[[int], object] = self.arrived
        self.next_us = 0
        self._left_us = 0.0
        """What was left of the present gap at the last change of the load, at the plain rate."""

    def start(self) -> None:
        """The first operation comes one gap after the start."""
        for load in self.client.load:
            self.kernel.at(load.at, self._load_step, load.times, NORMAL)
        self.next_us = self.client.starts
        self.plan()

    def plan(self) -> None:
        """Plan the arrival after the one that is due now (or after the start)."""
        gap_us = self.next_gap_us()
        if self.factor != 1.0:
            gap_us = gap_us / self.factor if self.factor else float(1 << 60)
        self.next_us = next_us = self.next_us + int(gap_us + 0.5)
        if next_us <= self.last_us:
            self.kernel.at(next_us, self.arrive, self.generation, NORMAL)

    def arrived(self, generation: int) -> None:
        """An operation begins, and the next one is planned."""
        if generation != self.generation:
            return
        self.invoke(self.draw_row, 0, self.key_luck, self.write_luck)
        self.plan()

    def _load_step(self, times: float) -> None:
        self.change_load(NO_FAULT, times)

    def change_load(self, fault: int, factor: float | None) -> None:
        """What is left of the present gap shrinks or grows, so that no luck changes its owner."""
        if factor is None:
            self.factors.end(fault)
        else:
            self.factors.begin(fault, factor)
        before, after = self.factor, 1.0
        for each in self.factors.values():
            after *= each
        self.factor = after
        self.generation += 1
        now = self.kernel.now
        begin_us = max(now, self.client.starts)
        if before:
            self._left_us = max(0, self.next_us - begin_us) * before
        if after == 0.0:
            return
        self.next_us = begin_us + int(self._left_us / after + 0.5)
        if self.next_us <= self.last_us:
            self.kernel.at(self.next_us, self.arrive, self.generation, NORMAL)


class ClosedLoop(ClientGroup):
    """Each client thinks, asks, waits for the end of its operation, and thinks again."""

    __slots__ = ("_think", "_users", "client", "kept", "players")

    def __init__(
        self,
        world: World,
        index: int,
        client: Client,
        caller: Caller,
        paths: list[Path],
        slots: Slots,
        seed: int,
    ) -> None:
        super().__init__(world, index, client, caller, paths, slots, seed)
        self.client = client
        self._think = None if client.think is None else client.think.sampler()
        self._users: list[User] = []
        self.kept = index not in world.log.unkept
        """What is asked for meets a store."""
        self.players: Players | None = None
        """What they do with what they get, where that says when they ask next."""
        owners = self.owners(client)
        ahead = max(1, DRAWN_AHEAD // len(owners))
        for owner in owners:
            self._users.append(
                (
                    self.luck_of(owner, ahead),
                    stream(seed, f"client/{owner}/think").random,
                    stream(seed, f"client/{owner}/key").random if client.keys > 1 else None,
                    self.luck_of_writes(owner),
                )
            )

    def start(self) -> None:
        """Everybody begins by thinking."""
        for user in range(len(self._users)):
            self._think_first(user, max(self.kernel.now, self.client.starts))

    def _think_first(self, user: int, now_us: int) -> None:
        think_us = 0 if self._think is None else self._think(self._users[user][1]())
        self._ask_at(user, now_us + think_us)

    def _ask_at(self, user: int, due_us: int) -> None:
        if due_us <= self.last_us:
            self.kernel.at(due_us, self._ask, user, NORMAL)

    def _ask(self, user: int) -> None:
        self.world.begun += 1
        draw_row, _, key_luck, write_luck = self._users[user]
        self.invoke(draw_row, user, key_luck, write_luck)

    def call_done(self, call: Any, cause: int) -> None:
        """An operation ended: its client thinks about it."""
        super().call_done(call, cause)
        if self.kept:
            self.world.log.users.append((call.number, call.user, self.world.begun))
            self.world.sessions.ended(call, self.kernel.now, good=not cause)
        due_us = None if self.players is None else self.players.ended(call, good=not cause)
        if due_us is None:
            self._think_first(call.user, self.kernel.now)
        else:
            self._ask_at(call.user, due_us)

    def unfinished(self, operation: Operation, cause: int) -> None:
        """See `ClientGroup`."""
        super().unfinished(operation, cause)
        if self.kept:
            self.world.log.users.append((operation.number, operation.user, self.world.begun))

    def change_load(self, fault: int, factor: float | None) -> None:
        """A closed loop has no rate to multiply: its clients are as many as they are."""


def _gaps(client: Client, draw: Callable[[], float]) -> Iterator[float]:
    """The times between arrivals at the plain rate, in microseconds."""

    def ahead_of_use() -> Iterator[list[float]]:
        while True:
            yield [-mean_us * log1p(-draw()) for _ in range(DRAWN_AHEAD)]

    if client.gap is not None:
        return map(client.gap.sampler(), iter(draw, None))
    assert client.rate is not None
    mean_us = 1_000_000 / client.rate
    return chain.from_iterable(ahead_of_use())
