"""Cache: the answers to some keys, kept in memory, and the step `lookup` that asks for them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush, heapreplace
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from game.engine.events.event import Counter, counter_key
from game.engine.luck import Purpose
from game.engine.paths import CONSTANT
from game.engine.registry import REGISTRY
from game.engine.steps import Chained, Cpu
from game.level.annotations import PositiveCount, PositiveDurationUs
from game.level.model import LawField

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.paths import Path, Slots
    from game.engine.station import Station, Step
    from game.engine.world import World

HIT, MISS, EVICTION = "cache-hit", "cache-miss", "cache-eviction"


@REGISTRY.register(
    "application",
    "cache",
    says="keeps the answers to some keys in each machine's memory, so that others need no asking",
    parts=lambda cache: 1 + (cache.ttl is not None),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """Look-aside caching with invalidation by writes, as in Nishtala and others, Scaling Memcache
    at Facebook, NSDI 2013. Each machine has a cache of its own, which goes with a crash."""

    met_by: ClassVar[str] = "lookup"

    capacity: PositiveCount
    """Keys that a machine keeps, at most."""
    evict: Literal["lru", "lfu", "fifo", "random"] = "lru"
    """Which key goes when there is no room: the least recently used one, the one that was put in
    first, or any. With "lfu" those stay that were asked for most often since the machine started,
    kept or not (perfect LFU): a key that was asked for less often than all that are kept does not
    get in."""
    ttl: PositiveDurationUs | None = None
    """An answer older than this is asked for anew."""


@REGISTRY.register("event", HIT, says="A cache has the answer.", codex="cache")
@dataclass(frozen=True, slots=True, kw_only=True)
class Hits(Counter):
    """Reads that were answered from a cache."""

    total: ClassVar[str] = HIT


@REGISTRY.register("event", MISS, says="A cache lacks the answer.", codex="cache")
@dataclass(frozen=True, slots=True, kw_only=True)
class Misses(Counter):
    """Reads that a cache could not answer, those of answers that were too old included."""

    total: ClassVar[str] = MISS


@REGISTRY.register("event", EVICTION, says="A cache makes room.", codex="cache")
@dataclass(frozen=True, slots=True, kw_only=True)
class Evictions(Counter):
    """Keys that had to go for others."""

    total: ClassVar[str] = EVICTION


class Memory:
    """The keys of one cache, and when each was put in. Who is put in first, goes first (FIFO)."""

    __slots__ = ("capacity", "kept")

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.kept: OrderedDict[int, int] = OrderedDict()

    def asked(self, key: int) -> None:
        """A read asks for a key, which may be kept or not."""

    def put(self, key: int, now_us: int, luck: int) -> bool:
        """Keep a key, if it gets in; whether another one had to go. `luck` is a 64-bit number."""
        full = key not in self.kept and len(self.kept) >= self.capacity
        if full:
            self.drop(self.victim(luck))
        self.kept[key] = now_us
        return full

    def victim(self, luck: int) -> int:
        """The key that has to go."""
        return next(iter(self.kept))

    def drop(self, key: int) -> None:
        """Keep a key no longer, if it is kept."""
        self.kept.pop(key, None)

    def forget(self) -> None:
        """The memory is gone."""
        self.kept.clear()


class LeastRecentlyUsed(Memory):
    """Both asking for a key and putting it in are uses of it."""

    __slots__ = ()

    def asked(self, key: int) -> None:
        """Its turn to go comes last."""
        if key in self.kept:
            self.kept.move_to_end(key)

    def put(self, key: int, now_us: int, luck: int) -> bool:
        """See `Memory`."""
        full = super().put(key, now_us, luck)
        self.kept.move_to_end(key)
        return full


class LeastFrequentlyUsed(Memory):
    """Counts how often each key was asked for, kept or not.

    The heap holds (count, number of the put, key) of what is kept; counts in it may be old, and are
    mended when they come to the top.
    """

    __slots__ = ("counts", "heap", "numbers", "puts")

    def __init__(self, capacity: int) -> None:
        super().__init__(capacity)
        self.counts: dict[int, int] = {}
        self.heap: list[tuple[int, int, int]] = []
        self.numbers = count()
        self.puts: dict[int, int] = {}
        """Of what is kept: the number of its put."""

    def asked(self, key: int) -> None:
        """Once more."""
        self.counts[key] = self.counts.get(key, 0) + 1

    def put(self, key: int, now_us: int, luck: int) -> bool:
        """See `Memory`: a key gets in only if it was asked for more often than some other."""
        if key in self.kept:
            self.kept[key] = now_us
            return False
        asked = self.counts.get(key, 0)
        full = len(self.kept) >= self.capacity
        if full:
            least = self.victim(luck)
            if self.counts[least] >= asked:
                return False
            self.drop(least)
        number = next(self.numbers)
        self.kept[key] = now_us
        self.puts[key] = number
        heappush(self.heap, (asked, number, key))
        return full

    def victim(self, luck: int) -> int:
        """The key with the smallest count."""
        while True:
            asked, number, key = self.heap[0]
            if self.puts.get(key) != number:
                heappop(self.heap)
            elif self.counts[key] != asked:
                heapreplace(self.heap, (self.counts[key], number, key))
            else:
                return key

    def drop(self, key: int) -> None:
        """Its count stays."""
        super().drop(key)
        self.puts.pop(key, None)

    def forget(self) -> None:
        """The counts are gone, too."""
        super().forget()
        self.counts.clear()
        self.puts.clear()
        self.heap.clear()


class AtRandom(Memory):
    """Any key may have to go, each with the same chance."""

    __slots__ = ("keys", "places")

    def __init__(self, capacity: int) -> None:
        super().__init__(capacity)
        self.keys: list[int] = []
        self.places: dict[int, int] = {}

    def put(self, key: int, now_us: int, luck: int) -> bool:
        """See `Memory`."""
        full = super().put(key, now_us, luck)
        if key not in self.places:
            self.places[key] = len(self.keys)
            self.keys.append(key)
        return full

    def victim(self, luck: int) -> int:
        """By the luck of the operation that needs the room."""
        return self.keys[luck % len(self.keys)]

    def drop(self, key: int) -> None:
        """The last of the list takes its place."""
        super().drop(key)
        place = self.places.pop(key, None)
        if place is not None:
            last = self.keys.pop()
            if last != key:
                self.keys[place] = last
                self.places[last] = place

    def forget(self) -> None:
        """See `Memory`."""
        super().forget()
        self.keys.clear()
        self.places.clear()


EVICTIONS: dict[str, Callable[[int], Memory]] = {
    "lru": LeastRecentlyUsed,
    "lfu": LeastFrequentlyUsed,
    "fifo": Memory,
    "random": AtRandom,
}


@REGISTRY.register(
    "step",
    "lookup",
    says="needs a core for that long, then answers from the cache, or goes on to the next step",
    codex="cache",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A read that finds its key ends here. Otherwise the following steps are done, and then the key
    is put in. A write does the following steps, too, and then its key is no longer kept."""

    lookup: LawField

    def parts(self) -> tuple[Any, ...]:
        """The steps that this one consists of."""
        return Cpu(cpu=self.lookup), Look()


@dataclass(frozen=True, slots=True)
class Look:
    """The moment at which an operation meets the cache."""

    def build(self, station: Station, world: World) -> Step:
        """The step on one station."""
        return LookStep(station, world)

    def lay(
        self, slots: Slots, world: World, stations: list[Station], path: Path, name: str
    ) -> int | list[Path]:
        """It needs no luck."""
        return CONSTANT


class LookStep(Chained):
    """The cache of one station."""

    __slots__ = ("answer", "eviction", "hit", "kernel", "memory", "miss", "totals", "ttl_us")

    def __init__(self, station: Station, world: World) -> None:
        service = world.services[station.name]
        cache: Cache = service.store
        self.kernel = station.kernel
        self.answer: Callable[[Attempt], object] = station.finish
        self.memory = EVICTIONS[cache.evict](cache.capacity)
        self.ttl_us = cache.ttl
        self.totals = world.log.totals
        self.hit, self.miss, self.eviction = (
            counter_key(total, service.id) for total in (HIT, MISS, EVICTION)
        )
        for key in (self.hit, self.miss, self.eviction):
            self.totals.setdefault(key, 0)
        station.node.on_crash.append(self.memory.forget)

    def closes(self, answer: Callable[[Attempt], object]) -> Callable[[Attempt], object]:
        """What comes after the last step, where `answer` would come without a cache."""
        self.answer = answer
        return self.close

    def start(self, attempt: Attempt) -> None:
        """Look the key up."""
        operation = attempt.call.operation
        if operation.write:
            self.next(attempt)
            return
        memory, key = self.memory, operation.data_key
        put_us = memory.kept.get(key)
        if (
            put_us is not None
            and self.ttl_us is not None
            and (self.kernel.now - put_us >= self.ttl_us)
        ):
            memory.drop(key)
            put_us = None
        memory.asked(key)
        if put_us is None:
            self.totals[self.miss] += 1
            self.next(attempt)
        else:
            self.totals[self.hit] += 1
            self.answer(attempt)

    def close(self, attempt: Attempt) -> None:
        """The work is done: from now on the key is kept, or after a write is not."""
        operation = attempt.call.operation
        if operation.write:
            self.memory.drop(operation.data_key)
        else:
            luck = attempt.caller.salt(attempt, Purpose.EVICTION)
            if self.memory.put(operation.data_key, self.kernel.now, luck):
                self.totals[self.eviction] += 1
        self.answer(attempt)

    def stop(self, attempt: Attempt) -> None:
        """Looking up takes no time, so nothing can be in it."""
        raise AssertionError("an attempt was stopped inside a cache")
