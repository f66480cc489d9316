"""A run writes down everything that happened, and always ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from game.engine.causes import Cause
from game.engine.faults.crash import Crash
from game.engine.faults.load_spike import LoadSpike
from game.engine.laws import Constant
from game.engine.log import Log
from game.engine.resilience.rate_limit import RateLimit
from game.engine.run import Run, simulate
from game.engine.script import occurrences, single_targets
from game.engine.world import World
from game.level.model import SECOND_US, Client, Fault, LoadStep, Policy
from tests.engine.night import MS, small_system


def column(log: Log, name: str) -> list[int]:
    return list(log.operations.column(name))


def test_a_quiet_night_serves_everything_at_its_own_pace() -> None:
    log = simulate(small_system(), 1)

    assert column(log, "invoked_us") == [100 * MS * n for n in range(1, 91)]
    assert {
        end - begin
        for begin, end in zip(column(log, "invoked_us"), column(log, "ended_us"), strict=True)
    } == {12 * MS}
    assert set(column(log, "cause")) == {Cause.NONE}
    assert log.totals["busy_us"] == 90 * 10 * MS
    assert log.totals["messages"] == 180
    assert log.totals["bytes"] == 90 * (1024 + 4096)


def test_arrivals_stop_one_deadline_before_the_end() -> None:
    system = small_system()
    patient = replace(system.clients[0], deadline=4 * SECOND_US)
    log = simulate(replace(system, clients=(patient,)), 1)

    assert max(column(log, "invoked_us")) == 6 * SECOND_US


def test_load_steps_multiply_the_rate() -> None:
    system = small_system()
    busier = replace(system.clients[0], load=(LoadStep(at=2 * SECOND_US, times=5),))
    log = simulate(replace(system, clients=(busier,)), 1)
    invoked = column(log, "invoked_us")

    assert sum(time_us <= 2 * SECOND_US for time_us in invoked) == 20
    assert sum(2 * SECOND_US < time_us <= 3 * SECOND_US for time_us in invoked) == 50


def test_a_spike_that_is_over_leaves_the_later_luck_where_it_was() -> None:
    client = Client(id="users", call="shop", rate=10)
    spike = Fault(id="spike", what=LoadSpike(times=3), at=2 * SECOND_US, for_=SECOND_US)
    calm = simulate(small_system(clients=(client,)), 1)
    busy = simulate(small_system(clients=(client,), faults=(spike,)), 1)
    before = [time_us for time_us in column(calm, "invoked_us") if time_us < 2 * SECOND_US]

    assert column(busy, "invoked_us")[: len(before)] == before
    assert len(busy.operations) > len(calm.operations) + 10


def test_a_closed_loop_waits_for_its_answer() -> None:
    client = Client(id="users", call="shop", population=1)
    log = simulate(small_system(clients=(client,)), 1)

    assert column(log, "invoked_us")[:3] == [0, 12 * MS, 24 * MS]


def test_a_run_that_needs_too_many_events_ends_with_a_verdict() -> None:
    log = simulate(small_system(event_budget=100), 1)

    assert log.verdict == "too-expensive"
    assert log.ended_us < 10 * SECOND_US


def test_a_broken_assertion_ends_the_run_and_not_the_game() -> None:
    @dataclass(frozen=True)
    class Broken:
        def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
            raise AssertionError("this cannot be")

    system = small_system(faults=(Fault(id="broken", what=Broken(), at=3 * SECOND_US),))
    log = simulate(system, 1)

    assert log.verdict == "engine-error"
    assert "this cannot be" in log.error
    assert "3000000" in log.error


def test_what_is_open_at_the_end_is_unfinished() -> None:
    run = Run(small_system(duration=2_000 * MS, event_budget=20), 1)
    run.advance(10 * SECOND_US)

    assert run.log.verdict == "too-expensive"
    assert column(run.log, "cause")[-1] == Cause.UNFINISHED
    assert column(run.log, "ended_us")[-1] == -1


def test_a_fault_that_is_left_out_does_nothing_but_is_marked() -> None:
    crash = Fault(id="crash", what=Crash(), target=("web",), at=3 * SECOND_US, for_=2 * SECOND_US)
    system = small_system(faults=(crash,))
    with_fault, without = simulate(system, 1), simulate(system, 1, without=("crash",))

    assert set(column(with_fault, "cause")) == {Cause.NONE, Cause.REFUSED}
    assert set(column(without, "cause")) == {Cause.NONE}
    assert len(without.changes) == 2


def test_random_faults_are_drawn_for_each_machine_and_seed_alone() -> None:
    system = small_system()
    fault = Fault(
        id="flaky",
        what=Crash(),
        target=("shop",),
        every=system.links[0].latency,
        lasts=system.links[0].latency,
    )
    first = occurrences(fault, "web", 1)

    assert single_targets(system, fault) == ["web"]
    assert [next(first), next(first)] == [(MS, 2 * MS), (3 * MS, 4 * MS)]


def test_a_fault_that_is_long_over_is_not_blamed_for_a_callers_own_limit() -> None:
    crash = Fault(id="crash", what=Crash(), target=("web",), at=2 * SECOND_US, for_=SECOND_US)
    limited = Policy(id="plain", rate_limit=RateLimit(rate=12, burst=1))
    client = Client(
        id="users",
        call="shop",
        gap=Constant(value=100 * MS),
        load=(LoadStep(at=6 * SECOND_US, times=3),),
    )
    system = small_system(faults=(crash,), policies=(limited,), clients=(client,))
    rows = list(simulate(system, 1).operations.rows())
    later = [(row[4], row[5]) for row in rows if row[2] > 6 * SECOND_US]

    assert (Cause.REFUSED, 0) in {(row[4], row[5]) for row in rows}
    assert set(later) == {(Cause.NONE, -1), (Cause.RATE_LIMITED, -1)}


def test_every_attempt_of_a_finished_run_has_one_row() -> None:
    crash = Fault(id="crash", what=Crash(what="host"), target=("web",), at=3 * SECOND_US)
    log = simulate(small_system(faults=(crash,)), 1)

    assert len(log.attempts) == sum(column(log, "attempts")) == len(log.operations)
