"""A simulation of Raft elections by itself, which shares nothing with the engine.

Figure 2 of Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm, USENIX ATC
2014, until one of the servers that live leads: timers are drawn anew when
they run out and when a vote is given, and are left alone by refused votes and by step-downs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random
from typing import NamedTuple

ASK, VOTE, TIMER = range(3)
Draw = Callable[[Random], float]


class Elected(NamedTuple):
    """How an election ended."""

    leader: int
    after_ms: float
    candidacies: int


@dataclass(slots=True)
class Server:
    """One that lives; `log` is how up to date it is."""

    log: int
    term: int = 0
    voted_for: int = -1
    stands: bool = False
    votes: set[int] = field(default_factory=set)
    timers: int = 0


def elect(
    luck: Random,
    size: int,
    logs: Sequence[int],
    timeout: Draw,
    way: Draw,
    heard_ms: Sequence[float] = (),
) -> Elected:
    """One election among the servers that live, which are fewer than `size` if some do not. Their
    timers begin at 0, or when each of them heard the old leader for the last time."""
    servers = [Server(log) for log in logs]
    events: list[tuple[float, int, int, int, tuple[int, ...]]] = []
    candidacies = order = 0
    now = 0.0

    def plan(after_ms: float, kind: int, server: int, *content: int) -> None:
        nonlocal order
        order += 1
        heappush(events, (now + after_ms, order, kind, server, content))

    def reset(index: int, since_ms: float = 0.0) -> None:
        servers[index].timers += 1
        plan(since_ms + timeout(luck), TIMER, index, servers[index].timers)

    for index, since_ms in enumerate(heard_ms or [0.0] * len(servers)):
        reset(index, since_ms)
    while True:
        now, _, kind, index, content = heappop(events)
        own = servers[index]
        if kind == TIMER:
            if content[0] != own.timers:
                continue
            candidacies += 1
            own.term += 1
            own.voted_for, own.stands, own.votes = index, True, {index}
            reset(index)
            for other in range(len(servers)):
                if other != index:
                    plan(way(luck), ASK, other, index, own.term, own.log)
            continue
        sender, term, more = content
        if term > own.term:
            own.term, own.voted_for, own.stands = term, -1, False
        if kind == ASK:
            granted = term == own.term and own.voted_for in (-1, sender) and more >= own.log
            if granted:
                own.voted_for = sender
                reset(index)
            plan(way(luck), VOTE, sender, index, own.term, int(granted))
        elif own.stands and term == own.term and more:
            own.votes.add(sender)
            if len(own.votes) > size // 2:
                return Elected(index, now, candidacies)
