"""What the command palette finds beside Textual's own commands: levels, and pages of the codex."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

if TYPE_CHECKING:
    from game.tui.app import NineLives

Command = tuple[str, str, Callable[[], None]]
"""What it is called, what it is, and what it does."""


class GameCommands(Provider):
    """Commands that are known beforehand."""

    def commands(self) -> Iterator[Command]:
        """All of them."""
        raise NotImplementedError

    @property
    def game(self) -> NineLives:
        """The app, by its own type."""
        return cast("NineLives", self.app)

    async def discover(self) -> Hits:
        """Before anything has been typed."""
        for name, what, act in self.commands():
            yield DiscoveryHit(name, act, help=what)

    async def search(self, query: str) -> Hits:
        """What matches the words."""
        matcher = self.matcher(query)
        for name, what, act in self.commands():
            score = matcher.match(name)
            if score > 0:
                yield Hit(score, matcher.highlight(name), act, help=what)


class LevelCommands(GameCommands):
    """Every level of the campaign."""

    def commands(self) -> Iterator[Command]:
        """Open it."""
        for chapter in self.game.campaign:
            for card in chapter.levels:
                yield f"Level: {card.title}", chapter.title, partial(self.game.open_level, card)


class CodexCommands(GameCommands):
    """Every page of the codex."""

    def commands(self) -> Iterator[Command]:
        """Read it."""
        from game.explain.codex import codex_index

        for entry in codex_index():
            act = partial(self.game.open_codex, entry.id)
            yield f"Codex: {entry.title}", entry.summary, act
