"""Wipe: what a restart keeps is gone, too."""

import pytest

from game.engine.run import Run
from tests.engine.faults.towns import ONE, fault
from tests.engine.nights import SECOND, system_of


@pytest.mark.parametrize(("kind", "wiped_at"), [("wipe", [2 * SECOND]), ("restart", [])])
def test_only_a_wipe_empties_the_disk(kind: str, wiped_at: list[int]) -> None:
    run = Run(system_of(ONE + fault(kind, target="web", down="1s")), 1)
    node = run.world.nodes[0]
    heard: list[int] = []
    node.on_wipe.append(lambda: heard.append(run.world.kernel.now))
    run.advance(4 * SECOND)

    assert heard == wiped_at
    assert node.state == 0
