"""Versions of what is written under a key, and what replicas and coordinators of a quorum say.

A version is a stamp, and who gave it: Lamport, Time, Clocks, and the Ordering of Events, CACM 1978,
for the total order; the stamp is a counter (Lynch and Shvartsman, FTCS 1997, which let several
writers use the register of Attiya, Bar-Noy and Dolev, JACM 1995) or the time of day (Thomas, A
Majority Consensus Approach, TODS 1979, for "the last writer wins").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from game.engine.clocks.clock import local_us

if TYPE_CHECKING:
    from game.engine.node import Node
    from game.engine.replication.quorum_siblings import Kept


class Version(NamedTuple):
    """One write. Of two, the greater is the newer one; no two writes have the same."""

    stamp: int
    """A counter, or microseconds on a coordinator's clock."""
    coordinator: int
    operation: int
    """Number of the operation that wrote; -1 where nothing was written yet."""
    call: int
    """Which of the operation's writes it is."""


NOTHING = Version(-(1 << 62), -1, -1, 0)
"""Older than all that is written, also by clocks that are far behind."""


def local_clock_us(node: Node) -> int:
    """What time it is, as a node knows it."""
    return local_us(node, node.kernel.now)


class Ask(NamedTuple):
    """From a coordinator: what do you have under this key?"""

    coordinator: int
    question: int
    key: int
    home: int
    """The replica that is meant; another one may have to answer in its place."""


class Store(NamedTuple):
    """From a coordinator: keep this, if what you have is not newer."""

    coordinator: int
    question: int
    key: int
    version: Kept
    home: int
    """The replica that it belongs to; a stand-in keeps it apart, with a hint."""


class Answer(NamedTuple):
    """From a replica: it has that much, or has stored what it was sent."""

    question: int
    home: int
    version: Kept
