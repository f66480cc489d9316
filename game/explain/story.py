"""The story of a run: sentences in order of time, every number in them counted in the Log."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from game.engine.causes import Cause, broken_meaning
from game.engine.log import Change
from game.explain.aftermath import QUEUED, Aftermath, aftermath_of
from game.explain.elections import elections_told
from game.explain.facts import Facts
from game.explain.loads import loads_told
from game.explain.looks_at_trust import done_twice_by_copies, replaying
from game.explain.noticing import false_alarms, noticed, outs_of
from game.explain.on_call import on_call_told
from game.explain.outages import Outage
from game.explain.own_goals import goal_words
from game.explain.predictions import predictions_told
from game.explain.reigns import reigns_told
from game.explain.strikes import Strike, left_out
from game.explain.together import parts_told, together
from game.explain.traffic import rescued, traffic
from game.explain.words import count, lasting, listed, moment, sentence, share
from game.level.level_kinds import NEMESIS
from game.score.words import target_words

MOST_OUTAGES = 3
"""Outages that are told each by itself: those with most failures."""
MOST_STRIKES = 3
"""A fault that struck more often is told in one sentence."""
MOST_ALARMS = 3
LEAST_AGAIN = 20
"""Retries and hedges are told from one in so many requests on."""
LEAST_WASTED = 100
"""Wasted work is told from one part in so many on."""

Timed = tuple[int, str]
"""When, and a sentence."""


def story(facts: Facts) -> tuple[str, ...]:
    """The whole story."""
    timed = [line for part in PARTS for line in part(facts)]
    in_order = sorted(timed, key=lambda line: line[0])
    return (*_before(facts), *(words for _, words in in_order), *_after(facts))


# Before and after the night


def _before(facts: Facts) -> Iterator[str]:
    valid, failed = len(facts.valid), len(facts.failures)
    first_us, last_us = facts.score.window_us
    window = f"from {moment(first_us)} to {moment(last_us)}"
    if valid:
        became = f"{failed:,} of them failed" if failed else "all of them were good"
        yield (
            f"What counts is what was asked {window}: {count(valid, 'operation')}, and {became}."
        )
    else:
        yield f"What counts is what was asked {window}, and nothing was asked then."
    missing = left_out(facts.log)
    if missing:
        yield f"Left out of this run: {listed(missing)}."
    if not facts.strikes:
        yield "No fault struck."


def _after(facts: Facts) -> Iterator[str]:
    failed_in_all = sum(one.failed for one in facts.operations)
    failed = len(facts.failures)
    if failed_in_all > failed:
        yield f"{count(failed_in_all - failed, 'more operation')} failed outside what counts."
    seen = any(one.seen for one in facts.operations)
    if not seen and facts.operations and facts.strikes:
        names = listed([facts.fault_id(fault) for fault in _struck(facts)])
        yield f"No user saw a failure, in spite of {names}."
    yield from _broken_promises(facts)
    saved = rescued(facts)
    if saved:
        yield f"{count(saved, 'good operation')} had been asked again by the client."
    tally = facts.score.tally
    if tally.service_us and tally.wasted_us * LEAST_WASTED >= tally.service_us:
        yield (
            f"Of all the time that requests were in service ({lasting(tally.service_us)}, added "
            f"up), {share(tally.wasted_us, tally.service_us)} was wasted: nobody waited for the "
            "answer."
        )
    for goal in facts.score.goals:
        if not goal.met and goal.lost_at_us is None and not facts.log.verdict:
            measured = goal_words(goal, tally)
            asked = target_words(goal)
            yield f"The goal {goal.id} was missed: {measured}, where {asked} was asked for."
    yield from predictions_told(facts)
    yield from _broken_off(facts)


def _broken_promises(facts: Facts) -> Iterator[str]:
    """What checkers found: nobody saw it, and it is worse than what everybody saw."""
    copied = {one.operation for those in done_twice_by_copies(facts).values() for one in those}
    for cause in sorted({anomaly.cause for anomaly in facts.anomalies}):
        found = [anomaly for anomaly in facts.anomalies if anomaly.cause is cause]
        numbers = {anomaly.operation for anomaly in found}
        ends = [one.ended_us for one in facts.operations if one.number in numbers]
        blamed = list(dict.fromkeys(anomaly.blame for anomaly in found if anomaly.blame >= 0))
        if cause is Cause.DUPLICATE and numbers <= copied:
            blamed = replaying(facts)
        faults = listed([facts.fault_id(fault) for fault in blamed])
        why = f"because of {faults}" if blamed else "without a fault"
        when = f" They ended from {moment(min(ends))} to {moment(max(ends))}." if ends else ""
        yield (
            f"{count(len(numbers), 'operation')} came to {cause.word} ({broken_meaning(cause)}), "
            f"{why}.{when}"
        )


def _broken_off(facts: Facts) -> Iterator[str]:
    at = moment(facts.log.ended_us)
    if facts.log.verdict == "too-expensive":
        yield (
            f"At {at} the run was broken off: it had used all of the "
            f"{count(facts.system.event_budget, 'event')} that the level allows."
        )
    elif facts.log.verdict:
        yield f"At {at} the engine broke, which is the game's own fault: {facts.log.error}"


# Faults


def _struck(facts: Facts) -> list[int]:
    return sorted({strike.fault for strike in facts.strikes})


def _faults(facts: Facts) -> Iterator[Timed]:
    for fault in _struck(facts):
        strikes = facts.strikes_by(fault)
        if len(strikes) > MOST_STRIKES:
            yield strikes[0].began_us, _often(facts, strikes)
            continue
        for strike in strikes:
            yield strike.began_us, _began(facts, strike)
            if strike.ended_us is None:
                yield facts.log.ended_us, f"{facts.fault_id(fault)} still went on at the end."
            else:
                yield from _ended(facts, strike, strike.ended_us)


def _began(facts: Facts, strike: Strike) -> str:
    targets = facts.names(strike.machines) or list(facts.fault(strike.fault).target)
    where = f" at {listed(targets)}" if targets else ""
    says = facts.says(strike.fault)
    words = f"At {moment(strike.began_us)} {facts.fault_id(strike.fault)} began{where}"
    return sentence(f"{words}: {says}" if says else words)


def _often(facts: Facts, strikes: Sequence[Strike]) -> str:
    end_us = facts.log.ended_us
    total_us = sum((end_us if s.ended_us is None else s.ended_us) - s.began_us for s in strikes)
    places = sorted({place for strike in strikes for place in strike.machines})
    where = f" at {listed(facts.names(places))}" if places else ""
    says = facts.says(strikes[0].fault)
    words = (
        f"From {moment(strikes[0].began_us)} on {facts.fault_id(strikes[0].fault)} struck "
        f"{len(strikes):,} times{where}, for {lasting(total_us)} in all"
    )
    return sentence(f"{words}: {says}" if says else words)


def _ended(facts: Facts, strike: Strike, ended_us: int) -> Iterator[Timed]:
    name = facts.fault_id(strike.fault)
    words = f"{name} was over at {moment(ended_us)}"
    left = aftermath_of(facts, strike)
    if left is not None:
        yield ended_us, " ".join((f"{words}.", *_left_words(facts, left, ended_us, name)))
        return
    blamed = sum(
        one.seen and one.blame == strike.fault and one.invoked_us <= ended_us
        for one in facts.operations
    )
    if blamed and len(facts.strikes_by(strike.fault)) == 1:
        words += f"; {count(blamed, 'operation')} failed because of it, none that was asked later"
    yield ended_us, f"{words}."


def _left_words(facts: Facts, left: Aftermath, ended_us: int, name: str) -> Iterator[str]:
    yield (
        f"{count(left.failed, 'operation')} asked after that still failed because of it, the last "
        f"one {lasting(left.last_us - ended_us)} after its end."
    )
    if left.up_us is not None:
        yield f"The machine was up again {lasting(left.up_us - ended_us)} after the end of {name}."
    queued = sum(number for cause, number in left.causes if cause in QUEUED)
    if 2 * queued > left.failed:
        words = listed([cause.word for cause, _ in left.causes if cause in QUEUED])
        of_them = "All of them" if queued == left.failed else f"{queued:,} of them"
        yield f"{of_them} were {words}: a backlog outlived the fault."
    barred = dict(left.causes).get(Cause.BREAKER_OPEN, 0)
    if barred:
        yield f"For {barred:,} of them a circuit breaker was still open."
    meanwhile = traffic(facts, ended_us, left.last_us)
    if meanwhile.again * LEAST_AGAIN >= meanwhile.requests > 0:
        again = share(meanwhile.again, meanwhile.requests)
        yield f"Meanwhile {again} of all requests were {meanwhile.words}."


def _noticing(facts: Facts) -> Iterator[Timed]:
    outs = outs_of(facts)
    for fault in _struck(facts):
        strikes = facts.strikes_by(fault)
        if len(strikes) <= MOST_STRIKES:
            for strike in strikes:
                yield from noticed(facts, strike, outs)
    alarms = false_alarms(facts, outs)
    names = facts.log.places
    for out in alarms[:MOST_ALARMS]:
        yield (
            out.from_us,
            f"{names[out.caller]} took {names[out.machine]} out of rotation at "
            f"{moment(out.from_us)}, though no fault was at work on it.",
        )
    if len(alarms) > MOST_ALARMS:
        more = count(len(alarms) - MOST_ALARMS, "more time")
        yield alarms[MOST_ALARMS].from_us, f"That happened {more}, to machines without a fault."


def _breakers(facts: Facts) -> Iterator[Timed]:
    rows = [row for row in facts.log.changes.rows() if row[1] == Change.BREAKER_OPENED]
    if rows:
        time_us, _, place, _ = rows[0]
        name = facts.log.places[place]
        more = f"; breakers opened {len(rows):,} times in all" if len(rows) > 1 else ""
        yield time_us, f"The circuit breaker of {name} opened at {moment(time_us)}{more}."


# What users saw


def _outages(facts: Facts) -> Iterator[Timed]:
    outages = facts.outages
    told = sorted(outages, key=lambda one: (-one.failed, one.first_us))[:MOST_OUTAGES]
    for outage in sorted(told, key=lambda one: one.first_us):
        yield outage.first_us, " ".join(_outage_words(facts, outage))
    rest = [outage for outage in outages if outage not in told]
    if rest:
        failed = sum(outage.failed for outage in rest)
        yield (
            rest[0].first_us,
            f"{count(len(rest), 'smaller run')} of failures began at {moment(rest[0].first_us)} or "
            f"later, with {count(failed, 'failure')} in all.",
        )


def _outage_words(facts: Facts, outage: Outage) -> Iterator[str]:
    since = _since_fault(facts, outage)
    if outage.failed == 1:
        cause = outage.causes[0][0].word
        words = f"At {moment(outage.first_us)} one operation failed ({cause})"
        yield f"{words},{since}." if since else f"{words}."
    else:
        failed = (
            f"all {outage.ended:,} operations that ended then failed"
            if outage.failed == outage.ended
            else f"{outage.failed:,} of the {outage.ended:,} operations that ended then failed"
        )
        yield (
            f"Users saw failures from {moment(outage.first_us)} to {moment(outage.last_us)}, for "
            f"{lasting(outage.length_us)}: {failed}."
        )
        if since:
            yield f"The first came{since}."
        yield _causes(outage.causes)
    yield _blame(facts, outage)
    during = traffic(facts, outage.first_us, outage.last_us)
    if outage.failed > 1 and during.again * LEAST_AGAIN >= during.requests > 0:
        before = traffic(facts, 0, outage.first_us - 1)
        was = f", against {share(before.again, before.requests)} before" if before.requests else ""
        again = share(during.again, during.requests)
        yield f"Of all requests sent then, {again} were {during.words}{was}."


def _since_fault(facts: Facts, outage: Outage) -> str:
    """ " 4 ms after crash began", "" where no fault is to blame for the first failure."""
    if outage.first_blame < 0:
        return ""
    name = facts.fault_id(outage.first_blame)
    began = [
        strike.began_us
        for strike in facts.strikes_by(outage.first_blame)
        if strike.began_us <= outage.first_us
    ]
    if not began:
        return f" because of {name}"
    return f" {lasting(outage.first_us - max(began))} after {name} began"


def _causes(causes: Sequence[tuple[Cause, int]]) -> str:
    if len(causes) == 1:
        return f"The cause of all was {causes[0][0].word}."
    return f"Their causes: {listed([f'{cause.word} ({number:,})' for cause, number in causes])}."


def _blame(facts: Facts, outage: Outage) -> str:
    found = together(facts)
    own = {fault for fault, _ in outage.blame}
    attacked = len(own) > 1 or facts.level.kind == NEMESIS
    if found is not None and attacked and own <= set(found.faults):
        return f"They go back to {listed([facts.fault_id(one) for one in found.faults])}, together."
    if len(outage.blame) > 1:
        parts = [f"{facts.fault_id(fault)} ({number:,})" for fault, number in outage.blame]
        return f"They go back to {listed(parts)}."
    fault = outage.blame[0][0]
    them = "it" if outage.failed == 1 else "them"
    if fault < 0:
        return f"No fault is to blame for {them}."
    goes = "It goes" if outage.failed == 1 else "All go"
    return f"{goes} back to {facts.fault_id(fault)}."


def _goals(facts: Facts) -> Iterator[Timed]:
    for goal in facts.score.goals:
        if goal.lost_at_us is not None:
            yield (
                goal.lost_at_us,
                f"At {moment(goal.lost_at_us)} the goal {goal.id} was lost "
                f"({target_words(goal)}; in the end it was "
                f"{goal_words(goal, facts.score.tally)}).",
            )


PARTS: tuple[Callable[[Facts], Iterator[Timed]], ...] = (
    _noticing,
    _faults,
    on_call_told,
    _outages,
    parts_told,
    loads_told,
    reigns_told,
    elections_told,
    _breakers,
    _goals,
)
"""Who adds sentences to the night. Those of one moment stand in this order."""
