"""Names for the parts of a run that do not hang on where they lie in memory.

Two runs of one night call a part by the same words, in this process or in another one. What has no
words of its own here is called by its type, its `name` and the plain fields of its record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from functools import singledispatchmethod
from types import FunctionType, MethodType
from typing import Any

from simpy import Event, Process

from game.engine.attempt import Attempt, Call, Gathering, Operation
from game.engine.caller import Caller
from game.engine.causes import Cause
from game.engine.clients import ClientGroup
from game.engine.lanes import Lane
from game.engine.log import STATION_CHANGES, AttemptKind, Change, Log
from game.engine.network import Route
from game.engine.node import Node
from game.engine.replication.letters import Letter
from game.engine.station import Station
from game.level.model import Fault

HOLDERS = ("station", "caller", "target", "patient", "node")
"""Attributes by which a part without a name knows what it belongs to."""
FAULT_CHANGES = frozenset({Change.FAULT_BEGAN, Change.FAULT_ENDED, Change.PUSH_STOPPED})


class Words:
    """What the parts of one run are called."""

    def __init__(self, log: Log) -> None:
        self.log = log

    def event(self, function: Any, argument: Any) -> tuple[str, str]:
        """What a call is (the function's qualified name) and whom it is about."""
        owned = not isinstance(_plain(function), FunctionType)
        parts = [self.of(_owner(function))] if owned else []
        if argument is not None:
            parts.append(self.of(argument))
        return _name(function), ", ".join(dict.fromkeys(part for part in parts if part))

    @singledispatchmethod
    def of(self, thing: Any) -> str:
        """What a part is called."""
        if isinstance(thing, str | int | float | bytes) or thing is None:
            return repr(thing)
        kind = type(thing).__name__
        name = getattr(thing, "name", None)
        if isinstance(name, str):
            return f"{kind} {name}"
        if is_dataclass(thing):
            return f"{kind}({self._fields(thing)})"
        holders = [getattr(thing, holder) for holder in HOLDERS if hasattr(thing, holder)]
        return f"{kind} of {self.of(holders)}" if holders else kind

    def _fields(self, record: Any) -> str:
        """The fields of a record that are plain."""
        values = ((field.name, getattr(record, field.name, None)) for field in fields(record))
        return ", ".join(
            f"{name}={value!r}"
            for name, value in values
            if isinstance(value, str | int | float) or value is None
        )

    @of.register
    def _(self, thing: MethodType) -> str:
        return f"{_name(thing)} of {self.of(thing.__self__)}"

    @of.register
    def _(self, thing: FunctionType) -> str:
        plain = _plain(thing)
        return _name(thing) if plain is thing else self.of(plain)

    @of.register(tuple)
    @of.register(list)
    def _(self, thing: Sequence[Any]) -> str:
        return ", ".join(dict.fromkeys(map(self.of, thing)))

    @of.register
    def _(self, thing: Operation) -> str:
        client = getattr(thing, "client", None)
        who = "" if client is None else f" of {self.log.clients[client]}"
        return f"operation {thing.number}{who}"

    @of.register
    def _(self, thing: Call) -> str:
        return f"call {thing.path.id} of {self.of(thing.operation)}"

    @of.register
    def _(self, thing: Gathering) -> str:
        return f"calls at once of {self.of(thing.owner)}"

    @of.register
    def _(self, thing: Attempt) -> str:
        station = getattr(thing, "station", None)
        where = "" if station is None else f" at {self.of(station)}"
        kind = AttemptKind(thing.kind).name.lower()
        return f"{kind} attempt of {self.of(thing.call)} from {thing.caller.name}{where}"

    @of.register
    def _(self, thing: Station) -> str:
        return f"{thing.name} on {thing.node.name}"

    @of.register
    def _(self, thing: Node) -> str:
        return f"node {thing.name}"

    @of.register
    def _(self, thing: ClientGroup) -> str:
        return f"client {thing.name}"

    @of.register
    def _(self, thing: Caller) -> str:
        return f"caller {thing.name}"

    @of.register
    def _(self, thing: Lane) -> str:
        return f"timers of {self.of(thing.expired)}"

    @of.register
    def _(self, thing: Route) -> str:
        return f"route {self.log.places[thing.source]} to {self.log.places[thing.target]}"

    @of.register
    def _(self, thing: Letter) -> str:
        return f"letter to {thing.to.name} for {self.of(thing.read)}: {self.of(thing.content)}"

    @of.register
    def _(self, thing: Event) -> str:
        waiting = [getattr(callback, "__self__", None) for callback in thing.callbacks or ()]
        woken = [self._process(one) for one in waiting if isinstance(one, Process)]
        return ", ".join([type(thing).__name__, *woken])

    def _process(self, process: Process) -> str:
        """A process, and the fault whose script it is."""
        frame = getattr(process._generator, "gi_frame", None)
        fault = None if frame is None else frame.f_locals.get("fault")
        return f"process {process.name}" + (f" of {fault.id}" if isinstance(fault, Fault) else "")

    def row(self, table: str, columns: Sequence[str], row: Sequence[int]) -> str:
        """A row of one of the Log's tables, with names for its numbers."""
        cells = dict(zip(columns, row, strict=True))
        told = [f"{name} {self._cell(name, value, cells)}" for name, value in cells.items()]
        return f"{table}: {', '.join(told)}"

    def _cell(self, name: str, value: int, cells: dict[str, int]) -> str:
        log = self.log
        if name == "client":
            return log.clients[value]
        if name == "cause":
            return Cause(value).word
        if name == "change":
            return Change(value).name.lower()
        if name == "station" and value >= 0:
            return self._station(value)
        if name == "blame" and value >= 0:
            return log.faults[value]
        if name == "places":
            return f"{log.places[value >> 16]} to {log.places[value & 0xFFFF]}"
        if name == "place":
            return self._place(value, Change(cells["change"]))
        return str(value)

    def _place(self, value: int, change: Change) -> str:
        if change in FAULT_CHANGES:
            return self.log.faults[value]
        return self._station(value) if change in STATION_CHANGES else self.log.places[value]

    def _station(self, index: int) -> str:
        service, place = self.log.stations[index]
        return f"{service} on {self.log.places[place]}"


def _plain(function: Any) -> Any:
    """A function of the fast path stands for a method of the plain code."""
    return getattr(function, "__wrapped__", function)


def _owner(function: Any) -> Any:
    function = _plain(function)
    return getattr(function, "__self__", function)


def _name(function: Any) -> str:
    function = _plain(function)
    return str(getattr(function, "__qualname__", type(function).__qualname__))
