"""Monitors: what a level on call watches, and what each kind of watching needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from game.level.annotations import Surroundings
from game.level.problems import Complaint
from game.level.units import UnitError, format_duration, parse_duration

START = "start"
"""Stands for the begin of the run where an alarm is named."""
INTERVAL_US = 100_000
"""How often monitors look. Real ones look less often; all of them are late by design."""
MOST_MONITORS = 16


@dataclass(frozen=True, slots=True)
class Watched:
    """One thing that a monitor may measure."""

    says: str
    of: str
    """`client` or `service`: whose it is, and the key that names it."""
    unit: str
    """`share`, `per-second`, `ms` or `count`."""
    sliding: bool = True
    """It is of the operations that ended in the last `over`, else of this moment."""


WATCHED: dict[str, Watched] = {
    "bad-share": Watched("the share of operations that failed", "client", "share"),
    "goodput": Watched(
        "good operations a second, looked at once `over` is full of time in which the client asks",
        "client",
        "per-second",
    ),
    "p50": Watched("the latency that half of the operations are over", "client", "ms"),
    "p99": Watched("the latency that one operation in a hundred is over", "client", "ms"),
    "queue": Watched(
        "requests that wait for a worker, on all machines of the service", "service", "count", False
    ),
    "busy-share": Watched(
        "the share of workers that are taken, on all machines of the service; all those of a "
        "machine that is down or paused",
        "service",
        "share",
        False,
    ),
}
"""By the word for `measure`. Operations are those that ended: what still waits for an answer, no
monitor sees. In a percentile one that was not good is longer than all that were."""


def check_monitor(table: Mapping[str, Any], around: Surroundings) -> Iterator[Complaint]:
    """What one `[[monitor]]` must hold beyond the types of its keys."""
    if table.get("id") == START:
        message = f'"{START}" is the begin of the run: give the alarm another name'
        yield Complaint("bad-name", message, ("id",))
    bounds = [key for key in ("above", "below") if key in table]
    if not bounds:
        yield Complaint("missing-key", 'a monitor needs "above" or "below"')
    elif len(bounds) == 2:
        message = 'a monitor has "above" or "below", not both'
        yield Complaint("contradiction", message, ("below",), on_key=True)
    name = table.get("measure")
    watched = WATCHED.get(name) if isinstance(name, str) else None
    if watched is not None:
        yield from _check_whose(table, str(name), watched)
        for key in bounds:
            yield from _check_bound(table[key], key, str(name), watched)
    yield from _check_times(table, around)


def _check_whose(table: Mapping[str, Any], name: str, watched: Watched) -> Iterator[Complaint]:
    other = "service" if watched.of == "client" else "client"
    if other in table:
        message = f'"{name}" is of a {watched.of}, not of a {other}'
        yield Complaint("contradiction", message, (other,), on_key=True)
    elif watched.of not in table:
        yield Complaint("missing-key", f'"{name}" needs a "{watched.of}"')
    if "over" in table and not watched.sliding:
        message = f'"{name}" is what there is at this moment: no "over"'
        yield Complaint("contradiction", message, ("over",), on_key=True)


def _check_bound(value: Any, key: str, name: str, watched: Watched) -> Iterator[Complaint]:
    text = value if isinstance(value, str) else ""
    if text.endswith("%") and watched.unit != "share":
        wanted = 'a duration such as "250ms"' if watched.unit == "ms" else "a number"
        yield Complaint("bad-value", f'"{name}" is no share: write {wanted}', (key,))
    elif text and not text.endswith("%") and watched.unit != "ms":
        wanted = '"20%"' if watched.unit == "share" else "a number"
        yield Complaint("bad-value", f'"{name}" is no time: write {wanted}', (key,))
    elif type(value) in (int, float):
        if watched.unit == "ms":
            message = f'a duration needs its unit, and "{name}" is one: write "250ms"'
            yield Complaint("bad-duration", message, (key,))
        elif watched.unit == "share" and not 0 <= value <= 1:
            message = 'a share lies between 0 and 1; 20 % is written "20%" or 0.2'
            yield Complaint("out-of-range", message, (key,))
        elif value < 0:
            yield Complaint("out-of-range", "this is never less than nothing", (key,))


def _check_times(table: Mapping[str, Any], around: Surroundings) -> Iterator[Complaint]:
    for key in ("over", "for"):
        try:
            us = parse_duration(table[key]) if isinstance(table.get(key), str) else 0
        except UnitError:
            continue
        if around.duration_us and us > around.duration_us:
            message = f"this is longer than the run ({format_duration(around.duration_us)})"
            yield Complaint("outside-run", message, (key,))
