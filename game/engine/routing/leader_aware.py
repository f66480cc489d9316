"""Leader-aware: ask the primary, as far as it is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.causes import Cause
from game.engine.registry import REGISTRY
from game.engine.routing.round_robin import Turns

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.caller import Caller
    from game.engine.target import Target

BUSY = frozenset((Cause.QUEUE_FULL, Cause.SHED, Cause.RATE_LIMITED))
"""Answers of a machine that is there: they say nothing of who leads."""


@REGISTRY.register(
    "balancer",
    "leader-aware",
    says="the machine that leads, as far as somebody said which one that is; else each in turn",
    codex="leader-aware",
    parts=lambda _: 1,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderAware:
    """Each caller for itself believes what `no-leader` answers say, and a write that went well, and
    forgets it when the machine is silent or refuses; no parameters."""

    needs_luck: ClassVar[bool] = False
    returns: ClassVar[bool] = True
    """A call that was told who leads goes there, also if it was there before."""

    def build(self, caller: Caller) -> Follower:
        """The balancer of one caller."""
        return Follower(caller)


class Follower:
    """Knows the leader, or asks around."""

    __slots__ = ("caller", "leader", "turns")

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.leader: Target | None = None
        self.turns = Turns()

    def pick(self, targets: Sequence[Target], luck: float) -> Target:
        """The leader, if it is known and in rotation."""
        if self.leader is not None and self.leader in targets:
            return self.leader
        return self.turns.pick(targets, luck)

    def sent(self, attempt: Attempt) -> None:
        """Nothing is known from that."""

    def closed(self, attempt: Attempt, cause: int) -> None:
        """Learn from what came back, or did not."""
        target = attempt.target
        if cause == Cause.NONE:
            if attempt.call.open and attempt.call.operation.write:
                self.leader = target
        elif cause == Cause.NO_LEADER and self.caller.hears:
            named = (one for one in self.caller.targets if one.station.node.place == attempt.leader)
            self.leader = next(named, None)
        elif target is self.leader and cause not in BUSY:
            self.leader = None

    def forget(self) -> None:
        """The caller lost its memory, and gets another balancer."""
