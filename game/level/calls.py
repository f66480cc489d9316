"""Who calls whom: services that call in a circle, or spread one request over too many others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, pairwise

from game.level.model import Service
from game.level.problems import ROOT, Complaint, Loc
from game.level.records import references

MOST_CIRCLES = 10
"""Circles that are told."""
MOST_CALLS_TOLD = 8
"""Calls of one circle that are shown."""
MOST_CALLS = 1000
"""Calls behind one request; a client may ask as many machines at once."""
MOST_DEEP = 32
"""Services behind one another."""
MOST_STEPS = 64
MOST_SERVICES = 300


def check_calls(
    services: Sequence[Service], places: Mapping[str, int] | None = None
) -> Iterator[tuple[str, Complaint]]:
    """(id, complaint) for services that call in a circle, or too many others.

    `places` are the indices of their tables, for second labels.
    """
    circles = list(islice(_circles(services, places or {}), MOST_CIRCLES))
    yield from circles or _crowds(services)


def _crowds(services: Sequence[Service]) -> Iterator[tuple[str, Complaint]]:
    """Services whose requests spread too far; the calls must not go in a circle."""
    known = {service.id: service for service in services}
    sizes: dict[str, tuple[int, int]] = {}

    def size(service: str) -> tuple[int, int]:
        """The number of calls behind one request, and how deep they go."""
        if service not in sizes:
            calls = deep = 0
            for step in known[service].steps if service in known else ():
                for callee in references((step,), "service"):
                    behind, below = size(callee)
                    calls += getattr(step, "fan_out", 1) * (1 + behind)
                    deep = max(deep, below + 1)
            sizes[service] = (min(calls, MOST_CALLS + 1), deep)
        return sizes[service]

    if len(services) > MOST_SERVICES:
        message = f"{len(services)} services; a level has at most {MOST_SERVICES}"
        yield services[MOST_SERVICES].id, Complaint("too-many-calls", message, ("id",))
        return
    for service in services:
        calls, deep = size(service.id)
        if len(service.steps) > MOST_STEPS:
            message = f"{len(service.steps)} steps; a service has at most {MOST_STEPS}"
        elif calls > MOST_CALLS:
            message = f"one request leads to more than {MOST_CALLS} calls"
        elif deep > MOST_DEEP:
            message = f"calls go {deep} services deep; at most {MOST_DEEP} are allowed"
        else:
            continue
        yield service.id, Complaint("too-many-calls", message, ("steps",), on_key=True)


def _circles(
    services: Sequence[Service], places: Mapping[str, int]
) -> Iterator[tuple[str, Complaint]]:
    calls = {service.id: tuple(references(service.steps, "service")) for service in services}
    known = {service.id: service for service in services}
    done: set[str] = set()
    for root in calls:
        path: dict[str, None] = {}
        stack = [(root, False)]
        while stack:
            service, left = stack.pop()
            if left:
                del path[service]
                done.add(service)
            elif service in path:
                names = list(path)
                inside = [*names[names.index(service) :], service]
                yield inside[-2], _circle([known[name] for name in inside], places)
            elif service not in done:
                path[service] = None
                stack.append((service, True))
                stack.extend((callee, False) for callee in reversed(calls.get(service, ())))


def _circle(inside: Sequence[Service], places: Mapping[str, int]) -> Complaint:
    """The complaint about the last call of a circle; the others are its second places."""
    names = [service.id for service in inside]
    told = names if len(names) < 10 else [*names[:8], "...", names[-1]]
    second: list[tuple[Loc, str]] = []
    for caller, callee in islice(pairwise(inside[:-1]), MOST_CALLS_TOLD):
        if caller.id in places:
            loc = (ROOT, "service", places[caller.id], *_call_of(caller, callee.id))
            second.append((loc, f'"{caller.id}" calls "{callee.id}" here'))
    return Complaint(
        "call-cycle",
        f"services call each other in a circle: {' -> '.join(told)}",
        _call_of(inside[-2], names[-1]),
        second=tuple(second),
    )


def _call_of(caller: Service, callee: str) -> Loc:
    """The path of the first step of a service that calls another."""
    indices = (
        index for index, step in enumerate(caller.steps) if callee in references((step,), "service")
    )
    return "steps", next(indices)


def reachable(calls: Mapping[str, tuple[str, ...]], service: str) -> set[str]:
    """The service and all that it calls, directly or not."""
    found: set[str] = set()
    open_ = [service]
    while open_:
        service = open_.pop()
        if service not in found:
            found.add(service)
            open_.extend(calls.get(service, ()))
    return found
