"""INV-9 finds a clock that forgets what it heard."""

from __future__ import annotations

import pytest

from game.engine.clocks.hybrid import HybridClock
from game.engine.clocks.logical import LamportClock, VectorClock
from game.lab.inv_9_logical_clocks import observe


def test_all_three_clocks_order_what_the_messages_order() -> None:
    assert observe(1, 1.0) == {"lamport": 0, "hybrid": 0, "vector": 0}


@pytest.mark.parametrize(
    ("clock", "deaf", "found"),
    [
        (LamportClock, lambda clock, _stamp: clock.tick(), "lamport"),
        (VectorClock, lambda clock, _stamp: clock.tick(), "vector"),
        (HybridClock, lambda clock, _stamp, local_us: clock.tick(local_us), "hybrid"),
    ],
)
def test_a_clock_that_does_not_listen_is_found(
    clock: type, deaf: object, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "receive", deaf)
    numbers = observe(1, 1.0)

    assert [name for name, wrong in numbers.items() if wrong] == [found]
