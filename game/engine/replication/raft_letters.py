"""What the copies of a Raft group say to each other (Ongaro and Ousterhout 2014, figure 2)."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Vote:
    """The answer to a ballot."""

    term: int
    """Of the voter; of the ballot where a rehearsal is granted."""
    sender: int
    granted: bool
    rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class Append:
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


@dataclass(frozen=True, slots=True)
class Appended:
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
