"""Noticing: who took a struck machine out of rotation, and how long after the fault began."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from game.engine.log import Change
from game.explain.facts import Facts
from game.explain.strikes import STILL_THERE, Strike
from game.explain.words import count, lasting, listed, moment


@dataclass(frozen=True, slots=True)
class Out:
    """A stretch of time in which one caller had one machine out of rotation."""

    caller: int
    """A place; so too `machine`."""
    machine: int
    from_us: int
    to_us: int | None
    """None: still out when the run ended."""


def outs_of(facts: Facts) -> tuple[Out, ...]:
    """All of a run, in order of their beginning."""
    found: list[Out] = []
    open_: dict[tuple[int, int], int] = {}
    for time_us, change, place, value in facts.log.changes.rows():
        key = (place, value)
        if change == Change.TARGET_OUT and key not in open_:
            open_[key] = len(found)
            found.append(Out(place, value, time_us, None))
        elif change == Change.TARGET_BACK and key in open_:
            index = open_.pop(key)
            found[index] = Out(place, value, found[index].from_us, time_us)
    return tuple(found)


def first_outs(strike: Strike, outs: tuple[Out, ...]) -> tuple[Out, ...]:
    """For each caller and struck machine the first time that it was taken out while struck."""
    found: dict[tuple[int, int], Out] = {}
    for out in outs:
        if out.machine in strike.machines and strike.covers(out.from_us):
            found.setdefault((out.caller, out.machine), out)
    return tuple(found.values())


def sent_while_struck(facts: Facts, strike: Strike) -> int:
    """Requests that were sent to the struck machines meanwhile."""
    return sum(
        one.place in strike.machines and strike.covers(one.sent_us) for one in facts.requests
    )


def noticed(facts: Facts, strike: Strike, outs: tuple[Out, ...]) -> Iterator[tuple[int, str]]:
    """(time, sentence) about who noticed one strike, and when; nothing where there is no word."""
    found = first_outs(strike, outs)
    if found:
        yield found[0].from_us, _noticed_words(facts, strike, found)
        yield from _sent_all_the_same(facts, strike, found)
        return
    if isinstance(facts.fault(strike.fault).what, STILL_THERE):
        return
    known = any(
        out.machine in strike.machines
        and out.from_us <= strike.began_us
        and (out.to_us is None or out.to_us > strike.began_us)
        for out in outs
    )
    sent = 0 if known else sent_while_struck(facts, strike)
    if sent:
        machines = listed(facts.names(strike.machines))
        yield (
            facts.log.ended_us if strike.ended_us is None else strike.ended_us,
            f"No caller took {machines} out of rotation while {facts.fault_id(strike.fault)} "
            f"lasted: {count(sent, 'request')} went there all the same.",
        )


def _noticed_words(facts: Facts, strike: Strike, found: tuple[Out, ...]) -> str:
    callers = list(dict.fromkeys(facts.names([out.caller for out in found])))
    machines = list(dict.fromkeys(facts.names([out.machine for out in found])))
    first, last = found[0], found[-1]
    words = f"{listed(callers)} took {listed(machines)} out of rotation"
    name = facts.fault_id(strike.fault)
    after = lasting(first.from_us - strike.began_us)
    if len(found) == 1:
        return f"{words} at {moment(first.from_us)}, {after} after {name} began."
    last_after = lasting(last.from_us - strike.began_us)
    return (
        f"{words}: {facts.log.places[first.caller]} was first, {after} after {name} began, "
        f"{facts.log.places[last.caller]} last, {last_after} after it began."
        if len(callers) > 1
        else f"{words}, the first {after} and the last {last_after} after {name} began."
    )


def _sent_all_the_same(
    facts: Facts, strike: Strike, found: tuple[Out, ...]
) -> Iterator[tuple[int, str]]:
    """Clients that went on to ask machines that they had taken out: there was no better one."""
    nodes = len(facts.log.places) - len(facts.log.clients)
    for caller in dict.fromkeys(out.caller for out in found if out.caller >= nodes):
        own = [out for out in found if out.caller == caller]
        sent = sum(_sent_while_out(facts, strike, out, caller - nodes) for out in own)
        if sent:
            machines = listed(facts.names([out.machine for out in own]))
            yield (
                own[-1].from_us,
                f"{facts.log.places[caller]} sent {machines} {count(sent, 'more request')} all the "
                "same: too few machines were left in rotation.",
            )


def _sent_while_out(facts: Facts, strike: Strike, out: Out, client: int) -> int:
    """Requests of a client group to a machine that it had out, while the strike lasted."""
    ends = [time for time in (out.to_us, strike.ended_us) if time is not None]
    until_us = min(ends, default=facts.log.ended_us)
    service = facts.system.clients[client].call
    return sum(
        one.depth == 0
        and one.client == client
        and one.place == out.machine
        and one.service == service
        and out.from_us < one.sent_us <= until_us
        for one in facts.requests
    )


def false_alarms(facts: Facts, outs: tuple[Out, ...]) -> tuple[Out, ...]:
    """Machines that were taken out while no fault was at work on them, nor on the network."""
    return tuple(
        out
        for out in outs
        if not any(
            strike.covers(out.from_us) and (out.machine in strike.machines or not strike.machines)
            for strike in facts.strikes
        )
    )
