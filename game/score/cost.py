"""What a plan costs an hour: its machines, and the bytes that leave a zone or a region.

Money is integer millionths until the one division at the end.
"""

from __future__ import annotations

from game.engine.log import Log
from game.level.model import System

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


def micros_per_hour(node_micros: int, transfer: int, run_us: int) -> int:
    """The cost an hour in millionths, rounded half up.

    `transfer` is a sum of `transfer_micro_bytes` over runs that together lasted `run_us`.
    """
    if not run_us:
        return node_micros
    whole = GIB * run_us
    return node_micros + (2 * transfer * HOUR_US + whole) // (2 * whole)
