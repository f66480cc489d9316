"""The first row of every screen: where the player is, and how it stands."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static


class TitleBar(Horizontal):
    """A title on the left, a status on the right."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        """Two texts that share the row."""
        yield Static(Content(self._title), id="title")
        yield Static("", id="status")

    def name_it(self, title: str) -> None:
        """Replace the title."""
        self.query_one("#title", Static).update(Content(title))

    def show(self, status: Content) -> None:
        """Replace the status; the row's layout follows its length."""
        self.query_one("#status", Static).update(status)

    def rename(self, title: str) -> None:
        """Replace the title."""
        self._title = title
        self.query_one("#title", Static).update(Content(title))
