"""Rolling deploy: a new version goes out, one batch of machines after the other."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from game.engine.faults.crash import MACHINES
from game.engine.faults.drain import Withdrawal
from game.engine.registry import REGISTRY
from game.level.annotations import DurationUs, PositiveCount, PositiveDurationUs
from game.level.model import SECOND_US

if TYPE_CHECKING:
    from game.engine.node import Node
    from game.engine.world import World


@REGISTRY.register(
    "fault",
    "rolling-deploy",
    says="each machine restarts in its turn, for a new version",
    codex="rolling-deploy",
    causes=("refused", "died-with-node", "waited-in-queue", "queue-full"),
    targets=MACHINES,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class RollingDeploy:
    """A batch is taken out, restarted and put back; then the next one, until all had their turn.
    If the fault ends before that, no further batch begins; without `for` it lasts to the end."""

    batch: PositiveCount = 1
    """Machines that restart together."""
    drain: DurationUs = 0
    """Callers are told to keep out so long before the restart, and to come back after it. Default:
    nobody is told."""
    down: PositiveDurationUs = 2 * SECOND_US
    """How long a process is down; the boot time comes on top."""
    pause: DurationUs = 0
    """From the return of one batch to the begin of the next."""

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Start with the first batch."""
        deploy = Deploy(self, world, fault, world.nodes_named(target))
        world.kernel.process(deploy.run())
        return deploy.stop


class Deploy:
    """One deploy under way."""

    __slots__ = ("fault", "nodes", "record", "stopped", "world")

    def __init__(self, record: RollingDeploy, world: World, fault: int, nodes: list[Node]) -> None:
        self.record = record
        self.world = world
        self.fault = fault
        self.nodes = [node for node in nodes if not node.stands_by]
        """Those that are away by order have no turn."""
        self.stopped = False

    def stop(self) -> None:
        """Begin no further batch."""
        self.stopped = True

    def run(self) -> Generator[Any, Any, None]:
        """All batches, one after the other."""
        for first in range(0, len(self.nodes), self.record.batch):
            if first:
                yield self.world.kernel.timeout(self.record.pause)
            if self.stopped:
                return
            yield from self._deploy(self.nodes[first : first + self.record.batch])

    def _deploy(self, batch: list[Node]) -> Generator[Any, Any, None]:
        """Take a batch out, restart it, and put it back."""
        record, kernel = self.record, self.world.kernel
        withdrawal = Withdrawal(self.world, self.fault, batch if record.drain else [])
        withdrawal.begin()
        yield kernel.timeout(record.drain)
        if not self.stopped:
            for node in batch:
                node.crash(self.fault, host=False)
                node.restart(self.fault, after_us=record.down)
            yield kernel.timeout(record.down + max(node.boot_us for node in batch))
        withdrawal.end()
