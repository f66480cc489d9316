"""Register: each key holds one value, which reads return and writes replace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from game.engine.registry import REGISTRY


@REGISTRY.register(
    "application",
    "register",
    says="each key holds the value that was written to it last",
    codex="register",
    causes=("lost-write", "duplicate"),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """What is written is the operation's own number; no parameters.

    Its promise: an acknowledged write takes effect, and no write takes effect twice. The causes are
    those of the checkers that hold it to that.
    """

    met_by: ClassVar[str] = "store"
    """The step by which operations meet it. Only what `store` steps meet has copies."""
