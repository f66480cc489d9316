"""What the copies of a chain say to each other, beside what every copy asks that catches up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from game.engine.log import Command
    from game.engine.replication.epochs import Epoch
    from game.engine.replication.journal import Entry
    from game.engine.workload.application import Output


@dataclass(frozen=True, slots=True)
class Forward:
    """To the copy behind: writes from a position on; without any, it asks how far that one is."""

    epoch: Epoch
    sender: int
    first: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """To the copy before: this one has the first `length` writes, the tail `committed` of them."""

    epoch: Epoch
    sender: int
    length: int
    committed: int


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """To the tail: what would you answer to this read?"""

    epoch: Epoch
    sender: int
    question: int
    key: int
    command: Command | None
    """What it asks of the service's application."""


@dataclass(frozen=True, slots=True)
class Reply:
    """From the tail, which was the tail at some moment after the question."""

    question: int
    writer: int
    output: Output
