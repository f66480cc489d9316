"""Nights with machines that watch each other: `gate` hands requests on to machines `web-1` ..."""

from __future__ import annotations

from game.engine.log import Change
from tests.engine.nights import Night, night

MEMBER_CHANGES = (Change.MEMBER_SUSPECTED, Change.MEMBER_DOWN, Change.MEMBER_UP)


def town(
    detector: str,
    *,
    machines: int = 4,
    duration: str = "60s",
    loss: float = 0.0,
    more: str = "",
    rate: float = 20.0,
) -> str:
    """A balancer on a node of its own, which is a member, in front of some machines."""
    return f"""
duration = "{duration}"
event_budget = 20_000_000

[[node]]
id = "gate"

[[node]]
id = "web"
count = {machines}

[[link]]
from = "*"
to = "*"
latency = "1ms"

[[link]]
id = "wire"
from = "web"
to = "web"
latency = "1ms"
loss = {loss}

[[link]]
id = "backbone"
from = "gate"
to = "web"
latency = "1ms"
loss = {loss}

[[policy]]
id = "inner"
attempt_timeout = "100ms"

[[service]]
id = "front"
on = "gate"
workers = 1000
steps = [{{ call = "shop", policy = "inner" }}]

[[service]]
id = "shop"
on = "web"
steps = [{{ wait = "1ms" }}]

[[membership]]
id = "town"
on = ["gate", "web"]
detector = {detector}

[[client]]
id = "people"
call = "front"
rate = {rate}
deadline = "500ms"
{more}
"""


def fault(kind: str, target: str, at: str, lasts: str | None = None, **fields: str) -> str:
    """One line of the script."""
    lines = [f'kind = "{kind}"', f'target = "{target}"', f'at = "{at}"']
    lines += [f'for = "{lasts}"'] if lasts else []
    lines += [f"{key} = {value}" for key, value in fields.items()]
    return "\n[[fault]]\n" + "\n".join(lines) + "\n"


def seen(played: Night, change: Change, node: str = "") -> list[tuple[int, str, str]]:
    """(time, who believes it, of whom) of all beliefs of one sort, or of those about one node."""
    places = played.log.places
    found = [(time, who, places[about]) for time, who, about in played.changes(change)]
    return [row for row in found if node in ("", row[2])]


def play(detector: str, *, seed: int = 1, machines: int = 4, **night_of: object) -> Night:
    """A night of a town."""
    return night(town(detector, machines=machines, **night_of), seed)  # type: ignore[arg-type]
