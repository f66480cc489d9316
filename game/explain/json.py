"""A post-mortem as one JSON object, with keys that others build on."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from game.explain.report import PostMortem


def post_mortem_json(told: PostMortem) -> dict[str, Any]:
    """The object that `explain --json` prints: the fields of `PostMortem` under their names."""
    return asdict(told)
