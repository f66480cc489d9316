"""What applications are kept as by copies that gossip: how a write becomes entries that can be
joined, and what a read makes of them.

Shapiro, Preguica, Baquero and Zawirski, A Comprehensive Study of Convergent and Commutative
Replicated Data Types, INRIA report 7506, 2011: the numbers of the specifications are theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

from game.engine.clocks.hybrid import Stamp
from game.engine.log import Command
from game.engine.replication.gossip_lattice import Atom, Entries, Item
from game.engine.replication.quorum_versions import Version

if TYPE_CHECKING:
    from game.engine.workload.application import Output

Name = tuple[int, int]
"""A copy on a disk: the machine's index, and how often its disk was wiped. After a wipe it counts
anew, so it must do so under a new name."""
Vector = tuple[tuple[Name, int, tuple[int, ...]], ...]
"""By name, in order: up to which of its posts, and which are missing below that: a version vector
with exceptions (Malkhi and Terry, Concise Version Vectors in WinFS, DISC 2005, section 4)."""
NAME_BYTES, NUMBER_BYTES = 16, 8
COUNT_BITS = 16
"""A hybrid stamp is one number: the time, and so many bits of the count (Kulkarni and others,
Logical Physical Clocks, OPODIS 2014, section 6.1)."""


class Writing(NamedTuple):
    """What a copy knows as it takes a write."""

    command: Command
    name: Name
    number: int
    """Which of the writes it is that were taken for this key under this name, from 1 on."""
    stamp: int
    operation: int
    call: int
    seen: Vector
    """What the author had seen, where that counts."""


class Context(NamedTuple):
    """What somebody has seen of a feed."""

    seen: Vector = ()
    largest: int = 0
    """The largest stamp of it."""


class Contents(Protocol):
    """How an application is kept. All methods are pure."""

    stamped: ClassVar[bool]
    """Its entries carry a stamp, by which clocks come into it."""
    once: ClassVar[bool]
    """The same write at two copies does no more than at one."""

    def items(self, entries: Entries, writing: Writing) -> tuple[Item, ...]:
        """The entries that a write changes; none if it can change nothing, and says so."""
        ...

    def look(self, entries: Entries) -> Output:
        """What a read returns: by these entries alone, in whatever order they came."""
        ...

    def size_bytes(self, value: object, value_bytes: int) -> int:
        """An entry's value in a message; `value_bytes` is that of what clients write."""
        ...

    def stamp(self, value: object) -> int:
        """The stamp of an entry, 0 if it has none."""
        ...


class Counted:
    """PN-counter, specification 7: each name counts for itself what it added, and apart from that
    what it subtracted. Without subtractions it is a G-counter, specification 6."""

    stamped: ClassVar[bool] = False
    once: ClassVar[bool] = False

    def items(self, entries: Entries, writing: Writing) -> tuple[Item, ...]:
        """One's own count, and by how much it grows."""
        by = writing.command.value
        assert isinstance(by, int)
        atom = (*writing.name, by < 0)
        return (Item(writing.command.key, atom, entries.get(atom, 0) + abs(by)),)

    def look(self, entries: Entries) -> Output:
        """The sum of what was added, less that of what was subtracted."""
        total: int = sum(-count if atom[-1] else count for atom, count in entries.items())
        return total

    def size_bytes(self, value: object, value_bytes: int) -> int:
        """A number."""
        return NUMBER_BYTES

    def stamp(self, value: object) -> int:
        """None."""
        return 0


class Tagged:
    """OR-set, specification 15: an add has a tag of its own, a remove takes back the tags that its
    copy knows of. So an add that it does not know of stays: adds win. Tags that were taken back
    are remembered for ever. What is not in the set cannot be removed (its precondition)."""

    stamped: ClassVar[bool] = False
    once: ClassVar[bool] = True

    def items(self, entries: Entries, writing: Writing) -> tuple[Item, ...]:
        """A new tag, or all tags of the element, taken back."""
        function, key, element = writing.command
        if function == "add":
            return (Item(key, (*writing.name, writing.number), (False, element)),)
        there = (False, element)
        return tuple(Item(key, at, (True, element)) for at, one in entries.items() if one == there)

    def look(self, entries: Entries) -> Output:
        """The elements with a tag that was not taken back."""
        return frozenset(element for gone, element in entries.values() if not gone)

    def size_bytes(self, value: object, value_bytes: int) -> int:
        """The element; a tag alone is enough once it was taken back."""
        assert isinstance(value, tuple)
        return 1 if value[0] else 1 + value_bytes

    def stamp(self, value: object) -> int:
        """None."""
        return 0


class Newest:
    """LWW-register, specification 8: the value with the largest stamp."""

    stamped: ClassVar[bool] = True
    once: ClassVar[bool] = False
    atom: ClassVar[Atom] = ()

    def items(self, entries: Entries, writing: Writing) -> tuple[Item, ...]:
        """The one value."""
        version = Version(writing.stamp, writing.name[0], writing.operation, writing.call)
        return (Item(writing.command.key, self.atom, version),)

    def look(self, entries: Entries) -> int:
        """Who wrote it, or -1."""
        version = entries.get(self.atom)
        return -1 if version is None else version.operation

    def size_bytes(self, value: object, value_bytes: int) -> int:
        """The value and its stamp."""
        return NUMBER_BYTES + value_bytes

    def stamp(self, value: object) -> int:
        """Its own."""
        assert isinstance(value, Version)
        return value.stamp


class Post(NamedTuple):
    """One post of a feed."""

    stamp: int
    operation: int
    seen: Vector
    """What must be there before it shows."""


class Posted:
    """A grow-only set of posts (specification 11), shown in the order of their stamps.

    A post shows only once all that its author had seen shows: causal delivery by version vectors
    (Birman, Schiper and Stephenson, Lightweight Causal and Atomic Group Multicast, ACM TOCS 9(3),
    1991, section 5.1), with the vector of the author's own session instead of the copy's (Terry
    and others, Session Guarantees, PDIS 1994). No post that was seen has a larger stamp than what
    its reader posts then, so once through in that order is enough.
    """

    stamped: ClassVar[bool] = True
    once: ClassVar[bool] = True

    def items(self, entries: Entries, writing: Writing) -> tuple[Item, ...]:
        """The post under its author's copy's next number."""
        post = Post(writing.stamp, writing.operation, writing.seen)
        return (Item(writing.command.key, (*writing.name, writing.number), post),)

    def look(self, entries: Entries) -> tuple[int, ...]:
        """The posts that show, the oldest first; one that was sent twice shows once."""
        return tuple(dict.fromkeys(post.operation for _, post in self.shown(entries)))

    def shown(self, entries: Entries) -> Iterator[tuple[Atom, Post]]:
        """The posts that show, the oldest first, with their dots."""
        whole: dict[Name, int] = {}
        """By name: so many of its posts show, without a gap."""
        dots: set[Atom] = set()
        for dot, post in sorted(entries.items(), key=_stamp_and_dot):
            if all(
                whole.get(name, 0) >= last or _has_all(dots, name, whole.get(name, 0), last, gaps)
                for name, last, gaps in post.seen
            ):
                machine, wipes, number = dot
                dots.add(dot)
                if whole.get((machine, wipes), 0) == number - 1:
                    whole[machine, wipes] = number
                yield dot, post

    def look_well(self, entries: Entries) -> tuple[tuple[int, ...], Context]:
        """What a read returns, and what its reader has seen then."""
        posts: dict[int, None] = {}
        numbers: dict[Name, list[int]] = {}
        largest = 0
        for (machine, wipes, number), post in self.shown(entries):
            posts[post.operation] = None
            numbers.setdefault((machine, wipes), []).append(number)
            largest = post.stamp
        vector = tuple((name, shown[-1], _gaps(shown)) for name, shown in sorted(numbers.items()))
        return tuple(posts), Context(vector, largest)

    def size_bytes(self, value: object, value_bytes: int) -> int:
        """The text, the stamp and the vector."""
        assert isinstance(value, Post)
        vector_bytes = sum(NAME_BYTES + NUMBER_BYTES * (1 + len(gaps)) for _, _, gaps in value.seen)
        return NUMBER_BYTES + value_bytes + vector_bytes

    def stamp(self, value: object) -> int:
        """Its own."""
        assert isinstance(value, Post)
        return value.stamp


def _has_all(dots: set[Atom], name: Name, first: int, last: int, gaps: tuple[int, ...]) -> bool:
    """Whether all posts of a name that come after `first`, up to `last`, are there or in a gap."""
    return all((*name, number) in dots or number in gaps for number in range(first + 1, last + 1))


def _gaps(numbers: list[int]) -> tuple[int, ...]:
    """What is missing from 1 on, in rising numbers."""
    if len(numbers) == numbers[-1]:
        return ()
    return tuple(sorted(set(range(1, numbers[-1])) - set(numbers)))


def _stamp_and_dot(entry: tuple[Atom, Post]) -> tuple[int, Atom]:
    dot, post = entry
    return post.stamp, dot


def stamp_number(stamp: Stamp) -> int:
    """A hybrid stamp as one number, which is larger where the stamp is."""
    return (stamp[0] << COUNT_BITS) + stamp[1]


def stamp_of_number(number: int) -> Stamp:
    """The other way round."""
    return number >> COUNT_BITS, number & ((1 << COUNT_BITS) - 1)


KEPT_AS: dict[str, Contents] = {
    "counter": Counted(),
    "set": Tagged(),
    "register": Newest(),
    "session": Newest(),
    "feed": Posted(),
}
"""By application."""
