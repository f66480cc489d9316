"""Nearness: which parts of a system have to do with what a measure is about, the nearest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from game.level.model import Measure, System
from game.level.sections import node_names

Part = tuple[str, str]
"""A section and an id in it."""
LEAVES = ("policy", "fault", "link")
"""Two who go by the same policy, are struck by the same fault or use the same link have nothing to
do with each other because of that."""
ABOUT = {
    "client": ("client",),
    "service": ("service",),
    "node": ("node",),
    "caller": ("client", "node"),
    "fault": ("fault",),
}
"""Fields of events, and the sections that hold what they name."""

ENDS = ("client", "node")
"""What a link may join."""


def parts_near(system: System, parts: Iterable[Part]) -> tuple[str, ...]:
    """Beginnings of paths: these parts, then those that they ask, run on or are asked by, and so
    on."""
    ways = _ways(system)
    found = list(dict.fromkeys(parts))
    starts = set(found)
    for part in found:
        if part[0] not in LEAVES or part in starts:
            found.extend(other for other in ways[part] if other not in found)
    return tuple(f"{section}.{name}" for section, name in found)


def parts_of(system: System, measure: Measure) -> tuple[Part, ...]:
    """What the events of a measure name; all client groups, where they name nothing."""
    events = (measure.count, measure.per_hundred, measure.from_, measure.to)
    found = [
        part
        for event in events
        for field, sections in ABOUT.items()
        if (name := getattr(event, field, None)) is not None
        for part in _named(system, sections, name)
    ]
    return tuple(dict.fromkeys(found)) or tuple(("client", one.id) for one in system.clients)


def _named(system: System, sections: tuple[str, ...], name: str) -> Iterator[Part]:
    ids = {
        "client": {one.id for one in system.clients},
        "service": {one.id for one in system.services},
        "fault": {one.id for one in system.faults},
    }
    for section in sections:
        if section != "node":
            if name in ids[section]:
                yield section, name
            continue
        for group in system.nodes:
            if name == group.id or name in node_names(group.id, group.count):
                yield "node", group.id


def _ways(system: System) -> defaultdict[Part, list[Part]]:
    """Who has to do with whom, in both directions."""
    pairs: list[tuple[Part, Part]] = []
    for client in system.clients:
        pairs += [(("client", client.id), ("service", client.call))]
        pairs += [(("client", client.id), ("policy", client.policy))]
    for service in system.services:
        own = ("service", service.id)
        pairs += [(own, ("node", group)) for group in service.on]
        for step in service.steps:
            if callee := getattr(step, "call", "") or getattr(step, "forward", ""):
                policy = getattr(step, "policy", "")
                pairs += [(own, ("service", callee)), (own, ("policy", policy))]
    for fault in system.faults:
        struck = {part for name in fault.target for part in _named(system, ("node",), name)}
        pairs += [(("fault", fault.id), part) for part in sorted(struck)]
    for one in system.memberships:
        pairs += [(("membership", one.id), ("node", group)) for group in one.on]
    for link in system.links:
        ends = {part for name in (link.from_, link.to) for part in _named(system, ENDS, name)}
        pairs += [(("link", link.id), part) for part in sorted(ends) if link.id]
    found: defaultdict[Part, list[Part]] = defaultdict(list)
    for left, right in pairs:
        found[left].append(right)
        found[right].append(left)
    return found
