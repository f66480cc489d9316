"""The codex: one page a concept, mechanism or fault."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Markdown, OptionList, Static
from textual.widgets.option_list import Option

from game.explain.codex import Entry, codex_index, codex_page, find_page
from game.tui.screens.page import Page
from game.tui.widgets.lists import PickList
from game.tui.widgets.title_bar import TitleBar


class CodexScreen(Page):
    """A list that a search narrows, and the page that is pointed at."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", key_display="/"),
        Binding("enter", "read", "Read", show=False),
        Binding("pagedown", "scroll(10)", "More", key_display="pgdn"),
        Binding("pageup", "scroll(-10)", "Page up", show=False),
        Binding("f2", "app.mode('campaign')", "Campaign", key_display="f2"),
        Binding("f4", "app.mode('records')", "Records", key_display="f4"),
        Binding("f5", "app.settings", "Settings", key_display="f5"),
    ]
    ABOUT = (
        "What the words of the game mean: what a mechanism is, how it works here, when it helps "
        "and when it hurts. A night that is being watched waits meanwhile."
    )

    def __init__(self) -> None:
        super().__init__(classes="-crowded")
        self._page = ""

    def body(self) -> ComposeResult:
        """The list on the left, the page on the right."""
        yield TitleBar(f"Nine Lives  {self.game.glyphs.separator}  Codex")
        with Horizontal(id="codex"):
            with Vertical(id="codex-list"):
                yield Input(placeholder="search", id="codex-search", compact=True)
                yield PickList(id="codex-pages", markup=False, compact=True)
            with VerticalScroll(id="codex-page", can_focus=False):
                yield Static("", id="codex-title")
                yield Static("", id="codex-summary")
                yield Markdown(id="codex-body", open_links=False)

    def fill(self) -> None:
        """All pages, and the one that was read last."""
        self._list(codex_index())
        if codex_index():
            self.show_page(self._page or codex_index()[0].id)
        self.query_one("#codex-pages").focus()

    def show_page(self, page_id: str) -> None:
        """Show a page, and point at it in the list."""
        page = codex_page(page_id) or find_page(page_id)
        if page is None:
            return
        pages = self.query_one("#codex-pages", OptionList)
        if page.id not in {option.id for option in pages.options}:
            self.query_one("#codex-search", Input).value = ""
            self._list(codex_index())
        pages.highlighted = pages.get_option_index(page.id)
        self._show(page.id)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Turn to the page that is pointed at."""
        if event.option_id:
            self._show(event.option_id)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Only pages with all of these words stay in the list."""
        words = event.value.lower().split()
        self._list(
            [
                entry
                for entry in codex_index()
                if all(word in f"{entry.title} {entry.summary}".lower() for word in words)
            ]
        )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The nearest page, and back to the list."""
        pages = self.query_one("#codex-pages", OptionList)
        if not pages.option_count and event.value.strip():
            self.show_page(event.value)
        elif pages.option_count:
            pages.highlighted = 0
        pages.focus()

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        """Links lead from page to page, and nowhere else."""
        self.show_page(event.href.removesuffix(".md"))

    def action_search(self) -> None:
        """Type what is looked for."""
        self.query_one("#codex-search").focus()

    def action_back(self) -> None:
        """Out of the search, then out of the codex."""
        if isinstance(self.focused, Input):
            self.query_one("#codex-pages").focus()
        else:
            super().action_back()

    def action_scroll(self, rows: int) -> None:
        """Scroll a page that is longer than the window."""
        self.query_one("#codex-page").scroll_relative(y=rows, animate=False)

    def _list(self, entries: list[Entry] | tuple[Entry, ...]) -> None:
        pages = self.query_one("#codex-pages", OptionList)
        pages.clear_options()
        pages.add_options([Option(Content(entry.title), id=entry.id) for entry in entries])

    def _show(self, page_id: str) -> None:
        page = codex_page(page_id)
        if page is None or (page_id == self._page and self.query_one(Markdown).source):
            return
        self._page = page_id
        self.query_one("#codex-title", Static).update(Content(page.title))
        self.query_one("#codex-summary", Static).update(Content(page.summary))
        self.query_one(Markdown).update(page.body)
        self.query_one("#codex-page").scroll_home(animate=False)
