"""Moments: the marks of a timeline."""

from __future__ import annotations

from game.explain.moments import MOST_MOMENTS
from tests.explain.runs import CRASH, GOAL, HEALTH, shop, told


def test_a_crash_leaves_its_marks_in_order() -> None:
    result = told(shop(CRASH, HEALTH, GOAL, machines=1))
    kinds = [moment.kind for moment in result.moments]
    assert kinds[0] == "fault-began"
    assert set(kinds) == {
        "fault-began",
        "machine-down",
        "first-failure",
        "goal-lost",
        "noticed",
        "fault-ended",
        "machine-up",
        "last-failure",
        "back",
    }
    assert kinds.index("first-failure") < kinds.index("goal-lost") < kinds.index("fault-ended")


def test_a_stormy_night_keeps_its_most_telling_moments() -> None:
    wear = """
[[fault]]
kind = "crash"
target = "web"
every = "300ms"
lasts = "100ms"
"""
    moments = told(shop(wear, HEALTH, GOAL)).moments
    assert len(moments) == MOST_MOMENTS
    assert "goal-lost" in {moment.kind for moment in moments}


def test_more_faults_than_places_are_no_trouble() -> None:
    """A row about a fault holds the fault's index, which is none of a place."""
    blips = [
        CRASH.replace('at = "5s"\nfor = "5s"', f'at = "{at}s"\nfor = "1s"') for at in (2, 5, 8)
    ]
    moments = told(shop(*blips, machines=1)).moments
    down = [moment for moment in moments if moment.kind == "machine-down"]
    assert [moment.words for moment in down] == ["web-1 is down"] * 3
    assert sum(moment.kind == "fault-began" for moment in moments) == 3
