"""Where words for a person go: a console on stdout, and light tables on it."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

WIDTH_OF_A_FILE = 100


def stdout_console() -> Console:
    """A console on stdout that takes text literally, and colours only a terminal."""
    console = Console(markup=False, emoji=False, highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console.width = WIDTH_OF_A_FILE
    return console


def new_table(title: str, *columns: str) -> Table:
    """A light table; a column whose name starts with ">" is flush right."""
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        header_style="dim",
        box=None,
        padding=(0, 2, 0, 0),
    )
    for column in columns:
        right = column.startswith(">")
        table.add_column(column.removeprefix(">"), justify="right" if right else "left")
    return table
