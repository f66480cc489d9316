"""What the screen may know of a moment: a frozen picture, computed from the Log alone."""

from __future__ import annotations

from dataclasses import dataclass

from game.engine.log import Fate, Log, MessageKind


@dataclass(frozen=True, slots=True)
class NodeView:
    """One node at one moment."""

    name: str
    state: str
    """`up`, `slow`, `paused`, `down` (refuses) or `off` (silent)."""
    queued: int
    serving: int
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message under way."""

    source: str
    target: str
    progress: float
    """0 when it was sent, below 1 until it arrives."""
    kind: MessageKind
    again: bool
    """It belongs to a retry or a hedge."""
    fate: Fate
    operation: int


@dataclass(frozen=True, slots=True)
class Frame:
    """One moment of a run."""

    time_us: int
    nodes: tuple[NodeView, ...]
    messages: tuple[MessageView, ...]
    """At most 200 of those under way, oldest first."""
    ended: int
    """Operations that ended so far."""
    good: int
    causes: tuple[tuple[str, int], ...]
    """Cause to count so far, most frequent first."""
    recent_ended: int
    """Operations that ended in the last second."""
    recent_good: int
    recent_p99_us: int | None
    """Of the good ones of the last second."""
    faults: tuple[str, ...]
    """Ids of the faults that are going on."""
    notes: tuple[tuple[int, str], ...]
    """The last eight state changes, (time, words), oldest first."""


def frame(log: Log, time_us: int) -> Frame:
    """The moment `time_us` of a run: pure, and cheap for any order of times.

    Messages and station counts need a traced log.
    """
    raise NotImplementedError
