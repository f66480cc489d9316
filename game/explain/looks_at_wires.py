"""Clues about links: messages that waited for bandwidth."""

from __future__ import annotations

from collections.abc import Iterator

from game.engine.causes import Cause
from game.engine.log import MessageKind, PipeUse
from game.engine.world import names_of
from game.explain.aftermath import QUEUED
from game.explain.clue import FAILING, LATENCY, SLOW, Clue, Failures
from game.explain.facts import Facts
from game.explain.words import count, lasting, moment, share
from game.level.model import Link

WAITED = SLOW | QUEUED | {Cause.NO_QUORUM, Cause.NO_LEADER, Cause.DEPENDENCY, Cause.LOST}
"""Causes that may come of messages which were late."""
LONG = 2
"""A wait is long if it is at least the shortest deadline divided by this."""
WATCHING = frozenset((MessageKind.HEARTBEAT, MessageKind.PROBE))
"""What machines that watch each other send."""
BETWEEN_COPIES = frozenset(
    (MessageKind.REPLICATE, MessageKind.HEARTBEAT, MessageKind.VOTE, MessageKind.ORDER)
)
SENT = {
    MessageKind.REQUEST: "requests",
    MessageKind.ANSWER: "answers",
    MessageKind.REPLICATE: "writes on their way between copies",
    MessageKind.HEARTBEAT: "heartbeats",
}
SIZES = ("bandwidth", "request", "answer", "zones")
COPIES = ("count", "on", "n", "members", "replication", "mode", "w", "gather")
ASKING = ("retry", "hedge", "fan_out", "attempt_timeout", "call", "balancer")


def full_wire(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """Messages waited long until a link had carried what was sent before them."""
    shortest_us = min((client.deadline for client in facts.system.clients), default=0)
    told: set[int] = set()
    for (link, _), use in sorted(facts.log.pipes.items(), key=lambda one: -one[1].waited_us):
        if link in told or not use.longest_us or LONG * use.longest_us < shortest_us:
            continue
        told.add(link)
        most = max(use.sent_bytes, key=lambda kind: use.sent_bytes[kind])
        watching = _watching(facts, use, most)
        services = () if watching else _services(facts, use, most)
        late = {
            one.operation
            for one in facts.requests
            if (watching or one.service in services) and one.cause.value
        }
        failed = sum(one.number in late and one.cause in WAITED for one in failures)
        if failures and not failed:
            continue
        words = _words(facts, facts.system.links[link], use, most, watching)
        if failed:
            words += f" {count(failed, 'operation')} failed behind it."
        fields: tuple[str, ...] = SIZES + (
            COPIES + ASKING if most in BETWEEN_COPIES else ASKING + COPIES
        )
        pages = ("bandwidth", "coordination" if most in BETWEEN_COPIES else "tail-latency")
        if watching:
            fields, pages = ("detector", *SIZES, "count"), ("membership", "bandwidth")
        yield Clue(
            words,
            max(1, failed),
            fields,
            pages,
            measures=FAILING | LATENCY,
            services=services,
        )


def _watching(facts: Facts, use: PipeUse, most: MessageKind) -> str:
    """The membership whose members send each other most of the bytes, "" for none."""
    if most not in WATCHING:
        return ""
    places = {place for way in use.ways for place in way}
    for one in facts.system.memberships:
        members = {
            place
            for group in facts.system.nodes
            if group.id in one.on
            for place, name in enumerate(facts.log.places)
            if name in names_of(group)
        }
        if one.detector is not None and places <= members:
            return one.id
    return ""


def _words(facts: Facts, link: Link, use: PipeUse, most: MessageKind, watching: str) -> str:
    assert link.bandwidth is not None
    total = sum(use.sent_bytes.values())
    given = total * 1_000_000 // max(1, facts.log.ended_us)
    name = link.id or f"from {link.from_} to {link.to}"
    mean = lasting(use.waited_us // use.messages)
    words = (
        f"A message on the link {name} had to wait {mean} on average for those before it, at worst "
        f"{lasting(use.longest_us)} (at {moment(use.longest_at_us)})"
    )
    if given > link.bandwidth:
        words += f": it carries {_size(link.bandwidth)} a second, and was given {_size(given)}"
    what = SENT.get(most, "other messages")
    if watching:
        what = f"what members of {watching} sent to know who is there"
    return f"{words}. {share(use.sent_bytes[most], total)} of the bytes were {what}."


def _services(facts: Facts, use: PipeUse, most: MessageKind) -> tuple[str, ...]:
    """The services whose messages those are that most of the bytes went for."""
    sources, targets = {one for one, _ in use.ways}, {other for _, other in use.ways}
    asked = {one.service for one in facts.requests}
    found = []
    for service in facts.system.services:
        machines = facts.machines_of(service.id)
        if most in BETWEEN_COPIES:
            fits = bool(service.replication and machines & sources and machines & targets)
        else:
            near = sources if most == MessageKind.ANSWER else targets
            fits = service.id in asked and bool(machines & near)
        if fits:
            found.append(service.id)
    return tuple(found)


def _size(size_bytes: int) -> str:
    for unit, size in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if size_bytes >= size:
            return f"{size_bytes / size:.3g} {unit}"
    return f"{size_bytes} bytes"
