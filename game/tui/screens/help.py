"""What the keys of a screen do and what the signs mean, made from the bindings themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from game.tui.glyphs import GlyphSet
from game.tui.picture import legend

NOT_TOLD = ("tab", "shift+tab", "ctrl+c", "super+c")
MATTER_OF_COURSE = ("screen.", "scroll_", "page_", "first", "last")
"""Actions that lists and pages have by themselves."""


def keys_of(screen: Screen[Any]) -> dict[str, str]:
    """Each key that means something on a screen now, with its words."""
    return {
        screen.app.get_key_display(active.binding): active.binding.description
        for active in screen.active_bindings.values()
        if active.binding.key not in NOT_TOLD
        and active.binding.description
        and not active.binding.action.startswith(MATTER_OF_COURSE)
    }


class HelpScreen(ModalScreen[None]):
    """A page over the screen that was asked about."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,enter,q", "dismiss", "Back", key_display="esc")
    ]

    def __init__(self, about: str, keys: Mapping[str, str], glyphs: GlyphSet) -> None:
        super().__init__()
        self._about = about
        self._keys = keys
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """One column of text that scrolls."""
        with VerticalScroll(id="help-page") as page:
            page.border_title = "Help"
            page.border_subtitle = "esc: back"
            yield Static(Content("\n\n").join([Content(self._about), self._signs(), self._table()]))

    def on_mount(self) -> None:
        """In the ASCII set borders are ASCII too."""
        self.set_class(self._glyphs.full.isascii(), "-ascii")

    def on_click(self) -> None:
        """A click anywhere goes back."""
        self.dismiss()

    def _table(self) -> Content:
        width = max((len(key) for key in self._keys), default=0)
        lines = [
            Content.assemble((key.rjust(width), "bold $accent"), f"  {words}")
            for key, words in self._keys.items()
        ]
        half = -(-len(lines) // 2)
        left = max((line.cell_length for line in lines[:half]), default=0) + 3
        rows = [
            line.pad_right(left - line.cell_length) + Content("").join(lines[half + row :][:1])
            for row, line in enumerate(lines[:half])
        ]
        return Content("\n").join(
            [Content.styled("Keys (those in the last row can be clicked too)", "bold"), *rows]
        )

    def _signs(self) -> Content:
        glyphs = self._glyphs
        moving = "   ".join(f"{sign} {words}" for sign, _, words in legend(glyphs))
        states = "   ".join(
            f"{glyphs.state(state)} {words}"
            for state, words in (
                ("up", "up"),
                ("slow", "slow"),
                ("paused", "paused"),
                ("down", "down: refuses"),
                ("off", "off: silent"),
            )
        )
        return Content("\n").join(
            [
                Content.styled("Signs on the map", "bold"),
                Content(moving),
                Content(
                    "A message is shown for a fifth of a second at least, in slow motion exactly."
                ),
                Content(f"Many messages at once, as density: {' '.join(glyphs.density)}"),
                Content(states),
                Content("Arrows or a click on a machine: the map's last row tells about it."),
            ]
        )
