"""Outlier ejection: a caller leaves out a machine whose answers to it are much worse."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.priorities import TIMER
from game.engine.registry import REGISTRY
from game.level.annotations import PositiveCount, PositiveDurationUs, Share

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.caller import Caller
    from game.engine.target import Target


@REGISTRY.register(
    "mechanism",
    "outliers",
    says="leaves a machine out for a while after failures that the caller itself saw",
    causes=("no-target",),
    parts=lambda _: 1,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Outliers:
    """Envoy's outlier detection. Passive: it costs no message, and learns only where it sends."""

    consecutive: PositiveCount = 5
    """Failures in a row."""
    success_rate: Share | None = None
    """Also out: whose share of good answers in the `window` is below this."""
    minimum: PositiveCount = 10
    """Results in the window that a share needs."""
    window: PositiveDurationUs = 10_000_000
    """The time over which failures are counted."""
    base: PositiveDurationUs = 5_000_000
    """Out for this long, times how often it was; each `base` without an ejection takes one off."""
    at_most: Share = 0.5
    """The share of targets that may be out at once."""

    def build(self, caller: Caller) -> OutlierWatcher:
        """The watcher of one caller."""
        return OutlierWatcher(self, caller)


class Suspect:
    """What a caller saw of one target."""

    __slots__ = ("back_us", "good", "in_a_row", "open", "results", "target", "times")

    def __init__(self, target: Target) -> None:
        self.target = target
        self.open = True
        """False once the caller has forgotten it."""
        self.in_a_row = 0
        self.times = 0
        self.back_us = 0
        """When it last came back."""
        self.results: deque[tuple[int, bool]] = deque()
        self.good = 0

    def clear(self) -> None:
        """Judge by what comes from now on."""
        self.in_a_row = 0
        self.good = 0
        self.results.clear()


class OutlierWatcher:
    """Judges after each result, and takes back by a timer."""

    __slots__ = ("caller", "kernel", "record", "suspects")

    def __init__(self, record: Outliers, caller: Caller) -> None:
        self.record = record
        self.caller = caller
        self.kernel = caller.kernel
        self.suspects: dict[int, Suspect] = {}

    def sent(self, attempt: Attempt) -> None:
        """Nothing is learned by asking."""

    def closed(self, attempt: Attempt, cause: int) -> None:
        """One result of one target."""
        target = attempt.target
        assert target is not None
        if target.ejected or (not cause and not attempt.call.open):
            return
        suspect = self.suspects.get(target.index)
        if suspect is None:
            suspect = self.suspects[target.index] = Suspect(target)
        if attempt.sent_us < suspect.back_us:
            return
        suspect.in_a_row = suspect.in_a_row + 1 if cause else 0
        if self.record.success_rate is not None:
            self._remember(suspect, not cause)
        if cause and self._is_outlier(suspect) and self._may_eject():
            self._eject(suspect)

    def _remember(self, suspect: Suspect, good: bool) -> None:
        now = self.kernel.now
        suspect.results.append((now, good))
        suspect.good += good
        while suspect.results[0][0] <= now - self.record.window:
            suspect.good -= suspect.results.popleft()[1]

    def _is_outlier(self, suspect: Suspect) -> bool:
        record = self.record
        if suspect.in_a_row >= record.consecutive:
            return True
        count = len(suspect.results)
        return (
            record.success_rate is not None
            and count >= record.minimum
            and suspect.good < record.success_rate * count
        )

    def _may_eject(self) -> bool:
        targets = self.caller.targets
        out = sum(target.ejected for target in targets)
        return out + 1 <= self.record.at_most * len(targets)

    def _eject(self, suspect: Suspect) -> None:
        base_us = self.record.base
        now = self.kernel.now
        forgiven = (now - suspect.back_us) // base_us
        suspect.times = max(0, suspect.times - forgiven) + 1
        suspect.clear()
        target = suspect.target
        noted = target.in_rotation
        target.ejected = True
        if noted:
            self.caller.note_rotation(target, back=False)
        self.kernel.at(now + base_us * suspect.times, self._take_back, suspect, TIMER)

    def _take_back(self, suspect: Suspect) -> None:
        node = self.caller.node
        if not suspect.open or (node is not None and node.puts_off(self._take_back, suspect)):
            return
        target = suspect.target
        suspect.back_us = self.kernel.now
        target.ejected = False
        if target.in_rotation:
            self.caller.note_rotation(target, back=True)

    def reset(self, record: Outliers) -> bool:
        """Other settings in the run; what was seen is not forgotten."""
        self.record = record
        return True

    def stop(self) -> None:
        """It is taken away in the run: nobody is left out for its sake any more."""
        self.forget()
        for target in self.caller.targets:
            if target.ejected:
                target.ejected = False
                if target.in_rotation:
                    self.caller.note_rotation(target, back=True)

    def forget(self) -> None:
        """The caller lost its memory, and so takes every target for good."""
        for suspect in self.suspects.values():
            suspect.open = False
        self.suspects.clear()
