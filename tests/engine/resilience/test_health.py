"""Health checks learn by messages, slowly, and only what messages can tell."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from game.engine.faults.crash import Crash
from game.engine.faults.partition import Partition
from game.engine.faults.pause import Pause
from game.engine.faults.slow import Slow
from game.engine.log import Change, Log, MessageKind
from game.engine.resilience.health import Health
from game.engine.run import simulate
from game.level.model import Fault, System
from tests.engine.shops import (
    MS,
    SECOND,
    attempts_at,
    causes,
    changes,
    check_ledger,
    exponential,
    outcomes,
    rows,
    shop,
    two_tiers,
    wait,
)

HEALTH = Health(interval=200 * MS, timeout=100 * MS, fall=3, rise=2)
MOVES = (Change.TARGET_OUT, Change.TARGET_BACK)


def checked(*faults: Fault, health: Health | None = HEALTH, **more: Any) -> System:
    policy = {"health": health, "attempt_timeout": 300 * MS, **more.pop("policy", {})}
    return shop(policy=policy, faults=faults, **more)


def night(what: Any, target: str = "web-1") -> Fault:
    return Fault(id="fault", what=what, target=(target,), at=3 * SECOND, for_=3 * SECOND)


def moves(log: Log) -> list[tuple[int, Change]]:
    check_ledger(log)
    return changes(log, *MOVES)


@pytest.mark.parametrize(
    ("what", "slower_us"),
    [(Crash(), 0), (Crash(what="host"), 100 * MS), (Pause(), 100 * MS), (Partition(), 100 * MS)],
    ids=repr,
)
def test_a_machine_is_out_after_as_many_failed_probes_as_it_says(what: Any, slower_us: int) -> None:
    (out, first), (back, second) = moves(simulate(checked(night(what)), 1))

    assert (first, second) == MOVES
    # The third failed probe was sent 2 to 3 intervals after the fault began.
    assert 3 * SECOND + 400 * MS + slower_us <= out <= 3 * SECOND + 610 * MS + slower_us
    # A pause answers the probes that it kept when it ends; the others need two new ones.
    assert 6 * SECOND <= back <= 6 * SECOND + 410 * MS


def test_until_it_has_learned_a_balancer_keeps_sending_to_a_dead_machine() -> None:
    log = simulate(checked(night(Crash())), 1)
    (out, _), (back, _) = moves(log)

    assert attempts_at(log, 3 * SECOND, out)["web-1"] > 15
    assert attempts_at(log, out + 1, back)["web-1"] == 0
    assert attempts_at(log, back + 1)["web-1"] > 100


def test_a_slow_machine_looks_healthy() -> None:
    log = simulate(checked(night(Slow(factor=1000.0))), 1)

    assert moves(log) == []
    assert causes(log)["none"] < len(log.operations)


@pytest.mark.parametrize("one_way", ["in", "out"])
def test_a_cut_in_either_direction_fails_the_probes(one_way: Any) -> None:
    log = simulate(checked(night(Partition(one_way=one_way))), 1)

    assert [change for _, change in moves(log)] == list(MOVES)


def test_each_caller_judges_by_what_it_sees_itself() -> None:
    cut = Fault(
        id="cut",
        what=Partition(from_=("web-1",)),
        target=("front",),
        at=2 * SECOND,
        for_=5 * SECOND,
    )
    log = simulate(two_tiers(policy={"health": HEALTH}, faults=[cut]), 1)
    noted = {row["place"] for row in rows(log.changes) if row["change"] in MOVES}

    assert noted == {log.places.index("front")}


def test_a_lost_probe_takes_nobody_out() -> None:
    system = checked(loss=0.02, duration=30 * SECOND)
    log = simulate(system, 1)

    assert moves(log) == []
    impatient = checked(loss=0.02, duration=30 * SECOND, health=replace(HEALTH, fall=1))
    assert moves(simulate(impatient, 1)) != []


def test_the_first_probes_come_at_different_moments_of_the_first_interval() -> None:
    log = simulate(checked(machines=6), 1, trace=True)
    probes = [row for row in rows(log.messages) if row["what"] >> 16 == MessageKind.PROBE]
    first: dict[int, int] = {}
    for row in probes:
        first.setdefault(row["places"], row["sent_us"])
    there = [time for places, time in first.items() if places >> 16 == log.places.index("users")]

    assert len(set(there)) == 6
    assert max(there) < 200 * MS
    assert max(there) - min(there) > 50 * MS


def test_probes_are_counted_as_messages_of_the_night() -> None:
    without, with_probes = (simulate(checked(health=health), 1) for health in (None, HEALTH))
    probes = with_probes.totals["probes"]

    assert 98 <= probes <= 100
    assert without.totals["probes"] == 0
    extra = with_probes.totals["messages"] - without.totals["messages"]
    assert 2 * probes - 4 <= extra <= 2 * probes
    assert with_probes.totals["bytes"] - without.totals["bytes"] == 64 * extra


def test_probes_change_no_draw_of_any_operation() -> None:
    def run(health: Health | None) -> dict[int, tuple[int, ...]]:
        system = checked(
            health=health,
            loss=0.01,
            latency=exponential(2 * MS),
            service={"steps": (wait(exponential(10 * MS)),), "workers": 10_000},
            policy={"health": health},
        )
        return outcomes(simulate(system, 1))

    patient = replace(HEALTH, fall=50)
    assert run(None) == run(patient) == run(replace(patient, interval=50 * MS))


def test_in_a_panic_all_machines_are_used_again() -> None:
    crash = Fault(id="crash", what=Crash(), target=("web-1", "web-2"), at=2 * SECOND)
    calm = simulate(checked(crash, machines=3), 1)
    panic = simulate(checked(crash, machines=3, policy={"panic_threshold": 0.5}), 1)

    assert set(attempts_at(calm, 4 * SECOND)) == {"web-3"}
    assert set(attempts_at(panic, 4 * SECOND)) == {"web-1", "web-2", "web-3"}


def test_with_nobody_left_there_is_no_target() -> None:
    log = simulate(checked(night(Crash(), "web")), 1)

    assert causes(log)["no-target"] > 200
    blames = {row["blame"] for row in rows(log.operations) if row["cause"] == 8}
    assert blames == {0}


def test_a_prober_is_silent_while_its_node_is_down_and_begins_anew() -> None:
    crash = Fault(id="crash", what=Crash(), target=("front",), at=3 * SECOND, for_=2 * SECOND)
    web = Fault(id="web", what=Crash(), target=("web-1",), at=SECOND)
    system = two_tiers(policy={"health": HEALTH}, faults=[web, crash])
    log = simulate(system, 1, trace=True)
    front = log.places.index("front")
    probes = [
        row["sent_us"]
        for row in rows(log.messages)
        if row["what"] >> 16 == MessageKind.PROBE and row["places"] >> 16 == front
    ]
    outs = [time for time, change in changes(log, *MOVES) if change == Change.TARGET_OUT]

    check_ledger(log)
    assert not [time for time in probes if 3 * SECOND < time < 5 * SECOND]
    assert min(time for time in probes if time >= 5 * SECOND) < 5 * SECOND + 200 * MS
    # It forgot that web-1 is dead, and has to find out once more.
    assert len(outs) == 2
    assert SECOND < outs[0] < 2 * SECOND
    assert 5 * SECOND + 400 * MS <= outs[1] < 5 * SECOND + 700 * MS


def test_a_pause_of_the_prober_ends_with_due_timers_first() -> None:
    pause = Fault(id="pause", what=Pause(), target=("front",), at=3 * SECOND, for_=2 * SECOND)
    log = simulate(two_tiers(policy={"health": HEALTH}, faults=[pause]), 1)

    # The one probe that was under way to each machine counts as timed out; that is not three.
    check_ledger(log)
    assert changes(log, *MOVES) == []
