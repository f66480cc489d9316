"""What is only counted in a quorum: repairs, hints, and what copies tell each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from game.engine.events.event import Counter
from game.engine.registry import REGISTRY

READ_REPAIR, HINT_STORED, HINT_DELIVERED = "read-repair", "hint-stored", "hint-delivered"
ANTI_ENTROPY = "anti-entropy"
SIBLINGS = "siblings"


@REGISTRY.register(
    "event", READ_REPAIR, says="A read updates a copy that is behind.", codex="quorum"
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRepairs(Counter):
    """Versions that coordinators sent to copies because of what a read saw."""

    total: ClassVar[str] = READ_REPAIR


@REGISTRY.register(
    "event", HINT_STORED, says="A machine stands in for another one.", codex="quorum"
)
@dataclass(frozen=True, slots=True, kw_only=True)
class HintsStored(Counter):
    """Writes that machines kept for copies which did not answer."""

    total: ClassVar[str] = HINT_STORED


@REGISTRY.register(
    "event", HINT_DELIVERED, says="What was kept for a machine is there.", codex="quorum"
)
@dataclass(frozen=True, slots=True, kw_only=True)
class HintsDelivered(Counter):
    """Hints that were handed over, and confirmed."""

    total: ClassVar[str] = HINT_DELIVERED


@REGISTRY.register(
    "event", ANTI_ENTROPY, says="A copy learns from another one what it lacks.", codex="quorum"
)
@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedFromOthers(Counter):
    """Versions that copies got by comparing ranges of keys."""

    total: ClassVar[str] = ANTI_ENTROPY


@REGISTRY.register(
    "event",
    SIBLINGS,
    says="A read returns several values, none of which is newer.",
    codex="siblings",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class SiblingsRead(Counter):
    """Reads of a key with writes that had not seen each other."""

    total: ClassVar[str] = SIBLINGS
