"""The night from end to end: faults, trouble, and the moment that is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from game.tui.canvas import Canvas
from game.tui.glyphs import GlyphSet
from game.tui.watch import FaultSpan, Second
from game.tui.words import short_moment

INKS = ("plain", "axis", "played", "now", "fault", "trouble", "label")
PLAIN, AXIS, PLAYED, NOW, FAULT, TROUBLE, LABEL = range(len(INKS))
SECOND_US = 1_000_000


class Timeline(Widget, can_focus=True):
    """Upper row: failures a second. Middle row: time with faults and now. Lower row: names.

    Marks stand in the lower row, where there is no name.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"timeline--{ink}" for ink in INKS}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "look(-1)", "Look back", show=False),
        Binding("right", "look(1)", "Look on", show=False),
    ]
    HELP = "Left and right, or a click, look at another moment that has passed."

    class Looked(Message):
        """The player wants to see another moment."""

        def __init__(self, time_us: int, steps: int = 0) -> None:
            super().__init__()
            self.time_us = time_us
            self.steps = steps
            """How far to go from where the player is, in steps; 0 for a click."""

    def __init__(self, glyphs: GlyphSet, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.glyphs = glyphs
        self._duration_us = 1
        self._now_us: int | None = None
        self._edge_us = 0
        self._faults: tuple[FaultSpan, ...] = ()
        self._seconds: tuple[Second, ...] = ()
        self._marks: tuple[int, ...] = ()
        self._canvas = Canvas(0, 0)
        self._styles: list[Style] = []

    def show(
        self,
        duration_us: int,
        now_us: int | None,
        edge_us: int,
        faults: Sequence[FaultSpan],
        seconds: Sequence[Second],
        marks: Sequence[int] = (),
    ) -> None:
        """Show a night; `now_us` is None before it begins. `marks` are times."""
        self._duration_us = max(1, duration_us)
        self._now_us, self._edge_us = now_us, edge_us
        self._faults, self._seconds = tuple(faults), tuple(seconds)
        self._marks = tuple(marks)
        self._draw()

    def action_look(self, seconds: int) -> None:
        """Go back or on by a second."""
        if self._now_us is not None:
            self.post_message(self.Looked(self._now_us + seconds * SECOND_US, seconds))

    def on_click(self, event: events.Click) -> None:
        """Go to the moment under the pointer."""
        start, width = self._axis()
        if self._now_us is not None and width > 1:
            self.post_message(self.Looked((event.x - start) * self._duration_us // (width - 1)))

    def on_resize(self) -> None:
        """Draw for the new width."""
        self._draw()

    def notify_style_update(self) -> None:
        """Colours are looked up anew when the theme changes."""
        super().notify_style_update()
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        """One row."""
        if not self._styles:
            self._styles = [self.get_component_rich_style(f"timeline--{ink}") for ink in INKS]
        if y >= self._canvas.height:
            return Strip.blank(self.size.width, self._styles[PLAIN])
        return Strip(
            [Segment(text, self._styles[ink]) for text, ink in self._canvas.runs(y)],
            self._canvas.width,
        )

    def _axis(self) -> tuple[int, int]:
        """First column and width of the axis, between the times of begin and end."""
        return 6, max(1, self.size.width - 12)

    def _column(self, time_us: int) -> int:
        start, width = self._axis()
        return start + min(width - 1, time_us * (width - 1) // self._duration_us)

    def _draw(self) -> None:
        width, height = self.size
        if width < 20 or height < 2:
            return
        canvas = Canvas(width, height)
        start, length = self._axis()
        canvas.write(1, 1, short_moment(0), LABEL)
        end = short_moment(self._duration_us)
        canvas.write(width - 1 - len(end), 1, end, LABEL)
        played = start if self._now_us is None else self._column(self._edge_us) + 1
        for x in range(start, start + length):
            past = x < played
            sign, ink = (self.glyphs.played, PLAYED) if past else (self.glyphs.axis, AXIS)
            canvas.put(x, 1, sign, ink)
        for time_us in self._marks:
            canvas.put(self._column(time_us), 2, self.glyphs.mark, LABEL)
        self._draw_faults(canvas)
        self._draw_trouble(canvas)
        if self._now_us is not None:
            x = self._column(self._now_us)
            canvas.put(x, 1, self.glyphs.now, NOW)
        if canvas != self._canvas:
            self._canvas = canvas
            self.refresh()

    def _draw_faults(self, canvas: Canvas) -> None:
        free = 0
        for span in self._faults:
            first = self._column(span.began_us)
            last = self._column(self._edge_us if span.ended_us is None else span.ended_us)
            for x in range(first, last + 1):
                canvas.put(x, 1, self.glyphs.fault_on, FAULT)
            canvas.put(first, 1, self.glyphs.fault, FAULT)
            if canvas.height > 2 and first >= free:
                canvas.write(first, 2, f"{span.fault} ", FAULT)
                free = first + len(span.fault) + 1

    def _draw_trouble(self, canvas: Canvas) -> None:
        """The share of failures of the worst second in each column."""
        worst: dict[int, float] = {}
        for index, second in enumerate(self._seconds):
            ended = second.good + second.failed
            if second.failed and ended:
                first = self._column(index * SECOND_US)
                for x in range(first, max(first + 1, self._column((index + 1) * SECOND_US))):
                    worst[x] = max(worst.get(x, 0.0), second.failed / ended)
        levels = self.glyphs.levels
        for x, share in worst.items():
            canvas.put(x, 0, levels[min(len(levels) - 1, int(share * len(levels)))], TROUBLE)
