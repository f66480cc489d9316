"""Post-mortems in words, and the codex.

`post_mortem` and `PostMortem` are taken from here; they are imported when they are first used, so
that whoever only reads the codex does not load the engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from game.explain.report import PostMortem, post_mortem

__all__ = ["PostMortem", "post_mortem"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from game.explain import report

    return getattr(report, name)
