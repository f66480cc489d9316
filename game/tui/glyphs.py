"""The signs on the screen, in two sets: unicode, and ASCII for terminals that know nothing else.

Every sign differs from the others of its use by its shape, so that nothing is told by colour alone.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

NORTH, EAST, SOUTH, WEST = 1, 2, 4, 8
"""Bits of a cell of a line: the sides on which it goes on."""


@dataclass(frozen=True, slots=True)
class GlyphSet:
    """One sign for each thing that is shown."""

    up: str
    slow: str
    paused: str
    down: str
    off: str
    request: str
    again: str
    """A request of a retry or a hedge."""
    answer: str
    refusal: str
    probe: str
    order: str
    """Cancellations and an operator's orders."""
    lost: str
    density: str
    """Little to much traffic, four signs."""
    lines: str
    """Sixteen signs, indexed by the bits of the sides on which the line goes on."""
    arrow: str
    back_arrow: str
    corners: str
    """Of a box: top left, top right, bottom left, bottom right."""
    heavy_corners: str
    """The same for the box that is selected."""
    heavy_sides: str
    """Horizontal and vertical."""
    full: str
    empty: str
    parts: str
    """Eighths of a bar's last cell, from the left; empty where the set has none."""
    levels: str
    """Bars of growing height."""
    axis: str
    played: str
    now: str
    mark: str
    """A moment that something happened, below a timeline."""
    fault: str
    fault_on: str
    star: str
    no_star: str
    good: str
    bad: str
    chosen: str
    open: str
    playing: str
    waiting: str
    separator: str
    dots: str

    def state(self, word: str) -> str:
        """The sign of a node's state as `NodeView.state` names it."""
        signs = {
            "up": self.up,
            "slow": self.slow,
            "paused": self.paused,
            "down": self.down,
            "off": self.off,
        }
        return signs.get(word, "?")

    def bar(self, share: float, width: int) -> str:
        """A bar of `width` cells, filled from the left by `share`."""
        share = min(1.0, max(0.0, share))
        eighths = round(share * width * 8)
        if share > 0:
            eighths = max(eighths, 1 if self.parts else 8)
        whole, rest = divmod(eighths, 8)
        if not self.parts:
            whole, rest = (min(width, whole + (rest >= 4)), 0)
        tail = self.parts[rest - 1] if rest and whole < width else ""
        return (self.full * whole + tail).ljust(width, self.empty)


UNICODE = GlyphSet(
    up="✓",
    slow="!",
    paused="‖",
    down="✗",
    off="⊘",
    request="●",
    again="◆",
    answer="○",
    refusal="◁",
    probe="?",
    order="▪",
    lost="×",
    density="·:▪█",
    lines=" ╵╶╰╷│╭├╴╯─┴╮┤┬┼",
    arrow="▸",
    back_arrow="◂",
    corners="╭╮╰╯",
    heavy_corners="┏┓┗┛",
    heavy_sides="━┃",
    full="█",
    empty="░",
    parts="▏▎▍▌▋▊▉",
    levels="▁▂▃▄▅▆▇█",
    axis="─",
    played="━",
    now="┃",
    mark="╵",
    fault="▲",
    fault_on="■",
    star="★",
    no_star="☆",
    good="✓",
    bad="✗",
    chosen="◉",
    open="○",
    playing="▶",
    waiting="‖",
    separator="·",
    dots="…",
)

ASCII = GlyphSet(
    up="+",
    slow="!",
    paused="=",
    down="x",
    off="#",
    request="*",
    again="R",
    answer="o",
    refusal="<",
    probe="?",
    order=";",
    lost="X",
    density=".:%@",
    lines=" |-+||++-+-+++++",
    arrow=">",
    back_arrow="<",
    corners="++++",
    heavy_corners="####",
    heavy_sides="##",
    full="#",
    empty=".",
    parts="",
    levels="_.-=+*%#",
    axis="-",
    played="=",
    now="|",
    mark="'",
    fault="^",
    fault_on="#",
    star="*",
    no_star=".",
    good="+",
    bad="x",
    chosen="(x)",
    open="( )",
    playing=">",
    waiting="=",
    separator="|",
    dots="...",
)


def choose_glyphs(ascii_only: bool | None = None) -> GlyphSet:
    """The set to use: as asked for, else by NINELIVES_ASCII=1, else by the output's encoding."""
    if ascii_only is None:
        encoding = (getattr(sys.__stdout__, "encoding", None) or "utf-8").lower()
        ascii_only = os.environ.get("NINELIVES_ASCII", "") not in ("", "0") or not (
            encoding.replace("-", "").startswith("utf")
        )
    return ASCII if ascii_only else UNICODE
