"""Loads: when clients came in other numbers than before."""

from __future__ import annotations

from collections.abc import Iterator

from game.explain.facts import Facts
from game.explain.words import moment
from game.level.model import Client

SECOND_US = 1_000_000


def loads_told(facts: Facts) -> Iterator[tuple[int, str]]:
    """(time, sentence) about each step of the load, with what was counted before and after it."""
    for index, client in enumerate(facts.system.clients):
        invoked = [one.invoked_us for one in facts.operations if one.client == index]
        yield from _steps(client, invoked, facts.log.ended_us)


def _steps(client: Client, invoked: list[int], ended_us: int) -> Iterator[tuple[int, str]]:
    steps = sorted((step.at, step.times) for step in client.load if step.at < ended_us)
    begins = [client.starts, *(at for at, _ in steps), ended_us]
    before = 1.0
    for number, (at_us, times) in enumerate(steps):
        from_us, to_us = max(client.starts, begins[number]), begins[number + 2]
        if times != before and at_us > client.starts:
            was, rate = _rate(invoked, from_us, at_us), _rate(invoked, at_us, to_us)
            yield (
                at_us,
                f"From {moment(at_us)} on {client.id} asked {_words(times)}: {rate} operations "
                f"a second were counted, after {was}.",
            )
        before = times


def _words(times: float) -> str:
    if times == 0:
        return "nothing any more"
    if times == 1:
        return "as much as at first again"
    return f"{times:,g} times as much as at first"


def _rate(invoked: list[int], from_us: int, to_us: int) -> str:
    """Operations a second between two moments."""
    number = sum(from_us <= at_us < to_us for at_us in invoked)
    per_second = number * SECOND_US / max(1, to_us - from_us)
    return f"{per_second:,.0f}" if per_second >= 10 else f"{per_second:.1f}".removesuffix(".0")
