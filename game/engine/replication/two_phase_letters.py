"""What coordinators and participants of two-phase commit say to each other."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from game.engine.replication.journal import Key

Transaction = tuple[int, int]
"""Its coordinator (an index among the machines) and a number that counts on through crashes."""
Change = tuple[int, int]
"""An account, and by how much it changes."""


class Prepare(NamedTuple):
    """Can you do this?"""

    transaction: Transaction
    key: Key
    """Of the operation's write, whether or not it is told apart from others."""
    keyed: bool
    """It is: it carries an idempotency key."""
    shards: tuple[int, ...]
    """All who are asked."""
    changes: tuple[Change, ...]
    """Those of the one who is asked."""


class Answer(Enum):
    """What a participant says to that."""

    YES = "yes"
    """It will, whatever happens, if it is told to."""
    NO = "no"
    """It waited too long for somebody else's lock."""
    REFUSED = "refused"
    """There is not enough on the account."""
    DONE = "done"
    """The same operation was done before, in another transaction."""


class Vote(NamedTuple):
    """The answer of one participant."""

    transaction: Transaction
    shard: int
    answer: Answer


class Decision(NamedTuple):
    """Do it, or forget it."""

    transaction: Transaction
    commit: bool


class Done(NamedTuple):
    """A participant has done it."""

    transaction: Transaction
    shard: int


class Inquiry(NamedTuple):
    """A participant wants to know how it ended."""

    transaction: Transaction
    shard: int


class Reading(NamedTuple):
    """A read asks for a lock on a shard, for what is on its accounts, or gives the lock back."""

    transaction: Transaction


class Shown(NamedTuple):
    """The answer to a reading."""

    transaction: Transaction
    shard: int
    balances: tuple[Change, ...] | None
    """None while the lock is granted and nothing was asked for yet."""
    held: bool = True
    """False: the lock was lost."""
