"""The live map: one widget that repaints only what changed."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from game.engine.frame import Frame
from game.level.model import System
from game.tui.canvas import Canvas
from game.tui.glyphs import GlyphSet
from game.tui.layout import MapLayout, lay_out
from game.tui.picture import (
    Ink,
    Scene,
    background,
    capacities,
    client_rates,
    describe,
    legend,
    paint,
)


class TopologyMap(Widget, can_focus=True):
    """Clients, machines, the lines between them and what moves there.

    `show_system` says what stands on the map, `show_frame` what happens on it.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"map--{ink.name.lower()}" for ink in Ink}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,left", "select(-1)", "Previous machine", show=False),
        Binding("down,right", "select(1)", "Next machine", show=False),
    ]
    HELP = "Arrow keys or the mouse choose a place; the last line tells about it."

    def __init__(self, glyphs: GlyphSet, *, still: bool, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.glyphs = glyphs
        self.still = still
        self.selected: str | None = None
        self._system: System | None = None
        self._scene: Scene | None = None
        self._lines = Canvas(0, 0)
        self._canvas = Canvas(0, 0)
        self._frame: Frame | None = None
        self._caption = ("", Ink.QUIET)
        self._styles: list[Style] = []

    def show_system(self, system: System) -> None:
        """Draw another system; everything stands ready."""
        self._system = system
        self._frame = None
        self._lay_out()

    def show_caption(self, words: str, ink: Ink = Ink.QUIET) -> None:
        """A sentence for the first row; it is drawn with the next system or frame."""
        self._caption = (words, ink)

    def show_frame(self, frame: Frame | None) -> None:
        """Draw another moment: only cells that differ are sent to the terminal."""
        self._frame = frame
        if self._scene is None:
            return
        fresh = self._paint()
        regions = [Region(x, y, width, 1) for y, x, width in fresh.changed_spans(self._canvas)]
        self._canvas = fresh
        if regions:
            self.refresh(*regions)

    def select(self, name: str | None) -> None:
        """Tell about one place in the last line; None goes back to the legend."""
        self.selected = name
        self.show_frame(self._frame)

    def action_select(self, step: int) -> None:
        """Go to the next place, or the one before."""
        if self._scene is None:
            return
        names = list(self._scene.layout.boxes)
        if self.selected in names:
            self.select(names[(names.index(self.selected) + step) % len(names)])
        elif names:
            self.select(names[0 if step > 0 else -1])

    def on_click(self, event: events.Click) -> None:
        """Choose the place that was clicked; a click beside all of them lets go."""
        if self._scene is not None:
            box = self._scene.layout.at(event.x, event.y - 1)
            self.select(box.name if box is not None else None)

    def on_resize(self) -> None:
        """Place everything anew."""
        self._lay_out()

    def notify_style_update(self) -> None:
        """Colours are looked up anew when the theme changes."""
        super().notify_style_update()
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        """One row of the canvas."""
        if not self._styles:
            self._styles = [
                self.get_component_rich_style(f"map--{ink.name.lower()}") for ink in Ink
            ]
        if y >= self._canvas.height:
            return Strip.blank(self.size.width, self._styles[Ink.PLAIN])
        styles = self._styles
        return Strip(
            [Segment(text, styles[ink]) for text, ink in self._canvas.runs(y)], self._canvas.width
        )

    @property
    def layout_of_map(self) -> MapLayout | None:
        """Where the boxes stand now."""
        return None if self._scene is None else self._scene.layout

    def _lay_out(self) -> None:
        width, height = self.size
        if self._system is None or width < 1 or height < 3:
            return
        self._scene = Scene(
            lay_out(self._system, width, height - 2),
            self.glyphs,
            capacities(self._system),
            client_rates(self._system),
            self.still,
        )
        if self.selected not in self._scene.layout.boxes:
            self.selected = None
        self._lines = background(self._scene)
        self._canvas = self._paint()
        self.refresh()

    def _paint(self) -> Canvas:
        assert self._scene is not None
        canvas = paint(self._scene, self._lines, self._frame, self.selected)
        canvas.insert_rows(0, 1)
        canvas.insert_rows(canvas.height, 1)
        canvas.write(1, 0, self._caption[0][: canvas.width - 2], self._caption[1])
        self._write_last_line(canvas)
        return canvas

    def _write_last_line(self, canvas: Canvas) -> None:
        assert self._scene is not None
        y = canvas.height - 1
        if self.selected is not None:
            text = describe(self._scene, self.selected, self._frame)
            canvas.write(1, y, text[: canvas.width - 2], Ink.SELECTED)
            return
        x = 1
        for sign, ink, words in legend(self.glyphs):
            canvas.write(x, y, sign, ink)
            canvas.write(x + 2, y, words, Ink.QUIET)
            x += len(words) + 5
