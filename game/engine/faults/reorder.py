"""Reorder: some messages are overtaken by others that were sent after them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.faults.ways import NETWORK_TARGETS, Ways
from game.engine.laws import require
from game.engine.registry import REGISTRY
from game.level.annotations import Share
from game.level.model import LawField

if TYPE_CHECKING:
    from game.engine.world import World


@REGISTRY.register(
    "fault",
    "reorder",
    says="a share of the messages is held up, so that others overtake them",
    codex="reorder",
    causes=("late-answer",),
    targets=NETWORK_TARGETS,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Reorder(Ways):
    """Each message is held up `by` a delay with the probability `share`.

    On a link that keeps order nothing overtakes: everything behind such a message waits for it.
    """

    share: Share = 0.25
    """Of the messages that cross there."""
    by: LawField
    """How long a message is held up."""

    def __post_init__(self) -> None:
        require(
            self.share < 1 or self.by.constant() is None,
            "delays all messages alike, so none overtakes another: give a smaller share",
        )

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Begin to hold messages up."""
        return self.impose(world, fault, target, extra=self.by.sampler(), extra_share=self.share)
