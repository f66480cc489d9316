"""Loads: when clients came in other numbers than before."""

from __future__ import annotations

from collections.abc import Iterator

from game.explain.facts import Facts
from game.explain.words import moment
from game.level.model import Client

SECOND_US = 1_000_000
AS_MUCH = 0.15
"""Two rates that differ by no larger share of the first one are told as the same."""


def loads_told(facts: Facts) -> Iterator[tuple[int, str]]:
    """(time, sentence) about each step of the load, with what was counted before and after it."""
    for index, client in enumerate(facts.system.clients):
        invoked = [one.invoked_us for one in facts.operations if one.client == index]
        yield from _steps(client, invoked, facts.log.ended_us)


def _steps(client: Client, invoked: list[int], ended_us: int) -> Iterator[tuple[int, str]]:
    steps = sorted((step.at, step.times) for step in client.load if step.at < ended_us)
    begins = [client.starts, *(at for at, _ in steps), ended_us]
    begun = [at_us for at_us, _ in steps if at_us > client.starts]
    first = _per_second(invoked, client.starts, min(begun, default=ended_us))
    before = 1.0
    for number, (at_us, times) in enumerate(steps):
        from_us, to_us = max(client.starts, begins[number]), begins[number + 2]
        if times != before and at_us > client.starts:
            was, now = _per_second(invoked, from_us, at_us), _per_second(invoked, at_us, to_us)
            yield (
                at_us,
                f"From {moment(at_us)} on {client.id} {_words(times, now, first)}: {_rate(now)} "
                f"operations a second were counted, after {_rate(was)}"
                f"{_beside(times, now, first)}.",
            )
        before = times


def _words(times: float, now: float, first: float) -> str:
    """What the client did, as far as what was counted bears it out."""
    if times == 0:
        return "asked nothing any more"
    if times != 1:
        return f"asked {times:,g} times as much as at first"
    return "asked as much as at first again" if _alike(now, first) else "came as at first again"


def _beside(times: float, now: float, first: float) -> str:
    """ ", and 26 at first", where chance has made it another number."""
    return f", and {_rate(first)} at first" if times == 1 and not _alike(now, first) else ""


def _alike(now: float, first: float) -> bool:
    return abs(now - first) <= AS_MUCH * first


def _per_second(invoked: list[int], from_us: int, to_us: int) -> float:
    """Operations a second between two moments."""
    number = sum(from_us <= at_us < to_us for at_us in invoked)
    return number * SECOND_US / max(1, to_us - from_us)


def _rate(per_second: float) -> str:
    return f"{per_second:,.0f}" if per_second >= 10 else f"{per_second:.1f}".removesuffix(".0")
