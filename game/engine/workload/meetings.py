"""Which stores the operations of a client meet, and what they do there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from game.level.model import Service


class Meeting(NamedTuple):
    """One way of an operation to a store."""

    service: str
    writes: bool
    """One that writes does so here; else it reads here in any case."""
    awaited: bool
    """It is not over before this is: nothing on the way goes on in the background."""


def meetings(
    services: Mapping[str, Service], service: str, *, reads: bool = False, awaited: bool = True
) -> Iterator[Meeting]:
    """All ways to stores from a request to a service on; calls do not go in a circle."""
    asked = services[service]
    if any(hasattr(step, "store") for step in asked.steps):
        yield Meeting(service, not reads, awaited)
    for step in asked.steps:
        called: Any = getattr(step, "call", None)
        onward: Any = getattr(step, "forward", None)
        if called is not None:
            yield from meetings(
                services,
                called,
                reads=getattr(step, "as_", "asked") == "read",
                awaited=awaited and not getattr(step, "background", False),
            )
        elif onward is not None:
            yield from meetings(services, onward, reads=reads, awaited=awaited)
