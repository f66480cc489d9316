"""Health checks: a caller asks every machine now and then whether it is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.attempt import NO_FAULT
from game.engine.lanes import Lane
from game.engine.log import MessageKind
from game.engine.node import State
from game.engine.priorities import TIMER
from game.engine.registry import REGISTRY
from game.engine.streams import derived_key, derived_luck, mix, stream
from game.level.annotations import PositiveCount, PositiveDurationUs

if TYPE_CHECKING:
    from game.engine.caller import Caller
    from game.engine.target import Target

PROBE_BYTES = 64
_THERE, _BACK, _PHASE = range(3)


@REGISTRY.register(
    "mechanism",
    "health",
    says="asks every machine at fixed intervals, and leaves out those that do not answer",
    causes=("no-target",),
    parts=lambda _: 1,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Active health checks, by each caller for itself. A probe is a message: it can be lost, late
    or cut off. A machine that is up answers at once, however slow or full it is."""

    interval: PositiveDurationUs = 1_000_000
    """Time between two checks of one target."""
    timeout: PositiveDurationUs = 500_000
    """A check without an answer by then has failed."""
    fall: PositiveCount = 3
    """Failed probes in a row that take a machine out."""
    rise: PositiveCount = 2
    """Good probes in a row that take it back."""

    def build(self, caller: Caller) -> Prober:
        """The prober of one caller."""
        prober = Prober(self, caller)
        if caller.node is not None:
            caller.node.on_crash.append(prober.forget)
        return prober


class Patient:
    """What a prober knows of one target."""

    __slots__ = ("failed", "good", "open", "probes", "target")

    def __init__(self, target: Target, probes: int) -> None:
        self.target = target
        self.open = True
        """False once the prober has forgotten it."""
        self.probes = probes
        """Probes sent so far; counts on through crashes, so that no luck is used twice."""
        self.failed = 0
        """In a row; so too `good`."""
        self.good = 0


class Probe:
    """One question."""

    __slots__ = ("good", "key", "open", "patient")

    def __init__(self, patient: Patient, key: int) -> None:
        self.patient = patient
        self.key = key
        self.open = True
        self.good = False


class Prober:
    """Sends the probes of one caller. The luck of each is derived from (sender, target, number)."""

    __slots__ = ("caller", "kernel", "patients", "record", "root", "salt", "timeouts", "totals")

    def __init__(self, record: Health, caller: Caller) -> None:
        self.record = record
        self.caller = caller
        self.kernel = caller.kernel
        log = caller.world.log
        self.totals = log.totals
        self.root = stream(log.seed, f"health/{caller.name}").random()
        self.salt = int(self.root * 9007199254740992.0)
        self.timeouts = Lane(self.kernel, self._timed_out)
        self.patients: list[Patient] = []

    def start(self) -> None:
        """Begin with each target at a random moment of the first interval."""
        self.patients = [Patient(target, 0) for target in self.caller.targets]
        for patient in self.patients:
            self._begin(patient)

    def _begin(self, patient: Patient) -> None:
        luck = derived_luck(self.root, self._key(patient), _PHASE)
        self.kernel.at(
            self.kernel.now + int(luck * self.record.interval), self._due, patient, TIMER
        )

    def _key(self, patient: Patient) -> int:
        return derived_key(0, patient.target.index, patient.probes)

    def _due(self, patient: Patient) -> None:
        """Time for the next probe. While its own node is down the prober only keeps the beat."""
        if not patient.open:
            return
        state = self._state()
        if state == State.PAUSED:
            assert self.caller.node is not None
            self.caller.node.defer(self.kernel.now, self._due, patient)
            return
        if state == State.UP and NO_FAULT not in patient.target.drained:
            self._send(patient)
        self.kernel.at(self.kernel.now + self.record.interval, self._due, patient, TIMER)

    def _state(self) -> int:
        node = self.caller.node
        return State.UP if node is None else node.state

    def _send(self, patient: Patient) -> None:
        probe = Probe(patient, self._key(patient))
        patient.probes += 1
        self.totals["probes"] += 1
        out = patient.target.out
        out.carry(
            out.latency_us(derived_luck(self.root, probe.key, _THERE)),
            mix(self.salt ^ mix(probe.key + _THERE)),
            self._arrived,
            probe,
            MessageKind.PROBE,
            size_bytes=PROBE_BYTES,
        )
        self.timeouts.add(self.kernel.now + self.record.timeout, probe)

    def _arrived(self, probe: Probe) -> None:
        """The probe is at the target's machine, which answers without a worker or a core."""
        target = probe.patient.target
        if target.stale is not None and not self.caller.resolves:
            # Those who keep the records of a name know its machines' addresses.
            return
        node = target.station.node
        if node.state == State.PAUSED:
            node.hold(self._arrived, probe)
        elif node.state != State.OFF:
            probe.good = node.state == State.UP
            back = target.back
            back.carry(
                back.latency_us(derived_luck(self.root, probe.key, _BACK)),
                mix(self.salt ^ mix(probe.key + _BACK)),
                self._answered,
                probe,
                MessageKind.PROBE,
                size_bytes=PROBE_BYTES,
            )

    def _answered(self, probe: Probe) -> None:
        """An answer or a refusal is back."""
        state = self._state()
        if state == State.PAUSED:
            assert self.caller.node is not None
            self.caller.node.hold(self._answered, probe)
        elif state == State.UP and probe.open:
            probe.open = False
            self._learn(probe.patient, probe.good)

    def _timed_out(self, probe: Probe) -> None:
        state = self._state()
        if state == State.PAUSED:
            assert self.caller.node is not None
            self.caller.node.defer(self.kernel.now, self._timed_out, probe)
        elif state == State.UP and probe.open:
            probe.open = False
            self._learn(probe.patient, good=False)

    def _learn(self, patient: Patient, good: bool) -> None:
        if not patient.open:
            return
        patient.good = patient.good + 1 if good else 0
        patient.failed = 0 if good else patient.failed + 1
        target = patient.target
        if target.unhealthy and patient.good >= self.record.rise:
            target.unhealthy = False
            if target.in_rotation:
                self.caller.note_rotation(target, back=True)
        elif not target.unhealthy and patient.failed >= self.record.fall:
            noted = target.in_rotation
            target.unhealthy = True
            if noted:
                self.caller.note_rotation(target, back=False)

    def reset(self, record: Health) -> bool:
        """Other settings in the run, for probes from the next one of each target on."""
        self.record = record
        return True

    def stop(self) -> None:
        """It is taken away in the run: nobody is left out for its sake any more."""
        for patient in self.patients:
            patient.open = False
            if patient.target.unhealthy:
                patient.target.unhealthy = False
                if patient.target.in_rotation:
                    self.caller.note_rotation(patient.target, back=True)
        self.patients = []

    def forget(self) -> None:
        """The node crashed: begin anew, as soon as it is up again."""
        before = self.patients
        self.patients = [Patient(patient.target, patient.probes) for patient in before]
        for patient in before:
            patient.open = False
        for patient in self.patients:
            self._begin(patient)
