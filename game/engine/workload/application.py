"""Applications: what a store does with the writes that its protocol has put in an order.

An application is a deterministic state machine (Schneider, Implementing Fault-Tolerant Services
Using the State Machine Approach, ACM Computing Surveys 1990): every copy applies the same commands
in the order of its own journal. What an operation asks for hangs on the operation alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from game.engine.log import Command
from game.engine.streams import derived_luck

if TYPE_CHECKING:
    from game.engine.attempt import Attempt, Operation
    from game.engine.replication.journal import Entry, Key
    from game.engine.station import Station
    from game.engine.workload.sessions import Seen
    from game.engine.world import World

Output = Hashable
"""What an application returns: never changed afterwards."""
COMMAND_KEY = 1
"""Tells the luck of commands from that of attempts, whose keys are large."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an application may know of an operation before it says what is asked for."""

    number: int
    invoked_us: int
    key: int
    write: bool
    luck: Callable[[int], float]
    """A uniform number in [0, 1) for each small number that it is asked with."""
    seen: Seen
    """What the same user had been told, by key; nothing in an open loop, which has no users."""


class Machine(Protocol):
    """The state of one copy. It is in memory, and made anew out of the journal after a crash."""

    def apply(self, command: Command) -> Output:
        """Do what a write asks for, and say what came of it. `REFUSED` is a right answer, too."""
        ...

    def look(self, command: Command) -> Output:
        """What a read returns."""
        ...

    def forget(self) -> None:
        """Back to the state before the first write."""
        ...


class Application(Protocol):
    """The record of an application that has a state machine."""

    def command(self, asked: Asked) -> Command:
        """What the operation asks for."""
        ...

    def machine(self) -> Machine:
        """The state before the first write."""
        ...


REFUSED = "refused"
"""What a machine returns for a write that changed nothing, and says so."""


class Commands:
    """What operations ask of the application of one service, as far as they came to a copy."""

    __slots__ = ("application", "known", "service", "world")

    def __init__(
        self, service: str, application: Application, world: World, known: dict[int, Command]
    ) -> None:
        self.service = service
        self.application = application
        self.world = world
        self.known = known
        """By the number of the operation."""

    def of(self, operation: Operation) -> Command:
        """The same at every copy and in every attempt."""
        number = operation.number
        command = self.known.get(number)
        if command is None:
            root = operation.luck[-1]
            asked = Asked(
                number,
                operation.invoked_us,
                operation.data_key,
                self.written_by(operation),
                lambda slot: derived_luck(root, COMMAND_KEY, slot),
                self.world.sessions.seen_by(operation),
            )
            command = self.known[number] = self.application.command(asked)
        return command

    def written_by(self, operation: Operation) -> bool:
        """Whether the operation writes, and does so in this store."""
        writes = self.world.log.writes.get(operation.client)
        return bool(operation.write) and (writes is None or self.service in writes)


class Applied:
    """The state machine of one copy, and what it returned."""

    __slots__ = ("commands", "machine", "outputs", "station")

    def __init__(self, station: Station, commands: Commands) -> None:
        self.station = station
        self.commands = commands
        self.machine = commands.application.machine()
        self.outputs: dict[Key, Output] = {}
        """Of each write that was applied: what that returned, the last time if it came again."""

    def apply(self, entry: Entry) -> None:
        """The next write of the journal."""
        output = self.machine.apply(self.commands.known[entry.operation])
        self.outputs[entry.operation, entry.call] = output

    def forget(self) -> None:
        """Nothing is applied any more."""
        self.machine.forget()
        self.outputs.clear()

    def answer_write(self, attempt: Attempt) -> None:
        """Write down what came of the write of an attempt, which is applied here."""
        call = attempt.path.id << 16 | attempt.step.position
        note_output(self.station, attempt, self.outputs[attempt.call.operation.number, call])

    def answer_read(self, attempt: Attempt) -> None:
        """Write down what a read returns here and now. What an operation reads on the way to its
        write is no answer to anybody."""
        operation = attempt.call.operation
        if not self.commands.written_by(operation):
            note_output(self.station, attempt, self.machine.look(self.commands.of(operation)))


def note_output(station: Station, attempt: Attempt, output: Output) -> None:
    """Write down what a machine is about to answer."""
    operation, world = attempt.call.operation, station.world
    world.commands[station.name].of(operation)
    attempt.origin = station.index, output
    world.log.outputs.append((operation.number, station.kernel.now, station.index, output))
    world.sessions.told(operation, output)


def applied_of(station: Station) -> Applied | None:
    """The state machine of a copy that begins, if the service's application has one."""
    commands = station.world.commands.get(station.name)
    return None if commands is None else Applied(station, commands)


def commands_of(world: World) -> dict[str, Commands]:
    """By service, for those whose application has a state machine."""
    found: dict[str, Commands] = {}
    for name, service in world.services.items():
        store: Any = service.store
        if hasattr(store, "machine"):
            known = world.log.commands.setdefault(name, {})
            found[name] = Commands(name, store, world, known)
    return found
