"""Rendezvous hashing: each key has its own order of targets, and goes to the first in rotation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar

from game.engine.registry import REGISTRY
from game.engine.streams import mix

if TYPE_CHECKING:
    from game.engine.caller import Caller
    from game.engine.target import Target


@REGISTRY.register(
    "balancer",
    "rendezvous",
    says="each key has a machine of its own; if one is lost, only its keys move",
    parts=lambda _: 1,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Rendezvous:
    """Highest random weight: Thaler and Ravishankar, Using Name-Based Mappings to Increase Hit
    Rates, IEEE/ACM Transactions on Networking 6(1), 1998. No parameters."""

    needs_luck: ClassVar[bool] = False

    def build(self, caller: Caller) -> RendezvousPicker:
        """The balancer of one caller."""
        return RendezvousPicker()


class RendezvousPicker:
    """Remembers the hash of each target's name, and nothing else."""

    __slots__ = ("hashes",)

    def __init__(self) -> None:
        self.hashes: dict[int, int] = {}

    def pick_for(self, targets: Sequence[Target], data_key: int) -> Target:
        """The target with the highest weight for that key."""
        key = mix(data_key)
        return max(targets, key=lambda target: mix(key ^ self._hash(target)))

    def _hash(self, target: Target) -> int:
        known = self.hashes.get(target.index)
        if known is None:
            digest = sha256(target.station.node.name.encode()).digest()
            known = self.hashes[target.index] = int.from_bytes(digest[:8], "little")
        return known

    def pick(self, targets: Sequence[Target], luck: float) -> Target:
        """A caller asks by key: see `Caller.pick`."""
        raise AssertionError("rendezvous hashing needs the operation's key")
