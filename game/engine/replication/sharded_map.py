"""The shard map: which keys are one shard, and which machines have it. It is never changed, only
followed by a newer one."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace

from game.engine.streams import mix

NO_KEY = -1
NO_GROUP = -1


@dataclass(frozen=True, slots=True)
class Cut:
    """How keys are cut into shards: by ranges, or by hash."""

    shards: int
    starts: tuple[tuple[int, int], ...] = ()
    """(first key, shard) of each range, in order of keys; none where a hash says it."""

    def shard_of(self, key: int) -> int:
        """The shard of a key."""
        if not self.starts:
            return mix(key) % self.shards
        place = bisect_right(self.starts, (key, self.shards)) - 1
        return self.starts[max(0, place)][1]

    def split(self, key: int) -> Cut:
        """With one more shard, which begins at a key and ends where the range ends that has it."""
        return Cut(self.shards + 1, tuple(sorted((*self.starts, (key, self.shards)))))


def cut_by_hash(shards: int) -> Cut:
    """Each key by itself."""
    return Cut(shards)


def cut_by_range(shards: int, keys: int) -> Cut:
    """Ranges of the same length of the keys 0 to `keys` - 1."""
    return Cut(shards, tuple((number * keys // shards, number) for number in range(shards)))


@dataclass(frozen=True, slots=True)
class Place:
    """Where one shard is."""

    group: int
    """The number of the group of copies, never used twice."""
    machines: tuple[int, ...]
    """Indices among the machines of the service."""
    apart: int = NO_GROUP
    """The shard that this one was split off, which it stays away from."""


@dataclass(frozen=True, slots=True)
class ShardMap:
    """One version of it."""

    version: int
    cut: Cut
    places: tuple[Place, ...]
    """By shard."""

    def place_of(self, key: int) -> Place:
        """Where a key is."""
        return self.places[self.cut.shard_of(key)]

    def groups(self) -> dict[int, int]:
        """The shard of each group."""
        return {place.group: shard for shard, place in enumerate(self.places)}

    def moved(self, shard: int, place: Place, split_at: int = NO_KEY) -> ShardMap:
        """The next version: a shard is elsewhere, or a new one was split off."""
        if split_at != NO_KEY:
            places = (*self.places, place)
            return ShardMap(self.version + 1, self.cut.split(split_at), places)
        places = (*self.places[:shard], place, *self.places[shard + 1 :])
        return replace(self, version=self.version + 1, places=places)
