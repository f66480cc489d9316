"""What a plan costs an hour: its machines, also while their price is another one, and the bytes
that leave a zone or a region.

Money is integer millionths until the one division at the end.
"""

from __future__ import annotations

from collections.abc import Iterator

from game.engine.faults.cost_shock import CostShock
from game.engine.log import Change, Log
from game.engine.script import LEFT_OUT, WHOLE
from game.engine.world import names_of
from game.level.model import Fault, System

HOUR_US = 3_600_000_000
GIB = 1 << 30


def node_micros_per_hour(system: System) -> int:
    """The price of all nodes for one hour, in millionths."""
    return sum(
        group.price_per_hour * (1 if group.count is None else group.count) for group in system.nodes
    )


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
    for fault, place, length_us in _shocks(system, log):
        wanted = set(fault.target) if place == WHOLE else {log.places[place]}
        for group in system.nodes:
            for name in names_of(group):
                if wanted & {name, group.id}:
                    more = round(group.price_per_hour * (fault.what.times - 1))
                    added += more * length_us
    return added


def _shocks(system: System, log: Log) -> Iterator[tuple[Fault, int, int]]:
    """(fault, place of its target or `WHOLE`, microseconds) of each cost shock of a run."""
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
            yield fault, place, time_us - begun.pop((index, place))
    for (index, place), time_us in begun.items():
        yield system.faults[index], place, log.duration_us - time_us


def micros_per_hour(node_micros: int, transfer: int, run_us: int, shocks: int = 0) -> int:
    """The cost an hour in millionths, rounded half up.

    `transfer` and `shocks` are sums of `transfer_micro_bytes` and `shock_micro_us` over runs that
    together lasted `run_us`.
    """
    if not run_us:
        return node_micros
    whole = GIB * run_us
    return node_micros + (2 * (transfer * HOUR_US + shocks * GIB) + whole) // (2 * whole)
