"""Hedges: a second request to another machine when the first takes long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from game.engine.registry import REGISTRY
from game.level.annotations import DurationUs, WholeNumber


@REGISTRY.register(
    "mechanism",
    "hedge",
    says="asks another machine, too, when the answer takes long, and uses the first answer",
    parts=lambda _: 2,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Hedge:
    """Hedged and tied requests: Dean and Barroso, The Tail at Scale, CACM 56(2), 2013. Callers
    read this record themselves."""

    after: DurationUs
    """Without an answer for so long, ask once more."""
    at_most: Annotated[int, WholeNumber(0, 100)] = 1
    """Hedges of one call."""
    cancel: bool = False
    """With an answer in hand, tell the other machines to stop."""
    tied: bool = False
    """The machine that begins first tells the other one to drop its copy, if it still waits."""
