"""Convergence: once everything has arrived everywhere, all replicas are alike.

Strong eventual consistency: Shapiro, Preguica, Baquero and Zawirski, Conflict-free Replicated Data
Types, SSS 2011, section 2. A `final-read` returns the whole state of the replica `node`, or else of
the one that its process asked.
"""

from __future__ import annotations

from game.score.consistency.history import History, Operation, Value
from game.score.consistency.verdict import Verdict, invalid, show, valid


def check_convergence(history: History) -> Verdict:
    """Whether all final reads of a key saw the same; the witness is two that did not."""
    first: dict[Value, Operation] = {}
    for one in history.operations:
        if not one.ok or one.function != "final-read":
            continue
        other = first.setdefault(one.key, one)
        if other.output != one.output:
            return invalid(history, f"{_who(other)} and {_who(one)} differ", (other, one))
    return valid(history)


def _who(read: Operation) -> str:
    return read.node or f"what process {show(read.process)} saw"
