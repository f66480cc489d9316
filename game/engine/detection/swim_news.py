"""News of members, which rides on the messages of SWIM, and what overrides what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum


class Standing(IntEnum):
    """What is said of a member; of one incarnation, the larger overrides the smaller."""

    ALIVE = 0
    SUSPECT = 1
    DEAD = 2


@dataclass(frozen=True, slots=True, order=True)
class Belief:
    """What is said of one member. Incarnations are counted by the member itself.

    The larger belief overrides the smaller one. This is the order of the paper (section 4.2), but
    for the dead: there nothing overrides a death, here a later incarnation does.
    """

    incarnation: int = 0
    standing: Standing = Standing.ALIVE


@dataclass(frozen=True, slots=True)
class News:
    """A belief about a member."""

    about: int
    """A place."""
    belief: Belief


class Gossip:
    """News that one member still passes on (section 4.1): each so often, the least told first."""

    __slots__ = ("most", "told")

    def __init__(self, most: int) -> None:
        self.most = most
        """How often something is told."""
        self.told: dict[int, tuple[int, News]] = {}
        """By whom it is about: how often it was told, and what."""

    def add(self, news: News) -> None:
        """Pass this on from now on, in place of what was said of that member before."""
        self.told[news.about] = (0, news)

    def take(self, count: int) -> tuple[News, ...]:
        """What rides on the next message."""
        if not self.told:
            return ()
        return tuple(self._told_once_more(count))

    def _told_once_more(self, count: int) -> Iterator[News]:
        for times, news in sorted(self.told.values(), key=_times)[:count]:
            if times + 1 < self.most:
                self.told[news.about] = (times + 1, news)
            else:
                del self.told[news.about]
            yield news


def _times(entry: tuple[int, News]) -> int:
    return entry[0]
