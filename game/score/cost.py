"""What a plan costs an hour: its machines, also while their price is another one, and the bytes
that leave a zone or a region.

Money is integer millionths until the one division at the end.
"""

from __future__ import annotations

from collections.abc import Iterator

from game.engine.faults.cost_shock import CostShock
from game.engine.log import LEFT_OUT, WHOLE, Change, Log
from game.engine.world import names_of
from game.level.model import Fault, System

HOUR_US = 3_600_000_000
GIB = 1 << 30


def node_micros_per_hour(system: System) -> int:
    """The price of all nodes for one hour, in millionths: on a level on call, of those that run at
    the begin."""
    running = _running(system)
    return sum(group.price_per_hour * running[group.id] for group in system.nodes)


def _running(system: System) -> dict[str, int]:
    """By node group: machines that run at the begin."""
    sizes = {group.id: 1 if group.count is None else group.count for group in system.nodes}
    return sizes if system.on_call is None else {**sizes, **dict(system.on_call.running)}


def _rents(system: System, log: Log) -> dict[str, list[tuple[int, int]]]:
    """By machine: since when it costs how much an hour, in millionths, in order of time."""
    rents = {}
    running = _running(system)
    for group in system.nodes:
        for number, name in enumerate(names_of(group)):
            rents[name] = [(0, group.price_per_hour if number < running[group.id] else 0)]
    if system.on_call is not None:
        for time_us, change, place, micros in log.changes.rows():
            if change == Change.RENT:
                rents[log.places[place]].append((time_us, micros))
    return rents


def _pieces(rent: list[tuple[int, int]], began_us: int, ended_us: int) -> Iterator[tuple[int, int]]:
    """(price of an hour in millionths, microseconds) of a time in which it may change."""
    ends = [*(since_us for since_us, _ in rent[1:]), ended_us]
    for (since_us, micros), until_us in zip(rent, ends, strict=True):
        length_us = min(until_us, ended_us) - max(since_us, began_us)
        if length_us > 0:
            yield micros, length_us


def rent_micro_us(system: System, log: Log) -> int:
    """What machines that came and went, and prices that changed by order, add to the price of an
    hour at the begin, in millionths, each times how long it lasted; negative where it was less."""
    if system.on_call is None:
        return 0
    added = 0
    for rent in _rents(system, log).values():
        for micros, length_us in _pieces(rent, 0, log.duration_us):
            added += (micros - rent[0][1]) * length_us
    return added


def transfer_micro_bytes(system: System, log: Log) -> int:
    """Bytes that left a zone or a region, each times its price for a GiB in millionths."""
    prices = system.prices
    return (
        log.totals.get("cross_zone_bytes", 0) * prices.cross_zone_gib
        + log.totals.get("cross_region_bytes", 0) * prices.cross_region_gib
    )


def shock_micro_us(system: System, log: Log) -> int:
    """What cost shocks add to the price of an hour, in millionths, each times how long it lasted;
    negative where things became cheaper. Shocks at one time add up."""
    added = 0
    rents: dict[str, list[tuple[int, int]]] = {}
    for fault, place, began_us, ended_us in _shocks(system, log):
        rents = rents or _rents(system, log)
        wanted = set(fault.target) if place == WHOLE else {log.places[place]}
        for group in system.nodes:
            for name in names_of(group):
                if wanted & {name, group.id}:
                    for micros, length_us in _pieces(rents[name], began_us, ended_us):
                        added += round(micros * (fault.what.times - 1)) * length_us
    return added


def _shocks(system: System, log: Log) -> Iterator[tuple[Fault, int, int, int]]:
    """(fault, place of its target or `WHOLE`, begin, end) of each cost shock of a run."""
    if not any(isinstance(fault.what, CostShock) for fault in system.faults):
        return
    begun: dict[tuple[int, int], int] = {}
    for time_us, change, index, place in log.changes.rows():
        if change not in (Change.FAULT_BEGAN, Change.FAULT_ENDED) or place == LEFT_OUT:
            continue
        fault = system.faults[index]
        if not isinstance(fault.what, CostShock):
            continue
        if change == Change.FAULT_BEGAN:
            begun[index, place] = time_us
        else:
            yield fault, place, begun.pop((index, place)), time_us
    for (index, place), time_us in begun.items():
        yield system.faults[index], place, time_us, log.duration_us


def micros_per_hour(node_micros: int, transfer: int, run_us: int, shocks: int = 0) -> int:
    """The cost an hour in millionths, rounded half up.

    `transfer` and `shocks` are sums of `transfer_micro_bytes` and `shock_micro_us` over runs that
    together lasted `run_us`.
    """
    if not run_us:
        return node_micros
    whole = GIB * run_us
    return node_micros + (2 * (transfer * HOUR_US + shocks * GIB) + whole) // (2 * whole)
