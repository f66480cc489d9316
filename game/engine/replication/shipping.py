"""How writes get from a primary to the other copies: what they send, and what it knows of each.

A primary sends its writes in order, numbered by their position in its journal. A copy confirms how
long its own journal is; what stays unconfirmed is sent again. A copy that does not know how its
journal fits (it was away, or the primary is another one now) asks first, and takes no write until
it has cut off what differs.
"""

from __future__ import annotations

from dataclasses import dataclass

from game.engine.attempt import NEVER
from game.engine.replication.epochs import Epoch
from game.engine.replication.journal import Entry, Journal, Reigns

RESEND_US = 100_000
"""What is unconfirmed for so long is sent again, and a question asked again."""
STALLED = 3
"""So many times in vain, and the primary stops waiting for a copy that is no member."""
MOST_AT_ONCE = 200
"""Writes in one letter that repeats them."""


@dataclass(frozen=True, slots=True)
class Append:
    """From the primary: writes, the first of which belongs at a position. None: just a question."""

    epoch: Epoch
    sender: int
    first: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Confirm:
    """From a copy: its journal is the primary's, as far as this."""

    epoch: Epoch
    sender: int
    length: int


@dataclass(frozen=True, slots=True)
class Ask:
    """From a copy: what am I missing?"""

    epoch: Epoch
    sender: int
    question: int
    reigns: Reigns


@dataclass(frozen=True, slots=True)
class Missing:
    """From the primary: keep so many of your writes; these come after them."""

    epoch: Epoch
    sender: int
    question: int
    first: int
    entries: tuple[Entry, ...]


@dataclass(slots=True, eq=False)
class Stream:
    """What a primary knows of one other copy."""

    epoch: int
    """Number of the epoch in which it was first heard of; what it said before does not count."""
    goal: int
    """Length of the journal at that time: with so much it has caught up."""
    held: int = 0
    """Writes that it has for certain."""
    mark: int = -1
    """What it had when that was looked at last."""
    stalls: int = 0
    """How often in a row nothing had changed by then."""
    caught_up: bool = False
    """If it is no member yet: writes wait for it from now on, so that it may become one."""
    withdrawn_us: int = NEVER
    """Since when it is not put forward any more; writes wait until the coordinator knows that."""


def take_in_order(
    journal: Journal, early: dict[int, Entry], first: int, entries: tuple[Entry, ...]
) -> None:
    """Add writes, the first of which belongs at a position; what comes too early waits."""
    for position, entry in enumerate(entries, first):
        if position == len(journal):
            journal.append(entry)
        elif position > len(journal):
            early[position] = entry
    while early:
        entry_or_none = early.pop(len(journal), None)
        if entry_or_none is None:
            break
        journal.append(entry_or_none)
    for position in [position for position in early if position < len(journal)]:
        del early[position]
