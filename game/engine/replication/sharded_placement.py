"""Which machines have the copies of a shard: a home, and others beside it.

The home hangs on how shards are laid on machines (`homes_of`); the others are drawn at random, in
other zones, or from copysets: Cidon, Rumble, Stutsman, Katti, Ousterhout and Rosenblum, Copysets:
Reducing the Frequency of Data Loss in Cloud Storage, USENIX ATC 2013, section 4. All of it hangs on
names and seed alone, so nobody has to be told, and a machine that comes or goes changes little.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from game.engine.routing.consistent_hash import ring_of
from game.engine.streams import mix, named

By = Literal["hash", "range", "consistent-hash"]
Placement = Literal["random", "zones", "copysets"]


@dataclass(frozen=True, slots=True)
class Machine:
    """One that may have shards."""

    index: int
    """Its place among the machines of the service."""
    name: str
    zone: str


@dataclass(frozen=True, slots=True)
class Layout:
    """By what rules shards are laid on machines."""

    salt: str
    """Seed and service: every night is another one."""
    by: By
    copies: int
    placement: Placement
    scatter: int
    """Machines that share a shard with a given one, at least, where `placement` is "copysets"."""
    points: int
    """Of each machine on the ring."""


def holders(
    layout: Layout, shard: int, machines: Sequence[Machine], apart: Sequence[int] = ()
) -> tuple[int, ...]:
    """The machines of a shard, home first; fewer than `copies` where there are no more. Those
    `apart` are taken only where there are no others (a shard that was split off)."""
    ranked = _ranked(layout, shard, machines)
    ranked.sort(key=lambda machine: machine.index in apart)
    home = ranked[0] if apart else _home(layout, shard, machines)
    others = [machine for machine in ranked if machine.index != home.index]
    if layout.placement == "copysets":
        return _of_copyset(layout, shard, home, machines, others)
    if layout.placement == "zones":
        others = _in_other_zones(home, others)
    return home.index, *(machine.index for machine in others[: layout.copies - 1])


def _home(layout: Layout, shard: int, machines: Sequence[Machine]) -> Machine:
    if layout.by == "hash":
        return machines[shard % len(machines)]
    names = tuple(machine.name for machine in machines)
    points, owners = ring_of(layout.salt, names, layout.points)
    place = bisect_right(points, mix(named(f"{layout.salt}/shard/{shard}"))) % len(points)
    return machines[owners[place]]


def _ranked(layout: Layout, shard: int, machines: Sequence[Machine]) -> list[Machine]:
    """In an order that is the shard's own, whoever else is there (Thaler and Ravishankar, Using
    Name-Based Mappings to Increase Hit Rates, 1998: the highest random weight)."""
    root = named(f"{layout.salt}/shard/{shard}/copies")
    return sorted(machines, key=lambda machine: mix(root ^ named(machine.name)))


def _in_other_zones(home: Machine, others: Sequence[Machine]) -> list[Machine]:
    """Zones that have no copy yet come first."""
    chosen, left = [home], list(others)
    while left:
        zones = [machine.zone for machine in chosen]
        # The first of those in the zone with the fewest copies.
        best = min(left, key=lambda machine: zones.count(machine.zone))
        left.remove(best)
        chosen.append(best)
    return chosen[1:]


def _of_copyset(
    layout: Layout, shard: int, home: Machine, machines: Sequence[Machine], others: list[Machine]
) -> tuple[int, ...]:
    """The replication phase: one of the copysets that the home belongs to, at random."""
    if len(machines) < layout.copies or layout.copies == 1:
        return home.index, *(machine.index for machine in others[: layout.copies - 1])
    names = tuple(sorted(machine.name for machine in machines))
    sets = copysets(layout.salt, names, layout.copies, layout.scatter)
    own = [one for one in sets if home.name in one]
    chosen = own[mix(named(f"{layout.salt}/shard/{shard}/copyset")) % len(own)]
    indices = {machine.name: machine.index for machine in machines}
    return home.index, *sorted(indices[name] for name in chosen if name != home.name)


@lru_cache(64)
def copysets(
    salt: str, names: tuple[str, ...], copies: int, scatter: int
) -> tuple[tuple[str, ...], ...]:
    """The permutation phase: `scatter` / (`copies` - 1) permutations, rounded up, each cut into
    groups of `copies`. The last ones of a permutation that does not come out even are filled up
    with its first."""
    found: dict[tuple[str, ...], None] = {}
    for number in range(-(-scatter // (copies - 1))):
        root = named(f"{salt}/permutation/{number}")
        order = sorted(names, key=lambda name: mix(root ^ named(name)))
        for first in range(0, len(order), copies):
            group = order[first : first + copies]
            group += order[: copies - len(group)]
            found[tuple(sorted(group))] = None
    return tuple(found)
