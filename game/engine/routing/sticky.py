"""Sticky: a user goes on with the machine that served the first request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.registry import REGISTRY
from game.engine.routing.round_robin import Turns

if TYPE_CHECKING:
    from game.engine.attempt import Operation
    from game.engine.caller import Caller
    from game.engine.target import Target


@REGISTRY.register(
    "balancer",
    "sticky",
    says="a user stays with one machine as long as it is in rotation",
    parts=lambda _: 1,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Sticky:
    """Session affinity, as by a cookie. New users are dealt to machines in turn. Users are those of
    a closed loop; an open loop has none, so there each key stands for one user. No parameters."""

    needs_luck: ClassVar[bool] = False

    def build(self, caller: Caller) -> Sessions:
        """The balancer of one caller."""
        return Sessions(caller)


class Sessions:
    """Remembers where each user went."""

    __slots__ = ("caller", "homes", "turns")

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.homes: dict[int, Target] = {}
        """By what `key_of` makes of an operation."""
        self.turns = Turns()

    def key_of(self, operation: Operation) -> int:
        """The user, told apart from those of other clients."""
        clients = self.caller.world.system.clients
        closed = clients[operation.client].population is not None
        user = operation.user if closed else operation.data_key
        return user * len(clients) + operation.client

    def pick_for(self, targets: Sequence[Target], user: int) -> Target:
        """Where the user went before, if that is among the targets. One that has left the rotation
        is forgotten; one that this call has tried already is only passed over."""
        home = self.homes.get(user)
        if home is not None and home in targets:
            return home
        chosen = self.turns.pick(targets, 0.0)
        if home is None or not home.in_rotation:
            self.homes[user] = chosen
        return chosen

    def pick(self, targets: Sequence[Target], luck: float) -> Target:
        """A caller asks by user: see `Caller.pick`."""
        raise AssertionError("sticky routing needs to know the user")
