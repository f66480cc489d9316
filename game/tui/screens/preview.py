"""A level that is being written: after each save the game goes on with it, where it was."""

from __future__ import annotations

from asyncio import Lock, to_thread
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.timer import Timer
from textual.widgets import ContentSwitcher, Static

from game.engine.kinds import load_kinds
from game.level.pack import LOOSE
from game.level.problems import clean
from game.level.read import read_level_bytes
from game.tui.level_file import LOOK_S, LevelFile, Reading
from game.tui.screens.operate import OperateScreen
from game.tui.session import Session
from game.tui.simulator import EngineSimulator
from game.tui.widgets.controls import ControlsPanel
from game.tui.widgets.on_call import OnCallPanel
from game.tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from game.level.model import Level
    from game.level.problems import Problem
    from game.tui.watch import Watch

CATCH_UP_US = 30_000
"""Wall time a tick in which a changed level is brought to the moment that was being looked at."""


def session_after(old: Session, level: Level, watch: Watch | None = None) -> Session:
    """A changed level with plan and night of before, as far as it still has them. What was done in
    the night that is being watched is part of the plan."""
    plan = None if watch is None else watch.run.plan
    done = {} if plan is None else {one.key: one.value for one in plan.changes}
    session = Session(level, old.simulator, {**old.pairs, **done}, pack=old.pack)
    if old.seed in level.seeds or not old.night:
        session.seed = old.seed
    return session


BLANK = b"""
format = 1
id = "not-yet"
title = "Not a level yet"
duration = "10s"
"""


def blank() -> Session:
    """What stands for a file that is no level yet."""
    level, problems = read_level_bytes(BLANK, "not-yet.toml", load_kinds())
    assert level is not None, problems
    return Session(level, EngineSimulator(), pack=LOOSE)


def problem_line(problem: Problem) -> str:
    """One problem in one row."""
    hint = f'; did you mean "{problem.suggestion}"?' if problem.suggestion else ""
    return clean(f"{problem.line}:{problem.column} {problem.code} {problem.message}{hint}")


class PreviewScreen(OperateScreen):
    """The level as players see it, and one row about the file. Time, speed, plan and night are
    kept from save to save; while the file has errors the last good level goes on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Edit", id="edit", tooltip="The file, beside the level"),
    ]
    ABOUT = (
        "The level as players see it. Save its file in any editor, and the game goes on with what "
        "it says now: same plan, same night, same moment. While the file has errors the last good "
        "level goes on."
    )

    def __init__(self, file: LevelFile, session: Session | None = None) -> None:
        """`session` is the level that the file says, where that is known."""
        super().__init__(session or blank())
        self.file = file
        self.is_blank = session is None
        self._target_us: int | None = None
        self._coming: Watch | None = None
        """A changed level's night on its way to the moment that was looked at."""
        self._looking: Timer | None = None
        self._told = Content("")
        self.reading = Lock()
        """Held from the reading of a text until the screen shows it: never two at once, and none
        is broken off half-way."""

    def desk(self) -> ComposeResult:
        """What players see, under a row about the file."""
        yield Static(self._told, id="file-state")
        yield Static("", id="not-yet")
        yield from super().desk()

    def on_mount(self) -> None:
        """Look at the file from time to time."""
        self.set_class(self.is_blank, "-blank")
        if not self.is_blank:
            self.file.look()
        self._looking = self.set_interval(LOOK_S, self.look, pause=not self.game.live)
        if self.is_blank:
            self.call_after_refresh(self.look)

    def look(self) -> None:
        """Has the file been saved?"""
        if self.is_whole and self.file.look():
            self.run_worker(self.read_again(), group="read", exit_on_error=False)

    async def read_again(self) -> None:
        """The file was saved: go on with what it says."""
        async with self.reading:
            await self.take(await to_thread(self.file.read))

    async def take(self, reading: Reading) -> None:
        """Tell how the text stands, and go on with its level if it is one."""
        if not self.is_whole:
            return
        self._tell(reading)
        if reading.level is not None:
            self.is_blank = False
            await self._go_on_with(session_after(self.session, reading.level, self.watched))
        self.set_class(self.is_blank, "-blank")
        self.query_one("#not-yet", Static).update(Content(reading.trouble or str(reading.problems)))

    def _tell(self, reading: Reading) -> None:
        glyphs, problems = self.game.glyphs, reading.problems
        errors = [problem for problem in problems if problem.severity == "error"]
        if reading.trouble:
            told = Content.styled(f"{glyphs.bad} {clean(reading.trouble)}", "bold $error")
        elif errors:
            more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
            told = Content.styled(f"{glyphs.bad} {problem_line(errors[0])}{more}", "bold $error")
        elif problems:
            more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
            told = Content.styled(f"{glyphs.fault} {problem_line(problems[0])}{more}", "$warning")
        else:
            told = Content.styled(f"{glyphs.good} no errors", "$success")
        self._told = told
        self.query_one("#file-state", Static).update(told)

    async def _go_on_with(self, session: Session) -> None:
        watch = self.watched
        self.session = session
        self.query_one(TitleBar).rename(session.level.title)
        await self._exchange_panels()
        if watch is None or session.trouble():
            self.show_controls()
            return
        fresh = session.watch()
        fresh.clock.speed, fresh.clock.paused = watch.clock.speed, watch.clock.paused
        self._coming, self._target_us = fresh, watch.clock.playhead_us
        self._catch_up()

    async def _exchange_panels(self) -> None:
        """The panels that the level has now, with the keys where they were."""
        side = self.query_one("#side", ContentSwitcher)
        old = side.query_one(ControlsPanel)
        had_keys = old.has_focus_within
        await old.remove()
        panel = self.plan_panel()
        panel.display = side.current == "configure"
        await side.mount(panel, before=0)
        if had_keys:
            panel.focus_first()
        watching = side.query_one("#watching")
        had_keys = any(one.has_focus_within for one in watching.query(OnCallPanel))
        await watching.query(OnCallPanel).remove()
        watching.set_class(bool(self.session.level.monitors), "-on-call")
        for alarms in self.alarm_panels():
            await watching.mount(alarms, after="#gauges")
        if had_keys:
            self.give_keys_to_the_night()

    def act(self, control: str, label: str) -> None:
        """Nobody acts in a night that is about to be another one."""
        if self._coming is None:
            super().act(control, label)
        else:
            self.notify("The changed level is not there yet: a moment.", timeout=3)

    def tick(self, wall_us: int) -> None:
        """A changed level first comes to the moment that was looked at."""
        if self._coming is not None:
            self._catch_up()
        else:
            super().tick(wall_us)

    def _catch_up(self) -> None:
        assert self._coming is not None
        assert self._target_us is not None
        if self._coming.catch_up(self._target_us, CATCH_UP_US):
            watch, self._coming, self._target_us = self._coming, None, None
            self.show_watch(watch)
        else:
            self._go()

    def action_start(self) -> None:
        """Begin the chosen night; what was on its way is not wanted any more."""
        self._coming = None
        super().action_start()

    def show_controls(self) -> None:
        """The plan in place of a night."""
        self._coming = None
        super().show_controls()

    def action_edit(self) -> None:
        """The file's text, beside the level."""
        self.game.edit(self.file.path, None if self.is_blank else self.session, instead=True)

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        if self._looking is not None:
            self._looking.stop()
