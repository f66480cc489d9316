"""The game on the screen: its modes, its settings, and what every screen may ask of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.screen import Screen
from textual.timer import Timer

from game.level.campaign import Campaign, LevelCard, level_key, read_campaign
from game.tui.assets import asset
from game.tui.glyphs import ASCII, UNICODE, GlyphSet, choose_glyphs
from game.tui.plain import PlainFilter
from game.tui.screens.campaign import CampaignScreen
from game.tui.screens.page import Page
from game.tui.simulator import EngineSimulator
from game.tui.themes import THEMES, theme_for

if TYPE_CHECKING:
    from textual.command import Provider

    from game.progress import Progress
    from game.tui.session import Finished, Session

Workshop = Literal["preview", "edit"]
"""How a level that is being written is opened."""
SLICE_US = 8_000
JUDGING_A_SECOND = 40
KEY_NAMES = {key: key for key in ("up", "down", "left", "right", "enter", "space", "tab")}
GLYPHS = {"ascii": ASCII, "unicode": UNICODE}


def codex_screen() -> Screen[Any]:
    """The guide, loaded when it is first wanted."""
    from game.tui.screens.codex import CodexScreen

    return CodexScreen()


def records_screen() -> Screen[Any]:
    """All runs, loaded when they are first wanted."""
    from game.tui.screens.records import RecordsScreen

    return RecordsScreen()


def level_commands() -> type[Provider]:
    """The levels, for the command palette."""
    from game.tui.commands import LevelCommands

    return LevelCommands


def codex_commands() -> type[Provider]:
    """The pages of the codex, for the command palette."""
    from game.tui.commands import CodexCommands

    return CodexCommands


@dataclass(frozen=True, slots=True)
class OpenPack:
    """A pack in the place of the campaign."""

    title: str
    chapters: Campaign


class NineLives(App[int]):
    """Campaign, codex and records, each with its own stack of screens.

    `data_dir` is where the player's saves lie; None: where this system keeps such things. `live`
    False leaves all clocks standing: tests let time go on themselves.
    """

    TITLE = "Nine Lives"
    CSS_PATH = asset("styles/game.tcss")
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {
        "campaign": CampaignScreen,
        "codex": codex_screen,
        "records": records_screen,
    }
    DEFAULT_MODE = "campaign"
    COMMANDS = App.COMMANDS | {level_commands, codex_commands}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False),
        Binding("ctrl+s", "picture", "Save a picture", show=False),
        Binding("f1", "help_panel", "Help beside", show=False),
        Binding("f2", "mode('campaign')", "Campaign", show=False),
        Binding("f3", "mode('codex')", "Codex", show=False),
        Binding("f4", "mode('records')", "Records", show=False),
        Binding("f5", "settings", "Settings", show=False),
    ]

    def __init__(
        self,
        level: Path | None = None,
        *,
        data_dir: Path | None = None,
        simulator: EngineSimulator | None = None,
        campaign: Campaign | None = None,
        ascii_only: bool | None = None,
        live: bool = True,
        workshop: Workshop | None = None,
        pack: OpenPack | None = None,
    ) -> None:
        from game.progress import open_progress

        super().__init__()
        self.live = live
        self.simulator = simulator or EngineSimulator()
        self.own_campaign = read_campaign() if campaign is None else campaign
        """The campaign that came with the game."""
        self.pack = pack
        """What is played in place of the campaign that came with the game."""
        self.progress: Progress = open_progress(data_dir)
        self.settings = self.progress.settings()
        self.speed = Fraction(self.settings.speed)
        self.sessions: dict[tuple[Path, str], Session] = {}
        self.before_leaving: list[Callable[[], bool]] = []
        """What keeps work that is not saved; false, and said, where that cannot be."""
        self.glyphs: GlyphSet = UNICODE
        self._plain = PlainFilter()
        self._ascii_only = ascii_only
        self._path = level
        self._workshop = workshop
        self._waiting: list[Finished] = []
        new = level is None and pack is None and bool(self.campaign)
        self._first = new and not self.progress.runs(limit=1)
        """Nothing has been played yet: the first level opens by itself."""
        self._judge_timer: Timer | None = None
        for theme in THEMES:
            self.register_theme(theme)
        self.apply_settings()

    @property
    def campaign(self) -> Campaign:
        """The chapters on the first screen."""
        return self.own_campaign if self.pack is None else self.pack.chapters

    # Settings

    @property
    def still(self) -> bool:
        """Reduced motion was asked for."""
        return self.settings.motion == "reduced" or self.animation_level == "none"

    def apply_settings(self) -> None:
        """Look as the player wants it."""
        wanted = self.settings.theme
        if wanted in self.available_themes:
            self.theme = wanted
        elif "TEXTUAL_THEME" not in os.environ:
            self.theme = theme_for(os.environ.get("COLORFGBG", ""))
        if self._ascii_only is None:
            self.glyphs = GLYPHS.get(self.settings.glyphs) or choose_glyphs()
        else:
            self.glyphs = choose_glyphs(self._ascii_only)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """In the ASCII set nothing else reaches the terminal, whoever wrote it."""
        filters = super().get_line_filters()
        return [*filters, self._plain] if self.glyphs is ASCII else filters

    def change_setting(self, name: str, value: str) -> None:
        """Set one of the player's settings, now and for the next time."""
        self.settings = replace(self.settings, **{name: value})
        self.run_worker(
            partial(self.progress.change, name, value), thread=True, group="keep", description=name
        )
        self.speed = Fraction(self.settings.speed)
        self.apply_settings()

    # Ways through the game

    def on_mount(self) -> None:
        """Go where the player wants to be: a level that was named, or the first one."""
        self._judge_timer = self.set_interval(1 / JUDGING_A_SECOND, self.judge, pause=True)
        if self._path is not None and self._workshop is not None:
            self.open_workshop(self._path, self._workshop)
        elif self._path is not None:
            self.run_worker(self._open_file(self._path), exit_on_error=False)
        elif self._first:
            self.open_level(self.campaign[0].levels[0])
            self._first = False

    async def _open_file(self, path: Path) -> None:
        from game.level.campaign import card_of
        from game.level.pack import prefix_of

        own = {card.id: card for chapter in self.own_campaign for card in chapter.levels}
        try:
            level = (await self.session_of(path)).level
            card = card_of(level, prefix_of(level, own))
        except Exception as error:
            self.exit(return_code=2, message=str(error))
            return
        self.open_level(card)

    def open_level(
        self, card: LevelCard, *, plan: Mapping[str, str] | None = None, seed: int | None = None
    ) -> None:
        """Go to a level's briefing, from wherever the player is; with a plan and a night of old."""
        from game.tui.screens.briefing import BriefingScreen

        if self._to_campaign():
            self.push_screen(BriefingScreen(card, plan, seed))

    def _to_campaign(self) -> bool:
        """Go to the first screen; false where something cannot be left."""
        if not self.may_leave():
            return False
        self.to_mode("campaign")
        while len(self.screen_stack) > 1:
            self.pop_screen()
        return True

    def may_leave(self) -> bool:
        """Whether all that was typed is kept."""
        return all(keep() for keep in self.before_leaving)

    def open_pack(self, pack: OpenPack | None) -> None:
        """Show the chapters of a pack, or those of the campaign again."""
        if not self._to_campaign():
            return
        self.pack = pack
        if isinstance(self.screen, CampaignScreen):
            self.screen.show_again()

    def open_workshop(self, path: Path, way: Workshop = "edit") -> None:
        """Go to a level that is being written: the level alone, or beside its text."""
        from game.tui.level_file import LevelFile
        from game.tui.screens.preview import PreviewScreen

        if way == "edit":
            self.edit(path)
        else:
            self.push_screen(PreviewScreen(LevelFile(path)))

    def edit(self, path: Path, session: Session | None = None, *, instead: bool = False) -> None:
        """Open the editor on a level; one that came with the game or in a pack's file is copied
        first. `session` is what is known of the level; `instead` of the screen in front."""
        from game.level.problems import Unreadable
        from game.tui.level_file import LevelFile, own_copy
        from game.tui.screens.editor import EditorScreen

        try:
            own = own_copy(path, self.progress.place.folder)
        except OSError as error:
            self.notify(f"No copy can be made: {error.strerror}.", severity="error", markup=False)
            return
        except Unreadable as error:
            self.notify(f"No copy can be made: {error}", severity="error", markup=False)
            return
        if own != path:
            self.notify(
                f"The level itself stays as it is. You edit your own copy: {own}",
                timeout=10,
                markup=False,
            )
        screen = EditorScreen(LevelFile(own), session)
        if instead:
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def passes_by(self, screen: Page) -> bool:
        """Whether a screen lies only under the one that is opened at the start."""
        return self._first and isinstance(screen, CampaignScreen)

    def to_mode(self, mode: str) -> None:
        """Show another part of the game; the one that is left stays as it is."""
        while len(self.screen_stack) > 1 and self.screen.is_modal:
            self.pop_screen()
        if self.current_mode != mode:
            self.switch_mode(mode)

    async def session_of(self, path: Path, pack: str = "") -> Session:
        """The level of a file on the table, with the plan of the last time.

        `pack` is what `LevelCard.pack` says of it.

        Raises LevelErrors or Unreadable.
        """
        from asyncio import to_thread

        from game.tui.session import Session

        key = (path.resolve(), pack)
        if key not in self.sessions:
            level = await to_thread(self.simulator.read, path)
            last = self.progress.level(level_key(pack, level.id)).last_plan
            self.sessions.setdefault(key, Session(level, self.simulator, dict(last), pack=pack))
        return self.sessions[key]

    def find_card(self, key: str) -> LevelCard | None:
        """The level that the saves know by that key: of what is on the first screen, or of the
        campaign."""
        chapters = (*self.campaign, *self.own_campaign)
        cards = (card for chapter in chapters for card in chapter.levels)
        return next((card for card in cards if card.key == key), None)

    def open_codex(self, page: str) -> None:
        """Show a page of the codex."""
        from game.tui.screens.codex import CodexScreen

        self.to_mode("codex")

        def show() -> None:
            if isinstance(self.screen, CodexScreen):
                self.screen.show_page(page)

        self.call_after_refresh(show)

    # What is judged and kept while the player goes on

    def judge_and_keep(self, finished: Finished) -> None:
        """Judge the plan's other graded nights, then keep the run."""
        self._waiting.append(finished)
        if self._judge_timer is not None and self.live:
            self._judge_timer.resume()

    def judge(self, budget_us: int = SLICE_US) -> None:
        """Simulate graded nights for about so long; at the end of a plan keep its run."""
        if not self._waiting:
            if self._judge_timer is not None:
                self._judge_timer.pause()
            return
        finished = self._waiting[0]
        before = finished.grading.missing
        if finished.grading.work(budget_us):
            finished.card = finished.grading.card()
            finished.kept = "saving"
            self._waiting.pop(0)
            self.run_worker(self._keep(finished), group="keep")
        if finished.card is not None or finished.grading.missing != before:
            self._tell(finished)

    async def _keep(self, finished: Finished) -> None:
        from asyncio import shield, to_thread

        from game.tui.keeping import keep

        finished.kept, finished.records = await shield(to_thread(keep, self.progress, finished))
        self._tell(finished)

    def _tell(self, finished: Finished) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, Page) and screen.is_whole:
                screen.on_news(finished)

    async def action_quit(self) -> None:
        """Leave; what was typed is kept first, and what was played to its end judged and kept."""
        if not self.may_leave():
            return
        while self._waiting:
            self.judge(1_000_000)
        await self.workers.wait_for_complete(
            [worker for worker in self.workers if worker.group == "keep"]
        )
        self.exit()

    # Keys

    def action_mode(self, mode: str) -> None:
        """Show another part of the game."""
        self.to_mode(mode)

    def action_settings(self) -> None:
        """What the player likes."""
        from game.tui.screens.settings import SettingsScreen

        if not isinstance(self.screen, SettingsScreen):
            self.push_screen(SettingsScreen())

    def action_packs(self) -> None:
        """What can be played."""
        from game.tui.screens.packs import PacksScreen

        if not isinstance(self.screen, PacksScreen) and self._to_campaign():
            self.push_screen(PacksScreen())

    def action_help(self) -> None:
        """What the keys of this screen do, and what the signs mean."""
        from game.tui.screens.help import HelpScreen, keys_of

        if isinstance(self.screen, Page):
            self.push_screen(HelpScreen(self.screen.ABOUT, keys_of(self.screen), self.glyphs))

    def action_help_panel(self) -> None:
        """Textual's own panel, about what has the keys now."""
        from textual.widgets import HelpPanel

        if self.screen.query(HelpPanel):
            self.action_hide_help_panel()
        else:
            self.action_show_help_panel()

    def action_picture(self) -> None:
        """Keep what the screen shows as a file."""
        folder = self.progress.place.folder / "pictures"
        folder.mkdir(parents=True, exist_ok=True)
        self.deliver_screenshot(path=str(folder))

    def get_key_display(self, binding: Binding) -> str:
        """Keys by their names: arrows and the like are not in every font."""
        return KEY_NAMES.get(binding.key) or super().get_key_display(binding)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Textual's own, and the parts of the game."""
        yield from super().get_system_commands(screen)
        yield SystemCommand("Campaign", "Chapters and levels", lambda: self.to_mode("campaign"))
        yield SystemCommand("Codex", "What the words mean", lambda: self.to_mode("codex"))
        yield SystemCommand("Records", "All runs so far", lambda: self.to_mode("records"))
        yield SystemCommand("Packs", "Levels that others have made", self.action_packs)
        yield SystemCommand("Settings", "Theme, speed, signs, motion", self.action_settings)


def run_game(level: Path | None, data_dir: Path | None = None, pack: OpenPack | None = None) -> int:
    """Open the game, at once in a level or a pack if one is named; returns the exit code."""
    app = NineLives(level, data_dir=data_dir, pack=pack)
    app.run()
    return app.return_code or 0


def run_workshop(level: Path, data_dir: Path | None = None, *, edit: bool = False) -> int:
    """Open the game on a level that is being written; returns the exit code."""
    app = NineLives(level, data_dir=data_dir, workshop="edit" if edit else "preview")
    app.run()
    return app.return_code or 0
