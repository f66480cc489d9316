"""What a run on call needs beside its system: monitors, changes, and who is standing by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.level.controls import locate

if TYPE_CHECKING:
    from game.level.model import Level, Monitor
    from game.level.plan import Plan

OpenKey = tuple[str, str, str]
"""Section, id of a table in it, key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCall:
    """Part of a `System`. The system itself holds every machine that may be ordered in the run."""

    level: Level
    plan: Plan
    """Its changes are made during the run; what a player does meanwhile is added to them there."""
    running: tuple[tuple[str, int], ...]
    """By node group whose size may be set during the run: machines that run at the begin."""

    @property
    def open_keys(self) -> frozenset[OpenKey]:
        """What may be set while the system runs."""
        document = self.level.document
        paths = [
            locate(document, path)
            for control in self.level.controls
            if control.during
            for path in control.sets
        ]
        return frozenset(
            (path.section, document[path.section][path.index]["id"], str(path.keys[0]))
            for path in paths
        )

    @property
    def monitors(self) -> tuple[Monitor, ...]:
        """Whose alarms changes wait for."""
        return self.level.monitors
