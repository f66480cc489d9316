"""A level's text beside the level: what is typed is checked and played at once."""

from __future__ import annotations

import os
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

from game.level.bounds import MOST_BYTES
from game.level.problems import Unreadable, clean
from game.tui.level_file import (
    WORKSHOP,
    Draft,
    FileText,
    Kept,
    LevelFile,
    Reading,
    base_of,
    read_text,
)
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
        self._area = LevelText("", id="level-text")
        self._opened = False
        self._disk = FileText("")
        """What the file held when it was last looked at."""
        self._base = ""
        """The hash of what the text in the editor was made of; another one than that of `_disk`
        while the file was changed elsewhere and the player has not said which one goes on."""
        self._kept: str | None = None
        """The text that is safe already."""
        self._told_trouble = False
        self._read_text: str | None = None
        self._rest: Timer | None = None
        self._problems: tuple[Problem, ...] = ()

    def body(self) -> ComposeResult:
        """Two halves under one title."""
        yield TitleBar(self.session.level.title)
        with Horizontal(id="editor"):
            with Vertical(id="text-half"):
                # Made anew with the other widgets, for instance in other signs: the text stays.
                text, read_only = self._area.text, self._area.read_only
                self._area = LevelText(text, id="level-text", read_only=read_only)
                yield self._area
                yield OptionList(id="problems", markup=False, compact=True)
            with Vertical(id="level-half"):
                yield from self.desk()

    def on_mount(self) -> None:
        """Take the text as it is on disk, or the draft of the last time."""
        self._draft = Draft(self.game.progress.place.folder, self.file.path)
        self.game.before_leaving.append(self.keep_typed)

    def on_unmount(self) -> None:
        """However the player left: what was typed is kept."""
        self.keep_typed()
        if self.keep_typed in self.game.before_leaving:
            self.game.before_leaving.remove(self.keep_typed)

    def fill(self) -> None:
        """The text, and the level as it is."""
        super().fill()
        if not self._opened:
            self._open()
        self._tell_saved()
        self.set_class(self.game.glyphs.full.isascii(), "-ascii")
        self.query_one(LevelText).focus()

    def _open(self) -> None:
        assert self._draft is not None
        self._opened = True
        self._disk = self.file.text()
        self._base = self._disk.base
        kept = self._draft.kept()
        if self._disk.trouble:
            more = " What you typed last time is still kept." if kept is not None else ""
            self.notify(f"{self._disk.trouble}{more}", severity="error", timeout=10, markup=False)
        elif kept is not None and kept.text != self._disk.text:
            self._put(kept.text)
            self._base = kept.base
            self.notify("What you typed last time and did not save is here.", timeout=6)
            if kept.base != self._disk.base:
                self._warn()
            return
        self._show_disk()

    def _show_disk(self) -> None:
        """The text of the file, to edit where that can be."""
        self._base = self._disk.base
        self._put(self._disk.text, read_only=bool(self._disk.trouble))

    def _put(self, text: str, *, read_only: bool = False) -> None:
        self._area.load_text(text)
        self._area.read_only = read_only
        self._read_text = None
        self._read_soon()

    @property
    def text(self) -> str:
        """What stands in the editor."""
        return self._area.text

    @property
    def unsaved(self) -> bool:
        """Whether the editor has another text than the file, and one that was typed."""
        if not self._opened or self._area.read_only:
            return False
        return bool(self._disk.trouble) or self.text != self._disk.text

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
            self._keep_for_now()
            if self._area.read_only:
                reading = await to_thread(self.file.read)
            else:
                reading = await to_thread(read_text, text.encode(), self.file.path)
            self._read_text = text
            await self.take(reading)

    def _keep_for_now(self) -> None:
        """Keep the draft while somebody types; it is told once if that does not work."""
        trouble = self._keep(durable=False)
        if trouble and not self._told_trouble:
            self.notify(f"No draft can be kept: {trouble}", severity="warning", markup=False)
        self._told_trouble = bool(trouble)

    def keep_typed(self) -> bool:
        """Keep what was typed, before the player goes; false, and said, where that cannot be."""
        trouble = self._keep(durable=True)
        if trouble:
            self.notify(
                f"What you typed cannot be kept: {trouble} Ctrl+S saves it, Ctrl+R throws it away.",
                severity="error",
                timeout=10,
                markup=False,
            )
        return not trouble

    def _keep(self, *, durable: bool) -> str:
        """Keep the text as a draft, or forget the draft of a text that is saved; why not, else
        "". In one thread: an older text never comes after a newer one."""
        if self._draft is None or not self._opened or self._area.read_only:
            return ""
        text = self.text
        if text == self._kept:
            return ""
        try:
            if self.unsaved:
                self._draft.keep(Kept(text, self._base), durable=durable)
            else:
                self._base = self._disk.base
                self._draft.forget()
        except OSError as error:
            return f"{error.strerror}."
        except Unreadable as error:
            return str(error)
        self._kept = text if durable else None
        return ""

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
        state = ", not saved" if self.unsaved else ", read only" if self._area.read_only else ""
        shop = self.game.progress.place.folder / WORKSHOP
        own = self.file.path.is_relative_to(shop)
        where = f", your copy in {clean(str(self.file.path.parent))}" if own else ""
        half.border_title = Content(f"{name}{state}{where}")

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
        if self._meet(self.file.text()):
            await self.read_typed()

    def _meet(self, found: FileText) -> bool:
        """The file may hold something else than before; true where that stands here now."""
        if found.base == self._disk.base or not os.path.exists(self.file.path):
            return False
        was_unsaved = self.unsaved
        self._disk = found
        self._kept = None
        if was_unsaved and self.unsaved:
            self._warn()
            self._tell_saved()
            return False
        place = self._area.cursor_location
        self._show_disk()
        self._area.move_cursor(place)
        return True

    def _warn(self) -> None:
        self.notify(
            "The file was changed elsewhere. Ctrl+S writes yours over it, Ctrl+R takes it.",
            severity="warning",
            timeout=10,
        )

    def action_save(self) -> None:
        """Write the file; if it was changed elsewhere, tell that first."""
        if self._area.read_only:
            self.notify(self._disk.trouble, severity="error", markup=False)
            return
        found = self.file.text()
        if found.base != self._disk.base and os.path.exists(self.file.path):
            if self._meet(found):
                self._rested()
            return
        text = self.text
        data = self._disk.data(text)
        trouble = self._write(data)
        if trouble:
            kept = " It is kept as a draft." if self.keep_typed() else ""
            self.notify(f"{trouble}{kept}", severity="error", timeout=10, markup=False)
            return
        self._disk = FileText(text, self._disk.marked, base_of(data))
        self._kept = None
        self._keep_for_now()
        self._tell_saved()
        self.notify("Saved.", timeout=2)

    def _write(self, data: bytes) -> str:
        """Write the file; why that cannot be, else ""."""
        if len(data) > MOST_BYTES:
            return f"Not saved: a level has at most {MOST_BYTES // 1024} KiB."
        try:
            self.file.write(data)
        except Unreadable as error:
            return str(error)
        return ""

    def action_as_saved(self) -> None:
        """Throw away what was typed; the editor's own undo brings it back."""
        if self._disk.trouble or self._area.read_only:
            self._show_disk()
            return
        self._base = self._disk.base
        self._area.replace(self._disk.text, (0, 0), self._area.document.end)
        self._read_soon()

    def action_back(self) -> None:
        """From a night to the plan, from the level to the text, from the text out."""
        if self._writes:
            if not self.keep_typed():
                return
            if self.unsaved:
                self.notify("Not saved, but kept: it will be here again.", timeout=4)
            self.game.pop_screen()
        elif self.watched is not None:
            super().action_back()
        else:
            self.action_other_half()
