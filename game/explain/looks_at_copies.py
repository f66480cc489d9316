"""Clues about copies that must agree: too few that hear each other, and slow elections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from game.engine.causes import Cause
from game.engine.log import Change
from game.engine.replication.quorum import Quorum
from game.engine.replication.raft import Raft
from game.explain.clue import Clue, Failures
from game.explain.elections import NEARLY_ALL, NOBODY, Election, electing, elections_of
from game.explain.facts import Facts
from game.explain.hearing import Stretch, too_few
from game.explain.words import count, lasting, listed, moment

AGREEMENT = ("count", "zones", "on", "n", "r", "w", "members", "election", "replication")
"""Fields that say how many copies there are, where, and how many must agree."""
ELECTIONS = ("election", "heartbeat", "pre_vote", "replication")


class Group(NamedTuple):
    """The copies of one service, and how many of them must be heard."""

    service: str
    askers: frozenset[int]
    """The places of those who ask; of an elected leader one of the copies."""
    copies: frozenset[int]
    needed: int
    why: str
    page: str


def groups_of(facts: Facts) -> Iterator[Group]:
    """The services whose copies must agree, and of which all are asked for each key."""
    log = facts.log
    changed = {
        log.stations[place][0]
        for _, change, place, _ in log.changes.rows()
        if change == Change.MEMBERSHIP
    }
    for service in facts.system.services:
        places = [place for name, place in log.stations if name == service.id]
        record = service.replication
        if isinstance(record, Raft) and places and service.id not in changed:
            voters = frozenset(places[: record.members])
            needed = len(voters) // 2 + 1
            why = f"a majority of {len(voters)} needs {needed}"
            yield Group(service.id, voters, voters, needed, why, "raft")
        elif isinstance(record, Quorum) and places:
            copies = facts.machines_of(record.copies_on or service.id)
            if record.n not in (None, len(copies)) or not copies:
                continue
            needed = max(record.r, record.w)
            why = f"a write needs {record.w} and a read {record.r}"
            yield Group(service.id, frozenset(places), copies, needed, why, "quorum")


def majority_away(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """Fewer copies could hear each other than must agree; or users reached only such a side."""
    for group in groups_of(facts):
        away = _away_of(facts, group)
        asked = asked_in_vain(facts, failures, group.service)
        told = failed_in(asked, away)
        yield from _away(facts, group, away, asked)
        nodes = len(facts.log.places) - len(facts.log.clients)
        for index, client in enumerate(facts.system.clients):
            if client.call == group.service and facts.cuts:
                side = _away_of(facts, group, nodes + index)
                own = {one.number for one in failures if one.client == index} - told
                theirs = [one for one in asked if one.operation in own]
                yield from _away(facts, group, side, theirs, client.id)


def _away_of(facts: Facts, group: Group, client: int | None = None) -> tuple[Stretch, ...]:
    return too_few(facts.log, facts.cuts, group.askers, group.copies, group.needed, client)


class Asked(NamedTuple):
    """A request that failed, of an operation that failed."""

    operation: int
    sent_us: int
    ended_us: int

    def during(self, stretch: Stretch) -> bool:
        """Whether it was under way then."""
        return stretch.from_us <= self.ended_us and self.sent_us < stretch.to_us


def asked_in_vain(facts: Facts, failures: Failures, service: str) -> tuple[Asked, ...]:
    """The requests to a service that failed, of these failures."""
    numbers = {one.number for one in failures}
    return tuple(
        Asked(one.operation, one.sent_us, one.ended_us)
        for one in facts.requests
        if one.service == service and one.cause is not Cause.NONE and one.operation in numbers
    )


def failed_in(asked: Iterable[Asked], stretches: Sequence[Stretch]) -> frozenset[int]:
    """The operations of which a request was under way in one of the stretches."""
    return frozenset(
        one.operation for one in asked if any(one.during(stretch) for stretch in stretches)
    )


def _away(
    facts: Facts,
    group: Group,
    away: Sequence[Stretch],
    asked: Sequence[Asked],
    user: str = "",
) -> Iterator[Clue]:
    """What happened to requests while too few copies could be heard, if anything."""
    bad = [one for one in away if any(request.during(one) for request in asked)]
    if not bad:
        return
    n, service = len(group.copies), group.service
    heard = max(one.heard for one in bad)
    when = listed([f"from {moment(one.from_us)} to {moment(one.to_us)}" for one in bad])
    copies = f"the {n} copies of {service}"
    if user:
        reached = f" that heard more than {heard} of the {n}" if heard else ""
        words = f"{user} could reach no copy of {service}{reached} {when}"
    elif n == 1:
        words = f"The only copy of {service} was away {when}"
    elif heard == 0:
        words = f"None of {copies} could be heard {when}"
    elif heard == 1:
        words = f"No two of {copies} could hear each other {when}"
    else:
        words = f"Only {heard} of {copies} could hear each other {when}"
    failed = len(failed_in(asked, bad))
    words += f"; {group.why}. {count(failed, 'operation')} failed meanwhile."
    struck = {
        place
        for strike in facts.strikes
        for place in group.copies.intersection(strike.machines)
        if any(strike.covers(one.from_us) for one in bad)
    }
    pages = (group.page, "availability-zones", "failover")
    nodes = tuple(facts.names(sorted(struck)))
    # The other side may well agree: then it is a question of what is promised, not of copies.
    fields = ("replication", *AGREEMENT) if user else AGREEMENT
    yield Clue(words, failed, fields, pages, nodes, services=(service,))


def leaderless(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """Enough copies were there, and had not elected a leader yet."""
    elections = elections_of(facts)
    away = {group.service: _away_of(facts, group) for group in groups_of(facts)}
    for service, record in electing(facts).items():
        too_few_then = away.get(service, ())
        asked = asked_in_vain(facts, failures, service)
        told = failed_in(asked, too_few_then)
        rest = [one for one in asked if one.operation not in told]
        gaps = [
            (one, failed)
            for one in elections
            if one.service == service
            and (failed := len(failed_in(rest, _without(one, too_few_then))))
        ]
        if not gaps:
            continue
        worst, _ = max(gaps, key=lambda gap: gap[1])
        weight = sum(failed for _, failed in gaps)
        sample = record.election.sampler()
        shortest, longest = lasting(sample(0.0)), lasting(sample(NEARLY_ALL))
        timeout = shortest if shortest == longest else f"{shortest} to {longest}"
        words = f"{_gap(facts, worst)}; a copy waits {timeout} before it stands."
        if len(gaps) > 1:
            words += f" That was the worst of {count(len(gaps), 'such time')};"
            words += f" {count(weight, 'operation')} failed in them."
        else:
            words += f" {count(weight, 'operation')} failed in that time."
        yield Clue(words, weight, ELECTIONS, ("raft", "failover"), services=(service,))


def _without(election: Election, away: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The time without a leader in which enough copies were there to elect one."""
    from_us = election.lost_us
    found: list[Stretch] = []
    for one in away:
        if one.to_us <= from_us or one.from_us >= election.time_us:
            continue
        if one.from_us > from_us:
            found.append(Stretch(from_us, one.from_us, 0))
        from_us = one.to_us
    if from_us < election.time_us:
        found.append(Stretch(from_us, election.time_us, 0))
    return tuple(found)


def _gap(facts: Facts, election: Election) -> str:
    waited = lasting(election.waited_us)
    words = f"{election.service} had no leader for {waited} from {moment(election.lost_us)} on"
    if election.leader == NOBODY:
        return f"{words}, to the end of the night"
    (leader,) = facts.names((election.leader,))
    return f"{words}, until {leader} was elected"


def elected_in_vain(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """A leader that no fault had struck was followed by another one."""
    for service in electing(facts):
        vain = [
            one
            for one in elections_of(facts)
            if one.service == service
            and one.strike is None
            and not one.handed
            and one.before not in (NOBODY, one.leader)
            and one.leader != NOBODY
        ]
        if vain:
            gaps = [Stretch(one.lost_us, one.time_us, 0) for one in vain]
            failed = failed_in(asked_in_vain(facts, failures, service), gaps)
            nodes = tuple(dict.fromkeys(facts.names([one.before for one in vain])))
            words = (
                f"{count(len(vain), 'time')} the copies of {service} elected another leader, "
                f"though no fault had struck {listed(nodes)}."
            )
            pages = ("failure-detection", "raft")
            weight = max(1, len(failed))
            yield Clue(words, weight, ELECTIONS, pages, nodes, services=(service,))
