"""A level's text beside the level: what is typed is checked and played at once."""

from __future__ import annotations

from asyncio import to_thread
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import OptionList, TextArea
from textual.widgets.option_list import Option

from game.level.problems import Unreadable, clean
from game.tui.level_file import Draft, LevelFile, Reading, read_text
from game.tui.screens.preview import PreviewScreen, problem_line
from game.tui.widgets.controls import ControlsPanel
from game.tui.widgets.level_text import LevelText
from game.tui.widgets.timeline import Timeline
from game.tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from game.level.problems import Problem
    from game.tui.session import Session

REST_S = 0.15
"""After the last key that was typed the text is read."""
TWO_HALVES = 110
"""Columns from which on text and level stand side by side; else one of them is seen."""
OF_THE_LEVEL = frozenset(
    {
        *("start", "pause", "slower", "faster", "step", "skip", "verdict"),
        *("again", "night", "new_night", "undo", "defaults"),
    }
)
"""What keys do while the level has them: in the text the same keys are letters."""

OF_THE_TEXT = frozenset({"as_saved", "next_problem"})


class EditorScreen(PreviewScreen):
    """The text on the left, the level on the right; in a narrow window one of the two."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "other_half", "Text or level", key_display="f9", id="half"),
        Binding("f1", "app.help", "Help", key_display="f1", id="help_in_text"),
        Binding("ctrl+s", "save", "Save", key_display="^s", id="save"),
        Binding("f8", "next_problem", "Next problem", key_display="f8", id="next_problem"),
        Binding(
            "ctrl+r", "as_saved", "As saved", key_display="^r", id="as_saved",
            tooltip="Throw away what was typed since the last save",
        ),
    ]  # fmt: skip
    ABOUT = (
        "The level's file beside the level. What you type is checked at once: what is wrong is "
        "underlined, and listed below the text. A text without errors is played at once: same "
        "plan, same night, same moment. Ctrl+S writes the file. What is not saved is kept as a "
        "draft, also when you leave. F9 goes from the text to the level and back."
    )
    HORIZONTAL_BREAKPOINTS = [(0, "-too-narrow"), (80, "-narrow")]  # noqa: RUF012

    def __init__(self, file: LevelFile, session: Session | None = None) -> None:
        super().__init__(file, session)
        self._draft: Draft | None = None
        self._saved = ""
        self._read_text = ""
        self._rest: Timer | None = None
        self._problems: tuple[Problem, ...] = ()

    def body(self) -> ComposeResult:
        """Two halves under one title."""
        yield TitleBar(self.session.level.title)
        with Horizontal(id="editor"):
            with Vertical(id="text-half"):
                yield LevelText("", id="level-text")
                yield OptionList(id="problems", markup=False, compact=True)
            with Vertical(id="level-half"):
                yield from self.desk()

    def on_mount(self) -> None:
        """Take the text as it is on disk, or the draft of the last time."""
        self._draft = Draft(self.game.progress.place.folder, self.file.path)

    def fill(self) -> None:
        """The text, and the level as it is."""
        super().fill()
        if not self._read_text:
            self._open()
        self.set_class(self.game.glyphs.full.isascii(), "-ascii")
        self.query_one(LevelText).focus()

    def _open(self) -> None:
        assert self._draft is not None
        try:
            self._saved = self.file.bytes().decode(errors="replace")
        except Unreadable as error:
            self.notify(str(error), severity="error", markup=False)
        draft = self._draft.text()
        text = self._saved if draft is None else draft
        if draft is not None and draft != self._saved:
            self.notify("What you typed last time and did not save is here.", timeout=6)
        self._put(text)

    def _put(self, text: str) -> None:
        self.query_one(LevelText).load_text(text)
        self._read_text = ""
        self._read_soon()

    @property
    def text(self) -> str:
        """What stands in the editor."""
        return self.query_one(LevelText).text

    @property
    def unsaved(self) -> bool:
        """Whether the editor has another text than the file."""
        return self.text != self._saved

    # The two halves

    @on(events.Resize)
    def _fit(self) -> None:
        self.set_class(self.size.width >= TWO_HALVES, "-split")

    def action_other_half(self) -> None:
        """Give the keys to the level, or back to the text."""
        text = self.query_one(LevelText)
        if self._writes:
            self.add_class("-level")
            if self.watched is None:
                self.query_one(ControlsPanel).focus_first()
            else:
                self.query_one(Timeline).focus()
        else:
            self.remove_class("-level")
            text.focus()
        self.refresh_bindings()

    @property
    def _writes(self) -> bool:
        """Whether keys are letters of the text, or go through its problems."""
        return self.is_mounted and self.query_one("#text-half").has_focus_within

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Other keys mean something."""
        self.set_class(not self._writes, "-level")
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the text the level's keys are letters."""
        if action == "edit" or (action in OF_THE_LEVEL and self._writes):
            return False
        if action in OF_THE_TEXT and not self._writes:
            return False
        if action == "next_problem":
            return bool(self._problems)
        return super().check_action(action, parameters)

    # Typing

    @on(TextArea.Changed, "#level-text")
    def _typed(self) -> None:
        self._read_soon()

    def _read_soon(self) -> None:
        if self._rest is not None:
            self._rest.stop()
        if self.game.live:
            self._rest = self.set_timer(REST_S, self._rested)

    def _rested(self) -> None:
        self.run_worker(self.read_typed(), group="typed", exit_on_error=False)

    async def read_typed(self) -> None:
        """Check what was typed, keep it as a draft, and play it if it is a level."""
        async with self.reading:
            text = self.text
            if text == self._read_text:
                return
            await to_thread(self._keep, text)
            reading = await to_thread(read_text, text.encode(), self.file.path)
            self._read_text = text
            await self.take(reading)

    def _keep(self, text: str) -> None:
        assert self._draft is not None
        try:
            if text == self._saved:
                self._draft.forget()
            else:
                self._draft.keep(text)
        except OSError as error:
            self.app.call_from_thread(
                self.notify, f"No draft can be kept: {error.strerror}", severity="warning"
            )

    async def take(self, reading: Reading) -> None:
        """Show the problems beside their lines and below the text; go on with a level."""
        if not self.is_whole:
            return
        self._problems = tuple(reading.problems)
        self.query_one(LevelText).mark(self._problems, self.game.glyphs.bad)
        rows = self.query_one("#problems", OptionList)
        rows.clear_options()
        rows.add_options([Option(self._row(problem)) for problem in self._problems])
        rows.display = bool(self._problems)
        had_keys = self.focused
        await super().take(reading)
        if had_keys is not None and had_keys.is_attached:
            had_keys.focus()
        self._tell_saved()
        self.refresh_bindings()

    def _row(self, problem: Problem) -> Content:
        glyphs = self.game.glyphs
        if problem.severity == "error":
            return Content.assemble((f"{glyphs.bad} ", "bold $error"), problem_line(problem))
        return Content.assemble((f"{glyphs.fault} ", "$warning"), problem_line(problem))

    def _tell_saved(self) -> None:
        half = self.query_one("#text-half")
        name = clean(self.file.path.name)
        half.border_title = Content(f"{name}, not saved" if self.unsaved else name)

    @on(OptionList.OptionSelected, "#problems")
    def _to_problem(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.query_one(LevelText).go_to(self._problems[event.option_index])

    def action_next_problem(self) -> None:
        """The next problem behind the cursor; after the last one the first."""
        text = self.query_one(LevelText)
        row, column = text.cursor_location
        later = (one for one in self._problems if (one.line - 1, one.column - 1) > (row, column))
        text.go_to(next(later, self._problems[0]))

    # The file

    async def read_again(self) -> None:
        """The file was changed by somebody else: take it, unless something was typed here."""
        was_unsaved = self.unsaved
        try:
            found = (await to_thread(self.file.bytes)).decode(errors="replace")
        except Unreadable:
            return
        if found == self._saved:
            return
        self._saved = found
        if was_unsaved:
            self.notify(
                "The file was changed elsewhere. Ctrl+S writes yours over it, Ctrl+R takes it.",
                severity="warning",
                timeout=10,
            )
            self._tell_saved()
        else:
            place = self.query_one(LevelText).cursor_location
            self._put(found)
            self.query_one(LevelText).move_cursor(place)
            await self.read_typed()

    def action_save(self) -> None:
        """Write the file."""
        assert self._draft is not None
        text = self.text
        try:
            self.file.write(text)
            self._saved = text
            self._draft.forget()
        except OSError as error:
            self.notify(
                f"{self.file.path} cannot be written: {error.strerror}. It is kept as a draft.",
                severity="error",
                markup=False,
            )
            return
        self._tell_saved()
        self.notify("Saved.", timeout=2)

    def action_as_saved(self) -> None:
        """Throw away what was typed; the editor's own undo brings it back."""
        text = self.query_one(LevelText)
        text.replace(self._saved, (0, 0), text.document.end)
        self._read_soon()

    def action_back(self) -> None:
        """From a night to the plan, from the level to the text, from the text out."""
        if self._writes:
            if self.unsaved:
                self.notify("Not saved, but kept: it will be here again.", timeout=4)
            self.game.pop_screen()
        elif self.watched is not None:
            super().action_back()
        else:
            self.action_other_half()
