"""What machines say to each other about transfers that are made step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable

    from game.engine.replication.journal import Key

Ticket = tuple[int, int]
"""The machine that was asked (an index), and a number that counts on through crashes."""
Change = tuple[int, int]
"""An account, and by how much it changes."""


class Name(NamedTuple):
    """What a transfer is recognised by when it comes again."""

    keyed: bool
    """By its operation's idempotency key; else by the ticket of the machine that was asked, so that
    only what that one repeats is recognised."""
    first: int
    second: int


class Order(NamedTuple):
    """Begin a transfer: to the machine with the accounts of its first step."""

    ticket: Ticket
    name: Name
    key: Key
    """Of the operation's write, whether or not it carries it."""
    own: tuple[Change, ...]
    """The first step; none of its accounts may fall below nothing."""
    target: int | None
    """The machine of the second step; None where there is none."""
    others: tuple[Change, ...]
    """The second step."""
    refused: bool
    """The target will not take it."""
    output: Hashable
    """What the operation returns if it is done."""


class Told(NamedTuple):
    """What an order came to, so far."""

    ticket: Ticket
    output: Hashable


class Message(NamedTuple):
    """Do the second step, or promise never to do it."""

    name: Name
    key: Key
    home: int
    """The machine of the first step."""
    changes: tuple[Change, ...]
    refused: bool
    called_back: bool


class Receipt(NamedTuple):
    """The second step was taken, or never will be."""

    name: Name
    taken: bool


class Question(NamedTuple):
    """A read asks what is on all accounts of a machine."""

    ticket: Ticket


class Shown(NamedTuple):
    """The answer."""

    ticket: Ticket
    shard: int
    balances: tuple[Change, ...]
