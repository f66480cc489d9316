"""Epochs: a coordinator says which copy is the primary, and who belongs to it.

The coordinator is one machine, reached over the network. It knows a copy by its heartbeats alone,
so it learns of a death late, and may take a living copy for dead. What it granted is on its disk;
what it heard is not, so after a crash or a pause it gives every copy its whole time again. One that
was wiped learns the newest epoch from the heartbeats.

Copies and coordinator measure time by clocks of their own. Reigns and leases after Gray and
Cheriton, Leases, SOSP 1989, and van Renesse and Schneider, Chain Replication, OSDI 2004, section 3
(a master that grants configurations).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from game.engine.attempt import NEVER, NO_FAULT
from game.engine.clocks.clock import steady_us, timer_us
from game.engine.log import Change, MessageKind
from game.engine.priorities import TIMER
from game.engine.replication.letters import Post

if TYPE_CHECKING:
    from game.engine.node import Node
    from game.engine.station import Station
    from game.engine.world import World

NOBODY = -1


@dataclass(frozen=True, slots=True)
class Epoch:
    """One configuration. Copies are named by their index."""

    number: int
    """Grows by one with each; 0 is no epoch."""
    primary: int
    members: tuple[int, ...]
    """The copies that a write must reach, the primary among them; only they may succeed it. In a
    chain: in the order in which it reaches them."""
    reign: int
    """The number with which this primary began."""
    blame: int = NO_FAULT
    """The fault that ended the reign before."""


NO_EPOCH = Epoch(0, NOBODY, (), 0)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What a copy tells the coordinator, at fixed intervals."""

    sender: int
    sent_us: int
    """By the steady clock of the copy; no two have the same."""
    epoch: Epoch
    """The newest that it knows; none after a wipe."""
    last_reign: int
    """Of its newest write."""
    length: int
    """Writes in its journal."""
    ready: tuple[int, ...] = ()
    """From the primary, or the tail of a chain: copies that may become members, since it waits for
    them already."""


@dataclass(frozen=True, slots=True)
class Granted:
    """What the coordinator tells a copy, at once and in answer to each heartbeat."""

    epoch: Epoch
    heartbeat_us: int = NEVER
    """When the heartbeat was sent that this answers, by the clock of the copy."""


class Subject(Protocol):
    """A copy, as its coordinator knows it."""

    @property
    def station(self) -> Station:
        """Where it is."""
        ...

    def told(self, granted: Granted) -> None:
        """A letter of the coordinator."""
        ...


class Coordinator:
    """Grants the epochs of one service."""

    __slots__ = (
        "epoch",
        "failover_after_us",
        "heard",
        "interval_us",
        "kernel",
        "log",
        "node",
        "post",
        "reports",
        "subjects",
        "sweeps",
        "wakes",
    )

    def __init__(
        self,
        world: World,
        node: Node,
        service: str,
        subjects: Sequence[Subject],
        interval_us: int,
        failover_after_us: int,
    ) -> None:
        self.kernel = world.kernel
        self.log = world.log
        self.node = node
        self.post = Post(world, node, f"{service}/coordinator")
        self.subjects = subjects
        self.interval_us = interval_us
        self.failover_after_us = failover_after_us
        self.epoch = first_epoch(len(subjects))
        self.reports: dict[int, Heartbeat] = {}
        """The newest heartbeat of each copy; on disk, so that older ones never count."""
        self.heard: dict[int, int] = dict.fromkeys(range(len(subjects)), 0)
        """When each copy was heard of last, by this node's clock."""
        self.wakes = node.wakes
        self.sweeps = 0
        node.on_crash.append(self._crashed)
        node.on_wipe.append(self._wiped)

    def start(self) -> None:
        """Begin to watch."""
        self._plan_sweep(self.failover_after_us)

    # Hearing

    def hear(self, heartbeat: Heartbeat) -> None:
        """A heartbeat arrives: answer it."""
        self._wake()
        sender = heartbeat.sender
        newest = self.reports.get(sender)
        if newest is not None and heartbeat.sent_us < newest.sent_us:
            return
        self.reports[sender] = heartbeat
        self.heard[sender] = self.clock_us()
        if heartbeat.epoch.number > self.epoch.number:
            self.epoch = heartbeat.epoch
        self._settle()
        if heartbeat.epoch.number or sender not in self.epoch.members:
            self._tell(sender, heartbeat.sent_us)

    def _sweep(self, number: int) -> None:
        """Look for copies that have been silent for too long."""
        if number != self.sweeps or self.node.puts_off(self._sweep, number):
            return
        if self.node.state:
            self._plan_sweep(self.interval_us)
            return
        self._wake()
        self._settle()
        living = [self.heard[index] for index in self.heard if self._lives(index)]
        clock_us = self.clock_us()
        due_us = min(living, default=clock_us) + self.failover_after_us
        self._plan_sweep(due_us - clock_us)

    def _plan_sweep(self, after_us: int) -> None:
        self.sweeps += 1
        now = self.kernel.now
        due_us = now + timer_us(self.node, after_us, now)
        self.kernel.at(due_us, self._sweep, self.sweeps, TIMER)

    def clock_us(self) -> int:
        """What it measures silence by."""
        return steady_us(self.node, self.kernel.now)

    def _wake(self) -> None:
        """After a crash or a pause nobody's silence means anything yet."""
        if self.wakes != self.node.wakes:
            self.wakes = self.node.wakes
            self.heard = dict.fromkeys(self.heard, self.clock_us())

    def _lives(self, index: int) -> bool:
        return self.clock_us() - self.heard[index] < self.failover_after_us

    def _is_blank(self, index: int) -> bool:
        """The copy lives, but its disk was wiped since it became a member."""
        report = self.reports.get(index)
        return report is not None and not report.epoch.number

    # Granting

    def _settle(self) -> None:
        """Grant a new epoch if the present one does not fit what was heard."""
        epoch = self.epoch
        fit = [index for index in epoch.members if self._lives(index) and not self._is_blank(index)]
        if epoch.primary in fit:
            members = {*fit, *self._newcomers()}
            if members != set(epoch.members):
                self._grant(epoch.primary, members)
        elif fit:
            self._grant(self._successor(fit), set(fit))
        elif epoch.members == (epoch.primary,) and self._is_blank(epoch.primary):
            # All that was acknowledged is gone with the only disk that had it.
            self._grant(epoch.primary, {epoch.primary}, anew=True)
            report = self.reports[epoch.primary]
            self.reports[epoch.primary] = replace(report, epoch=self.epoch)

    def _newcomers(self) -> list[int]:
        """Living copies that the primary waits for although they are no members."""
        report = self.reports.get(self.epoch.primary)
        if report is None or report.epoch.number != self.epoch.number:
            return []
        return [index for index in report.ready if self._lives(index)]

    def _successor(self, fit: list[int]) -> int:
        """Which of these members is to be the primary, in place of one that is not fit."""
        return max(fit, key=self._rank)

    def _arranged(self, members: set[int]) -> tuple[int, ...]:
        """The members of the next epoch, in their order."""
        return tuple(sorted(members))

    def _rank(self, index: int) -> tuple[int, int, int]:
        """The longest journal that was heard of; of equals the first copy."""
        report = self.reports.get(index)
        if report is None:
            return 0, 0, -index
        return report.last_reign, report.length, -index

    def _grant(self, primary: int, members: set[int], *, anew: bool = False) -> None:
        before = self.epoch
        number = before.number + 1
        reign, blame = before.reign, before.blame
        if primary != before.primary or anew:
            reign, blame = number, self.blame_for(before.primary)
        self.epoch = Epoch(number, primary, self._arranged(members), reign, blame)
        station = self.subjects[primary].station.index
        self.log.changes.append((self.kernel.now, Change.EPOCH_GRANTED, station, number))
        for index in range(len(self.subjects)):
            self._tell(index)

    def _tell(self, index: int, heartbeat_us: int = NEVER) -> None:
        subject = self.subjects[index]
        granted = Granted(self.epoch, heartbeat_us)
        self.post.send(subject.station.node, subject.told, granted, MessageKind.HEARTBEAT)

    def blame_for(self, index: int) -> int:
        """The fault for which a copy is not heard, as only the engine knows it."""
        return self.post.trouble_with(self.subjects[index].station.node)

    # Trouble of its own

    def _crashed(self) -> None:
        self._plan_sweep(self.interval_us)

    def _wiped(self) -> None:
        self.epoch = NO_EPOCH
        self.reports.clear()


def first_epoch(copies: int) -> Epoch:
    """What every copy knows when the night begins: the first is the primary, all are members."""
    return Epoch(1, 0, tuple(range(copies)), 1)
