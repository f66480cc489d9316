"""Lists that leave enter to their screen, so that the last row tells what it does, help first."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import DataTable, OptionList

MOVES: tuple[BindingType, ...] = (
    Binding("up", "cursor_up", "Up", show=False),
    Binding("down", "cursor_down", "Down", show=False),
)


class PickList(OptionList, inherit_bindings=False):
    """Things to pick one of; the page keys are for what is beside the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("home", "first", "First", show=False),
        Binding("end", "last", "Last", show=False),
    ]
    HELP = "Up and down point at something, enter picks it."


class RunTable(DataTable[str], inherit_bindings=False):
    """Runs, one a row."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
        Binding("home", "scroll_top", "First", show=False),
        Binding("end", "scroll_bottom", "Last", show=False),
    ]
    HELP = "Up and down point at a run, enter opens its level with its plan."
