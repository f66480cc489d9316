"""Clues about callers: asked once, waited too long or not long enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from game.engine.causes import Cause
from game.explain.clue import GONE, RETRIES, SLOW, WAITING, Clue, Failures
from game.explain.facts import Ended, Facts
from game.explain.looks_at_machines import struck_whole
from game.explain.looks_at_trust import refused_by_date
from game.explain.words import count, listed


def asked_once(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """Failures that were told early, and nobody asked again."""
    hopeless = _hopeless(facts, failures)
    refused = refused_by_date(facts)
    retried = {one.operation for one in facts.requests if one.again}
    early = [
        one
        for one in failures
        if one.number not in retried
        and one.blame not in hopeless
        and one.number not in refused
        and one.cause in GONE
        and 2 * (one.ended_us - one.invoked_us) < facts.deadline_us(one.client)
    ]
    if early:
        words = (
            f"{count(len(early), 'operation')} failed{why(facts, early)} with more than half of "
            "their time left, and nobody asked again."
        )
        yield Clue(words, len(early), RETRIES, ("retry", "idempotency"))


def waited_in_vain(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """The whole deadline went by with a single request, though another one might have helped."""
    hopeless = _hopeless(facts, failures)
    at_machines = {strike.fault for strike in facts.strikes if strike.machines}
    requests = Counter(one.operation for one in facts.requests if one.depth == 0)
    retried = {one.operation for one in facts.requests if one.again}
    causes = GONE | {Cause.SERVED_TOO_SLOWLY, Cause.LATE_ANSWER, Cause.DEPENDENCY}
    in_vain = [
        one
        for one in failures
        if requests[one.number] == 1
        and one.number not in retried
        and one.blame not in hopeless
        and (one.cause in causes or (one.blame in at_machines and one.cause in SLOW))
        and one.ended_us - one.invoked_us >= facts.deadline_us(one.client)
    ]
    if in_vain:
        words = (
            f"{count(len(in_vain), 'operation')} that failed{why(facts, in_vain)} spent the whole "
            "of their time on one request; nobody asked again meanwhile."
        )
        yield Clue(words, len(in_vain), WAITING, ("timeouts", "retry", "hedge"))


def given_up_early(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """Callers that gave up on machines that were well, before the user's time was over."""
    at_machines = {strike.fault for strike in facts.strikes if strike.machines}
    early = [
        one
        for one in failures
        if one.cause in SLOW
        and one.blame not in at_machines
        and 10 * (one.ended_us - one.invoked_us) < 9 * facts.deadline_us(one.client)
    ]
    if early:
        words = (
            f"{count(len(early), 'operation')} failed{why(facts, early)} before the user's time "
            "was over, with the answer still to come: a caller gave up first."
        )
        yield Clue(words, len(early), WAITING, ("timeouts",))


def why(facts: Facts, failures: Failures | list[Ended]) -> str:
    """ " because of crash (refused)": which failures a clue counts, where it does not count all."""
    faults = sorted({one.blame for one in failures if one.blame >= 0})
    causes = listed(sorted({one.cause.word for one in failures}))
    unblamed = any(one.blame < 0 for one in failures)
    names = [*(facts.fault_id(fault) for fault in faults), *(["no fault"] if unblamed else [])]
    return f" because of {listed(names)} ({causes})"


def _hopeless(facts: Facts, failures: Failures) -> set[int]:
    """Faults that struck all machines of a service at once: asking another one was no way out."""
    blamed = {one.blame for one in failures if one.blame >= 0}
    return {fault for fault in blamed if struck_whole(facts, fault)}
