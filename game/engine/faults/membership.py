"""Membership: an operator adds a machine to a group that elects its leader, or removes one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from game.engine.faults.orders import REPEAT_US
from game.engine.registry import REGISTRY
from game.engine.replication.epochs import NOBODY
from game.engine.replication.raft import RaftGroup
from game.engine.replication.raft_letters import MemberChange
from game.level.model import SECOND_US

if TYPE_CHECKING:
    from game.engine.world import World


@REGISTRY.register(
    "fault",
    "membership",
    says="an operator gives the machine a vote in its group, or takes it away",
    codex="membership",
    causes=("no-leader",),
    targets=("node",),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipFault:
    """The operator goes from machine to machine of the group, each second to another, until one
    knows that the change is made. One that leads makes it as soon as it may; others pass the order
    on, over the network, to whom they take for the leader. When the fault is over, the operator
    gives up."""

    change: Literal["add", "remove"]
    """What becomes of the machine's vote."""

    over_after_us: ClassVar[int] = 10 * SECOND_US
    """How long the operator tries where the level does not say."""
    changes_members: ClassVar[bool] = True

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Go to the first machine for each change."""
        nodes = world.nodes_named(target)
        orders = [
            Request(world, group, fault, copy.index, joins=self.change == "add")
            for group in world.replications
            if isinstance(group, RaftGroup) and group.changes_members
            for copy in group.copies
            if copy.node in nodes
        ]
        for order in orders:
            order.give(None)

        def end() -> None:
            for order in orders:
                order.is_over = True

        return end


class Request:
    """One change that the operator wants."""

    __slots__ = ("change", "group", "is_over", "kernel", "turn")

    def __init__(
        self, world: World, group: RaftGroup, fault: int, index: int, *, joins: bool
    ) -> None:
        self.kernel = world.kernel
        self.group = group
        self.change = MemberChange(group.server_for(index, joins=joins), joins, fault)
        self.turn = index
        """The machine that is to come or go is asked last."""
        self.is_over = False
        """It is done, or the operator gave up."""

    def give(self, _: None) -> None:
        """At the next machine that knows a leader; who is dead or frozen is passed over."""
        if self.is_over:
            return
        copies = self.group.copies
        for _turn in copies:
            self.turn = (self.turn + 1) % len(copies)
            copy = copies[self.turn]
            if copy.leader != NOBODY and not copy.node.state:
                self.is_over = copy.has_made(self.change)
                copy.ordered(self.change)
                break
        self.kernel.at(self.kernel.now + REPEAT_US, self.give, None)
