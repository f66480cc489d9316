"""What the copies of a Raft group say to each other (Ongaro and Ousterhout 2014, figure 2; Ongaro's
thesis, figures 3.1 and 4.1). Senders are servers (see `Members`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from game.engine.replication.journal import Entry


@dataclass(frozen=True, slots=True)
class Ballot:
    """RequestVote: a copy asks for a vote."""

    term: int
    sender: int
    length: int
    """Entries in its log."""
    last_term: int
    """Of the last of them."""
    rehearsal: bool = False
    """It only asks whether it would get the vote (pre-vote)."""
    handed: bool = False
    """The leader itself told it to stand: who hears that leader votes all the same."""


@dataclass(frozen=True, slots=True)
class Vote:
    """The answer to a ballot."""

    term: int
    """Of the voter; of the ballot where a rehearsal is granted."""
    sender: int
    granted: bool
    rehearsal: bool = False


class Append(NamedTuple):
    """AppendEntries: entries that belong behind the first so many of the log; none: a heartbeat."""

    term: int
    sender: int
    first: int
    term_before: int
    """Of the entry before `first`; 0 if there is none."""
    entries: tuple[Entry, ...]
    committed: int
    round: int
    """The newest round of heartbeats that had begun when this was sent."""
    pipelined: bool
    """Others that belong before it may still be under way."""


class Appended(NamedTuple):
    """The answer to an `Append`."""

    term: int
    """Of the follower."""
    sender: int
    asked_term: int
    """Of the append; an older one tells nothing about this term."""
    round: int
    fits: bool
    held: int
    """If it fits: the log is the leader's, as far as this. If not: where it may fit."""


@dataclass(frozen=True, slots=True)
class TimeoutNow:
    """The leader of a term tells a follower to stand at once (Ongaro's thesis, 3.10)."""

    term: int


@dataclass(frozen=True, slots=True)
class MemberChange:
    """An operator wants a server to have a vote, or none (AddServer and RemoveServer of Ongaro's
    thesis, figure 4.1)."""

    server: int
    joins: bool
    fault: int
    """The order of the level's script."""
    passed_on: bool = False
    """It was given to another copy, which took this one for the leader."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """A letter to a server: who has another disk by now does not read it."""

    server: int
    read: str
    content: Any
