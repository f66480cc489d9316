"""How the service is doing: availability with its budget, speed, and answers a second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult, RenderResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Sparkline, Static

from game.engine.frame import Frame
from game.level.model import Goal
from game.tui.glyphs import GlyphSet
from game.tui.watch import Second
from game.tui.words import one_in, percent


@dataclass(frozen=True, slots=True)
class Targets:
    """What the gauges are held against."""

    availability: float | None
    """The share of good operations that the level asks for."""
    may_fail: int | None
    """About how many operations of the night may fail, where that can be said."""
    p99_ms: float | None


def targets(goals: Sequence[Goal], operations: int | None) -> Targets:
    """The targets for one star, and the error budget of a night of about so many operations."""
    plain = [goal for goal in goals if goal.stars == 1]
    available = next((g.at_least for g in plain if g.measure == "availability"), None)
    p99 = next((g.at_most for g in plain if g.measure == "p99_ms"), None)
    may_fail = None
    if available is not None and operations is not None:
        may_fail = int(operations * (1 - available) + 1e-9)
    return Targets(available, may_fail, p99)


class Trend(Sparkline):
    """A sparkline over the whole night that knows the ASCII set.

    Seconds that are still to come stand as zeros, so that the bars grow from zero.
    """

    def __init__(self, glyphs: GlyphSet, *, classes: str | None = None) -> None:
        super().__init__([], classes=classes)
        self.glyphs = glyphs

    def show(self, values: Sequence[float], seconds: int) -> None:
        """Show one value a second, of a night of so many."""
        self.data = [*values, *[0.0] * (seconds - len(values))]

    def render(self) -> RenderResult:
        """Blocks where the terminal has them; else one row of signs of growing weight."""
        if not self.glyphs.levels.isascii():
            return super().render()
        data, levels, width = self.data or [0.0], self.glyphs.levels, max(1, self.size.width)
        top = max(data) or 1.0
        columns = (
            max(data[column * len(data) // width : (column + 1) * len(data) // width or 1] or [0.0])
            for column in range(width)
        )
        return Content(
            "".join(levels[min(len(levels) - 1, int(v / top * len(levels)))] for v in columns)
        )


class Gauge(Widget):
    """One measure: a title, two lines of words, and its trend."""

    def __init__(self, title: str, glyphs: GlyphSet, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.border_title = title
        self._trend = Trend(glyphs)
        self._words = Static("", classes="gauge--words")
        self._told: Content | None = None

    def compose(self) -> ComposeResult:
        """Words, then the trend."""
        yield self._words
        yield self._trend

    def tell(self, words: Content, values: Sequence[float], seconds: int) -> None:
        """Show other words and another trend."""
        if words != self._told:
            self._told = words
            self._words.update(words, layout=False)
        self._trend.show(values, seconds)


class Gauges(Vertical):
    """The three gauges of a live run."""

    def __init__(self, glyphs: GlyphSet, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.glyphs = glyphs

    def compose(self) -> ComposeResult:
        """Availability, speed, traffic."""
        yield Gauge("Available", self.glyphs, id="gauge-available")
        yield Gauge("Speed", self.glyphs, id="gauge-speed")
        yield Gauge("Traffic", self.glyphs, id="gauge-traffic")

    def show(
        self, frame: Frame, seconds: Sequence[Second], held: Targets, duration_us: int
    ) -> None:
        """Show one moment of a night that lasts so long."""
        whole = -(-duration_us // 1_000_000)
        past = seconds[: frame.time_us // 1_000_000]
        failures = [float(second.failed) for second in past]
        self._gauge("available").tell(self._available(frame, held), failures, whole)
        speeds = [(second.p99_us or 0) / 1000 for second in past]
        self._gauge("speed").tell(self._speed(frame, held), speeds, whole)
        good = [float(second.good) for second in past]
        self._gauge("traffic").tell(self._traffic(frame), good, whole)

    def _gauge(self, name: str) -> Gauge:
        return self.query_one(f"#gauge-{name}", Gauge)

    def _mark(self, fine: bool) -> tuple[str, str]:
        return (self.glyphs.good, "$success") if fine else (self.glyphs.bad, "$error")

    def _available(self, frame: Frame, held: Targets) -> Content:
        failed = frame.ended - frame.good
        number = f"{percent(frame.good, frame.ended)} good" if frame.ended else ""
        first = Content.assemble((number, "bold"), f"  {one_in(failed, frame.ended)}")
        if held.availability is None:
            return first
        if held.may_fail is None:
            fine = not frame.ended or frame.good >= held.availability * frame.ended
            second = Content.assemble(self._mark(fine), f" goal {100 * held.availability:g} % good")
        else:
            left = held.may_fail - failed
            share = max(0.0, left / held.may_fail) if held.may_fail else float(left >= 0)
            words = (
                f" {left:,} of about {held.may_fail:,} left"
                if left >= 0
                else f" {-left:,} more than may fail"
            )
            colour = "$success" if share > 0.5 else "$warning" if left >= 0 else "$error"
            second = Content.assemble(
                self._mark(left >= 0), " ", (self.glyphs.bar(share, 8), colour), words
            )
        return Content("\n").join([first, second])

    def _speed(self, frame: Frame, held: Targets) -> Content:
        p99_us = frame.recent_p99_us
        first = (
            Content("no good answer in the last second")
            if p99_us is None
            else Content.assemble((f"{p99_us / 1000:,.0f} ms", "bold"), "  for 99 of 100 answers")
        )
        if held.p99_ms is None:
            return first
        fine = p99_us is None or p99_us <= held.p99_ms * 1000
        goal = Content.assemble(self._mark(fine), f" goal {held.p99_ms:g} ms over the night")
        return Content("\n").join([first, goal])

    def _traffic(self, frame: Frame) -> Content:
        failed = frame.recent_ended - frame.recent_good
        return Content("\n").join(
            [
                Content.assemble(
                    self._mark(True), (f" {frame.recent_good}", "bold"), " good in the last second"
                ),
                Content.assemble(
                    self._mark(False),
                    (f" {failed}", "bold $error" if failed else "bold"),
                    " failed",
                ),
            ]
        )
