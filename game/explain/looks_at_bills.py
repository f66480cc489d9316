"""Clues about what a plan costs: machines, or bytes that are sent too far."""

from __future__ import annotations

from game.explain.bills import Sent, bill_of, money, sent_across
from game.explain.clue import PRICES, Clue
from game.explain.facts import Facts
from game.explain.nearness import parts_near
from game.explain.words import listed, share

NEARER = ("balancer", "zones", "on")
"""Fields that say how far what is sent has to go."""
LESS = ("answer", "request", "capacity", "store", "ttl", "call")
"""Fields that say how much is sent."""
COST = frozenset(("cost_per_hour",))


def dear(facts: Facts, goal: str) -> Clue:
    """The plan costs more than a goal allows: what for, and what moves the largest part of it."""
    bill = bill_of(facts)
    words = f"The plan costs more than the goal {goal} allows"
    if not bill.bytes_sent:
        return Clue(f"{words}.", 1, PRICES, ("cost",), measures=COST)
    parts = [
        f"{money(micros)} for {what}"
        for micros, what in (
            (bill.machines, "machines"),
            (bill.between_zones, "bytes between zones"),
            (bill.between_regions, "bytes between regions"),
        )
        if micros
    ]
    words = f"{words}: an hour is {listed(parts)}."
    sent = sent_across(facts)
    if not sent:
        return Clue(words, 1, PRICES, ("cost", "transport-cost"), measures=COST)
    ((most, paid),) = sent.most_common(1)
    what = "answers" if most.answers else "requests"
    words += (
        f" Of what is paid for requests and answers on their way, {share(paid, sent.total())} went "
        f"for {what} of {most.service} from {most.from_} to {most.to}."
    )
    nearer = _fields(facts, most)
    fields, pages = (*PRICES, *nearer), ("cost", "transport-cost")
    if bill.bytes_sent > bill.machines:
        fields, pages = (*nearer, *PRICES), ("transport-cost", "cost")
    near = parts_near(facts.system, [("service", most.service)])
    return Clue(words, 1, fields, pages, measures=COST, near=near)


def _fields(facts: Facts, most: Sent) -> tuple[str, ...]:
    """What is there in that zone or not decides whether it can come from nearer by."""
    groups = next(one.on for one in facts.system.services if one.id == most.service)
    zones = {zone for one in facts.system.nodes if one.id in groups for zone in one.zones}
    nearer_by = most.to if most.answers else most.from_
    return (*NEARER, *LESS) if nearer_by in zones else (*LESS, *NEARER)
