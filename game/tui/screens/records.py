"""All runs so far, newest first; each can be watched again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import ScreenResume
from textual.widgets import DataTable, Static

from game.score.measures import Unit
from game.score.words import WORDS
from game.tui.screens.page import Page
from game.tui.widgets.lists import MOVES
from game.tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from textual.widgets.data_table import RowKey

    from game.progress import SavedRun
    from game.tui.session import Finished

RUNS_MOST = 200
COLUMNS: tuple[tuple[str, str, Callable[[float], str]], ...] = (
    ("availability", "answered", WORDS[Unit.SHARE]),
    ("p99_ms", "p99", lambda value: f"{value:,.0f} ms"),
    ("cost_per_hour", "an hour", lambda value: f"${value:,.2f}"),
    ("moving_parts", "parts", lambda value: f"{value:g}"),
)
"""Field of a run, heading, and how its value is told."""


class RunTable(DataTable[str], inherit_bindings=False):
    """Runs, one a row; enter is left to the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
        Binding("home", "scroll_top", "First", show=False),
        Binding("end", "scroll_bottom", "Last", show=False),
    ]
    HELP = "Up and down point at a run, enter opens its level with its plan."


class RecordsScreen(Page):
    """Every finished run: its level, its stars, its measures, its plan."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Play it again", key_display="enter"),
        Binding("f2", "app.mode('campaign')", "Campaign", key_display="f2"),
        Binding("f3", "app.mode('codex')", "Codex", key_display="f3"),
        Binding("f5", "app.settings", "Settings", key_display="f5"),
    ]
    ABOUT = (
        "Every run that you watched to its end, newest first. A plan and its nights can be played "
        "again: the same plan on the same night gives the same run, to the last message."
    )

    def __init__(self) -> None:
        super().__init__(classes="-crowded")
        self._runs: dict[str, SavedRun] = {}

    def body(self) -> ComposeResult:
        """The table, and the plan of the run that is pointed at."""
        yield TitleBar(f"Nine Lives  {self.game.glyphs.separator}  Records")
        yield RunTable(id="runs", cursor_type="row", zebra_stripes=True)
        yield Static("", id="run-plan")

    def fill(self) -> None:
        """Read the runs."""
        glyphs = self.game.glyphs
        runs = self.game.progress.runs(limit=RUNS_MOST)
        self._runs = {run.id: run for run in runs}
        table = self.query_one("#runs", RunTable)
        table.clear(columns=True)
        table.add_columns("run", "level", "stars", *(name for _, name, _ in COLUMNS))
        for run in runs:
            stars = glyphs.star * run.stars if run.stars else glyphs.bad
            measures = (
                "-" if (value := getattr(run, measure)) is None else words(value)
                for measure, _, words in COLUMNS
            )
            table.add_row(
                str(run.sequence or glyphs.dots), run.title[:28], stars, *measures, key=run.id
            )
        self.query_one(TitleBar).show(Content(f"{len(runs)} run{'' if len(runs) == 1 else 's'}"))
        if not runs:
            self._tell("Nothing has been played to its end yet.")
        table.focus()

    @on(ScreenResume)
    def _read_again(self) -> None:
        """Runs may have been added meanwhile."""
        if self.is_whole:
            self._fill()

    def on_news(self, finished: Finished) -> None:
        """A run was saved while this screen was looked at."""
        if finished.kept and self.is_current:
            self._fill()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Tell the plan of the run that is pointed at."""
        # An empty table points at row -1, which has no key.
        run = self._runs.get(event.row_key.value or "") if event.cursor_row >= 0 else None
        if run is not None:
            labels = ", ".join(f"{control} = {label}" for control, label in run.plan)
            self._tell(f"{run.at[:16].replace('T', ' ')} UTC. {labels or 'No controls.'}")

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """A click on the row that is pointed at opens its level."""
        self._open(event.row_key)

    def action_open(self) -> None:
        """Open the level of the run that is pointed at, with its plan."""
        table = self.query_one("#runs", RunTable)
        if table.row_count:
            self._open(table.coordinate_to_cell_key(table.cursor_coordinate).row_key)

    def _open(self, key: RowKey) -> None:
        run = self._runs[key.value or ""]
        card = self.game.find_card(run.level)
        if card is None:
            self.notify(
                f"The level {run.level} is none of the campaign: open its pack first, or its "
                "file with ninelives play FILE.",
                markup=False,
            )
            return
        self.game.open_level(card, plan=dict(run.plan), seed=run.watched_seed)

    def _tell(self, words: str) -> None:
        self.query_one("#run-plan", Static).update(Content(words))
