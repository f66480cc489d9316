"""Primary-backup: one copy takes all writes and hands them on; the others stand by.

After Alsberg and Day, A Principle for Resilient Sharing of Distributed Resources, ICSE 1976, and
Budhiraja, Marzullo, Schneider and Toueg, The Primary-Backup Approach, 1993. Epochs and membership
are a coordinator's (`epochs.py`), the way of the writes is in `shipping.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from game.engine.attempt import BLOCKED, NEVER, NO_FAULT
from game.engine.causes import Cause
from game.engine.kernel import TIMER
from game.engine.log import Change, MessageKind, Role
from game.engine.network import CONTROL_BYTES
from game.engine.node import State
from game.engine.registry import REGISTRY
from game.engine.replication.copies import go_on
from game.engine.replication.epochs import (
    NO_EPOCH,
    NOBODY,
    Coordinator,
    Epoch,
    Granted,
    Heartbeat,
    first_epoch,
)
from game.engine.replication.journal import Entry, Journal
from game.engine.replication.letters import Post
from game.engine.replication.shipping import (
    MOST_AT_ONCE,
    RESEND_US,
    STALLED,
    Append,
    Ask,
    Confirm,
    Missing,
    Stream,
)
from game.level.annotations import DurationUs, PositiveDurationUs, ServiceName

if TYPE_CHECKING:
    from collections.abc import Callable

    from game.engine.attempt import Attempt
    from game.engine.station import Station
    from game.engine.world import World

GUARD = 10
"""A lease is shorter than the time to a failover by one part in so many."""


@REGISTRY.register(
    "protocol",
    "primary-backup",
    says="one machine takes the writes and copies them to the others, which can take its place",
    codex="primary-backup",
    causes=("no-leader", "no-quorum", "lost-write"),
    facts=("role", "epoch", "lag"),
    parts=lambda _: 3,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryBackup:
    """With `sync`, `fencing` and idempotency keys no acknowledged write is lost and none is applied
    twice, whatever crashes, pauses, and does to the network; a wiped disk is another matter. With
    `async` a failover loses what was not copied yet. Without `fencing` a primary that was deposed
    goes on until it is told, unless its writes wait for others, who refuse them."""

    compares: ClassVar[bool] = True
    """It can tell whether a key was written since it was read."""

    coordinator: ServiceName
    """A service on one machine, which needs no steps: it grants epochs."""
    mode: Literal["async", "semi-sync", "sync"] = "sync"
    """Who must have a write before it is acknowledged: nobody else, one other, or all members."""
    heartbeat: PositiveDurationUs = 500_000
    """How often each copy tells the coordinator that it lives."""
    failover_after: PositiveDurationUs = 2_000_000
    """How long the coordinator waits for a silent copy before it goes on without."""
    fencing: bool = True
    """A primary serves only while it knows that it cannot have been deposed: for less than
    `failover_after` since it sent a heartbeat that was answered."""
    reads: Literal["primary", "any"] = "primary"
    """Who answers reads. A backup may be behind."""
    gather: DurationUs = 100_000
    """How long an `async` primary gathers writes before it hands them on together."""

    def __post_init__(self) -> None:
        if self.failover_after <= self.heartbeat:
            raise ValueError("must have a failover_after that is longer than the heartbeat")

    def build(self, world: World, service: str, stations: list[Station]) -> Replicas:
        """The copies of one service."""
        return Replicas(self, world, service, stations)


class Replicas:
    """All copies of one service, and their coordinator."""

    __slots__ = ("coordinator", "copies", "record", "world")

    def __init__(
        self, record: PrimaryBackup, world: World, service: str, stations: list[Station]
    ) -> None:
        self.record = record
        self.world = world
        self.copies = [
            Replica(self, service, index, station) for index, station in enumerate(stations)
        ]
        self.coordinator: Coordinator | None = None
        court = world.stations_of[record.coordinator]
        if court and stations:
            self.coordinator = Coordinator(
                world, court[0].node, service, self.copies, record.heartbeat, record.failover_after
            )

    def start(self) -> None:
        """The first copy is the primary."""
        if self.coordinator is not None:
            self.coordinator.start()
        for copy in self.copies:
            copy.start(len(self.copies))

    @property
    def epoch(self) -> Epoch:
        """The newest epoch, as only the engine knows it."""
        return first_epoch(len(self.copies)) if self.coordinator is None else self.coordinator.epoch

    def close(self) -> list[Entry]:
        """What the newest primary has took effect; what others have beyond that did not."""
        if not self.copies:
            return []
        epoch = self.epoch
        truth = self.copies[max(0, epoch.primary)].journal
        reigns = truth.reigns()
        for copy in self.copies:
            copy.journal.discard(copy.journal.entries[copy.journal.common(reigns) :], epoch.blame)
        return truth.entries

    def blame(self) -> int:
        """The fault for which there is no primary to be had, or `NO_FAULT`."""
        epoch = self.epoch
        if self.coordinator is None or epoch.primary == NOBODY:
            return NO_FAULT
        fault = self.coordinator.blame_for(epoch.primary)
        if fault == NO_FAULT and not self.copies[epoch.primary].serves():
            fault = epoch.blame
        return fault


class Replica:
    """One copy. Its journal and its epoch are on the disk; all else goes with a crash."""

    __slots__ = (
        "asked_us",
        "attached",
        "beats",
        "committed",
        "confirmed",
        "early",
        "epoch",
        "gathering",
        "group",
        "index",
        "journal",
        "kernel",
        "lease_us",
        "leased_until_us",
        "log",
        "lost_us",
        "node",
        "noted",
        "post",
        "question",
        "record",
        "resending",
        "shipped",
        "station",
        "streams",
        "waiting",
    )

    def __init__(self, group: Replicas, service: str, index: int, station: Station) -> None:
        self.group = group
        self.record = group.record
        self.index = index
        self.station = station
        self.node = station.node
        self.kernel = station.kernel
        self.log = station.world.log
        self.post = Post(station.world, station.node, service)
        self.lease_us = self.record.failover_after - self.record.failover_after // GUARD
        self.journal = Journal(station)
        self.epoch = NO_EPOCH
        self.attached = True
        """Its journal is the primary's, as far as it goes."""
        self.confirmed = True
        """The coordinator answered since the last crash."""
        self.lost_us = NEVER
        """When that was."""
        self.leased_until_us = self.lease_us
        self.early: dict[int, Entry] = {}
        """Writes that came before an earlier one, by position."""
        self.question = 0
        """Number of the last question; counts on through crashes."""
        self.asked_us = NEVER
        self.beats = 0
        self.streams: dict[int, Stream] = {}
        """As the primary: the other copies, as far as they are known."""
        self.committed = 0
        """As the primary: writes that may be acknowledged."""
        self.waiting: dict[int, list[Attempt]] = {}
        """As the primary: attempts that wait until so many writes are committed."""
        self.shipped = 0
        """As the primary: writes that were handed on."""
        self.gathering = False
        self.resending = False
        self.noted: dict[Change, int] = {}
        station.copy = self
        self.node.on_crash.append(self._crashed)
        self.node.on_wipe.append(self._wiped)

    def start(self, copies: int) -> None:
        """Begin to beat, at a random moment of the first interval."""
        self.epoch = first_epoch(copies)
        if self.epoch.primary == self.index:
            self.streams = {
                other: Stream(self.epoch.number, 0)
                for other in range(copies)
                if other != self.index
            }
        self._note(Change.EPOCH, self.epoch.number)
        self._note_role()
        self._plan_beat(int(self.post.luck() * self.record.heartbeat))

    # Operations

    def serves(self) -> bool:
        """Whether it acts as the primary now."""
        if self.epoch.primary != self.index or not self.confirmed:
            return False
        return not self.record.fencing or self.kernel.now < self.leased_until_us

    def write(self, attempt: Attempt) -> None:
        """Apply it, hand it on, and wait for as many others as the mode says."""
        if not self.serves():
            self._refuse(attempt)
            return
        if self.journal.conflicts(attempt):
            self.station.fail(attempt, Cause.REFUSED)
            return
        before = len(self.journal)
        length = self.journal.write(attempt, self.epoch.reign)
        if length > before:
            self._hand_on()
        if self.record.mode == "async" or length <= self.committed:
            go_on(attempt)
        else:
            attempt.phase = BLOCKED
            self.waiting.setdefault(length, []).append(attempt)
        self._advance()

    def read(self, attempt: Attempt) -> None:
        """From the primary, or from anybody if the level says so."""
        if self.record.reads == "any" or self.serves():
            self.journal.answer_read(attempt)
            go_on(attempt)
        else:
            self._refuse(attempt)

    def stop(self, attempt: Attempt) -> None:
        """Nobody waits for the acknowledgement any more; the write stays."""
        for attempts in self.waiting.values():
            if attempt in attempts:
                attempts.remove(attempt)

    def held_by(self) -> int:
        """What is wrong here, or between here and a copy whose confirmation is missing."""
        if self.node.blame != NO_FAULT:
            return self.node.blame
        length = len(self.journal)
        for other in self._needed():
            if self._held(other) < length:
                fault = self.post.trouble_with(self.group.copies[other].node)
                if fault != NO_FAULT:
                    return fault
        return NO_FAULT

    def _refuse(self, attempt: Attempt) -> None:
        """Not me: and whom it takes for the primary."""
        primary = self.epoch.primary
        known = primary not in (self.index, NOBODY)
        attempt.leader = self.group.copies[primary].node.place if known else NOBODY
        if attempt.blame == NO_FAULT:
            attempt.blame = self.group.blame()
        self.station.fail(attempt, Cause.NO_LEADER)

    # As the primary

    def _needed(self) -> list[int]:
        """The other copies that writes may have to wait for."""
        newcomers = [
            other
            for other, stream in self.streams.items()
            if stream.caught_up and other not in self.epoch.members
        ]
        members = [other for other in self.epoch.members if other != self.index]
        return members + newcomers if self.record.mode == "sync" else members

    def _held(self, other: int) -> int:
        stream = self.streams.get(other)
        return 0 if stream is None else stream.held

    def _advance(self) -> None:
        """Acknowledge what enough others have."""
        held = [self._held(other) for other in self._needed()]
        committed = len(self.journal)
        if self.record.mode != "async" and held:
            committed = min(held) if self.record.mode == "sync" else max(held)
        if committed <= self.committed:
            return
        self.committed = committed
        due = [length for length in self.waiting if length <= committed]
        for attempt in [one for length in due for one in self.waiting.pop(length)]:
            if self.serves():
                go_on(attempt)
            else:
                self._refuse(attempt)

    def _hand_on(self) -> None:
        """Send new writes to the others: at once, or soon, together with those to come."""
        if self.record.mode != "async" or not self.record.gather:
            self._ship_new(self.lost_us)
        elif not self.gathering:
            self.gathering = True
            due_us = self.kernel.now + self.record.gather
            self.kernel.at(due_us, self._ship_new, self.lost_us, TIMER)

    def _ship_new(self, lost_us: int) -> None:
        if lost_us != self.lost_us or self.node.is_asleep(self._ship_new, lost_us):
            return
        self.gathering = False
        first, self.shipped = self.shipped, len(self.journal)
        if self.epoch.primary == self.index and first < self.shipped:
            for other in self.streams:
                self._ship(other, first, self.journal.entries[first:])
            self._plan_resend()

    def _ship(self, other: int, first: int, entries: list[Entry]) -> None:
        append = Append(self.epoch, self.index, first, tuple(entries))
        self._send(other, Replica.appended, append, len(entries))

    def _announce(self) -> None:
        """Ask everybody how far they are."""
        for other in range(len(self.group.copies)):
            if other != self.index:
                self._ship(other, len(self.journal), [])
        self.shipped = len(self.journal)
        self._advance()
        self._plan_resend()

    def confirmed_by(self, confirm: Confirm) -> None:
        """A copy says how much it has."""
        if not self._meet(confirm.epoch, confirm.sender) or self.epoch.primary != self.index:
            return
        stream = self.streams.get(confirm.sender)
        if stream is None:
            stream = Stream(confirm.epoch.number, len(self.journal))
            self.streams[confirm.sender] = stream
        elif confirm.epoch.number < stream.epoch:
            return
        stream.held = max(stream.held, confirm.length)
        stream.caught_up |= stream.held >= stream.goal
        self._advance()
        self._plan_resend()

    def asked(self, ask: Ask) -> None:
        """A copy wants to know what it is missing."""
        if not self._meet(ask.epoch, ask.sender) or self.epoch.primary != self.index:
            return
        first = self.journal.common(ask.reigns)
        stream = self.streams.setdefault(ask.sender, Stream(self.epoch.number, 0))
        stream.epoch = self.epoch.number
        stream.goal = len(self.journal)
        stream.held, stream.mark, stream.stalls = first, -1, 0
        entries = tuple(self.journal.entries[first:])
        missing = Missing(self.epoch, self.index, ask.question, first, entries)
        self._send(ask.sender, Replica.caught_up, missing, len(entries))
        self._plan_resend()

    def _plan_resend(self) -> None:
        behind = any(stream.held < self.shipped for stream in self.streams.values())
        unknown = any(
            other not in self.streams for other in self.epoch.members if other != self.index
        )
        if (behind or unknown) and not self.resending and self.epoch.primary == self.index:
            self.resending = True
            self.kernel.at(self.kernel.now + RESEND_US, self._resend, self.lost_us, TIMER)

    def _resend(self, lost_us: int) -> None:
        """Repeat what has been unconfirmed since the last look."""
        if lost_us != self.lost_us or self.node.is_asleep(self._resend, lost_us):
            return
        self.resending = False
        if self.epoch.primary != self.index:
            return
        for other in self.epoch.members:
            if other != self.index and other not in self.streams:
                self._ship(other, len(self.journal), [])
        for other, stream in list(self.streams.items()):
            behind = stream.held < self.shipped
            stream.stalls = stream.stalls + 1 if behind and stream.held <= stream.mark else 0
            stream.mark = stream.held
            if stream.stalls:
                last = min(self.shipped, stream.held + MOST_AT_ONCE)
                repeated = self.journal.entries[stream.held : last]
                self._ship(other, stream.held, repeated)
            if stream.stalls >= STALLED and other not in self.epoch.members:
                self._withdraw(other, stream)
        self._plan_resend()

    def _withdraw(self, other: int, stream: Stream) -> None:
        """Do not wait for a copy that is no member; if it was put forward as one, not yet."""
        if not stream.caught_up:
            del self.streams[other]
        elif stream.withdrawn_us == NEVER:
            stream.withdrawn_us = self.kernel.now

    def _ready(self) -> tuple[int, ...]:
        """Copies that may become members: they have all that was ever acknowledged."""
        return tuple(
            other
            for other, stream in self.streams.items()
            if other not in self.epoch.members
            and stream.caught_up
            and stream.withdrawn_us == NEVER
            and stream.held >= self.committed
        )

    # As any other copy

    def appended(self, append: Append) -> None:
        """Writes of the primary."""
        if not self._meet(append.epoch, append.sender):
            return
        if self.attached:
            self._take(append.first, append.entries)
            self._confirm()
        else:
            self._ask()

    def caught_up(self, missing: Missing) -> None:
        """The answer to a question: cut off what differs, and add what is missing."""
        if not self._meet(missing.epoch, missing.sender):
            return
        if not self.attached:
            if missing.question != self.question:
                return
            self.journal.cut(missing.first, self.epoch.blame)
            self.attached = True
        self._take(missing.first, missing.entries)
        self._confirm()
        self._note_role()

    def _take(self, first: int, entries: tuple[Entry, ...]) -> None:
        """Add writes in order; what comes too early waits."""
        journal, early = self.journal, self.early
        for position, entry in enumerate(entries, first):
            if position == len(journal):
                journal.append(entry)
            elif position > len(journal):
                early[position] = entry
        while early:
            entry_or_none = early.pop(len(journal), None)
            if entry_or_none is None:
                break
            journal.append(entry_or_none)
        for position in [position for position in early if position < len(journal)]:
            del early[position]

    def _confirm(self) -> None:
        confirm = Confirm(self.epoch, self.index, len(self.journal))
        self._send(self.epoch.primary, Replica.confirmed_by, confirm)

    def _ask(self) -> None:
        """Ask the primary what is missing here, unless that was just asked."""
        now = self.kernel.now
        if self.epoch.primary in (self.index, NOBODY) or now - self.asked_us < RESEND_US:
            return
        self.asked_us = now
        self.question += 1
        ask = Ask(self.epoch, self.index, self.question, self.journal.reigns())
        self._send(self.epoch.primary, Replica.asked, ask)
        self.kernel.at(now + RESEND_US, self._ask_again, self.question, TIMER)

    def _ask_again(self, question: int) -> None:
        if (
            question != self.question
            or self.attached
            or self.node.is_asleep(self._ask_again, question)
        ):
            return
        self._ask()

    # Epochs

    def told(self, granted: Granted) -> None:
        """A letter of the coordinator."""
        self._learn(granted.epoch)
        if granted.heartbeat_us <= self.lost_us:
            return
        self.leased_until_us = max(self.leased_until_us, granted.heartbeat_us + self.lease_us)
        if not self.confirmed:
            self.confirmed = True
            self._note_role()
            if self.epoch.primary == self.index:
                self._announce()
            else:
                self._ask()
        for other, stream in list(self.streams.items()):
            if other in self.epoch.members:
                stream.withdrawn_us = NEVER
            elif NEVER < stream.withdrawn_us < granted.heartbeat_us:
                del self.streams[other]
                self._advance()

    def _meet(self, epoch: Epoch, sender: int) -> bool:
        """Whether the sender of a letter lives in this reign; if it is behind, it is told."""
        if self.epoch is NO_EPOCH:
            return False
        self._learn(epoch)
        if epoch.reign == self.epoch.reign:
            return True
        self._send(sender, Replica.told, Granted(self.epoch))
        return False

    def _learn(self, epoch: Epoch) -> None:
        before = self.epoch
        if epoch.number <= before.number:
            return
        self.epoch = epoch
        self._note(Change.EPOCH, epoch.number)
        if epoch.reign != before.reign:
            self._begin_reign()
        elif epoch.primary == self.index:
            self._advance()
        elif self.index not in epoch.members:
            self._ask()
        self._note_role()

    def _begin_reign(self) -> None:
        """Another copy is the primary, or this one is: nothing that was known of others holds."""
        self.early.clear()
        self.streams.clear()
        self.committed = 0
        self.asked_us = NEVER - RESEND_US
        self.attached = self.epoch.primary == self.index
        waiting, self.waiting = self.waiting, {}
        if not self.confirmed:
            return
        if self.attached:
            self._note(Change.LAG, 0)
            self._announce()
        else:
            self._ask()
        for attempt in [one for attempts in waiting.values() for one in attempts]:
            self._refuse(attempt)

    # Heartbeats

    def _plan_beat(self, after_us: int) -> None:
        self.beats += 1
        self.kernel.at(self.kernel.now + after_us, self._beat, self.beats, TIMER)

    def _beat(self, number: int) -> None:
        """Time for a heartbeat. While its node is down it only keeps the beat."""
        if number != self.beats or self.node.puts_off(self._beat, number):
            return
        if self.node.state == State.UP:
            self._send_heartbeat()
            self._note_role()
            if self.confirmed and not (self.attached and self.index in self.epoch.members):
                self._ask()
            if self.epoch.primary == self.index:
                self._note_lags()
        self._plan_beat(self.record.heartbeat)

    def _send_heartbeat(self) -> None:
        coordinator = self.group.coordinator
        if coordinator is None:
            return
        entries = self.journal.entries
        primary = self.epoch.primary == self.index and self.confirmed
        heartbeat = Heartbeat(
            self.index,
            self.kernel.now,
            self.epoch,
            entries[-1].reign if entries else 0,
            len(entries),
            self._ready() if primary else (),
        )
        self.post.send(coordinator.node, coordinator.hear, heartbeat, MessageKind.HEARTBEAT)

    # The node

    def _send(
        self, other: int, read: Callable[[Replica, Any], None], content: Any, writes: int = 0
    ) -> None:
        """A letter to another copy, with so many writes in it."""
        copy = self.group.copies[other]
        request_bytes = self.station.world.services[self.station.name].request
        self.post.send(
            copy.node,
            read.__get__(copy),
            content,
            MessageKind.REPLICATE,
            CONTROL_BYTES + writes * request_bytes,
        )

    def _crashed(self) -> None:
        self.attached = self.confirmed = self.resending = self.gathering = False
        self.lost_us = self.kernel.now
        self.leased_until_us = NEVER
        self.asked_us = NEVER - RESEND_US
        self.early.clear()
        self.streams.clear()
        self.waiting.clear()
        self.committed = 0
        self._plan_beat(self.record.heartbeat)

    def _wiped(self) -> None:
        self.journal.cut(0, self.node.blame)
        self.epoch = NO_EPOCH

    # Facts

    def _note_role(self) -> None:
        if not self.confirmed or self.epoch is NO_EPOCH:
            role = Role.RETURNING
        elif self.epoch.primary == self.index:
            role = Role.PRIMARY
        else:
            member = self.attached and self.index in self.epoch.members
            role = Role.BACKUP if member else Role.RETURNING
        self._note(Change.ROLE, role)

    def _note_lags(self) -> None:
        for other, stream in self.streams.items():
            self.group.copies[other]._note(Change.LAG, len(self.journal) - stream.held)

    def _note(self, change: Change, value: int) -> None:
        """A fact of this copy, if it is another one than before."""
        if self.noted.get(change) != value:
            self.noted[change] = value
            self.log.changes.append((self.kernel.now, change, self.station.index, value))
