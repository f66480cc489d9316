"""Everything that reaches a terminal which knows ASCII alone, whoever wrote it.

The game's own signs come in two sets (`glyphs`); this is for the rest: the words of levels and
pages, and the parts that Textual draws.
"""

from __future__ import annotations

from functools import lru_cache
from unicodedata import normalize

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

ALIKE = {
    '"': "\u201c\u201d\u201e«»",
    "'": "\u2018\u2019\u201a\u2032",
    "-": "\u2010\u2011–—−─━═╌┄",
    ".": "…·∙",
    "*": "•●○◦◉★☆✦⭘",
    "+": "✓✔┌┐└┘├┤┬┴┼╭╮╰╯╔╗╚╝",
    "x": "×✗✘✕",
    "|": "│┃║▏▎▍▌▋▊▉▕▐",
    "#": "█▇▆▅▄▃▂▁▀▔■▪░▒▓",
    ">": "\u203a→▸▶►⇒",
    "<": "\u2039←◂◀◄⏎",
    "^": "↑▲▴",
    "v": "↓▼▾",
}
SIGNS = {ord(sign): plain for plain, signs in ALIKE.items() for sign in signs}
UNKNOWN = "?"


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """The text in ASCII, as many cells wide as before."""
    return text if text.isascii() else "".join(map(_plain_sign, text))


def _plain_sign(sign: str) -> str:
    width = cell_len(sign)
    alike = SIGNS.get(ord(sign)) or normalize("NFKD", sign)[0]
    return (alike if alike.isascii() else UNKNOWN).ljust(width, UNKNOWN)[:width]


class PlainFilter(LineFilter):
    """Rewrites each line on its way to the terminal."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments in ASCII."""
        return [Segment(plain(text), style, control) for text, style, control in segments]
