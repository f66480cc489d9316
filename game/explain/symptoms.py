"""Symptoms: what was seen at each machine, without a word about why.

A level to diagnose shows them instead of clues until the player has found out what is wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from game.engine.causes import Cause
from game.explain.clue import Clue
from game.explain.facts import Facts, Tried
from game.explain.words import count, lasting, listed, share

MOST_MACHINES = 12
"""That are told of one by one; of more, only those with failures, as far as that goes."""


def symptoms_of(facts: Facts) -> tuple[Clue, ...]:
    """One sentence a machine: what was asked of it, and what became of that."""
    asked: defaultdict[tuple[str, int], list[Tried]] = defaultdict(list)
    for one in facts.requests:
        asked[one.service, one.place].append(one)
    if len(asked) > MOST_MACHINES:
        asked = defaultdict(
            list, {key: those for key, those in asked.items() if any(map(_failed, those))}
        )
    return tuple(_told(facts, asked))[:MOST_MACHINES]


def _told(facts: Facts, asked: dict[tuple[str, int], list[Tried]]) -> Iterator[Clue]:
    names = facts.log.places
    for (service, place), those in sorted(asked.items(), key=lambda one: (one[0][0], one[0][1])):
        bad = [one for one in those if _failed(one)]
        good_us = sorted(one.ended_us - one.sent_us for one in those if not _failed(one))
        words = f"{names[place]} was asked for {service} {count(len(those), 'time')}"
        if bad:
            causes = listed(list(dict.fromkeys(one.cause.word for one in bad))[:3])
            words += f"; {share(len(bad), len(those))} of that failed ({causes})"
        if good_us:
            words += f"; half of the answers took less than {lasting(good_us[len(good_us) // 2])}"
        yield Clue(f"{words}.", len(bad), (), (), (names[place],), measures=frozenset())


def _failed(one: Tried) -> bool:
    return one.cause is not Cause.NONE
