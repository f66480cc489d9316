"""Randomness: named streams from one seed, and luck that is derived instead of drawn.

Only `random.Random.random` is ever drawn, because Python promises its sequence across versions.
"""

from __future__ import annotations

from hashlib import sha256
from random import Random

_MASK = (1 << 64) - 1
_UNIT = 1.0 / (1 << 53)


def stream(seed: int, name: str) -> Random:
    """The stream of that name: independent of every other stream and of the order of creation."""
    digest = sha256(f"{seed}/{name}".encode()).digest()
    return Random(int.from_bytes(digest[:16], "little"))


def named(name: str) -> int:
    """A number below 2^40 that stands for a name, whatever else there is."""
    return int.from_bytes(sha256(name.encode()).digest()[:5], "little")


def mix(number: int) -> int:
    """A 64-bit hash of a 64-bit number (SplitMix64's finaliser: Steele, Lea, Flood 2014)."""
    number = (number + 0x9E3779B97F4A7C15) & _MASK
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & _MASK
    return number ^ (number >> 31)


def derived_key(parent_key: int, path: int, ordinal: int) -> int:
    """The key of a retry or hedge: never 0, which is the plain path's. `path` is below 2^43."""
    return mix(parent_key ^ mix((path << 20) + ordinal)) | 1


def derived_luck(operation_luck: float, key: int, slot: int) -> float:
    """A uniform number in [0, 1) that belongs to (operation, attempt, slot) and to nothing else."""
    root = int(operation_luck * 9007199254740992.0)
    return (mix(mix(root ^ key) + slot) >> 11) * _UNIT
