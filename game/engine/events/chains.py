"""Events of copies that form a chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from game.engine.events.changes import CODEX, OfCopy
from game.engine.log import Change, Role
from game.engine.registry import REGISTRY


@REGISTRY.register("event", "became-head", says="A copy is the head of a chain.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class BecameHead(OfCopy):
    """A copy begins to take the writes."""

    change: ClassVar[Change] = Change.ROLE
    value: ClassVar[int | None] = Role.HEAD


@REGISTRY.register("event", "became-middle", says="A copy is amid a chain.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class BecameMiddle(OfCopy):
    """A copy begins to pass on what it gets, and nothing else."""

    change: ClassVar[Change] = Change.ROLE
    value: ClassVar[int | None] = Role.MIDDLE


@REGISTRY.register("event", "became-tail", says="A copy is the tail of a chain.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class BecameTail(OfCopy):
    """A copy begins to acknowledge, or has joined."""

    change: ClassVar[Change] = Change.ROLE
    value: ClassVar[int | None] = Role.TAIL
