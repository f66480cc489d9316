"""Causal order of a feed: a reply never shows before, or without, what it replies to.

Ahamad and others, Causal Memory, Distributed Computing 1995, section 1, has a reply as its reason
for causal order. A `post` has [id, parent or nil] as its input; a `read` returns ids, the oldest
first; each key is a feed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from game.score.consistency.history import History, Operation, Value
from game.score.consistency.verdict import Verdict, invalid, show, valid

Broken = tuple[Operation, str, tuple[Operation, ...]]
"""A read, what is wrong with it, and who is to be looked at as well."""


def check_feed_order(history: History) -> Verdict:
    """Whether each read has every reply after its parent, and only what was posted."""
    for read, reason, others in reads_out_of_order(history):
        return invalid(history, reason, [*others, read])
    return valid(history)


def reads_out_of_order(history: History) -> Iterator[Broken]:
    """Each read that has a reply before or without its parent, or what was never posted, once."""
    for operations in history.by_key().values():
        posts: dict[Value, Operation] = {}
        for one in operations:
            if one.function == "post" and one.possible and isinstance(one.input, tuple):
                posts[one.input[0]] = one
        for read in operations:
            if read.ok and read.function == "read" and isinstance(read.output, tuple):
                broken = _broken(read, read.output, posts)
                if broken is not None:
                    yield broken


def _broken(
    read: Operation, seen: tuple[Value, ...], posts: Mapping[Value, Operation]
) -> Broken | None:
    places = {post: place for place, post in enumerate(seen)}
    for post, place in places.items():
        source = posts.get(post)
        if source is None:
            return read, f"{show(post)} shows, and was never posted", ()
        assert isinstance(source.input, tuple)
        parent = source.input[1]
        if parent is not None and places.get(parent, place) >= place:
            first = (posts[parent],) if parent in posts else ()
            reason = f"{show(post)} shows before {show(parent)}, to which it replies"
            return read, reason, (*first, source)
    return None
