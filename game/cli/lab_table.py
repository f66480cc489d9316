"""The table of the lab: two lines a row, so that 80 columns are enough, printed as they come.

The bar shows where the estimate lies between one gate below the reference and one above it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console

    from game.lab.runner import CheckRow

HALF = 6
"""Steps of the bar on each side of the reference."""
COLUMNS = "  {:<19} {:>9} {:>12}  {:<12} {:<13} {}"
HEADING = COLUMNS.format("measured ± SE", "reference", "error", "gate", "-gate 0 +gate", "")


def heading() -> Text:
    """What the second lines are made of."""
    return Text(HEADING.rstrip(), "dim")


def row_text(row: CheckRow) -> Text:
    """One row: what it is, and the numbers; a third line where it was run twice."""
    numbers = COLUMNS.format(
        f"{row.estimate:.6g} ± {row.se:.2g}",
        f"{row.reference:.6g}",
        error(row),
        row.rule,
        bar(row),
        "",
    )
    text = Text.assemble((row.id, "bold"), "  ", row.title, "\n", numbers, verdict(row))
    if row.first is not None:
        first = f"{row.first.estimate:.6g} ± {row.first.se:.2g}"
        text.append(f"\n  run again with four times the work; at first it gave {first}", "dim")
    return text


def verdict(row: CheckRow) -> Text:
    """One word."""
    return Text("holds", "green") if row.ok else Text("BROKEN", "bold red")


def error(row: CheckRow) -> str:
    """How far the estimate is from the reference."""
    difference = row.estimate - row.reference
    if row.error_in == "points":
        return f"{100 * difference:+.2f} points"
    if row.error_in == "%" and row.reference:
        return f"{100 * difference / abs(row.reference):+.2f} %"
    return f"{difference:+.3g}" if difference else "0"


def bar(row: CheckRow) -> str:
    """The same in units of the gate; an arrow where the estimate lies outside."""
    cells = ["├", *"─" * (HALF - 1), "┼", *"─" * (HALF - 1), "┤"]
    difference = row.estimate - row.reference
    if abs(difference) > row.gate:
        return "".join(["◀", *cells[1:]] if difference < 0 else [*cells[:-1], "▶"])
    cells[HALF + round(HALF * difference / row.gate) if difference else HALF] = "●"
    return "".join(cells)


def print_row(console: Console, row: CheckRow) -> None:
    """Print one row at once."""
    console.print(row_text(row), no_wrap=True, overflow="ignore", crop=False)
