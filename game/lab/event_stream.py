"""A run as the stream of its events: what happened, whom it was about, what it planned and wrote.

The run is stepped from outside, so that the kernel pays nothing for it; it comes to the digest that
it has without a stream. `python -m game.lab.event_stream SYSTEM SEED FILE` writes the stream of a
pickled System to a file: that needs simpy and nothing else, so that any Python can do it.
"""

from __future__ import annotations

import gzip
import json
import pickle
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from game.engine.frame import frame
from game.engine.kernel import Entry, Kernel
from game.engine.log import Log, Table
from game.engine.run import Run, simulate
from game.lab.event_words import Words
from game.level.model import System

DIGESTED = ("operations", "attempts", "changes", "effects", "discarded")
"""The tables that a digest is taken of."""
BESIDE = ("reads", "shares", "stalls", "hits", "users", "postings")
"""Tables that runs fill and no digest is taken of."""
TRACED = ("messages", "load")
"""The tables that only a trace fills."""
LOOK_EVENTS = 1000
"""A watched run is looked at after so many events."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a run, in words that any process finds for it."""

    time_us: int
    kind: str
    """The qualified name of the function that was called; `start` and `end` of the run."""
    component: str
    """Whom it was about: services, nodes, clients, operations."""
    plans: tuple[str, ...]
    """What it put into the queue, in its order: time, priority, function, component."""
    rows: tuple[str, ...]
    """What it wrote into the Log, table by table."""


def events(
    system: System, seed: int, *, trace: bool = False, watched: bool = False
) -> Iterator[Event]:
    """The events of a whole run, in their order, while it is run, and looked at if `watched`."""
    run = Run(system, seed, trace=trace)
    kernel = run.world.kernel
    words = Words(run.log)
    rows = _Rows(run.log, words)
    head = f"seed {seed}, {system.duration} us, stations {_stations(run.log)}"
    planned = tuple(_told(words, entry) for entry in sorted(kernel.queue, key=_number))
    yield Event(0, "start", head, planned, rows.new())
    while kernel.peek() <= system.duration and kernel.events < system.event_budget:
        time_us, _, _, function, argument = kernel.queue[0]
        kind, component = words.event(function, argument)
        failure = ""
        length, mark = len(kernel.queue) - 1, kernel.number()
        try:
            kernel.step()
        except Exception as error:
            failure = f"{type(error).__name__}: {error}"
        plans = tuple(_told(words, entry) for entry in _since(kernel, length, mark))
        if failure:
            yield Event(time_us, kind, component, plans, (*rows.new(), failure))
            return
        yield Event(time_us, kind, component, plans, rows.new())
        if watched and kernel.events % LOOK_EVENTS == 0:
            run.log.ended_us = time_us
            frame(run.log, time_us)
    run.advance(system.duration)
    yield Event(run.now_us, "end", run.log.verdict, (), (*rows.new(), *_totals(run.log)))


def rows_alone(stream: Iterable[Event]) -> Iterator[Event]:
    """Only what the digest is taken of, each row an event: the same with and without a trace."""
    for event in stream:
        for row in event.rows:
            kind, _, component = row.partition(": ")
            if kind not in TRACED:
                yield Event(event.time_us, kind, component, (), ())


def write_events(stream: Iterable[Event], path: Path) -> None:
    """Write a stream to a file that `read_events` reads."""
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as file:
        for event in stream:
            line = (event.time_us, event.kind, event.component, event.plans, event.rows)
            file.write(json.dumps(line) + "\n")


def read_events(path: Path) -> Iterator[Event]:
    """The events of a file, one after the other."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            time_us, kind, component, plans, rows = json.loads(line)
            yield Event(time_us, kind, component, tuple(plans), tuple(rows))


class _Rows:
    """What was written into the Log since it was last asked."""

    def __init__(self, log: Log, words: Words) -> None:
        self.words = words
        self.tables: list[tuple[str, Table]] = [
            (name, getattr(log, name)) for name in (*DIGESTED, *BESIDE, *TRACED)
        ]
        self.seen = [0] * len(self.tables)

    def new(self) -> tuple[str, ...]:
        found: list[str] = []
        for index, (name, table) in enumerate(self.tables):
            first, last = self.seen[index], len(table)
            if first < last:
                found += (
                    self.words.row(name, table.columns, table.row(n)) for n in range(first, last)
                )
                self.seen[index] = last
        return tuple(found)


def _number(entry: Entry) -> int:
    return entry[2]


def _told(words: Words, entry: Entry) -> str:
    time_us, priority, _, function, argument = entry
    return f"{time_us} us, priority {priority}: {' of '.join(words.event(function, argument))}"


def _since(kernel: Kernel, length: int, mark: int) -> list[Entry]:
    """The entries that were put into the queue after number `mark` was drawn, in their order.

    An entry that is pushed onto a heap, and all that it moves, stays between the place where it was
    appended and the root, so that few places need a look. Numbers may be drawn for other purposes:
    then the whole queue is looked at.
    """
    queue = kernel.queue
    drawn = kernel.number() - mark - 1
    if not drawn:
        return []
    places: set[int] = set()
    for place in range(length, len(queue)):
        while place not in places:
            places.add(place)
            place = max(0, (place - 1) // 2)
    found = [queue[place] for place in places if queue[place][2] > mark]
    if len(found) < drawn:
        found = [entry for entry in queue if entry[2] > mark]
    return sorted(found, key=_number)


def _stations(log: Log) -> str:
    return ", ".join(f"{service} on {log.places[place]}" for service, place in log.stations)


def _totals(log: Log) -> tuple[str, ...]:
    told = tuple(f"total: {name} {n}" for name, n in sorted(log.totals.items()) if name != "events")
    return (*told, f"verdict: {log.verdict}")


def main(arguments: list[str]) -> None:
    """Write the stream of one run to a file."""
    parser = ArgumentParser(prog="event_stream", description="Write a run's events to a file.")
    parser.add_argument("system", type=Path, help="a pickled System")
    parser.add_argument("seed", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("--trace", action="store_true")
    parser.add_argument("--watched", action="store_true", help="take frames while it runs")
    parser.add_argument("--again", action="store_true", help="after the same run was played once")
    options = parser.parse_args(arguments)
    system = pickle.loads(options.system.read_bytes())
    if options.again:
        simulate(system, options.seed)
    stream = events(system, options.seed, trace=options.trace, watched=options.watched)
    write_events(stream, options.file)


if __name__ == "__main__":
    main(sys.argv[1:])
