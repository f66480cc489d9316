"""Elections: which copy of a group was elected when, and how long nobody led."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from game.engine.log import Change, Role
from game.engine.replication.raft import Raft
from game.explain.facts import Facts
from game.explain.strikes import Strike
from game.explain.words import count, lasting, moment

MOST_ELECTIONS = 5
"""Of one service; more of them are told in one sentence."""
NEARLY_ALL = 0.999
"""The share of election timeouts that are no longer than what counts as the longest one."""
NOBODY = -1
TOLD = (Change.ROLE, Change.TERM, Change.CANDIDACY, Change.LEADERSHIP_TRANSFER)


@dataclass(frozen=True, slots=True)
class Election:
    """A copy was elected, or the run ended without a leader."""

    service: str
    time_us: int
    leader: int
    """A place; `NOBODY` at the end of the run."""
    term: int
    before: int
    """Who led before; `NOBODY` at the first election."""
    lost_us: int
    """Since when there was no leader who could have been heard by a majority, as far as it is
    known: it went down, stepped down, or was struck; else somebody stood for election."""
    candidacies: int
    """Since the election before."""
    strike: Strike | None
    """What made the others lose the leader before; None: nothing that is known."""
    handed: bool
    """The leader before told another copy to stand."""

    @property
    def waited_us(self) -> int:
        """How long there was no leader."""
        return self.time_us - self.lost_us


@dataclass(slots=True)
class _Group:
    """What is known of one service's copies while the Log is read."""

    leader: int = NOBODY
    before: int = NOBODY
    lost_us: int | None = 0
    stood_us: int | None = None
    """When somebody first stood since the last election."""
    candidacies: int = 0
    handed: bool = False
    terms: dict[int, int] = field(default_factory=dict)


def electing(facts: Facts) -> dict[str, Raft]:
    """The services whose copies elect their leader."""
    return {
        one.id: one.replication
        for one in facts.system.services
        if isinstance(one.replication, Raft)
    }


def elections_of(facts: Facts) -> tuple[Election, ...]:
    """All of a run, in order of time; of a service without a leader at the end one more, then."""
    groups = {service: _Group() for service in electing(facts)}
    log = facts.log
    found: list[Election] = []
    for time_us, change, place, value in log.changes.rows():
        if change in (Change.NODE_DOWN, Change.NODE_PAUSED):
            for group in groups.values():
                if group.leader == place and group.lost_us is None:
                    group.lost_us = time_us
        elif change == Change.NODE_RESUMED:
            # Nobody else was elected meanwhile: it leads on, until it is told otherwise.
            for group in groups.values():
                if group.leader == place:
                    group.lost_us = None
        elif change in TOLD:
            service, at = log.stations[place]
            known = groups.get(service)
            if known is not None:
                found.extend(_read(facts, service, known, (time_us, change, at, value)))
    for service, group in groups.items():
        if group.lost_us is not None and group.lost_us < log.ended_us and log.closed:
            group.before = group.leader
            found.append(_election(facts, service, group, log.ended_us, NOBODY))
    return tuple(found)


def _read(
    facts: Facts, service: str, group: _Group, row: tuple[int, int, int, int]
) -> Iterator[Election]:
    time_us, change, place, value = row
    if change == Change.TERM:
        group.terms[place] = value
    elif change == Change.CANDIDACY:
        group.candidacies += 1
        group.stood_us = time_us if group.stood_us is None else group.stood_us
    elif change == Change.LEADERSHIP_TRANSFER:
        group.handed = True
    elif value == Role.LEADER:
        group.before = group.leader
        yield _election(facts, service, group, time_us, place)
        group.leader, group.lost_us = place, None
        group.candidacies, group.stood_us, group.handed = 0, None, False
    elif place == group.leader and group.lost_us is None:
        group.lost_us = time_us


def _election(facts: Facts, service: str, group: _Group, time_us: int, leader: int) -> Election:
    stood_us = time_us if group.stood_us is None else group.stood_us
    known_us = stood_us if group.lost_us is None else group.lost_us
    strike = None
    if group.before != NOBODY:
        since_us = known_us
        if group.lost_us is None or stood_us < group.lost_us:
            since_us = stood_us - electing(facts)[service].election.sampler()(NEARLY_ALL)
        strike = max(
            (
                strike
                for strike in facts.strikes
                if strike.began_us <= known_us
                and (strike.ended_us is None or strike.ended_us > since_us)
                and facts.concerns(strike, group.before)
            ),
            key=lambda strike: strike.began_us,
            default=None,
        )
    if strike is not None and group.lost_us is None:
        known_us = strike.began_us
    return Election(
        service=service,
        time_us=time_us,
        leader=leader,
        term=group.terms.get(leader, 0),
        before=group.before,
        lost_us=known_us,
        candidacies=group.candidacies,
        strike=strike,
        handed=group.handed,
    )


def elections_told(facts: Facts) -> Iterator[tuple[int, str]]:
    """(time, sentence) about each election."""
    elections = elections_of(facts)
    for service in electing(facts):
        own = [one for one in elections if one.service == service]
        held = [one for one in own if one.leader != NOBODY]
        for election in held[:MOST_ELECTIONS]:
            yield election.time_us, _words(facts, election)
        more = held[MOST_ELECTIONS:]
        if more:
            stood = count(sum(one.candidacies for one in more), "candidacy", "candidacies")
            yield (
                more[0].time_us,
                f"From {moment(more[0].time_us)} on {service} elected a leader "
                f"{count(len(more), 'more time')}, after {stood}.",
            )
        for election in own:
            if election.leader == NOBODY and election.waited_us:
                yield election.time_us, _never(facts, election)


def _words(facts: Facts, election: Election) -> str:
    (leader,) = facts.names((election.leader,))
    stood = count(election.candidacies, "candidacy", "candidacies")
    words = f"At {moment(election.time_us)} {leader} was elected leader of {election.service}"
    if election.before == NOBODY:
        return (
            f"{words}, the first one (term {election.term}), after {stood}; until then nobody led."
        )
    (before,) = facts.names((election.before,))
    words += " again" if before == leader else f" in place of {before}"
    words += f" (term {election.term})"
    if election.handed:
        return f"{words}, which {before} had asked for; {stood}."
    if election.strike is None:
        return f"{words}, after {stood}, though no fault had struck {before}."
    after = lasting(election.time_us - election.strike.began_us)
    return f"{words}, {after} after {facts.fault_id(election.strike.fault)} began; {stood}."


def _never(facts: Facts, election: Election) -> str:
    stood = count(election.candidacies, "candidacy", "candidacies")
    return f"From {moment(election.lost_us)} to the end {election.service} had no leader; {stood}."
