"""Hearing: which machines are up and hear each other, and when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from game.engine.faults.partition import Partition
from game.engine.faults.ways import WayOf, places_of, ways
from game.engine.log import Change, Log
from game.engine.world import World
from game.explain.strikes import Strike
from game.level.model import System

AWAY = (Change.NODE_DOWN, Change.NODE_PAUSED)
BACK = (Change.NODE_UP, Change.NODE_RESUMED)


class Cut(NamedTuple):
    """A strike that cuts ways on the network."""

    strike: Strike
    way_of: WayOf

    def parts(self, one: int, other: int) -> bool:
        """Whether the two places do not hear each other: a word needs its answer."""
        return self.way_of(one, other) is not None or self.way_of(other, one) is not None


class Stretch(NamedTuple):
    """A stretch of time in which at most so many copies could hear each other."""

    from_us: int
    to_us: int
    heard: int


def cuts_of(system: System, log: Log, strikes: Iterable[Strike]) -> tuple[Cut, ...]:
    """All partitions of a run. Machines that are off are no matter of the network."""
    found: list[Cut] = []
    world: World | None = None
    for strike in strikes:
        fault = system.faults[strike.fault]
        if not isinstance(fault.what, Partition):
            continue
        world = world or World(system, log.seed, traced=False)
        target = fault.target
        if fault.every is not None:
            # A random one strikes its targets one by one.
            target = tuple(log.places[place] for place in strike.machines) or target
        near = places_of(world, target)
        far = frozenset(world.places_named(fault.what.from_ or ("*",)))
        if not fault.what.from_:
            far -= near
        found.append(Cut(strike, ways(world, target, far, fault.what.one_way)))
    return tuple(found)


def too_few(
    log: Log,
    cuts: tuple[Cut, ...],
    askers: Collection[int],
    copies: Collection[int],
    needed: int,
    client: int | None = None,
) -> tuple[Stretch, ...]:
    """When no asker could hear `needed` of the copies, itself among them if it is one.

    With a `client` (a place) only askers count that hear it and that it hears.
    """
    found: list[Stretch] = []
    for from_us, to_us, away, at_work in _states(log, cuts):
        up = [place for place in copies if place not in away]
        heard = max(
            (
                sum(not _parted(at_work, asker, copy) for copy in up)
                for asker in askers
                if asker not in away and (client is None or not _parted(at_work, asker, client))
            ),
            default=0,
        )
        if heard >= needed:
            continue
        if found and found[-1].to_us == from_us:
            found[-1] = Stretch(found[-1].from_us, to_us, max(found[-1].heard, heard))
        else:
            found.append(Stretch(from_us, to_us, heard))
    return tuple(found)


def _parted(cuts: Iterable[Cut], one: int, other: int) -> bool:
    return one != other and any(cut.parts(one, other) for cut in cuts)


def _states(
    log: Log, cuts: tuple[Cut, ...]
) -> Iterator[tuple[int, int, frozenset[int], tuple[Cut, ...]]]:
    """(from, to, machines that are down or paused, cuts at work): all of the run in order."""
    away: set[int] = set()
    rows = [row for row in log.changes.rows() if row[1] in AWAY + BACK]
    moments = {0, log.ended_us, *(row[0] for row in rows)}
    for cut in cuts:
        moments.update((cut.strike.began_us, cut.strike.ended_us or log.ended_us))
    in_order = sorted(moment for moment in moments if moment <= log.ended_us)
    index = 0
    for from_us, to_us in pairwise(in_order):
        while index < len(rows) and rows[index][0] <= from_us:
            _, change, place, _ = rows[index]
            (away.add if change in AWAY else away.discard)(place)
            index += 1
        at_work = tuple(cut for cut in cuts if cut.strike.covers(from_us))
        yield from_us, to_us, frozenset(away), at_work
