"""Gerald's cat: it blinks, and says what would be a good thing to do next."""

from __future__ import annotations

from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

OPEN_S, SHUT_S = 4.0, 0.2
HEAD = ("  /\\_/\\  ", " ( o.o ) ", "  > ^ <  ")
EYES, SHUT = "o.o", "-.-"


class Cat(Static):
    """Three rows of cat with a sentence beside it."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__("", id=id)
        self._words: tuple[Content, ...] = ()
        self._awake = True
        self._timer: Timer | None = None

    def say(self, *lines: Content) -> None:
        """Up to three short lines."""
        self._words = lines
        self._draw()

    def blink(self, moves: bool) -> None:
        """Begin to blink, or sit still."""
        if self._timer is not None:
            self._timer.stop()
        self._awake = True
        self._draw()
        self._timer = self.set_timer(OPEN_S, self._turn) if moves else None

    def _turn(self) -> None:
        self._awake = not self._awake
        self._draw()
        self._timer = self.set_timer(OPEN_S if self._awake else SHUT_S, self._turn)

    def _draw(self) -> None:
        rows = []
        for number, head in enumerate(HEAD):
            face = head if self._awake else head.replace(EYES, SHUT)
            words = self._words[number] if number < len(self._words) else Content("")
            rows.append(Content.assemble((face, "$accent"), " ", words))
        self.update(Content("\n").join(rows), layout=False)
