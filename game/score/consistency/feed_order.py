"""Causal order of a feed: a reply never shows before, or without, what it replies to.

Ahamad and others, Causal Memory, Distributed Computing 1995, section 1, has a reply as its reason
for causal order. A `post` has [id, parent or nil] as its input; a `read` returns ids, the oldest
first; each key is a feed.
"""

from __future__ import annotations

from collections.abc import Sequence

from game.score.consistency.history import History, Operation, Value
from game.score.consistency.verdict import Verdict, invalid, show, valid


def check_feed_order(history: History) -> Verdict:
    """Whether each read has every reply after its parent, and only what was posted."""
    for operations in history.by_key().values():
        broken = _check(operations)
        if broken is not None:
            return invalid(history, *broken)
    return valid(history)


def _check(operations: Sequence[Operation]) -> tuple[str, list[Operation]] | None:
    posts: dict[Value, Operation] = {}
    for one in operations:
        if one.function == "post" and one.possible and isinstance(one.input, tuple):
            posts[one.input[0]] = one
    for read in operations:
        if not read.ok or read.function != "read" or not isinstance(read.output, tuple):
            continue
        places = {post: place for place, post in enumerate(read.output)}
        for post, place in places.items():
            source = posts.get(post)
            if source is None:
                return f"{show(post)} shows, and was never posted", [read]
            assert isinstance(source.input, tuple)
            parent = source.input[1]
            if parent is not None and places.get(parent, place) >= place:
                first = [posts[parent]] if parent in posts else []
                reason = f"{show(post)} shows before {show(parent)}, to which it replies"
                return reason, [*first, source, read]
    return None
