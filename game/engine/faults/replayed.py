"""Replayed: somebody records requests, and sends them once more later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from game.engine.attempt import GONE, NEVER, Attempt, new_attempt
from game.engine.caller import COPY_ORDINAL
from game.engine.faults.ways import NETWORK_TARGETS, Ways
from game.engine.laws import Constant
from game.engine.log import AttemptKind, Fate, MessageKind
from game.engine.priorities import NORMAL
from game.engine.registry import REGISTRY
from game.engine.streams import derived_key, derived_luck, mix
from game.level.annotations import PositiveCount, Reference, Share
from game.level.model import SECOND_US, LawField

if TYPE_CHECKING:
    from game.engine.network import Route
    from game.engine.paths import Path
    from game.engine.station import Station
    from game.engine.world import World

A_SECOND = Constant(value=SECOND_US)
_WAY = 1 << 41
"""The slot of a replay's own way; slots of a path are far below."""


@REGISTRY.register(
    "fault",
    "replayed",
    says="an attacker records requests and sends them again later",
    codex="replayed",
    causes=("duplicate", "queue-full", "waited-in-queue"),
    targets=NETWORK_TARGETS,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed(Ways):
    """Each request on the target's ways is recorded with the probability `share`, and sent again
    from another place, as it was: what it carried (who sent it, when, an idempotency key) is the
    same. Answers go to the first sender. What was not sent again before the end never is. In the
    record a replay is a `COPY`; network copies and replays are not recorded."""

    from_: Annotated[str, Reference("caller")]
    """Where it is sent from: a machine (of a group: the first one, if there is one) or a client
    group."""
    share: Share = 1.0
    """Of the requests that cross there."""
    after: LawField = A_SECOND
    """From the recording to the replay, and from that to the next one."""
    times: PositiveCount = 1
    """How often each of them is sent again."""

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Begin to listen."""
        places = world.places_named((self.from_,))
        if not places:
            return lambda: None
        recorder = Recorder(self, world, fault, places[0])
        lift = self.impose(world, fault, target, hears=recorder.hears)

        def end() -> None:
            recorder.stopped = True
            lift()

        return end


@dataclass(frozen=True, slots=True)
class Recording:
    """One request as it was when it passed."""

    attempt: Attempt
    station: Station
    path: Path
    back: Route
    times: int
    """How often it is still to be sent."""
    after_us: int


class Recorder:
    """Listens, and sends again."""

    __slots__ = ("fault", "kernel", "place", "record", "sample", "stopped", "world")

    def __init__(self, record: Replayed, world: World, fault: int, place: int) -> None:
        self.record = record
        self.world = world
        self.kernel = world.kernel
        self.fault = fault
        self.place = place
        self.sample = record.after.sampler()
        self.stopped = False

    def hears(self, message: Any, kind: MessageKind, chance: float) -> None:
        """A message passes."""
        share = self.record.share
        if kind != MessageKind.REQUEST or chance >= share or message.kind == AttemptKind.COPY:
            return
        after_us = self.sample(chance / share)
        station, path, back = message.station, message.path, message.back
        self._plan(Recording(message, station, path, back, self.record.times, after_us))

    def _plan(self, one: Recording) -> None:
        self.kernel.at(self.kernel.now + one.after_us, self._replay, one, NORMAL)

    def _replay(self, one: Recording) -> None:
        if self.stopped:
            return
        nodes = self.world.nodes
        if self.place >= len(nodes) or not nodes[self.place].state:
            self._send(one)
        if one.times > 1:
            self._plan(
                Recording(one.attempt, one.station, one.path, one.back, one.times - 1, one.after_us)
            )

    def _send(self, one: Recording) -> None:
        attempt, number = one.attempt, one.attempt.call.operation.number
        key = derived_key(attempt.key, one.path.root, COPY_ORDINAL + one.times)
        copy = new_attempt(
            attempt.call, attempt.caller, attempt.target, AttemptKind.COPY, key, self.kernel.now
        )
        copy.open = False
        copy.original = attempt
        copy.station, copy.path, copy.back = one.station, one.path, one.back
        copy.connected = copy.accepted = False
        copy.ended_us, copy.cause = NEVER, 0
        copy.blame = self.fault
        route = self.world.control_route(self.place, one.station.node.place)
        fate, _ = route.carry(
            route.latency_us(derived_luck(attempt.call.operation.luck[-1], key, _WAY)),
            mix(key + self.fault),
            one.station.deliver,
            copy,
            MessageKind.REQUEST,
            number,
            AttemptKind.COPY,
            size_bytes=self.world.services[one.station.name].request,
        )
        if fate is not Fate.ARRIVED:
            copy.phase = GONE
            copy.caller.record_abandoned(copy)
