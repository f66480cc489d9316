"""Hearing: a majority that is away is counted, and pointed to."""

from __future__ import annotations

from game.explain.bearing import controls_of
from game.explain.clue import Clue
from game.explain.clues import clues_of
from game.explain.hearing import Stretch, too_few
from tests.engine.nights import level_of
from tests.engine.replication.quorums import quorum
from tests.engine.replication.rafts import raft
from tests.engine.replication.stores import LEADER, fault, store_text
from tests.explain.runs import facts

SECOND = 1_000_000
HOST = 'what = "host"'
CONTROLS = """
[[control]]
id = "files"
family = "redundancy"
label = "Files"
sets = "node.db.count"
default = "2"
choices = [{ label = "2", value = 2 }, { label = "3", value = 3 }]

[[control]]
id = "judges"
family = "redundancy"
label = "Judges"
sets = "node.judge.count"
default = "1"
choices = [{ label = "1", value = 1 }, { label = "2", value = 2 }]

[[control]]
id = "silence"
family = "timeouts"
label = "Silence"
sets = "service.shop.replication.election"
default = "short"
choices = [
  { label = "short", value = { law = "uniform", low = "150ms", high = "300ms" } },
  { label = "long", value = { law = "uniform", low = "1s", high = "2s" } },
]
"""


def text(faults: str, *, machines: int = 2, replication: str = "") -> str:
    return store_text(faults, machines=machines, policy=LEADER, replication=replication or raft())


def away(night: str) -> Clue:
    """The clue about copies that could not be heard."""
    (clue,) = [one for one in clues_of(facts(night)) if "availability-zones" in one.codex]
    return clue


def test_of_two_copies_both_must_be_there() -> None:
    night = text(fault("crash", "db-2", "4s", "2s", HOST))
    clue = away(night)
    assert clue.words.startswith(
        "No two of the 2 copies of shop could hear each other from 4 s to 6 s; "
        "a majority of 2 needs 2. "
    )
    assert clue.nodes == ("db-2",)


def test_it_points_to_the_controls_of_these_copies_alone() -> None:
    night = text(fault("crash", "db-2", "4s", "2s", HOST))
    night = night.replace('id = "judge"\n', 'id = "judge"\ncount = 1\n', 1)
    level = level_of(night + CONTROLS)
    assert [one.id for one in controls_of(level, away(night))] == ["files", "silence"]


def test_two_of_three_that_are_away_are_counted_and_one_is_not() -> None:
    one, two = (fault("crash", f"db-{number}", "4s", "2s", HOST) for number in (1, 2))
    assert not any(
        "availability-zones" in clue.codex for clue in clues_of(facts(text(one, machines=3)))
    )
    assert away(text(one + two, machines=3)).words.startswith("No two of the 3 copies of shop")


def test_users_on_the_small_side_reach_no_copy_that_may_answer() -> None:
    cut = fault("partition", "users", "4s", "3s", 'from = ["db-2", "db-3"]')
    cut += fault("partition", "db-1", "4s", "3s", 'from = ["db-2", "db-3"]')
    clue = away(text(cut, machines=3))
    assert clue.words.startswith(
        "users could reach no copy of shop that heard more than 1 of the 3 from 4 s to 7 s; "
    )
    assert clue.fields[0] == "replication"


def test_a_one_way_cut_parts_both() -> None:
    cut = fault("partition", "db-1", "4s", "3s", 'from = "db-2"\none_way = "in"')
    found = facts(text(cut))
    assert too_few(found.log, found.cuts, (0, 1), (0, 1), 2) == (
        Stretch(4 * SECOND, 7 * SECOND, 1),
    )


def test_a_quorum_says_how_many_it_needs() -> None:
    crash = "".join(fault("crash", f"db-{one}", "4s", "3s", HOST) for one in (1, 2))
    clue = away(text(crash, machines=3, replication=quorum(r=1, w=2)))
    assert "a write needs 2 and a read 1." in clue.words
    assert clue.codex[0] == "quorum"
