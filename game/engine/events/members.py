"""Events of machines that watch each other. `caller` is the one that watches, `node` the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from game.engine.events.changes import CODEX, OfNode, OfSuspicion, OfTarget
from game.engine.events.event import Total
from game.engine.log import Change
from game.engine.registry import REGISTRY


@REGISTRY.register(
    "event", "suspicion", says="A machine suspects another one, and lets it object.", codex=CODEX
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion(OfSuspicion):
    """Nobody acts on it yet: only SWIM has it, other detectors have `member-down` at once."""

    change: ClassVar[Change] = Change.MEMBER_SUSPECTED


@REGISTRY.register(
    "event", "member-down", says="A machine takes another one for dead.", codex=CODEX
)
@dataclass(frozen=True, slots=True, kw_only=True)
class MemberDown(OfSuspicion):
    """A detection, or a mistake. Nothing is sent to the node from that machine any more."""

    change: ClassVar[Change] = Change.MEMBER_DOWN


@REGISTRY.register("event", "member-up", says="A machine trusts another one again.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class MemberUp(OfTarget):
    """After a suspicion, or after it took it for dead."""

    change: ClassVar[Change] = Change.MEMBER_UP


@REGISTRY.register(
    "event", "refutation", says="A machine hears that it is suspected, and objects.", codex=CODEX
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Refutation(OfNode):
    """About the one that objects."""

    change: ClassVar[Change] = Change.INCARNATION


@REGISTRY.register(
    "event",
    "unanswered",
    says="A period of SWIM ends without an answer; only counted.",
    codex=CODEX,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered(Total):
    """Neither directly nor by others, whether or not that led to a new suspicion."""

    total: ClassVar[str] = "unanswered"
