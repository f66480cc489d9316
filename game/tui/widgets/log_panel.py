"""What happened, in plain sentences, newest last."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from game.tui.words import moment

TITLE = "What happened"


class LogPanel(Static):
    """The notes of a run up to a moment, as many as there is room for."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__("", id=id, classes=classes)
        self.border_title = TITLE
        self._shown: tuple[tuple[int, str], ...] = ()
        self._width = 0

    def show_instead(self, title: str, words: Content) -> None:
        """Something else while there is nothing to tell."""
        self.border_title = title
        self._shown = ()
        self._width = 0
        self.update(words, layout=False)

    def show(self, notes: Sequence[tuple[int, str]], until_us: int) -> None:
        """Show the last notes up to `until_us`."""
        rows = self.size.height
        past = tuple(note for note in notes if note[0] <= until_us)[-rows:] if rows else ()
        if past == self._shown and self.size.width == self._width:
            return
        self.border_title = TITLE
        self._shown, self._width = past, self.size.width
        lines = [
            line
            for time_us, words in past
            for line in Content.assemble((f"{moment(time_us):>7} ", "$text-muted"), words).wrap(
                max(10, self.size.width)
            )
        ]
        self.update(Content("\n").join(lines[-rows:]), layout=False)
