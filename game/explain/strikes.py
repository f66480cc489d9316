"""Strikes: each time that a fault was at work in a run, as the Log tells it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from game.engine.faults.config_push import ConfigPush
from game.engine.faults.rolling_deploy import RollingDeploy
from game.engine.faults.version_mix import VersionMix
from game.engine.log import LEFT_OUT, Change, Log
from game.engine.world import names_of
from game.level.model import ONLY_REGION, ONLY_ZONE, NodeGroup, System

STILL_THERE = (ConfigPush, VersionMix)
"""Faults whose machines go on working: there is nobody to take out of rotation."""
ONE_BY_ONE = (*STILL_THERE, RollingDeploy)
"""Faults that go from machine to machine: what they are aimed at is never gone all at once."""


@dataclass(frozen=True, slots=True)
class Strike:
    """One occurrence of a fault."""

    fault: int
    """Index into `Log.faults`."""
    began_us: int
    ended_us: int | None
    """None: it still went on when the run ended."""
    machines: tuple[int, ...]
    """Places of the nodes that it was aimed at, in order; () for clients, links and everything."""

    def covers(self, time_us: int) -> bool:
        """Whether the fault was at work then; at its end it is not any more."""
        return self.began_us <= time_us and (self.ended_us is None or time_us < self.ended_us)


def strikes_of(system: System, log: Log) -> tuple[Strike, ...]:
    """All strikes, in order of their beginning. Faults that were left out did not strike."""
    struck: list[Strike] = []
    going_on: dict[tuple[int, int], list[int]] = {}
    for time_us, change, fault, value in log.changes.rows():
        if value == LEFT_OUT:
            continue
        if change == Change.FAULT_BEGAN:
            going_on.setdefault((fault, value), []).append(len(struck))
            struck.append(Strike(fault, time_us, None, _machines(system, log, fault, value)))
        elif change == Change.FAULT_ENDED:
            index = going_on[fault, value].pop(0)
            struck[index] = replace(struck[index], ended_us=time_us)
    return tuple(struck)


def left_out(log: Log) -> tuple[str, ...]:
    """Ids of the faults that were due in this run, and were left out."""
    rows = log.changes.rows()
    return tuple(
        dict.fromkeys(
            log.faults[fault]
            for _, change, fault, value in rows
            if change == Change.FAULT_BEGAN and value == LEFT_OUT
        )
    )


def _machines(system: System, log: Log, fault: int, place: int) -> tuple[int, ...]:
    """A random fault says which machine it strikes; one of the script strikes its whole target."""
    nodes = len(log.places) - len(log.clients)
    if 0 <= place < nodes:
        return (place,)
    wanted = machines_named(system, system.faults[fault].target)
    return tuple(index for index in range(nodes) if log.places[index] in wanted)


def machines_named(system: System, names: Iterable[str]) -> frozenset[str]:
    """The nodes that go by one of the names: of a node, group, zone, region or service."""
    wanted = set(names)
    for service in system.services:
        if service.id in wanted:
            wanted.update(service.on)
    regions = {zone.id: zone.region for zone in system.zones}
    return frozenset(
        name
        for group in system.nodes
        for name, zone in zip(names_of(group), _zones(system, group), strict=True)
        if not wanted.isdisjoint((name, group.id, zone, regions.get(zone, ONLY_REGION), "*"))
    )


def zone_of(system: System, machine: str) -> str:
    """The zone that a node stands in."""
    for group in system.nodes:
        for name, zone in zip(names_of(group), _zones(system, group), strict=True):
            if name == machine:
                return zone
    raise AssertionError(f"no node {machine!r}")


def _zones(system: System, group: NodeGroup) -> list[str]:
    """The zone of each node of a group: they are dealt in turn."""
    first = system.zones[0].id if system.zones else ONLY_ZONE
    zones = group.zones or (first,)
    return [zones[index % len(zones)] for index in range(len(names_of(group)))]
