"""What these levels use changes nothing when it is watched, or when it is played again."""

from __future__ import annotations

import pytest

from tests.engine.nights import night
from tests.engine.topics import (
    test_abandonment,
    test_blocking,
    test_caches,
    test_clock_order,
    test_copysets,
    test_elections,
    test_failover,
    test_lost_updates,
    test_partial_answers,
    test_redundancy,
    test_repair,
    test_stale_replicas,
)

LEVELS = {
    "abandonment": test_abandonment.level(3, cancel='"waiting"', gives_up="waiting"),
    "blocking": test_blocking.level("9s", test_blocking.OTHERS),
    "clock order": test_clock_order.level('ahead = "10ms"'),
    "elections": test_elections.level(3, 0, 300, 600),
    "failover": test_failover.level(100),
    "lost updates": test_lost_updates.level(40),
    "random eviction": test_caches.level('capacity = 20, evict = "random", ttl = "5s"'),
    "copysets": test_copysets.level(4),
    "partial answers": test_partial_answers.level('partial = { after = "10ms", at_least = 2 }'),
    "redundancy": test_redundancy.level(4, 2),
    "stale replicas": test_stale_replicas.level(50),
    "repair": test_repair.level(10, "crews = 1"),
}


@pytest.mark.parametrize("name", LEVELS)
def test_a_trace_changes_no_digest(name: str) -> None:
    text = LEVELS[name]

    digest = night(text, 3).log.digest()
    assert night(text, 3, trace=True).log.digest() == digest
    assert night(text, 4).log.digest() != digest
