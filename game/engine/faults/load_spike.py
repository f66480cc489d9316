"""Load spike: suddenly everybody comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.registry import REGISTRY
from game.level.annotations import PositiveNumber

if TYPE_CHECKING:
    from game.engine.world import World
    from game.level.model import Client


@REGISTRY.register(
    "fault",
    "load-spike",
    says="clients send several times as much",
    codex="load-spike",
    causes=("queue-full", "waited-in-queue"),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSpike:
    """The rate of the target's clients (default: of all) is multiplied.

    A closed loop has no rate: its clients are as many as they are.
    """

    raises_load: ClassVar[bool] = True

    times: PositiveNumber
    """How many times as much clients send."""

    def spares(self, client: Client) -> tuple[str, str] | None:
        """The key that says why it does nothing to these clients, and why; None if it does."""
        if client.population is None:
            return None
        return "kind", f'"{client.id}" is a closed loop, which has no rate that could grow'

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Multiply the load."""
        clients = world.clients_named(target)
        for client in clients:
            client.change_load(fault, self.times)

        def end() -> None:
            for client in clients:
                client.change_load(fault, None)

        return end
