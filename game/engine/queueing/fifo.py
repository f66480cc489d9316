"""First in, first out: who came first is served first."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.registry import REGISTRY

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.station import Station


@REGISTRY.register("discipline", "fifo", says="who came first is served first")
@dataclass(frozen=True, slots=True, kw_only=True)
class FifoQueue:
    """A plain deque; no parameters."""

    def build(self, station: Station) -> deque[Attempt]:
        """The queue of one station."""
        return deque()
