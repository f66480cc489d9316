"""A sheet of character cells with inks, and which of its cells changed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby


class Canvas:
    """`height` rows of `width` signs, each with the number of an ink."""

    __slots__ = ("height", "inks", "signs", "width")

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.signs: list[list[str]] = [[" "] * width for _ in range(height)]
        self.inks: list[list[int]] = [[0] * width for _ in range(height)]

    def __eq__(self, other: object) -> bool:
        """Whether both look the same."""
        return isinstance(other, Canvas) and self.signs == other.signs and self.inks == other.inks

    __hash__ = None  # type: ignore[assignment]

    def copy(self) -> Canvas:
        """An independent canvas that looks the same."""
        twin = Canvas(0, 0)
        twin.width, twin.height = self.width, self.height
        twin.signs = [row[:] for row in self.signs]
        twin.inks = [row[:] for row in self.inks]
        return twin

    def put(self, x: int, y: int, sign: str, ink: int) -> None:
        """Set one cell; outside the canvas nothing happens."""
        if 0 <= x < self.width and 0 <= y < self.height:
            self.signs[y][x] = sign
            self.inks[y][x] = ink

    def write(self, x: int, y: int, text: str, ink: int) -> None:
        """Set cells from (x, y) to the right; what lies outside is left out."""
        for offset, sign in enumerate(text):
            self.put(x + offset, y, sign, ink)

    def insert_rows(self, y: int, count: int) -> None:
        """Put empty rows before row `y`."""
        self.signs[y:y] = [[" "] * self.width for _ in range(count)]
        self.inks[y:y] = [[0] * self.width for _ in range(count)]
        self.height += count

    def changed_spans(self, other: Canvas) -> Iterator[tuple[int, int, int]]:
        """(row, first column, width) of what differs from a canvas of the same size."""
        for y in range(self.height):
            signs, inks = self.signs[y], self.inks[y]
            if signs == other.signs[y] and inks == other.inks[y]:
                continue
            cells = [
                x
                for x, (mine, its) in enumerate(
                    zip(
                        zip(signs, inks, strict=True),
                        zip(other.signs[y], other.inks[y], strict=True),
                        strict=True,
                    )
                )
                if mine != its
            ]
            yield y, cells[0], cells[-1] - cells[0] + 1

    def runs(self, y: int) -> Iterator[tuple[str, int]]:
        """The row as (text, ink), each as long as possible."""
        start = 0
        signs = self.signs[y]
        for ink, cells in groupby(self.inks[y]):
            end = start + sum(1 for _ in cells)
            yield "".join(signs[start:end]), ink
            start = end
