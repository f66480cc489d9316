"""The packs that can be played: the campaign, and those that the player has installed."""

from __future__ import annotations

from asyncio import to_thread
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import ScreenResume
from textual.screen import ModalScreen
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from game.level.problems import LevelErrors, Unreadable, clean
from game.tui.screens.page import Page
from game.tui.widgets.lists import PickList
from game.tui.widgets.title_bar import TitleBar
from game.tui.words import paragraphs

if TYPE_CHECKING:
    from game.progress.packs import Installed

CAMPAIGN = "the campaign"


class PacksScreen(Page):
    """Packs on the left, on the right what is known of the one that is pointed at."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", key_display="enter"),
        Binding("i", "install", "Install"),
        Binding("r,delete", "remove", "Remove", key_display="r"),
        Binding("pagedown", "scroll(5)", "Scroll down", show=False),
        Binding("pageup", "scroll(-5)", "Scroll up", show=False),
    ]
    ABOUT = (
        "A pack is a set of levels that somebody has made, in one file that ends in .ninelives. "
        "Open one, and the campaign screen shows its levels. What you win is kept for each pack by "
        "itself, and stays when a pack is removed."
    )

    def __init__(self) -> None:
        super().__init__()
        self._packs: tuple[Installed, ...] = ()
        self._loaded = False

    @property
    def is_loaded(self) -> bool:
        """All files of packs have been looked at."""
        return self._loaded

    def body(self) -> ComposeResult:
        """The list, and the pack that is pointed at."""
        yield TitleBar(f"Nine Lives  {self.game.glyphs.separator}  Packs")
        with Horizontal(id="packs-page"):
            with Vertical(id="packs-list"):
                yield PickList(id="packs", markup=False, compact=True)
            with Vertical(id="pack", classes="section"):
                with VerticalScroll(id="pack-page", can_focus=False):
                    yield Static("", id="pack-says")
                with Horizontal(id="pack-buttons"):
                    yield Button("Open", id="open", variant="primary", compact=True)
                    yield Button("Install a pack", id="install", compact=True)
                    yield Button("Remove", id="remove", compact=True)

    def fill(self) -> None:
        """Show what is known, then look at the files."""
        self._show()
        self._look()

    @on(ScreenResume)
    def _look_again(self) -> None:
        """Packs may have been won on meanwhile."""
        if self.is_whole:
            self._look()

    def _look(self) -> None:
        self.run_worker(self._load(), group="packs", exclusive=True, exit_on_error=False)

    async def _load(self) -> None:
        from game.progress.packs import installed

        folder = self.game.progress.place.folder
        self._packs = await to_thread(installed, folder)
        self._loaded = True
        if self.is_whole:
            self._show()

    def _show(self) -> None:
        packs = self.query_one("#packs", OptionList)
        pointed = packs.highlighted or 0
        packs.clear_options()
        packs.add_option(Option(self._row(None)))
        packs.add_options([Option(self._row(one)) for one in self._packs])
        packs.highlighted = min(pointed, len(self._packs))
        packs.focus()
        count = len(self._packs)
        self.query_one(TitleBar).show(Content(f"{count} installed"))

    def _row(self, one: Installed | None) -> Content:
        glyphs = self.game.glyphs
        if one is None:
            return Content(f" Nine Lives ({CAMPAIGN})")
        if one.pack is None:
            return Content.assemble((f" {glyphs.bad} ", "$error"), one.title[:40])
        won = self._won(one.levels)
        row = Content(f" {one.title[:40]}")
        return row + Content.styled(f"  {glyphs.star} {won}", "$warning") if won else row

    def _won(self, keys: tuple[str, ...]) -> int:
        return sum(self.game.progress.level(key).stars for key in keys)

    @property
    def pointed(self) -> Installed | None:
        """The pack that is pointed at; None for the campaign."""
        number = self.query_one("#packs", OptionList).highlighted or 0
        return self._packs[number - 1] if 0 < number <= len(self._packs) else None

    def on_option_list_option_highlighted(self) -> None:
        """Tell about the pack that is pointed at."""
        one = self.pointed
        self.query_one("#pack").border_title = Content(one.title if one else "Nine Lives")
        self.query_one("#pack-says", Static).update(self._says(one))
        self.query_one("#pack-page").scroll_home(animate=False)
        self.query_one("#open", Button).disabled = one is not None and one.pack is None
        self.query_one("#remove", Button).disabled = one is None
        self.refresh_bindings()

    def _says(self, one: Installed | None) -> Content:
        if one is None:
            cards = [card for chapter in self.game.own_campaign for card in chapter.levels]
            keys = tuple(card.key for card in cards)
            return self._told(keys, (), "The campaign that came with the game.")
        if one.pack is None:
            return Content(f"This file cannot be played.\n\n{one.trouble}")
        who = (("by", one.pack.author or "-"), ("licence", one.pack.license or "-"))
        return self._told(one.levels, who, one.pack.says)

    def _told(self, keys: tuple[str, ...], who: tuple[tuple[str, str], ...], says: str) -> Content:
        rows = (*who, ("levels", str(len(keys))), ("stars won", str(self._won(keys))))
        told = [
            Content.assemble((f"{name:<10}", "$text-muted"), clean(text)) for name, text in rows
        ]
        shown = "\n".join(map(clean, says.split("\n")))
        return Content("\n").join([*told, Content(""), paragraphs(shown)])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The campaign stays, and what is refused cannot be opened."""
        if not self.is_whole:
            return True
        one = self.pointed
        if action == "remove":
            return one is not None
        return not (action == "open" and one is not None and one.pack is None)

    def on_option_list_option_selected(self) -> None:
        """A click on the pack that is pointed at opens it."""
        self.action_open()

    @on(Button.Pressed)
    async def _press(self, event: Button.Pressed) -> None:
        """Buttons do what their keys do."""
        await self.run_action(event.button.id or "")

    def action_scroll(self, rows: int) -> None:
        """Scroll what a pack says of itself."""
        self.query_one("#pack-page").scroll_relative(y=rows, animate=False)

    def action_open(self) -> None:
        """Show the levels of the pack that is pointed at."""
        one = self.pointed
        if one is None:
            self.game.open_pack(None)
        elif one.pack is not None:
            self.run_worker(self._open(one), group="open", exclusive=True, exit_on_error=False)

    async def _open(self, one: Installed) -> None:
        from game.level.pack import pack_campaign
        from game.progress.packs import unpacked
        from game.tui.app import OpenPack

        try:
            folder = await to_thread(unpacked, self.game.progress.place.folder, one.path)
            chapters = await to_thread(pack_campaign, folder)
        except (LevelErrors, Unreadable) as error:
            self.game.notify(str(error), severity="error", markup=False)
            return
        self.game.open_pack(OpenPack(one.title, chapters))

    def action_install(self) -> None:
        """Ask for a pack's file."""
        self.app.push_screen(AskPath(), self._install)

    def _install(self, text: str | None) -> None:
        if text:
            path = Path(text).expanduser()
            self.run_worker(self._take(path), group="install", exclusive=True, exit_on_error=False)

    async def _take(self, path: Path) -> None:
        from game.progress.packs import install

        try:
            one = await to_thread(install, self.game.progress.place.folder, path)
        except Unreadable as error:
            self.game.notify(str(error), severity="error", markup=False)
            return
        self.game.notify(f"{one.title} is installed.", markup=False)
        await self._load()

    def action_remove(self) -> None:
        """Ask, then take the pack away."""
        one = self.pointed
        if one is not None:
            self.app.push_screen(AskRemove(one.title), self._remove)

    def _remove(self, sure: bool | None) -> None:
        one = self.pointed
        if sure and one is not None:
            self.run_worker(self._let_go(one), group="install", exit_on_error=False)

    async def _let_go(self, one: Installed) -> None:
        from game.progress.packs import remove

        try:
            await to_thread(remove, self.game.progress.place.folder, one)
        except Unreadable as error:
            self.game.notify(str(error), severity="error", markup=False)
        await self._load()


class AskPath(ModalScreen[str | None]):
    """Which file is to be installed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Back")]

    def compose(self) -> ComposeResult:
        """One line to type in."""
        with Vertical(id="ask") as page:
            page.border_title = "Install a pack"
            page.border_subtitle = "enter: install, esc: back"
            yield Static("The path of a file that ends in .ninelives:")
            yield Input(id="ask-path", placeholder="~/night-shift.ninelives", compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """That is it."""
        self.dismiss(event.value.strip() or None)


class AskRemove(ModalScreen[bool]):
    """Is it meant?"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Remove"),
        Binding("n,escape", "answer(False)", "Keep"),
    ]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._pack = title

    def compose(self) -> ComposeResult:
        """The question and two answers."""
        with Vertical(id="ask") as page:
            page.border_title = "Remove a pack"
            page.border_subtitle = "y: remove, n: keep"
            yield Static(Content(f"Remove {self._pack}? What you won on it stays in your saves."))
            with Horizontal(id="ask-buttons"):
                yield Button("Keep", id="keep", variant="primary", compact=True)
                yield Button("Remove", id="sure", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """One of the answers."""
        self.dismiss(event.button.id == "sure")

    def action_answer(self, sure: bool) -> None:
        """By key."""
        self.dismiss(sure)
