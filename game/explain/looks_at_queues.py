"""Clues about closed loops: who asks again as soon as the answer is there keeps a queue full."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from game.explain.aftermath import QUEUED
from game.explain.clue import CAPACITY, FAILING, SLOW, Clue, Failures
from game.explain.facts import Facts
from game.explain.nearness import parts_near
from game.explain.stays import Stay, stays_of
from game.explain.words import count, lasting, share
from game.score.measures import MEASURES

CROWDED = 2
"""Requests stood in line, if they were there so many times as long as they have to be."""
LOOP = ("population", "think", "call", "fan_out", "starts")
"""Fields that say how much a closed loop asks for at once."""


def closed_loops(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """A closed loop brought most of the work of a machine at which requests stood in line."""
    if not any(client.population is not None for client in facts.system.clients):
        return
    missed = [goal.measure for goal in facts.score.goals if not goal.met]
    if not failures and not any(one in FAILING or one not in MEASURES for one in missed):
        return
    stays = stays_of(facts)
    fastest: dict[str, int] = {}
    for one in stays:
        if one.served:
            fastest[one.service] = min(fastest.get(one.service, one.length_us), one.length_us)
    at_place: defaultdict[int, list[Stay]] = defaultdict(list)
    for one in stays:
        if one.service in fastest:
            at_place[one.place].append(one)
    clues = [
        clue
        for place, own in sorted(at_place.items())
        if (clue := _at(facts, failures, place, own, fastest)) is not None
    ]
    yield from sorted(clues, key=lambda clue: -clue.weight)[:1]


def _at(
    facts: Facts, failures: Failures, place: int, stays: Sequence[Stay], fastest: dict[str, int]
) -> Clue | None:
    """What one machine says of the group that brought most of its work."""
    work = Counter[int]()
    for one in stays:
        work[one.client] += fastest[one.service]
    total_us, there_us = work.total(), sum(one.length_us for one in stays)
    ((most, own_us),) = work.most_common(1)
    client = facts.system.clients[most]
    if (
        client.population is None
        or not own_us
        or 2 * own_us < total_us
        or there_us < CROWDED * total_us
    ):
        return None
    counted = {one.number for one in facts.valid}
    in_line = {
        one.operation
        for one in stays
        if one.length_us >= CROWDED * fastest[one.service] and one.operation in counted
    }
    waited = {one.number for one in failures if facts.root_cause(one) in QUEUED | SLOW} & in_line
    weight = len(waited if failures else in_line)
    if not weight:
        return None
    (name,) = facts.names((place,))
    requests = [one for one in stays if one.client == most]
    least = lasting(max(fastest[one.service] for one in requests))
    at_once = f"{there_us / facts.log.ended_us:.1f}".removesuffix(".0")
    again = "once" if client.think is None else "some time after"
    words = (
        f"{name} had {at_once} requests at once on average. {share(own_us, total_us)} of the work "
        f"there came from {client.id}, at least {least} a request: "
        f"{count(client.population, 'user')}, each of whom asks again {again} the answer is there."
    )
    services = dict.fromkeys(one.service for one in requests)
    parts = [("client", client.id), *(("service", one) for one in services)]
    near = parts_near(facts.system, parts)
    return Clue(
        words,
        weight,
        LOOP + CAPACITY + ("cpu",),
        ("littles-law", "queue", "batching"),
        (name,),
        near=near,
    )
