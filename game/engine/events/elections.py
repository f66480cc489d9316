"""Events of copies that elect their leader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from game.engine.events.changes import CODEX, OfCopy
from game.engine.log import Change, Role
from game.engine.registry import REGISTRY


@REGISTRY.register("event", "became-leader", says="A copy is elected.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class BecameLeader(OfCopy):
    """A copy learns that a majority voted for it."""

    change: ClassVar[Change] = Change.ROLE
    value: ClassVar[int | None] = Role.LEADER


@REGISTRY.register("event", "became-follower", says="A copy follows, or waits.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class BecameFollower(OfCopy):
    """A copy starts, steps down, or learns that another one was elected."""

    change: ClassVar[Change] = Change.ROLE
    value: ClassVar[int | None] = Role.FOLLOWER


@REGISTRY.register("event", "candidacy", says="A copy stands for election.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class Candidacy(OfCopy):
    """Once for each term in which a copy asks for votes."""

    change: ClassVar[Change] = Change.CANDIDACY


@REGISTRY.register("event", "term-learned", says="A copy learns of a term.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class TermLearned(OfCopy):
    """About the copy that learns of it, or begins it."""

    change: ClassVar[Change] = Change.TERM


@REGISTRY.register(
    "event", "leadership-transfer", says="A leader hands leadership on.", codex=CODEX
)
@dataclass(frozen=True, slots=True, kw_only=True)
class LeadershipTransfer(OfCopy):
    """About the copy that led: it has told another one to stand, which need not win."""

    change: ClassVar[Change] = Change.LEADERSHIP_TRANSFER


@REGISTRY.register(
    "event", "voter-added", says="A majority knows that a copy has a vote.", codex=CODEX
)
@dataclass(frozen=True, slots=True, kw_only=True)
class VoterAdded(OfCopy):
    """About the copy that has a vote from now on."""

    change: ClassVar[Change] = Change.MEMBERSHIP
    value: ClassVar[int | None] = 1


@REGISTRY.register(
    "event", "voter-removed", says="A majority knows that a copy has no vote.", codex=CODEX
)
@dataclass(frozen=True, slots=True, kw_only=True)
class VoterRemoved(OfCopy):
    """About the copy that has no vote any more."""

    change: ClassVar[Change] = Change.MEMBERSHIP
    value: ClassVar[int | None] = 0
