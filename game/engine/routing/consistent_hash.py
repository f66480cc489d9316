"""Consistent hashing: machines and keys lie on one ring, and a key belongs to the next machine."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from math import ceil
from typing import TYPE_CHECKING, Annotated, ClassVar

from game.engine.registry import REGISTRY
from game.engine.streams import mix
from game.level.annotations import PositiveNumber, WholeNumber

if TYPE_CHECKING:
    from game.engine.caller import Caller
    from game.engine.target import Target

MOST_POINTS = 1000
RINGS_KEPT = 64
Ring = tuple[tuple[int, ...], tuple[int, ...]]
"""Points in order, and the index of the machine that each belongs to."""


@REGISTRY.register(
    "balancer",
    "consistent-hash",
    says="each key belongs to the next machine on a ring; one that is added takes a share of each",
    parts=lambda record: 1 + (record.epsilon is not None),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ConsistentHash:
    """Karger and others, Consistent Hashing and Random Trees, STOC 1997. With `epsilon` its loads
    are bounded: Mirrokni, Thorup and Zadimoghaddam, Consistent Hashing with Bounded Loads, SODA
    2018. Where the points lie hangs on the run's seed, the service and the names of its machines:
    so all callers have the same ring, and every seed is another one."""

    points: Annotated[int, WholeNumber(1, MOST_POINTS)] = 100
    """Of each machine on the ring ("virtual nodes"). With v points on each of n machines, a
    machine's share varies by sqrt((n - 1) / (n v + 1)) of its mean."""
    epsilon: PositiveNumber | None = None
    """No machine gets a request while it has more than (1 + epsilon) times its fair part of those
    that this caller has under way; it goes to the next on the ring that has room."""

    needs_luck: ClassVar[bool] = False

    def build(self, caller: Caller) -> RingPicker:
        """The balancer of one caller."""
        stations = [target.station for target in caller.targets]
        service = stations[0].name if stations else ""
        names = tuple(station.node.name for station in stations)
        return RingPicker(
            ring_of(f"{caller.world.seed}/{service}", names, self.points), len(names), self.epsilon
        )


@lru_cache(RINGS_KEPT)
def ring_of(salt: str, names: tuple[str, ...], points: int) -> Ring:
    """The ring of these machines. A machine's points are the same whoever else is on it."""
    placed = []
    for index, name in enumerate(names):
        root = int.from_bytes(sha256(f"{salt}/{name}".encode()).digest()[:8], "little")
        placed += [(mix(root + number), index) for number in range(points)]
    placed.sort()
    return tuple(point for point, _ in placed), tuple(index for _, index in placed)


class RingPicker:
    """Looks keys up on the ring; knows nothing else."""

    __slots__ = ("epsilon", "machines", "owners", "points")

    def __init__(self, ring: Ring, machines: int, epsilon: float | None) -> None:
        self.points, self.owners = ring
        self.machines = machines
        self.epsilon = epsilon

    def pick_for(self, targets: Sequence[Target], data_key: int) -> Target:
        """The first of the targets that has room, clockwise from the key."""
        place = bisect_right(self.points, mix(data_key)) % len(self.points)
        if self.epsilon is None:
            if len(targets) == self.machines:
                return targets[self.owners[place]]
            open_to = {target.index: target for target in targets}
        else:
            under_way = 1 + sum(target.outstanding for target in targets)
            room = ceil((1 + self.epsilon) * under_way / len(targets))
            open_to = {target.index: target for target in targets if target.outstanding < room}
        while self.owners[place] not in open_to:
            place = (place + 1) % len(self.owners)
        return open_to[self.owners[place]]

    def pick(self, targets: Sequence[Target], luck: float) -> Target:
        """A caller asks by key: see `Caller.pick`."""
        raise AssertionError("consistent hashing needs the operation's key")
