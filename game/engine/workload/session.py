"""Session: a register whose users must find what they have written and seen themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from game.engine.registry import REGISTRY


@REGISTRY.register(
    "application",
    "session",
    says="each key holds what was written last, and no user finds less than it has written or seen",
    codex="session",
    causes=("lost-write", "duplicate", "stale"),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Two of the four guarantees of Terry and others, Session Guarantees for Weakly Consistent
    Replicated Data, PDIS 1994: read your writes, and monotonic reads. Users are those of closed
    loops; in an open loop nobody is promised anything by this. No parameters."""

    met_by: ClassVar[str] = "store"
    model: ClassVar[str] = "register"
    """The model of its histories (`lab history --model`)."""
    promises: ClassVar[tuple[str, ...]] = (
        "lost-write",
        "duplicate",
        "read-your-writes",
        "monotonic-reads",
    )
    """The checkers that it is held to."""
