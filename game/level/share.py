"""The share of winning plans, as the record of a level's proof has it.

What is read here is told to players before they play; whether the record still holds, proofs ask.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

RECORD = ".record.json"
"""The record of NAME.toml is NAME.record.json beside it."""
MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareCard:
    """How many plans win of those that a proof tried."""

    wins: int
    tried: int
    plans: int
    """All plans that the level has; more than `tried` where a sample was drawn."""


def recorded_share(level_path: Path, level_hash: str) -> ShareCard | None:
    """The share in the record beside a level; None without one of this very level."""
    path = level_path.with_name(level_path.stem + RECORD)
    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        record = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or record.get("level_hash") != level_hash:
        return None
    share = record.get("share")
    if not isinstance(share, dict):
        return None
    numbers = [share.get(name) for name in ("wins", "tried", "plans")]
    if not all(type(number) is int for number in numbers):
        return None
    card = ShareCard(**{name: share[name] for name in ("wins", "tried", "plans")})
    return card if 0 <= card.wins <= card.tried <= card.plans and card.tried else None
