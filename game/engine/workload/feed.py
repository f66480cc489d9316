"""Feed: posts, and replies to posts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.log import Command
from game.engine.registry import REGISTRY
from game.level.annotations import Share

if TYPE_CHECKING:
    from game.engine.workload.application import Asked, Output

REPLIES = 0
"""What luck is asked for."""


@REGISTRY.register(
    "application",
    "feed",
    says="each key is a feed: a write posts or replies to the newest post that its user has seen",
    codex="feed",
    causes=("lost-write", "duplicate", "stale"),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A post is the operation's own number; a read returns all posts, the oldest first. Only users
    of a closed loop have seen anything to reply to. Its promise: what was acknowledged shows in the
    end, once, and a reply never shows before, or without, the post to which it replies."""

    met_by: ClassVar[str] = "store"
    promises: ClassVar[tuple[str, ...]] = ("lost-write", "duplicate", "feed-order")
    """The checkers that it is held to."""

    replies: Share = 0.5
    """The share of posts that reply, where their user has seen a post in the feed."""

    def command(self, asked: Asked) -> Command:
        """`post`, of (itself, what it replies to or None), or `read`."""
        if not asked.write:
            return Command("read", asked.key)
        seen = asked.seen.get(asked.key)
        parent = None
        if isinstance(seen, tuple) and seen and asked.luck(REPLIES) < self.replies:
            parent = seen[-1]
        return Command("post", asked.key, (asked.number, parent))

    def machine(self) -> Posts:
        """Nobody has posted anything."""
        return Posts()


class Posts:
    """The posts of each feed, the oldest first."""

    __slots__ = ("feeds",)

    def __init__(self) -> None:
        self.feeds: dict[int, tuple[int, ...]] = {}

    def apply(self, command: Command) -> Output:
        """Add a post; there is nothing to say."""
        assert isinstance(command.value, tuple)
        self.feeds[command.key] = (*self.feeds.get(command.key, ()), command.value[0])
        return None

    def look(self, command: Command) -> Output:
        """All posts."""
        return self.feeds.get(command.key, ())

    def forget(self) -> None:
        """Nobody has posted anything."""
        self.feeds.clear()
