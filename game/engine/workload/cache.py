"""Cache: the answers to some keys, kept in memory, and the step `lookup` that asks for them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush, heapreplace
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from game.engine.attempt import NO_FAULT
from game.engine.events.event import Counter, counter_key
from game.engine.luck import Purpose
from game.engine.paths import CONSTANT
from game.engine.registry import REGISTRY
from game.engine.steps import Chained, Cpu
from game.engine.workload.cache_flights import Flights
from game.engine.workload.search import Search
from game.level.annotations import PositiveCount, PositiveDurationUs
from game.level.model import LawField

if TYPE_CHECKING:
    from game.engine.attempt import Attempt, Origin
    from game.engine.paths import Path, Slots
    from game.engine.station import Station, Step
    from game.engine.world import World

HIT, MISS, EVICTION = "cache-hit", "cache-miss", "cache-eviction"
STALE, COALESCED = "cache-stale", "cache-coalesced"


@REGISTRY.register(
    "application",
    "cache",
    says="keeps the answers to some keys in each machine's memory, so that others need no asking",
    parts=lambda cache: (
        1 + sum(each is not None for each in (cache.ttl, cache.stale_if_error, cache.coalesce))
    ),
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
    stale_if_error: PositiveDurationUs | None = None
    """Where that fails, the old answer is given all the same, if its `ttl` ran out no longer ago
    than this (RFC 5861, section 4)."""
    coalesce: PositiveDurationUs | None = None
    """Of those who miss a key at one time only the first asks for it, and the others wait for its
    answer; if it has none after so long, another one asks. They fail with it, too."""

    def __post_init__(self) -> None:
        """Without an end of its time no answer is too old."""
        if self.stale_if_error is not None and self.ttl is None:
            raise ValueError('"stale_if_error" needs a "ttl": without one, no answer gets too old')


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


@REGISTRY.register("event", STALE, says="A cache gives an old answer for none.", codex="cache")
@dataclass(frozen=True, slots=True, kw_only=True)
class StaleAnswers(Counter):
    """Reads that got an answer that was too old, since asking for a new one failed."""

    total: ClassVar[str] = STALE


@REGISTRY.register("event", COALESCED, says="A read waits for another's answer.", codex="cache")
@dataclass(frozen=True, slots=True, kw_only=True)
class Coalesced(Counter):
    """Reads that missed a key for which another one was asking already."""

    total: ClassVar[str] = COALESCED


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
    """How long a core is needed to look."""

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

    __slots__ = (
        "answer",
        "coalesced",
        "eviction",
        "flights",
        "hit",
        "kernel",
        "memory",
        "miss",
        "origins",
        "stale",
        "stale_us",
        "station",
        "totals",
        "ttl_us",
    )

    def __init__(self, station: Station, world: World) -> None:
        service = world.services[station.name]
        cache: Cache = service.store
        self.station = station
        self.kernel = station.kernel
        self.answer: Callable[[Attempt], object] = station.finish
        self.memory = EVICTIONS[cache.evict](cache.capacity)
        self.origins: dict[int, Origin | None] = {}
        """By key that was put in: what a store had answered."""
        self.ttl_us = cache.ttl
        self.stale_us = cache.stale_if_error
        self.totals = world.log.totals
        self.hit, self.miss, self.eviction, self.stale, self.coalesced = (
            counter_key(total, service.id) for total in (HIT, MISS, EVICTION, STALE, COALESCED)
        )
        counted = [self.hit, self.miss, self.eviction]
        self.flights: Flights | None = None
        if cache.coalesce is not None:
            self.flights = Flights(station, cache.coalesce, self._ask)
            counted.append(self.coalesced)
        if self.stale_us is not None:
            counted.append(self.stale)
        if self.flights is not None or self.stale_us is not None:
            station.rescue = self.rescue
        for key in counted:
            self.totals.setdefault(key, 0)
        station.node.on_crash += [self.memory.forget, self.origins.clear]

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
            if self.stale_us is None:
                memory.drop(key)
            put_us = None
        memory.asked(key)
        if put_us is not None:
            self.totals[self.hit] += 1
            self._answer_as(attempt, self.origins[key])
            return
        self.totals[self.miss] += 1
        if self.flights is not None:
            attempt.step = self
            if self.flights.join(attempt):
                self.totals[self.coalesced] += 1
                return
        self.next(attempt)

    def close(self, attempt: Attempt) -> None:
        """The work is done: from now on the key is kept, or after a write is not."""
        key = attempt.call.operation.data_key
        if attempt.call.operation.write:
            self.memory.drop(key)
            if self.flights is not None:
                self.flights.written(key)
            self.answer(attempt)
            return
        origin = getattr(attempt, "origin", None)
        waiting, outdated = self.flights.land(attempt) if self.flights is not None else ((), False)
        if not outdated:
            luck = attempt.caller.salt(attempt, Purpose.EVICTION)
            self.origins[key] = origin
            if self.memory.put(key, self.kernel.now, luck):
                self.totals[self.eviction] += 1
        self.answer(attempt)
        for one in waiting:
            self._answer_as(one, origin)

    def rescue(self, attempt: Attempt, cause: int) -> bool:
        """The steps behind have failed: whether a read has an old answer instead. Those who wait
        for it get the same, unless it failed because its own caller waits no longer."""
        operation = attempt.call.operation
        behind = self.station.steps[self.position :]
        if operation.write or getattr(attempt, "step", None) not in behind:
            return False
        if self.flights is not None:
            if attempt.caller.waits_until_us(attempt) <= self.kernel.now:
                self.flights.hand_on(attempt)
            for one in self.flights.land(attempt)[0]:
                if one.blame == NO_FAULT:
                    one.blame = attempt.blame
                self.station.fail(one, cause)
        put_us = self.memory.kept.get(operation.data_key)
        if self.stale_us is None or self.ttl_us is None or put_us is None:
            return False
        if self.kernel.now - put_us > self.ttl_us + self.stale_us:
            return False
        self.totals[self.stale] += 1
        self._answer_as(attempt, self.origins[operation.data_key])
        return True

    def _ask(self, attempt: Attempt) -> None:
        self.next(attempt)

    def _answer_as(self, attempt: Attempt, origin: Origin | None) -> None:
        """Give an answer that a store gave to somebody else, and note whose it is."""
        if origin is not None:
            note_cached(attempt, origin, self.station)
        self.answer(attempt)

    def asks_for(self, attempt: Attempt) -> Attempt:
        """The one whose answer an attempt waits for."""
        assert self.flights is not None
        return self.flights.flight_of[attempt].leader

    def stop(self, attempt: Attempt) -> None:
        """An attempt that waits for another's answer is killed or cancelled."""
        assert self.flights is not None, "an attempt was stopped inside a cache"
        self.flights.stop(attempt)


def note_cached(attempt: Attempt, origin: Origin, station: Station) -> None:
    """Write down that a cache is about to answer what a store had answered before, for those who
    judge the store's reads."""
    attempt.origin = origin
    store, value = origin
    world, operation, now = station.world, attempt.call.operation, station.kernel.now
    name = world.log.stations[store][0]
    if isinstance(world.services[name].store, Search):
        world.log.shares.append((operation.number, now, station.index, store, value))
        return
    world.log.hits.append((operation.number, now, store, station.index))
    commands = world.commands.get(name)
    if commands is None:
        world.log.reads.append((operation.number, now, store, value))
        return
    commands.of(operation)
    world.log.outputs.append((operation.number, now, store, value))
    world.sessions.told(operation, value)
