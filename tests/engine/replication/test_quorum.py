"""Quorums: who answers when, who fails for what, and how copies become alike again."""

from __future__ import annotations

import pytest

from game.engine.kinds import load_kinds
from game.engine.replication.quorum import QuorumGroup
from game.engine.replication.quorum_siblings import Kept
from game.level.read import read_level_bytes
from tests.engine.nights import HEAD, MS, SECOND, Night
from tests.engine.replication.quorums import (
    KEYED,
    group_after,
    quorum,
    quorum_night,
    quorum_text,
    verdict_on,
)
from tests.engine.replication.stores import acknowledged, effects, fault, lost, repeated

DEMAND_US = 80
WAY_US = 1 * MS
ALONE = 5.0
"""Operations a second that do not meet each other."""
CUT = fault("partition", "db-3", "1s", "2s")
BY_CLOCK = "last-writer-wins"


def sojourns_us(played: Night, write: int) -> set[int]:
    """How long the good writes, or reads, took."""
    return {
        row.ended_us - row.invoked_us
        for row in played.operations()
        if row.write == write and not row.cause
    }


def group_at_the_end(text: str) -> QuorumGroup:
    """The copies, as a night leaves them."""
    group, _ = group_after(text)
    return group


def copies(group: QuorumGroup) -> list[dict[int, Kept]]:
    """What each copy has."""
    return [replica.newest for replica in group.replicas]


# Time


@pytest.mark.parametrize(
    ("settings", "write_trips", "read_trips"),
    [
        ({"versions": BY_CLOCK}, 2, 2),
        ({"versions": "logical"}, 3, 2),
        ({"versions": BY_CLOCK, "r": 1, "w": 1, "repair": "none"}, 1, 1),
        ({"versions": BY_CLOCK, "r": 1, "w": 3, "repair": "none"}, 2, 1),
        ({"versions": "logical", "r": 1, "w": 3}, 2, 2),
    ],
)
def test_an_operation_takes_as_many_round_trips_as_its_quorums_need(
    settings: dict[str, str | int | bool], write_trips: int, read_trips: int
) -> None:
    """One to the coordinator, which is a copy itself; one more for each round with others. A read
    of one copy cannot know that three have what it saw, so it writes back."""
    played = quorum_night(rate=ALONE, keys=1, replication=quorum(**settings), duration="20s")

    assert played.causes() == {"none": len(played.operations())}
    assert sojourns_us(played, 1) == {2 * WAY_US * write_trips + DEMAND_US}
    seen = {writer for *_, writer in played.log.reads.rows()}
    assert len(seen) > 10
    later = {
        row.ended_us - row.invoked_us for row in played.operations(5 * SECOND) if not row.write
    }
    assert later == {2 * WAY_US * read_trips + DEMAND_US}


def test_random_quorums_send_to_no_more_than_they_need() -> None:
    asked = {
        ask: quorum_night(
            rate=ALONE,
            writes=1.0,
            replication=quorum(r=1, w=2, ask=ask, versions=BY_CLOCK, repair="none"),
        ).log.totals["messages"]
        for ask in ("all", "random")
    }

    assert asked["random"] < 0.8 * asked["all"]


# Trouble


def test_one_death_of_three_is_not_noticed_by_those_who_ask_the_others() -> None:
    night = quorum_night(fault("crash", "db-1", "1s", "2s", 'what = "host"'))

    assert night.causes(0, SECOND) == {"none": len(night.operations(0, SECOND))}
    assert set(night.causes(SECOND)) == {"none", "unreachable"}
    others = [one for one in night.attempts(SECOND) if night.node_of(one) != "db-1"]
    assert {one.cause.word for one in others} == {"none"}


def test_two_deaths_of_three_leave_no_quorum_and_are_blamed() -> None:
    dead = fault("crash", "db-1", "1s", "2s", 'what = "host"')
    dead += fault("crash", "db-2", "1s", "2s", 'what = "host"')
    night = quorum_night(dead)
    failed = [row for row in night.operations(SECOND, 3 * SECOND) if row.cause.word == "no-quorum"]

    assert len(failed) > 20
    assert {row.blame for row in failed} <= {0, 1}
    gave_up = {row.ended_us - row.invoked_us for row in failed if row.invoked_us < 2 * SECOND}
    assert gave_up == {500 * MS + DEMAND_US + 2 * WAY_US}
    assert night.good_share(3 * SECOND) == 1.0
    assert not lost(night)


def test_what_is_lost_on_the_way_is_asked_for_again() -> None:
    quick = quorum(w=3, ask_again="10ms")
    loss = fault("loss", "db-3", "0s", more='share = 0.3\nto = ["db-1", "db-2"]')
    night = quorum_night(loss, replication=quick)

    assert night.good_share(0) > 0.98


def test_who_waits_for_a_coordinator_that_dies_learns_nothing_and_loses_nothing() -> None:
    night = quorum_night(
        fault("crash", "db-1", "1s", "1s"), rate=500, replication=quorum(w=3, ask_again="10ms")
    )

    assert night.good_share(2100 * MS) == 1.0
    assert "died-with-node" in night.causes()
    assert not lost(night)


def test_a_request_that_the_network_doubles_is_one_write_if_it_has_a_key() -> None:
    doubled = fault("duplicate", "users", "0s", more="share = 1.0")

    by_clock = quorum(versions=BY_CLOCK)

    assert not repeated(quorum_night(doubled, writes=1.0, replication=by_clock))
    assert repeated(quorum_night(doubled, writes=1.0, replication=by_clock, policy=""))


def test_a_write_that_is_sent_again_through_another_machine_is_two() -> None:
    again = f'{KEYED}\nattempt_timeout = "3ms"\nretry = {{ attempts = 2 }}'

    assert repeated(quorum_night(writes=1.0, policy=again))


def test_a_disk_that_was_wiped_loses_what_only_it_had() -> None:
    wipe = fault("wipe", "db-1", "2s")
    careless = quorum(r=1, w=1, ask="random", versions=BY_CLOCK, repair="none")
    night = quorum_night(wipe, replication=careless, writes=1.0)

    assert lost(night)
    assert not lost(quorum_night(wipe, writes=1.0))


# Becoming alike


def test_reads_repair_what_is_behind_in_the_background() -> None:
    stale, repaired = (
        group_at_the_end(
            quorum_text(
                CUT,
                keys=20,
                writes=0.1,
                replication=quorum(repair=repair, versions=BY_CLOCK, ask_again="400ms"),
            )
        )
        for repair in ("none", "background")
    )

    assert copies(stale)[0] != copies(stale)[2]
    assert stale.log.totals["read-repair:shop"] == 0
    assert copies(repaired)[0] == copies(repaired)[1] == copies(repaired)[2]
    assert repaired.log.totals["read-repair:shop"] > 0


def test_a_strict_quorum_waits_for_its_own_copies_and_a_sloppy_one_for_any() -> None:
    dead = fault("crash", "db-1", "1s", "2s", 'what = "host"')
    table: dict[str, str | int | bool] = {"n": 3, "r": 1, "w": 3, "versions": BY_CLOCK}
    strict = quorum_night(dead, machines=5, replication=quorum(repair="none", **table))
    sloppy = quorum_night(dead, machines=5, replication=quorum(repair="none", sloppy=True, **table))

    assert strict.causes(SECOND, 3 * SECOND)["no-quorum"] > 20
    assert "no-quorum" not in sloppy.causes()
    totals = sloppy.log.totals
    assert totals["hint-stored:shop"] > totals["hint-delivered:shop"] > 5
    assert not lost(sloppy)


def test_hints_are_where_they_belong_in_the_end() -> None:
    sloppy = quorum(n=3, r=1, w=3, versions=BY_CLOCK, repair="none", sloppy=True)
    dead = fault("crash", "db-1", "1s", "2s", 'what = "host"')
    group = group_at_the_end(quorum_text(dead, machines=5, replication=sloppy, writes=0.8))

    assert all(not replica.hints for replica in group.replicas)
    for key, version in {key: v for kept in copies(group) for key, v in kept.items()}.items():
        assert {group.replicas[home].newest.get(key) for home in group.homes(key)} == {version}


@pytest.mark.parametrize("trouble", [CUT, fault("wipe", "db-3", "3s", more='down = "500ms"')])
def test_copies_that_compare_notes_become_alike(trouble: str) -> None:
    calm = 'load = [{ at = "3s", times = 0 }]'
    different, alike = (
        group_at_the_end(
            quorum_text(
                trouble,
                machines=machines,
                replication=quorum(
                    n=3, repair="none", versions=BY_CLOCK, ask_again="400ms", **more
                ),
                writes=1.0,
                keys=300,
            ).replace("writes = 1.0", f"writes = 1.0\n{calm}")
        )
        for machines, more in ((3, {}), (3, {"anti_entropy": "50ms"}))
    )

    assert copies(different)[0] != copies(different)[2]
    assert copies(alike)[0] == copies(alike)[1] == copies(alike)[2]
    assert alike.log.totals["anti-entropy:shop"] > 20


def dies_asleep(node: str) -> str:
    """It crashes in the middle of a pause, with what was put off until its end."""
    return fault("pause", node, "1s", "1500ms") + fault("crash", node, "2s", "100ms")


def test_who_dies_asleep_compares_notes_again_afterwards() -> None:
    how = quorum(r=1, w=1, repair="none", versions=BY_CLOCK, anti_entropy="50ms")
    all_of_them = "".join(dies_asleep(f"db-{number}") for number in (1, 2, 3))
    losses = fault("loss", "db", "2600ms", "1s", "share = 0.8")
    group = group_at_the_end(quorum_text(all_of_them + losses, replication=how, writes=0.8))

    assert copies(group)[0] == copies(group)[1] == copies(group)[2]


def test_who_dies_asleep_hands_its_hints_over_afterwards() -> None:
    how = quorum(n=3, r=1, w=3, versions=BY_CLOCK, repair="none", sloppy=True)
    dead = fault("crash", "db-1", "500ms", "2s", 'what = "host"')
    text = quorum_text(dead + dies_asleep("db-2"), machines=5, replication=how, writes=0.8)
    group = group_at_the_end(text)

    assert all(not replica.hints for replica in group.replicas)


# Places


def test_coordinators_need_not_have_copies() -> None:
    text = quorum_text(replication=quorum(copies_on="shelves"))
    text += '\n[[node]]\nid = "shelf"\ncount = 3\n\n[[service]]\nid = "shelves"\non = "shelf"\n'
    group = group_at_the_end(text)
    log = group.log

    assert [replica.node.group for replica in group.replicas] == ["shelf"] * 3
    assert all(copies(group))
    assert [coordinator.local for coordinator in group.coordinators] == [-1, -1, -1]
    for table, service in ((log.effects, "shelves"), (log.reads, "shop")):
        assert {log.stations[station][0] for station in table.column("station")} == {service}
    assert verdict_on(Night(log)).valid


def test_a_key_is_on_n_machines_that_follow_each_other() -> None:
    group = group_at_the_end(quorum_text(machines=5, replication=quorum(n=3), writes=1.0))

    for index, kept in enumerate(copies(group)):
        assert kept
        assert all(index in group.homes(key) for key in kept)
    for key in range(100):
        first, second, third = group.homes(key)
        assert ((first + 1) % 5, (first + 2) % 5) == (second, third)


# Versions


def test_a_clock_that_is_ahead_wins_against_later_writes() -> None:
    ahead = fault("clock-jump", "db-1", "1s", more='ahead = "10s"')
    trusting = quorum_night(ahead, keys=1, replication=quorum(versions=BY_CLOCK))

    assert verdict_on(quorum_night(keys=1, replication=quorum(versions=BY_CLOCK))).valid
    assert verdict_on(trusting).invalid
    assert len(lost(trusting)) > 20
    assert {blame for *_, blame in trusting.log.discarded.rows()} == {0}
    assert verdict_on(quorum_night(ahead, keys=1)).valid


def test_clocks_that_are_all_behind_count_as_well_as_others() -> None:
    behind = '{ behind = "1h" }'
    played = quorum_night(clock=behind, replication=quorum(versions=BY_CLOCK))

    assert played.good_share(0) == 1.0
    assert any(writer >= 0 for *_, writer in played.log.reads.rows())


def test_quorums_that_do_not_meet_lose_writes_that_did_not_know_of_the_last_one() -> None:
    careless = quorum(r=1, w=1, ask="random", repair="none")

    assert lost(quorum_night(keys=1, replication=careless))
    assert not lost(quorum_night(keys=1))


def test_what_took_effect_is_told_once_for_each_write() -> None:
    played = quorum_night()

    assert sorted(effects(played)) == sorted(acknowledged(played))


# What does not fit


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"n": 3, "w": 4}, "must have an r and a w that are no more than n"),
        ({"sloppy": True}, "must have an n if sloppy"),
        ({"n": 3, "sloppy": True, "ask": "random"}, 'must have ask = "all" if sloppy'),
        ({"gives_up": "50ms"}, "must have a gives_up that is longer than ask_again"),
        ({"w": 4}, 'this needs 4 machines, and "shop" is on 3'),
        ({"n": 3, "sloppy": True}, 'this needs 4 machines, and "shop" is on 3'),
        ({"copies_on": "court"}, 'this needs 2 machines, and "court" is on 1'),
        ({"copies_on": "cort"}, 'did you mean "court"?'),
        ({"versions": "vector"}, "logical"),
        ({"context": "blind"}, 'must have versions = "vectors" if the context is blind'),
        ({"versions": "vectors", "context": "wise"}, "blind"),
    ],
)
def test_what_does_not_fit_is_told(settings: dict[str, str | int | bool], said: str) -> None:
    text = HEAD + quorum_text(replication=quorum(**settings))
    level, problems = read_level_bytes(text.encode(), "night.toml", load_kinds())

    assert level is None
    assert said in str(problems)


# Blame


@pytest.mark.parametrize(
    "trouble",
    [
        fault("pause", "db-2", "1s", "2s") + fault("pause", "db-3", "1s", "2s"),
        fault("partition", "db-1", "1s", "2s", 'from = ["db-2", "db-3"]'),
        fault("loss", "db-1", "1s", "2s", 'share = 1.0\nto = ["db-2", "db-3"]'),
    ],
    ids=["pause", "partition", "loss"],
)
@pytest.mark.parametrize("deadline", ["1s", "300ms"], ids=["gives up", "client leaves"])
def test_whoever_waits_in_vain_for_a_quorum_blames_what_keeps_it_away(
    trouble: str, deadline: str
) -> None:
    played = quorum_night(trouble, deadline=deadline)
    since_us, until_us = 1_010 * MS, 2_400 * MS
    failed = [row for row in played.operations(since_us, until_us) if row.cause]

    assert len(failed) > 20
    assert {row.blame for row in failed} <= {0, 1}
    assert "no-quorum" in {row.cause.word for row in failed}
    assert not [row for row in played.operations(0, 900 * MS) if row.cause]


def test_who_gave_up_after_the_trouble_still_blames_it() -> None:
    """The question was lost in a cut that is over by the time at which it is given up."""
    short = fault("partition", "db-1", "1s", "450ms", 'from = ["db-2", "db-3"]')
    played = quorum_night(short, rate=500, replication=quorum(ask_again="400ms", gives_up="500ms"))
    failed = [row for row in played.operations() if row.cause.word == "no-quorum"]

    assert failed
    assert {row.blame for row in failed} == {0}


def test_a_coordinator_that_was_paused_goes_on_with_what_it_had() -> None:
    played = quorum_night(fault("pause", "db-1", "1s", "100ms"), rate=500)

    assert set(played.causes()) == {"none"}
    assert verdict_on(played).valid


def test_hints_for_who_stays_away_hold_up_no_others() -> None:
    dead = fault("crash", "db-2", "0s", more='what = "host"')
    dead += fault("crash", "db-1", "2s", "1s", 'what = "host"')
    sloppy = quorum(n=2, r=1, w=2, versions=BY_CLOCK, repair="none", sloppy=True)
    group = group_at_the_end(
        quorum_text(dead, machines=4, replication=sloppy, writes=1.0, keys=3_000, rate=600)
    )
    homes = [home for replica in group.replicas for home, _ in replica.hints]

    assert homes.count(1) > 200
    assert set(homes) == {1}
