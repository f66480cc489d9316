"""Register: each key holds one value, which reads return and writes replace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from game.engine.registry import REGISTRY
from game.level.annotations import DurationUs


@REGISTRY.register(
    "application",
    "register",
    says="each key holds the value that was written to it last",
    codex="register",
    causes=("lost-write", "duplicate", "stale"),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """What is written is the operation's own number.

    Its promise: an acknowledged write takes effect, and no write takes effect twice; with
    `stale_after`, reads are not too old; with `updates`, no update is lost.
    """

    met_by: ClassVar[str] = "store"
    """The step by which operations meet it. Only what `store` steps meet has copies."""
    model: ClassVar[str] = "register"
    """The model of its histories (`lab history --model`)."""

    stale_after: DurationUs | None = None
    """A read that misses what was acknowledged so long before it began is `stale`: with 0, any read
    that misses what was acknowledged. Default: reads may be as old as they are."""

    updates: bool = False
    """Operations read a key and then write it (see `as` of a `call` step): what one of them writes
    over without having read it is lost, if it was acknowledged."""

    @property
    def promises(self) -> tuple[str, ...]:
        """The checkers that it is held to."""
        stale = () if self.stale_after is None else ("stale",)
        updates = ("lost-update",) if self.updates else ()
        return ("lost-write", "duplicate", *stale, *updates)
