"""Raft: members come and go, one at a time (Ongaro's thesis, chapter 4)."""

from __future__ import annotations

import pytest

from game.engine.frame import frame
from game.engine.kinds import load_kinds
from game.engine.log import Change
from game.level.read import read_level_bytes
from tests.engine.nights import HEAD, MS, SECOND, Night
from tests.engine.replication.rafts import leaders, raft, raft_night, verdict_on
from tests.engine.replication.stores import fault, lost, repeated, store_text


def change(what: str, node: str, at: str, more: str = "") -> str:
    return fault("membership", node, at, more=f'change = "{what}"\n{more}')


def night_of(
    faults: str, members: int = 3, machines: int = 3, **settings: str | bool | float
) -> Night:
    return raft_night(
        faults,
        machines=machines,
        rate=500,
        replication=raft(members=members, **settings),
    )


def made(played: Night) -> list[tuple[int, str, bool]]:
    """(time, machine, whether it came) of each change."""
    return [
        (time_us, f"db-{station + 1}", bool(value))
        for time_us, kind, station, value in played.log.changes.rows()
        if kind == Change.MEMBERSHIP
    ]


def is_whole(played: Night) -> bool:
    return verdict_on(played).valid and not lost(played) and not repeated(played)


def test_spare_machines_have_no_vote_and_no_entries() -> None:
    played = night_of("", members=3, machines=5)
    facts = {node.name: dict(node.facts) for node in frame(played.log, 5 * SECOND).nodes}

    assert [facts[f"db-{one}"]["role"] for one in (4, 5)] == ["learner", "learner"]
    assert set(played.causes(SECOND)) == {"none"}
    assert "term" not in facts["db-5"]


def test_a_machine_that_is_added_makes_up_for_one_that_died_before() -> None:
    dies = fault("crash", "db-2", "2s", "7s")
    later = fault("crash", "db-3", "5s", "4s")

    assert "none" not in night_of(dies + later).causes(5100 * MS, 8 * SECOND)
    added = night_of(
        dies + change("add", "db-4", "3s") + change("add", "db-5", "4s") + later, machines=5
    )
    assert [(name, came) for _, name, came in made(added)] == [("db-4", True), ("db-5", True)]
    assert set(added.causes(6 * SECOND)) == {"none"}
    assert is_whole(added)


def test_one_that_is_added_gets_the_log_before_its_vote() -> None:
    """Its link carries what a quiet hour leaves; until then a majority needs it not."""
    slow = fault("delay", "db-4", "0s", "6s", 'by = "100ms"')
    played = night_of(slow + change("add", "db-4", "4s"), machines=4)
    ((time_us, name, came),) = made(played)

    assert (name, came) == ("db-4", True)
    assert time_us > 4200 * MS
    assert max(row.ended_us - row.invoked_us for row in played.operations(SECOND)) < 50 * MS


def test_one_that_cannot_be_reached_gets_no_vote_and_does_not_hold_up_others() -> None:
    off = fault("crash", "db-5", "1s", "8s", 'what = "host"')
    played = night_of(off + change("add", "db-5", "2s") + change("add", "db-4", "2s"), machines=5)

    assert [(name, came) for _, name, came in made(played)][:1] == [("db-4", True)]
    assert set(played.causes(SECOND)) == {"none"}


def test_a_leader_that_is_removed_steps_down_and_another_one_leads() -> None:
    ((_, first, _),) = leaders(night_of(""))
    name = f"db-{first + 1}"
    played = night_of(change("remove", name, "4s"))
    _, (took_over_us, successor, _) = leaders(played)

    assert [(machine, came) for _, machine, came in made(played)] == [(name, False)]
    assert successor != first
    assert took_over_us > 4100 * MS
    assert {row.blame for row in played.operations(SECOND) if row.cause} <= {0}
    assert is_whole(played)


def test_where_it_can_hand_on_it_does_that_before_it_is_removed() -> None:
    ((_, first, _),) = leaders(night_of(""))
    name = f"db-{first + 1}"
    played = night_of(change("remove", name, "4s"), transfer=True)
    _, (took_over_us, _, _) = leaders(played)

    assert took_over_us < 4010 * MS
    assert [(machine, came) for _, machine, came in made(played)] == [(name, False)]
    assert set(played.causes(SECOND)) == {"none"}


def test_a_machine_that_was_removed_disturbs_nobody() -> None:
    """It hears no leader any more, and stands in ever newer terms."""
    ((_, first, _),) = leaders(night_of("", members=4, machines=4))
    name = f"db-{(first + 1) % 4 + 1}"
    played = night_of(change("remove", name, "3s"), members=4, machines=4)

    assert len(leaders(played)) == 1
    assert set(played.causes(SECOND)) == {"none"}


def test_the_last_member_stays() -> None:
    orders = "".join(change("remove", f"db-{one}", f"{one + 1}s") for one in (1, 2, 3))
    played = night_of(orders)

    assert len(made(played)) == 2
    assert set(played.causes(8 * SECOND)) == {"none"}
    assert is_whole(played)


def test_an_order_finds_no_leader_and_is_given_again() -> None:
    away = fault("crash", "db", "3s", "1500ms")
    played = night_of(away + change("add", "db-4", "3200ms"), machines=4)
    ((time_us, _, _),) = made(played)

    assert time_us > 4500 * MS


def test_an_operator_gives_up_when_the_fault_is_over() -> None:
    away = fault("crash", "db", "3s", "3s")
    late = fault("membership", "db-4", "3200ms", "1s", 'change = "add"')

    assert made(night_of(away + late, machines=4)) == []


def test_a_machine_with_an_empty_disk_is_nobody_until_it_is_added() -> None:
    replaced = fault("replace", "db-2", "2s", more='down = "1s"\nknown_after = "1s"')
    alone = night_of(replaced + fault("crash", "db-3", "5s", "4s"))
    added = night_of(
        replaced
        + change("remove", "db-2", "2500ms")
        + change("add", "db-2", "3500ms")
        + fault("crash", "db-3", "7s", "2s")
    )

    assert "none" not in alone.causes(5100 * MS, 7900 * MS)
    assert [(name, came) for _, name, came in made(added)] == [("db-2", False), ("db-2", True)]
    assert set(added.causes(8 * SECOND)) == {"none"}
    assert is_whole(added)


def test_a_disk_that_was_wiped_gives_no_vote_a_second_time() -> None:
    """All disks are wiped: nobody can lead, rather than that what was confirmed is forgotten."""
    played = night_of(fault("wipe", "db", "4s"))

    assert "none" not in played.causes(4100 * MS)


@pytest.mark.parametrize(
    ("table", "more", "said"),
    [
        ("members = 0", "", "members"),
        ("members = 4", "", "this needs 4 machines"),
        ("pre_vote = true", change("add", "db-1", "1s"), "how many members it has"),
        ("members = 2", change("add", "judge", "1s"), "how many members it has"),
        ("members = 2", change("promote", "db-1", "1s"), "add"),
        ("members = 2", change("add", "users", "1s"), "users"),
    ],
)
def test_what_does_not_go_together_is_refused(table: str, more: str, said: str) -> None:
    text = HEAD + store_text(more, machines=3, replication=f'{{ kind = "raft", {table} }}')
    level, problems = read_level_bytes(text.encode(), "raft.toml", load_kinds())

    assert level is None
    assert said in str(problems)
