"""Clocks that stamp writes: how far apart they were."""

from __future__ import annotations

from game.engine.causes import Cause
from game.engine.log import Change
from game.engine.replication.quorum import Quorum
from game.engine.world import names_of
from game.explain.facts import Facts
from game.explain.words import lasting

BY_CLOCK = frozenset((Cause.LOST_WRITE, Cause.STALE))
"""Promises that break where the later write has the earlier time."""
LAST_WRITER_WINS = "last-writer-wins"
MILLION = 1_000_000


def clocks_apart(facts: Facts, services: tuple[str, ...]) -> str:
    """A sentence about the clocks of copies that let the later time win, "" where none do."""
    for service in facts.system.services:
        how = service.replication
        if (
            service.id in services
            and isinstance(how, Quorum)
            and how.versions == LAST_WRITER_WINS
            and (worst_us := _worst_us(facts, facts.machines_of(service.id)))
            and worst_us > (how.commit_wait or 0)
        ):
            waits = f"waits for {lasting(how.commit_wait)}" if how.commit_wait else "does not wait"
            return (
                "The later time wins, by each copy's own clock: the worst was "
                f"{lasting(worst_us)} wrong, and a write {waits}."
            )
    return ""


def _worst_us(facts: Facts, places: frozenset[int]) -> int:
    """How far a clock of these machines was from the true time, at most, since somebody asked; what
    a fault did to its rate is left out."""
    drifts = {
        name: group.clock.drift_ppm[number % len(group.clock.drift_ppm)]
        for group in facts.system.nodes
        if group.clock is not None and group.clock.drift_ppm
        for number, name in enumerate(names_of(group))
    }
    begun_us = min((one.invoked_us for one in facts.operations), default=0)
    worst_us = 0
    known: dict[int, tuple[int, int]] = {}
    rows = [row for row in facts.log.changes.rows() if row[1] == Change.CLOCK_SET]
    ends = [(facts.log.ended_us, Change.CLOCK_SET, place, 0) for place in sorted(places)]
    for time_us, _, place, error_us in (*rows, *ends):
        if place in places:
            if place in known:
                since_us, before_us = known[place]
                drift = drifts.get(facts.log.places[place], 0.0)
                for at_us in (max(since_us, begun_us), time_us):
                    ran_us = before_us + int((at_us - since_us) * drift / MILLION)
                    if since_us <= at_us <= time_us and at_us >= begun_us:
                        worst_us = max(worst_us, abs(ran_us))
            known[place] = (time_us, error_us)
    return worst_us
