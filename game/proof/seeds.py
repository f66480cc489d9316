"""Fresh seeds: nights that the author did not tune the level on, the same for every level."""

from __future__ import annotations

from itertools import count, islice

from game.level.model import Level

FIRST_FRESH_SEED = 1001


def fresh_seeds(level: Level, number: int) -> tuple[int, ...]:
    """So many seeds from 1001 on, the level's own left out."""
    others = (seed for seed in count(FIRST_FRESH_SEED) if seed not in level.seeds)
    return tuple(islice(others, number))
