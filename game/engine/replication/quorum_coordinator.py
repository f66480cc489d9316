"""The coordinator of a quorum: whoever of its machines a client happens to ask.

It asks all replicas of a key (or as many as it needs, at random), and goes on with the first
answers. A write with `logical` versions, and a read whose newest version is not known to be at a
write quorum yet (`write-back`), take a second round: Attiya, Bar-Noy and Dolev, Sharing Memory
Robustly in Message-Passing Systems, JACM 1995, section 3; several writers after Lynch and
Shvartsman, FTCS 1997. With `vectors` a write takes that first round, too, unless it is blind: what
it saw there is what it replaces.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from game.engine.attempt import BLOCKED, NEVER, NO_FAULT
from game.engine.causes import Cause
from game.engine.clocks.bounds import commit_stamp_us, is_past
from game.engine.clocks.clock import when_local_us
from game.engine.lanes import Lane
from game.engine.log import MessageKind
from game.engine.network import CONTROL_BYTES
from game.engine.priorities import TIMER
from game.engine.replication.copies import go_on, note_read
from game.engine.replication.journal import Key
from game.engine.replication.letters import Post
from game.engine.replication.quorum_events import READ_REPAIR, SIBLINGS
from game.engine.replication.quorum_round import Round
from game.engine.replication.quorum_siblings import Kept, Writer, joined, size_bytes, writes_in
from game.engine.replication.quorum_versions import (
    NOTHING,
    Answer,
    Ask,
    Store,
    Version,
    local_clock_us,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from game.engine.attempt import Attempt
    from game.engine.replication.quorum import QuorumGroup
    from game.engine.station import Station

NO_ANSWER = -1
"""The coordinator of a letter that nobody wants an answer to."""


class QuorumCoordinator:
    """Reads and writes at one station. All but `chosen` and `writer` is in memory."""

    __slots__ = (
        "chosen",
        "group",
        "hesitations",
        "index",
        "local",
        "node",
        "patience",
        "post",
        "questions",
        "record",
        "rounds",
        "station",
        "underway",
        "waiting",
        "writer",
    )

    def __init__(self, group: QuorumGroup, index: int, station: Station) -> None:
        self.group = group
        self.record = group.record
        self.index = index
        self.station = station
        self.node = station.node
        self.post = Post(station.world, station.node, group.service)
        self.local = -1
        """The replica on this machine, if there is one."""
        self.questions = 0
        """Counts on through crashes."""
        self.rounds: dict[int, Round] = {}
        """By the question that is out, oldest first."""
        self.waiting: dict[Attempt, Round] = {}
        self.underway: dict[Key, Round] = {}
        """Writes with an idempotency key."""
        self.chosen: dict[Key, Kept] = {}
        """Versions of writes with an idempotency key; on disk."""
        self.writer = Writer(index, len(group.world.stations_of[group.service]))
        self.patience = Lane(station.kernel, self._gave_up)
        self.hesitations = Lane(station.kernel, self._ask_again)
        station.copy = self
        self.node.on_crash.append(self._crashed)
        self.node.on_wipe += [self.chosen.clear, self.writer.wiped]

    # Operations

    def write(self, attempt: Attempt) -> None:
        """Choose a version, store it at all replicas, and go on when enough have it."""
        operation = attempt.call.operation
        write = (operation.number, attempt.path.id << 16 | attempt.step.position)
        keyed = attempt.caller.keyed
        if keyed and self._join(write, attempt):
            return
        began = self._begin(attempt)
        began.write = write
        if keyed:
            self.underway[write] = began
        if keyed and write in self.chosen:
            self._store(began, self.chosen[write])
        elif self.record.asks_first:
            self._ask(began)
        else:
            self._store(began, self._version(began, NOTHING))

    def read(self, attempt: Attempt) -> None:
        """Ask all replicas, and go on with the newest of the first answers."""
        self._ask(self._begin(attempt))

    def stop(self, attempt: Attempt) -> None:
        """Nobody waits for this attempt any more; a write that is under way goes on."""
        waited = self.waiting.pop(attempt, None)
        if waited is None:
            return
        waited.attempts.remove(attempt)
        if not waited.attempts and not waited.storing:
            self._close(waited)

    def held_by(self) -> int:
        """What is wrong here, or between here and a replica whose answer is missing."""
        if self.node.blame != NO_FAULT:
            return self.node.blame
        for waited in self.rounds.values():
            if not waited.done:
                return self._blame_for(waited)
        return NO_FAULT

    def _join(self, write: Key, attempt: Attempt) -> bool:
        """Whether an attempt repeats a write that is under way here: the two wait together."""
        other = self.underway.get(write)
        if other is None:
            return False
        if other.done:
            go_on(attempt)
        else:
            attempt.phase = BLOCKED
            other.attempts.append(attempt)
            self.waiting[attempt] = other
        return True

    def _begin(self, attempt: Attempt) -> Round:
        key = attempt.call.operation.data_key
        began = Round(attempt, self.group.homes(key))
        attempt.phase = BLOCKED
        self.waiting[attempt] = began
        self.patience.add(self.station.kernel.now + self.record.gives_up, began)
        return began

    def _version(self, began: Round, seen: Kept) -> Kept:
        """What is stored of a write before which that much was seen of its key."""
        assert began.write is not None
        version: Kept
        if self.record.versions == "vectors":
            version = self.writer.add(began.key, began.write, seen)
            self.group.note_replaced(self.writer, began.write, seen)
        else:
            version = self._stamped(began.write, seen)
        if began.write in self.underway:
            self.chosen[began.write] = version
        return version

    def _stamped(self, write: Key, seen: Kept) -> Version:
        """One that is newer than what was seen, or than the clock of this machine says."""
        if self.record.versions == "logical":
            assert isinstance(seen, Version)
            return Version(max(seen.stamp, 0) + 1, self.index, *write)
        version = Version(self._clock_stamp(), self.index, *write)
        self.group.note_clock(version, self.node)
        return version

    def _clock_stamp(self) -> int:
        """The time of day; with commit wait the latest that it may be."""
        error_us = self.record.commit_wait
        local_us = local_clock_us(self.node)
        return local_us if error_us is None else commit_stamp_us(local_us, error_us)

    # Asking

    def _ask(self, began: Round) -> None:
        """The first round: what is there?"""
        self._next_question(began)
        began.asked = self._some(began, self.record.r)
        self._note_trouble(began, began.asked)
        self._send(began, began.asked)

    def _store(self, began: Round, version: Kept) -> None:
        """The second round, or the only one: keep this."""
        held = {home: seen for home, seen in began.answers.items() if seen == version}
        began.answers = held
        began.storing = True
        began.version = version
        self._next_question(began)
        missing = tuple(home for home in began.homes if home not in held)
        began.asked = missing if began.write is None else self._some(began, self.record.w)
        self._note_trouble(began, began.asked)
        self._send(began, began.asked)

    def _next_question(self, began: Round) -> None:
        self.rounds.pop(began.question, None)
        self.questions += 1
        began.question = self.questions
        self.rounds[began.question] = began
        began.asked_us = now = self.station.kernel.now
        self.hesitations.add(now + self.record.ask_again, began)

    def _some(self, began: Round, needed: int) -> tuple[int, ...]:
        """Whom to ask."""
        if self.record.ask == "all":
            return began.homes
        left = list(began.homes)
        drawn = min(needed, len(left))
        return tuple(left.pop(int(self.post.luck() * len(left))) for _ in range(drawn))

    def _send(
        self, began: Round, homes: Sequence[int], targets: Sequence[int] | None = None
    ) -> None:
        """Put the question to replicas, or to those that stand in for them. The one on this machine
        comes last, since it answers at once."""
        if not began.open:
            return
        send = self._send_store if began.storing else self._send_ask
        here = None
        for home, target in zip(homes, homes if targets is None else targets, strict=False):
            if target == self.local:
                here = home
            else:
                send(began, target, home)
        if here is not None:
            send(began, self.local, here)

    def _send_ask(self, began: Round, target: int, home: int) -> None:
        ask = Ask(self.index, began.question, began.key, home)
        replica = self.group.replicas[target]
        if target == self.local:
            self.answered(replica.answer_to(ask))
        else:
            self.post.send(replica.node, replica.asked, ask, MessageKind.REPLICATE, CONTROL_BYTES)

    def _send_store(
        self, began: Round, target: int, home: int, coordinator: int | None = None
    ) -> None:
        sender = self.index if coordinator is None else coordinator
        store = Store(sender, began.question, began.key, began.version, home)
        replica = self.group.replicas[target]
        if target == self.local:
            answer = replica.answer_after(store)
            if sender != NO_ANSWER:
                self.answered(answer)
        else:
            self.post.send(
                replica.node,
                replica.told,
                store,
                MessageKind.REPLICATE,
                CONTROL_BYTES + size_bytes(store.version, self.group.value_bytes),
            )

    # Answers

    def answered(self, answer: Answer) -> None:
        """A replica answers; once is enough."""
        waited = self.rounds.get(answer.question)
        if waited is None or answer.home in waited.answers:
            return
        waited.answers[answer.home] = answer.version
        if waited.storing:
            self._settle_store(waited)
        else:
            self._settle_ask(waited)

    def _settle_ask(self, waited: Round) -> None:
        if not waited.done and len(waited.answers) >= self.record.r:
            newest = reduce(joined, waited.answers.values())
            if waited.write is not None:
                self._store(waited, self._version(waited, newest))
                return
            if self.record.repair == "write-back" and self._is_young(waited, newest):
                self._store(waited, newest)
                return
            if self._is_over(waited, newest):
                self._go_on(waited, newest)
        if waited.done and (
            self.record.repair != "background" or len(waited.answers) == len(waited.asked)
        ):
            self._repair(waited)
            self._close(waited)

    def _is_young(self, waited: Round, newest: Kept) -> bool:
        """Whether a version may be at fewer replicas than a write quorum."""
        holders = sum(version == newest for version in waited.answers.values())
        return newest != NOTHING and holders < self.record.w

    def _settle_store(self, waited: Round) -> None:
        enough = len(waited.answers) >= self.record.w
        if not waited.done and enough and self._is_over(waited, waited.version):
            self._go_on(waited, waited.version)
        if waited.done and (
            waited.write is None
            or not self.record.sloppy
            or len(waited.answers) == len(waited.homes)
        ):
            self._close(waited)

    def _go_on(self, waited: Round, kept: Kept) -> None:
        """The quorum is there."""
        waited.done = True
        attempts, waited.attempts = waited.attempts, []
        for attempt in attempts:
            del self.waiting[attempt]
        for attempt in attempts:
            if waited.write is None:
                self._note_read(attempt, kept)
            go_on(attempt)

    def _note_read(self, attempt: Attempt, kept: Kept) -> None:
        """A read returns all that is there."""
        writes = writes_in(kept) or (NOTHING,)
        if len(writes) > 1:
            self.group.count(SIBLINGS)
        for version in writes:
            note_read(attempt, version.operation)

    def _repair(self, waited: Round) -> None:
        """After the answer to a read: bring the replicas that were behind up to date."""
        if self.record.repair != "background" or waited.write is not None:
            return
        waited.version = reduce(joined, waited.answers.values(), waited.version)
        for home, version in waited.answers.items():
            if version != waited.version:
                self.group.count(READ_REPAIR)
                self._send_store(waited, home, home, NO_ANSWER)

    def _close(self, waited: Round) -> None:
        waited.open = False
        self.rounds.pop(waited.question, None)
        if waited.write is not None:
            self.underway.pop(waited.write, None)

    # Time

    def _is_over(self, waited: Round, kept: Kept) -> bool:
        """Whether a stamp is surely past, so that whatever begins from now on gets a later one; if
        not, the round is looked at again when it is. Reads wait, too: what a read returned must not
        win over a write that begins after it."""
        error_us = self.record.commit_wait
        if error_us is None:
            return True
        assert isinstance(kept, Version)
        if is_past(kept.stamp, local_clock_us(self.node), error_us):
            return True
        kernel = self.station.kernel
        due_us = when_local_us(self.node, kept.stamp + error_us + 1, kernel.now)
        if due_us != waited.look_us:
            waited.look_us = due_us
            kernel.at(due_us, self._look_again, waited, TIMER)
        return False

    def _look_again(self, waited: Round) -> None:
        """A stamp should be over by now."""
        if self._asleep(self._look_again, waited) or waited.done:
            return
        waited.look_us = NEVER
        if waited.storing:
            self._settle_store(waited)
        else:
            self._settle_ask(waited)

    def _gave_up(self, waited: Round) -> None:
        """So much for that: whoever still waits is told that there is no quorum."""
        if self._asleep(self._gave_up, waited):
            return
        if waited.done:
            self._repair(waited)
        blame = NO_FAULT if waited.done else self._blame_for(waited)
        self._close(waited)
        attempts, waited.attempts = waited.attempts, []
        for attempt in attempts:
            del self.waiting[attempt]
        for attempt in attempts:
            if attempt.blame == NO_FAULT:
                attempt.blame = blame
            self.station.fail(attempt, Cause.NO_QUORUM)

    def _ask_again(self, waited: Round) -> None:
        """Some replicas have not answered for a while: ask again, and let others stand in."""
        if self._asleep(self._ask_again, waited):
            return
        now = self.station.kernel.now
        if now - waited.asked_us < self.record.ask_again:
            return
        if waited.done and waited.write is None:
            return
        waited.asked_us = now
        self.hesitations.add(now + self.record.ask_again, waited)
        silent = tuple(home for home in waited.asked if home not in waited.answers)
        self._note_trouble(waited, silent)
        self._send(waited, silent)
        if self.record.sloppy:
            self._send(waited, silent, self.group.stand_ins(waited.key))

    def _asleep(self, function: Callable[[Round], object], waited: Round) -> bool:
        """Whether the node does nothing now; a timer is put off to the end of a pause."""
        return not waited.open or self.node.is_asleep(function, waited)

    def _crashed(self) -> None:
        for waited in self.rounds.values():
            waited.open = False
        self.rounds.clear()
        self.waiting.clear()
        self.underway.clear()

    # Blame

    def _note_trouble(self, began: Round, homes: tuple[int, ...]) -> None:
        if self.station.world.active_faults and began.blame == NO_FAULT:
            began.blame = self._trouble(homes)

    def _blame_for(self, waited: Round) -> int:
        """The fault that keeps an answer back, or did when it was asked for."""
        silent = tuple(home for home in waited.asked if home not in waited.answers)
        fault = self._trouble(silent)
        if fault == NO_FAULT and waited.look_us != NEVER and self.node.clock is not None:
            fault = self.node.clock.blame
        return waited.blame if fault == NO_FAULT else fault

    def _trouble(self, homes: tuple[int, ...]) -> int:
        for home in homes:
            fault = self.post.trouble_with(self.group.replicas[home].node)
            if fault != NO_FAULT:
                return fault
        return NO_FAULT
