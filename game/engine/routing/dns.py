"""DNS: a name is resolved now and then, and its answer is believed until it expires."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.log import Change
from game.engine.registry import REGISTRY
from game.engine.routing.round_robin import Turns
from game.level.annotations import PositiveCount, PositiveDurationUs

if TYPE_CHECKING:
    from game.engine.caller import Caller
    from game.engine.target import Target


@REGISTRY.register(
    "balancer",
    "dns",
    says="the machines that a name stood for when it was last resolved, in turn",
    parts=lambda _: 1,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Dns:
    """Mockapetris, Domain Names, RFC 1034, sections 3.6 and 5.3.3; Brisco, DNS Support for Load
    Balancing, RFC 1794. What takes a machine out of rotation (`health`, `outliers`, a drain) takes
    it out of the records of the name; whoever has an answer goes on with that until it expires."""

    ttl: PositiveDurationUs = 60_000_000
    """How long an answer is believed."""
    addresses: PositiveCount | None = None
    """Machines in an answer; the next answer begins with the one after these. Default: all that
    there are."""

    needs_luck: ClassVar[bool] = False
    returns: ClassVar[bool] = True
    """Who has one address asks that one again."""
    resolves: ClassVar[bool] = True
    """The caller does not know itself which targets are in rotation."""

    def build(self, caller: Caller) -> Resolver:
        """The balancer of one caller."""
        return Resolver(self, caller)


class Resolver:
    """The answer that one caller has, and until when it believes it. Resolving takes no time."""

    __slots__ = ("answer", "caller", "expires_us", "gone", "last", "record", "resolved", "turns")

    def __init__(self, record: Dns, caller: Caller) -> None:
        self.record = record
        self.caller = caller
        self.answer: list[Target] = []
        self.expires_us = 0
        self.turns = Turns()
        self.last = -1
        """Index of the last machine that an answer named."""
        self.gone: set[int] = set()
        """Targets that the name did not stand for when it was last resolved."""
        self.resolved = 0
        """How often the name was resolved."""

    def pick(self, targets: Sequence[Target], luck: float) -> Target:
        """The next machine of the answer. A fan-out to more than it names finds others."""
        if self.caller.kernel.now >= self.expires_us:
            self.resolve()
        return self.turns.pick([one for one in self.answer if one in targets] or targets, luck)

    def resolve(self) -> None:
        """Ask for the records of the name; while none is good, all are given."""
        targets = self.caller.targets
        records = [target for target in targets if target.in_rotation] or targets
        self._note({target.index for target in targets} - {target.index for target in records})
        count = min(self.record.addresses or len(records), len(records))
        begin = next((n for n, one in enumerate(records) if one.index > self.last), 0)
        chosen = [records[(begin + offset) % len(records)] for offset in range(count)]
        for target in chosen:
            if target.stale is not None:
                target.stale.learn()
        self.last = chosen[-1].index
        self.answer = sorted(chosen, key=lambda target: target.index)
        self.expires_us = self.caller.kernel.now + self.record.ttl
        self.resolved += 1

    def _note(self, gone: set[int]) -> None:
        """Log which machines the name stands for no more, or again, as this caller learns it."""
        caller = self.caller
        for index in sorted(gone ^ self.gone):
            change = Change.TARGET_OUT if index in gone else Change.TARGET_BACK
            place = caller.targets[index].station.node.place
            caller.world.log.changes.append((caller.kernel.now, change, caller.place, place))
        self.gone = gone
