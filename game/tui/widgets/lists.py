"""A list that leaves enter to its screen, so that the last row tells what it does, help first."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import OptionList

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
