"""Pictures in the terminal: published curves as lines, measured points as marks on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from game.lab.pictures import Picture

MOST_COLUMNS, ROWS = 100, 22
FRAME = 5
"""Rows for the title, the frame and the labels."""
MARKS = ("o", "x", "+", "#", "@")
LINES = ("braille", "dot", "hd")
COLOURS = ("cyan", "orange", "green", "magenta", "red")
MEASURED = "measured"


def limits(picture: Picture) -> tuple[float, float]:
    """The lowest and highest y, with room for the names at the top."""
    every = (*picture.published, *picture.measured)
    low = min(min(one.ys) for one in every)
    high = max(max(one.ys) for one in every)
    free = ROWS - FRAME - len(every)
    return low, high + (high - low) * len(every) / free


def picture_text(picture: Picture, width: int, *, colour: bool) -> str:
    """The picture, `width` columns wide, with colour codes of the terminal or without."""
    import plotext

    plotext.clear_figure()
    plotext.limit_size(False, False)
    plotext.plot_size(min(width, MOST_COLUMNS), ROWS)
    plotext.theme("clear")
    plotext.title(picture.title)
    plotext.xlabel(picture.x_label)
    plotext.ylabel(picture.y_label)
    for index, one in enumerate(picture.published):
        style: dict[str, Any] = {"marker": LINES[index % len(LINES)]}
        if colour:
            style["color"] = COLOURS[index % len(COLOURS)]
        plotext.plot(one.xs, one.ys, label=one.name, **style)
    for index, one in enumerate(picture.measured):
        style = {"marker": MARKS[index % len(MARKS)]}
        if colour:
            style["color"] = COLOURS[index % len(COLOURS)]
        label = one.name if one.name == MEASURED else f"{one.name}, {MEASURED}"
        plotext.scatter(one.xs, one.ys, label=label, **style)
    plotext.ylim(*limits(picture))
    text: str = plotext.build()
    plain: str = plotext.uncolorize(text)
    return text if colour else plain
