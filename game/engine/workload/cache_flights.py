"""Requests of one cache that are under way, so that many who miss one key ask for it once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from game.engine.attempt import BLOCKED
from game.engine.causes import Cause
from game.engine.lanes import Lane

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.station import Station


class Flight:
    """One attempt asks for a key, and others wait for its answer."""

    __slots__ = ("key", "leader", "open", "outdated", "waiting")

    def __init__(self, key: int, leader: Attempt) -> None:
        self.key = key
        self.leader = leader
        self.open = True
        self.waiting: dict[Attempt, None] = {}
        self.outdated = False
        """The key was written since: the answer is good for those who wait, but not kept."""


class Flights:
    """The leases of Nishtala and others, Scaling Memcache at Facebook, NSDI 2013, section 3.2.1,
    with the wait inside the cache, as nginx's `proxy_cache_lock` has it.

    Whoever leaves the station without an answer to its request leaves it to another who waits; so
    it is, too, if the answer takes too long. It is a guard of the station, to be told who leaves.
    """

    __slots__ = ("ask", "by_key", "flight_of", "led_by", "longest_us", "station", "timers")

    def __init__(self, station: Station, longest_us: int, ask: Callable[[Attempt], object]) -> None:
        """`ask` goes on to the steps behind the cache."""
        self.station = station
        self.longest_us = longest_us
        self.ask = ask
        self.by_key: dict[int, Flight] = {}
        self.led_by: dict[Attempt, Flight] = {}
        self.flight_of: dict[Attempt, Flight] = {}
        """Of those who wait."""
        self.timers = Lane(station.kernel, self._too_long)
        station.guards = (*station.guards, self)
        station.strict = True

    def join(self, attempt: Attempt) -> bool:
        """Whether an attempt that misses its key waits for another one that has asked for it."""
        key = attempt.call.operation.data_key
        flight = self.by_key.get(key)
        if flight is None:
            self.by_key[key] = self._lead(key, attempt)
            return False
        attempt.phase = BLOCKED
        flight.waiting[attempt] = None
        self.flight_of[attempt] = flight
        return True

    def land(self, attempt: Attempt) -> tuple[list[Attempt], bool]:
        """An attempt has its answer, or has failed: who waited for that, and whether the key was
        written meanwhile."""
        flight = self.led_by.pop(attempt, None)
        if flight is None:
            return [], True
        self._over(flight)
        waiting = list(flight.waiting)
        for one in waiting:
            del self.flight_of[one]
        return waiting, flight.outdated

    def written(self, key: int) -> None:
        """A write of the key is done: who comes now must not get an older answer."""
        flight = self.by_key.pop(key, None)
        if flight is not None:
            flight.outdated = True

    def hand_on(self, attempt: Attempt) -> None:
        """The one that asked is gone: the newest of those that wait asks anew, whose caller has the
        most patience left. The oldest would be gone, too, before its answer could come."""
        flight = self.led_by.pop(attempt, None)
        if flight is None:
            return
        now = self.station.kernel.now
        while flight.waiting:
            heir = next(reversed(flight.waiting))
            self.stop(heir)
            if heir.caller.waits_until_us(heir) > now:
                self._inherit(flight, heir)
                return
            self.station.fail(heir, Cause.DEPENDENCY)
        self._over(flight)

    def stop(self, attempt: Attempt) -> None:
        """An attempt waits no longer."""
        flight = self.flight_of.pop(attempt, None)
        if flight is not None:
            del flight.waiting[attempt]

    def _lead(self, key: int, attempt: Attempt) -> Flight:
        flight = self.led_by[attempt] = Flight(key, attempt)
        self.timers.add(self.station.kernel.now + self.longest_us, flight)
        return flight

    def _inherit(self, flight: Flight, heir: Attempt) -> None:
        mine = self._lead(flight.key, heir)
        mine.outdated = flight.outdated
        mine.waiting = flight.waiting
        self.flight_of.update(dict.fromkeys(mine.waiting, mine))
        if self.by_key.get(flight.key) is flight:
            self.by_key[flight.key] = mine
        flight.open = False
        self.ask(heir)

    def _over(self, flight: Flight) -> None:
        flight.open = False
        if self.by_key.get(flight.key) is flight:
            del self.by_key[flight.key]

    def _too_long(self, flight: Flight) -> None:
        if not self.station.node.is_asleep(self._too_long, flight):
            self.hand_on(flight.leader)

    # What the station tells its guards

    def refuse(self, attempt: Attempt) -> int:
        """Nobody is turned away."""
        return 0

    def left(self, attempt: Attempt) -> None:
        """An attempt is over here: if it had asked, and was stopped, another one asks."""
        self.hand_on(attempt)

    def forget(self) -> None:
        """The node crashed: all who asked and all who waited are dead."""
        for flight in self.led_by.values():
            flight.open = False
        self.by_key.clear()
        self.led_by.clear()
        self.flight_of.clear()
