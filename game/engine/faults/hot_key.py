"""Hot key: suddenly everybody wants the same thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.registry import REGISTRY
from game.level.annotations import PositiveCount, Share

if TYPE_CHECKING:
    from game.engine.world import World
    from game.level.model import Client


@REGISTRY.register(
    "fault",
    "hot-key",
    says="a share of the operations asks for one and the same key",
    codex="hot-key",
    causes=("queue-full", "waited-in-queue"),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class HotKey:
    """A `share` of the operations of the target's clients (default: of all) asks for `key`."""

    raises_load: ClassVar[bool] = True

    share: Share
    """Of the operations; the others ask for keys as they did."""
    key: PositiveCount = 1
    """Its number among the client's keys, from 1, the most popular one. Clients that have only one
    key, or not so many, are not concerned."""

    def spares(self, client: Client) -> tuple[str, str] | None:
        """The key that says why it does nothing to these clients, and why; None if it does."""
        if client.keys == 1:
            return "kind", f'"{client.id}" has one key, which cannot grow hotter: give it "keys"'
        if client.keys < self.key:
            return "key", f'"{client.id}" has only {client.keys} keys'
        return None

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Make the key hot."""
        keys = {client.id: client.keys for client in world.system.clients}
        clients = [one for one in world.clients_named(target) if self.key <= keys[one.name]]
        for client in clients:
            client.hot.begin(fault, (self.key - 1, self.share))

        def end() -> None:
            for client in clients:
                client.hot.end(fault)

        return end
