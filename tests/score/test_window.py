from dataclasses import replace

import pytest

from game.engine.faults.restart import Restart
from game.engine.laws import Constant, Exponential
from game.level.model import Client, Fault
from game.score.window import window_us
from tests.score.night import CRASH, SECOND, a_level, a_log, a_system, strike

DRAWN = Fault(
    id="flaky",
    what=None,
    target=("web",),
    every=Exponential(mean=20 * SECOND),
    lasts=Exponential(mean=SECOND),
)
LAST_ARRIVAL = 59_200_000


def test_the_window_spans_the_faults_from_a_deadline_before_to_the_recovery_after() -> None:
    later = replace(CRASH, id="crash-2", at=35 * SECOND, for_=5 * SECOND)
    system = a_system(faults=(later, CRASH))
    level = a_level(system=system, window_us=None)
    assert window_us(level, a_log(system=system)) == (19_200_000, 45 * SECOND)


def test_the_fault_that_ends_last_closes_the_window_not_the_one_that_begins_last() -> None:
    inside = replace(CRASH, id="crash-2", at=22 * SECOND, for_=SECOND)
    system = a_system(faults=(CRASH, inside))
    level = a_level(system=system, window_us=None)
    assert window_us(level, a_log(system=system)) == (19_200_000, 35 * SECOND)


def test_without_faults_the_window_is_from_the_warm_up_to_the_last_arrival() -> None:
    system = a_system(warm_up=3 * SECOND)
    level = a_level(system=system, window_us=None)
    assert window_us(level, a_log(system=system)) == (3 * SECOND, LAST_ARRIVAL)


@pytest.mark.parametrize("for_us", [None, 38 * SECOND])
def test_the_window_ends_with_the_last_arrival_at_the_latest(for_us: int | None) -> None:
    system = a_system(faults=(replace(CRASH, for_=for_us),))
    level = a_level(system=system, window_us=None)
    assert window_us(level, a_log(system=system)) == (19_200_000, LAST_ARRIVAL)


def test_a_fault_that_is_over_by_itself_needs_no_length() -> None:
    system = a_system(faults=(replace(CRASH, for_=None, what=Restart(down=3 * SECOND)),))
    level = a_level(system=system, window_us=None)
    assert window_us(level, a_log(system=system)) == (19_200_000, 28 * SECOND)


def test_a_fault_at_the_start_opens_the_window_at_zero() -> None:
    system = a_system(faults=(replace(CRASH, at=100_000),))
    level = a_level(system=system, window_us=None)
    assert window_us(level, a_log(system=system))[0] == 0


def test_a_level_that_names_its_window_has_just_that() -> None:
    system = a_system(faults=(CRASH,))
    level = a_level(system=system, window_us=(SECOND, 2 * SECOND))
    assert window_us(level, a_log(system=system)) == (SECOND, 2 * SECOND)


def test_the_longest_deadline_opens_the_window_and_the_shortest_one_closes_it() -> None:
    clients = (
        Client(id="people", call="shop", rate=1, deadline=800_000),
        Client(id="robots", call="shop", rate=1, deadline=3 * SECOND),
    )
    system = a_system(faults=(replace(CRASH, for_=None),), clients=clients)
    level = a_level(system=system, window_us=None)
    assert window_us(level, a_log(system=system)) == (17 * SECOND, LAST_ARRIVAL)


def drawn(every_us: int, lasts_us: int) -> Fault:
    """A fault that is drawn from laws without luck."""
    return replace(DRAWN, every=Constant(value=every_us), lasts=Constant(value=lasts_us))


def test_a_drawn_fault_counts_from_its_first_to_its_last_moment() -> None:
    system = a_system(faults=(drawn(10 * SECOND, 15 * SECOND),))
    level = a_level(system=system, window_us=None)
    assert window_us(level, a_log(system=system)) == (9_200_000, 55 * SECOND)


def test_a_drawn_fault_that_holds_at_the_end_lasts_to_the_end() -> None:
    system = a_system(faults=(drawn(10 * SECOND, 60 * SECOND),))
    level = a_level(system=system, window_us=None)
    assert window_us(level, a_log(system=system)) == (9_200_000, LAST_ARRIVAL)


def test_a_night_on_which_no_drawn_fault_came_is_one_without_faults() -> None:
    system = a_system(faults=(drawn(100 * SECOND, SECOND),), warm_up=SECOND)
    level = a_level(system=system, window_us=None)
    assert window_us(level, a_log(system=system)) == (SECOND, LAST_ARRIVAL)


def test_more_machines_do_not_move_the_window_of_drawn_faults() -> None:
    few, many = a_system(faults=(DRAWN,)), a_system(faults=(DRAWN,))
    many = replace(many, nodes=tuple(replace(group, count=9) for group in many.nodes))
    level = a_level(system=few, window_us=None)
    assert window_us(level, a_log(system=many)) == window_us(level, a_log(system=few))


def test_the_plan_moves_neither_end_of_the_window() -> None:
    """Marks of scripted faults in the Log, or their absence in a what-if, change nothing."""
    system = a_system(faults=(CRASH,))
    level = a_level(system=system, window_us=None)
    told = a_log(system=system)
    strike(told, 0, (25 * SECOND, 50 * SECOND))
    assert window_us(level, told) == window_us(level, a_log(system=system))
