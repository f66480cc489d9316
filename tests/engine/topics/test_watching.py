"""What these levels use changes nothing when it is watched, or when it is played again."""

from __future__ import annotations

import pytest

from tests.engine.nights import night
from tests.engine.topics import (
    test_abandonment,
    test_caches,
    test_copysets,
    test_partial_answers,
    test_redundancy,
    test_repair,
)

LEVELS = {
    "abandonment": test_abandonment.level(3, cancel='"waiting"', gives_up="waiting"),
    "random eviction": test_caches.level('capacity = 20, evict = "random", ttl = "5s"'),
    "copysets": test_copysets.level(4),
    "partial answers": test_partial_answers.level('partial = { after = "10ms", at_least = 2 }'),
    "redundancy": test_redundancy.level(4, 2),
    "repair": test_repair.level(10, "crews = 1"),
}


@pytest.mark.parametrize("name", LEVELS)
def test_a_trace_changes_no_digest(name: str) -> None:
    text = LEVELS[name]

    digest = night(text, 3).log.digest()
    assert night(text, 3, trace=True).log.digest() == digest
    assert night(text, 4).log.digest() != digest
