"""A run that is being watched: simulated in slices, never ahead of the playhead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import perf_counter_ns

from game.engine.frame import Frame
from game.engine.log import Change, Log
from game.level.model import Fault
from game.tui.clock import RunClock
from game.tui.simulator import LiveRun

SECOND_US = 1_000_000
SLICE_US = 8_000
"""Wall time that one slice of simulation may take, so that keys are answered at once."""
CHUNK_US = 20_000
"""Simulated time of the first piece of a slice; later ones are as long as the machine allows."""
NOTES_MOST = 500


@dataclass(frozen=True, slots=True)
class Second:
    """What one whole second of the night came to."""

    good: int
    failed: int
    p99_us: int | None


@dataclass(frozen=True, slots=True)
class FaultSpan:
    """One occurrence of a fault, as it happened. `ended_us` is None while it goes on."""

    fault: str
    began_us: int
    ended_us: int | None


class Slicer:
    """Advances a run for a bounded time of the wall's clock."""

    def __init__(self, run: LiveRun) -> None:
        self.run = run
        self._chunk_us = CHUNK_US

    def advance(self, until_us: int, budget_us: int = SLICE_US) -> bool:
        """Simulate towards `until_us` for about `budget_us`; true when it has been reached."""
        run = self.run
        deadline = perf_counter_ns() + budget_us * 1000
        while not run.done and run.now_us < until_us:
            began = perf_counter_ns()
            if began >= deadline:
                return False
            run.advance(min(until_us, run.now_us + self._chunk_us))
            spent_us = (perf_counter_ns() - began) // 1000
            if spent_us < budget_us // 8:
                self._chunk_us *= 2
            elif spent_us > budget_us // 3:
                self._chunk_us = max(1_000, self._chunk_us // 2)
        return True


class Watch:
    """One run with its clock and what has been seen of it."""

    def __init__(
        self, run: LiveRun, picture: Callable[[Log, int, int], Frame], duration_us: int
    ) -> None:
        self.run = run
        self.clock = RunClock(duration_us)
        self.seconds: list[Second] = []
        self.notes: list[tuple[int, str]] = []
        self._pictures = picture
        self._slicer = Slicer(run)
        self.frame = self._picture(0)

    def tick(self, wall_us: int) -> bool:
        """Let the wall's time go on; true when there is something new to see."""
        before = self.clock.playhead_us
        self._go_to(self.clock.advance(wall_us))
        return self.clock.playhead_us != before

    def step(self) -> None:
        """Go on by a single step and stand still there."""
        self.clock.paused = True
        self._go_to(min(self.clock.duration_us, self.clock.playhead_us + self.clock.step_us()))

    def seek(self, time_us: int) -> None:
        """Look at another moment that has been simulated."""
        self.clock.seek(time_us)
        self.frame = self._picture(self.clock.playhead_us)

    def catch_up(self, time_us: int, budget_us: int) -> bool:
        """Simulate for about so long of the wall's time, towards a moment that is to be shown.

        True when it is: what lies before it has been seen then, second by second.
        """
        wanted_us = min(time_us, self.clock.duration_us)
        reached = self._slicer.advance(wanted_us, budget_us)
        if reached:
            self._go_to(wanted_us)
        return reached

    @property
    def over(self) -> bool:
        """The run has been watched to its end."""
        return self.run.done and self.clock.edge_us >= min(self.clock.duration_us, self.run.now_us)

    def fault_spans(self) -> list[FaultSpan]:
        """Occurrences of faults up to the furthest moment that was seen."""
        return fault_spans(self.run.log)

    def _picture(self, time_us: int) -> Frame:
        return self._pictures(self.run.log, time_us, self.clock.linger_us())

    def _go_to(self, wanted_us: int) -> None:
        clock = self.clock
        if wanted_us > self.run.now_us:
            self._slicer.advance(wanted_us)
        reached = wanted_us if self.run.done else min(wanted_us, self.run.now_us)
        if self.run.done and self.run.log.verdict:
            reached = min(reached, self.run.now_us)
        if reached == clock.playhead_us:
            return
        clock.reach(reached)
        self._keep_seconds()
        self.frame = self._picture(clock.playhead_us)
        self._keep_notes(self.frame)

    def _keep_seconds(self) -> None:
        """A trend has one value a second, whatever the speed."""
        while (len(self.seconds) + 1) * SECOND_US <= self.clock.edge_us:
            at = self._picture((len(self.seconds) + 1) * SECOND_US)
            self.seconds.append(
                Second(at.recent_good, at.recent_ended - at.recent_good, at.recent_p99_us)
            )
            self._keep_notes(at)

    def _keep_notes(self, at: Frame) -> None:
        fresh = list(at.notes)
        last = self.notes[-1][0] if self.notes else -1
        seen = {note for note in self.notes[-16:] if note[0] >= last}
        self.notes.extend(note for note in fresh if note[0] >= last and note not in seen)
        del self.notes[:-NOTES_MOST]


def fault_spans(log: Log) -> list[FaultSpan]:
    """Occurrences of faults that the Log tells of, in order of their begin."""
    spans: list[FaultSpan] = []
    open_spans: dict[int, list[int]] = {}
    for time_us, change, place, _ in log.changes.rows():
        if change == Change.FAULT_BEGAN:
            open_spans.setdefault(place, []).append(len(spans))
            spans.append(FaultSpan(log.faults[place], time_us, None))
        elif change == Change.FAULT_ENDED and open_spans.get(place):
            index = open_spans[place].pop(0)
            spans[index] = FaultSpan(spans[index].fault, spans[index].began_us, time_us)
    return spans


def script(faults: Iterable[Fault], after_us: int = -1) -> list[FaultSpan]:
    """Faults that the level announces for a time after `after_us`, in order."""
    spans = [
        FaultSpan(fault.id, fault.at, None if fault.for_ is None else fault.at + fault.for_)
        for fault in faults
        if fault.at is not None and fault.every is None and fault.at > after_us
    ]
    return sorted(spans, key=lambda span: span.began_us)
