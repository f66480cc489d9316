"""Broken promises: whose store broke one, and which controls and pages are about that."""

from __future__ import annotations

import pytest

from game.explain.bearing import controls_of
from game.explain.clue import Clue
from game.explain.clues import clues_of
from game.explain.codex import codex_page
from tests.engine.nights import level_of
from tests.engine.replication.quorums import quorum
from tests.engine.replication.stores import KEYED, fault, primary_backup, store_text
from tests.explain.runs import facts

HASTY = primary_backup("async", fencing=False, heartbeat="100ms", failover_after="500ms")
CUT = fault("partition", "db-1", "4s", "3s", 'from = ["db-2", "db-3", "judge"]')
LEFT = fault("partition", "db-3", "2s", "4s", 'from = ["db-1", "db-2"]')
NOTES = """
[[service]]
id = "notes"
on = "judge"
store = "register"
steps = [{ store = "80us" }]
"""
CONTROLS = """
[[control]]
id = "shop"
family = "replication"
label = "Shop"
sets = "service.shop.replication.repair"
default = "none"
choices = [{ label = "none", value = "none" }, { label = "all", value = "write-back" }]

[[control]]
id = "notes"
family = "replication"
label = "Notes"
sets = "service.notes.store"
default = "register"
choices = [{ label = "register", value = "register" }, { label = "set", value = "set" }]
"""


def text(faults: str, *, store: str = "", replication: str, writes: float = 0.5) -> str:
    """Three copies of a store."""
    found = store_text(
        faults, machines=3, policy=KEYED, replication=replication, writes=writes
    ).replace("keys = 100", "keys = 10")
    return found.replace('store = "register"', f"store = {store}") if store else found


def promise(night: str, word: str) -> Clue:
    """The clue about a broken promise."""
    (clue,) = [one for one in clues_of(facts(night)) if f" came to {word}" in one.words]
    assert all(codex_page(page) is not None for page in clue.codex)
    return clue


def test_stale_reads_point_to_the_store_that_gave_them_and_to_no_other_one() -> None:
    weak = quorum(r=1, w=1, repair="none", versions="last-writer-wins")
    store = '{ kind = "register", stale_after = "100ms" }'
    night = text(LEFT, store=store, replication=weak) + NOTES
    clue = promise(night, "stale at shop")
    assert clue.codex == ("stale-reads",)
    assert clue.services == ("shop",)
    assert [one.id for one in controls_of(level_of(night + CONTROLS), clue)] == ["shop"]


@pytest.mark.parametrize(
    ("store", "word", "pages"),
    [
        ('{ kind = "inventory", stock = 30 }', "oversold", ("inventory", "split-brain")),
        (
            '{ kind = "inventory", stock = 900 }',
            "lost-write",
            ("lost-write", "replication", "inventory", "split-brain"),
        ),
        ('"register"', "lost-write", ("lost-write", "replication", "split-brain")),
    ],
)
def test_two_primaries_are_told_of_with_what_they_keep(
    store: str, word: str, pages: tuple[str, ...]
) -> None:
    clue = promise(text(CUT, store=store, replication=HASTY), word)
    assert clue.codex == pages
    assert clue.services == ("shop",)
