"""What levels teach: the statements of an introduction to distributed systems, by id.

A level names those that it makes a player live, in `teaches`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from game.level.model import Level
from game.level.problems import Complaint
from game.level.registry import Registry
from game.level.variants import Variants

CURRICULUM: Mapping[str, str] = {
    "why.lamport": "Your work can be stopped by a computer that you did not know of.",
    "challenge.network": "Messages get lost, come late, and overtake each other.",
    "challenge.independent": "Machines fail one at a time, and one must not take the rest along.",
    "challenge.time": "No two machines agree on what time it is.",
    "challenge.scale": "With more machines there is more that goes wrong.",
    "pillar.correctness": "What must hold, holds through every failure.",
    "pillar.efficiency": "More machines can do less: they have to agree.",
    "pillar.scale": "The same design for ten users and for ten million.",
    "pillar.availability": "Each nine costs more than the one before it.",
    "fallacy.reliable": "The network is not reliable.",
    "fallacy.latency": "Every message takes its time.",
    "fallacy.bandwidth": "A wire carries so much and no more.",
    "fallacy.secure": "Not every message is from whom it says.",
    "fallacy.topology": "Machines move, and addresses with them.",
    "fallacy.administrator": "Others change the system too.",
    "fallacy.transport": "Bytes that travel cost money.",
    "fallacy.homogeneous": "Machines, links and versions are not alike.",
    "tradeoff.consistency": "While the network is cut, be right or be open.",
    "tradeoff.latency": "Answer soon, or get much done.",
    "tradeoff.complexity": "Each part that helps can fail as well.",
    "tradeoff.cost": "Speed has a price, and headroom too.",
    "system.search": "One question asks a hundred machines, and waits for the slowest.",
    "system.streaming": "Films are played from somewhere near.",
    "system.bank": "Money is kept in several places, and is the same in all of them.",
    "system.social": "A reply is seen after what it replies to, wherever one looks.",
    "system.shop": "Everybody comes at once, and nothing is sold twice.",
    "progress.access": "From anywhere, on anything, over any network.",
    "progress.continuous": "It goes on while parts of it fail and are exchanged.",
    "progress.scale": "Data that no machine could hold, moved while it is used.",
    "progress.transparent": "Nobody notices that it is more than one machine.",
    "think.failure": "Failure is normal: plan for it.",
    "think.time": "Never build on clocks that agree.",
    "think.messages": "A message may not arrive, or arrive twice.",
    "think.scale": "What is harmless for ten is fatal for ten thousand.",
    "think.simplicity": "What is not there cannot fail.",
    "learn.reason": "Reason about what can happen, not about what should.",
    "learn.failures": "Know the ways in which systems fail.",
    "learn.patterns": "Know the patterns that hold at scale.",
    "learn.tradeoffs": "Know what each choice costs.",
    "learn.build": "Build what is reliable and efficient.",
}


def warn_of_lessons(
    level: Level, _registry: Registry, _found: Variants | None
) -> Iterator[Complaint]:
    """Ids that no statement has."""
    for index, lesson in enumerate(level.teaches):
        if lesson not in CURRICULUM:
            loc = ("teaches", index)
            message = f'the curriculum has no "{lesson}"'
            yield Complaint(
                "unknown-lesson", message, loc, word=lesson, allowed=CURRICULUM, of="ids"
            )
