"""Two-phase commit: what is spread over several machines changes on all of them, or on none.

After Gray, Notes on Data Base Operating Systems, 1978, section 5.8.3.3, and Bernstein, Hadzilacos
and Goodman, Concurrency Control and Recovery in Database Systems, 1987, sections 7.3 to 7.5, with
presumed abort (Mohan, Lindsay and Obermarck, ACM TODS 11(4), 1986) and strict two-phase locking.
Who asks is in `two_phase_coordinator.py`, who votes in `two_phase_participant.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from game.engine.registry import REGISTRY
from game.engine.replication.journal import Entry
from game.engine.replication.two_phase_coordinator import TwoPhaseCoordinator
from game.engine.replication.two_phase_participant import Participant
from game.level.annotations import PositiveDurationUs

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from game.engine.log import Command
    from game.engine.replication.two_phase_letters import Change, Prepare, Transaction
    from game.engine.station import Station
    from game.engine.world import World


@REGISTRY.register(
    "protocol",
    "two-phase-commit",
    says="each account is on one machine; a transfer is prepared on both, then done on both",
    codex="two-phase-commit",
    causes=("no-quorum",),
    facts=("in-doubt",),
    parts=lambda record: 4 + (record.reads == "snapshot"),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class TwoPhaseCommit:
    """Transfers are atomic, and with `reads = "snapshot"` and idempotency keys linearizable,
    whatever crashes, pauses, and does to the network; a wiped disk is another matter. It is not
    available for that: while a coordinator is away that somebody has said yes to, the accounts in
    question are locked. Without `durable_log` a crash forgets what was promised."""

    splits: ClassVar[bool] = True
    """Needs an application whose commands fall into changes."""

    reads: Literal["snapshot", "any"] = "snapshot"
    """A read of all accounts locks them all for a moment, or takes what is there, transfers under
    way included."""
    lock_wait: PositiveDurationUs = 200_000
    """How long a machine waits for somebody else's lock before it says no."""
    ask_again: PositiveDurationUs = 100_000
    """What was not answered is asked again after so long."""
    gives_up: PositiveDurationUs = 500_000
    """After so long without all answers a coordinator calls it off and says `no-quorum`."""
    durable_log: bool = True
    """What was promised and decided is on disk before it is said."""

    def __post_init__(self) -> None:
        if self.gives_up <= max(self.ask_again, self.lock_wait):
            raise ValueError("must have a gives_up that is longer than ask_again and lock_wait")

    def build(self, world: World, service: str, stations: list[Station]) -> TwoPhaseGroup:
        """The machines of one service."""
        return TwoPhaseGroup(self, world, service, stations)


class TwoPhaseGroup:
    """All machines of one service, each a shard and a coordinator; a shard has the accounts whose
    number leaves its index when it is divided by the number of machines."""

    __slots__ = (
        "application",
        "coordinators",
        "machines",
        "participants",
        "record",
        "service",
        "world",
    )

    def __init__(
        self, record: TwoPhaseCommit, world: World, service: str, stations: list[Station]
    ) -> None:
        self.record = record
        self.world = world
        self.service = service
        self.application: Any = world.services[service].store
        self.machines = len(stations)
        self.participants = [
            Participant(self, index, station) for index, station in enumerate(stations)
        ]
        self.coordinators = [
            TwoPhaseCoordinator(self, index, station) for index, station in enumerate(stations)
        ]

    def start(self) -> None:
        """Nothing happens by itself."""

    def shard_of(self, account: int) -> int:
        """The machine that an account is on."""
        return account % self.machines

    def opening(self, shard: int) -> dict[int, int]:
        """What is on the accounts of a shard at first."""
        accounts: Sequence[Change] = self.application.opened()
        return {one: amount for one, amount in accounts if self.shard_of(one) == shard}

    def changes(self, command: Command) -> dict[int, tuple[Change, ...]]:
        """By shard, what a command changes there."""
        found: dict[int, tuple[Change, ...]] = {}
        for account, by in self.application.changes(command):
            shard = self.shard_of(account)
            found[shard] = (*found.get(shard, ()), (account, by))
        return found

    def close(self) -> list[Entry]:
        """A transaction took effect if somebody has done it, or its coordinator has decided so, and
        everybody else has done it or holds it ready."""
        decided: dict[Transaction, tuple[Prepare, int, int]] = {}
        for participant in self.participants:
            for one, (prepare, time_us) in participant.committed.items():
                station = participant.station.index
                first = decided.setdefault(one, (prepare, time_us, station))
                if time_us < first[1]:
                    decided[one] = (prepare, time_us, station)
            for one, prepare in participant.prepared.items():
                if one in self.coordinators[one[0]].decisions:
                    now_us = self.world.kernel.now
                    decided.setdefault(one, (prepare, now_us, participant.station.index))
        for participant in self.participants:
            self._note_postings(participant, decided.keys())
        return [
            Entry(prepare.key[0], prepare.key[1], 0, time_us, station)
            for one, (prepare, time_us, station) in decided.items()
            if all(self.participants[shard].has(one) for shard in prepare.shards)
        ]

    def _note_postings(self, participant: Participant, decided: Collection[Transaction]) -> None:
        """Write down what changed at a participant, or will as soon as it is told."""
        done = list(participant.committed.values())
        now_us, station = self.world.kernel.now, participant.station.index
        done += [(it, now_us) for one, it in participant.prepared.items() if one in decided]
        for prepare, time_us in done:
            for account, by in prepare.changes:
                self.world.log.postings.append((prepare.key[0], time_us, station, account, by))
