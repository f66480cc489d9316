"""How much fits: workers, places in the queue and cores are as many as the level says."""

from __future__ import annotations

import pytest

from tests.engine.nights import MS, SECOND, Night, night

COME = 10 * MS
"""Time between two requests."""


def shop(steps: str, node: str = "", service: str = "") -> Night:
    """One machine, asked every 10 ms for five seconds; messages need no time."""
    return night(f"""
duration = "35s"

[[node]]
id = "web"
{node}

[[link]]
from = "*"
to = "*"
latency = "0ms"

[[service]]
id = "front"
on = "web"
steps = [{steps}]
{service}

[[client]]
id = "shop"
call = "front"
gap = "10ms"
deadline = "30s"
""")


@pytest.mark.parametrize(("workers", "queue"), [(1, 0), (1, 4), (3, 2)])
def test_all_but_workers_and_places_in_the_queue_are_turned_away(workers: int, queue: int) -> None:
    played = shop('{ wait = "1s" }', service=f"workers = {workers}\nqueue = {queue}")

    room = workers + queue
    causes = played.causes(until_us=SECOND - COME)
    assert causes == {"none": room, "queue-full": 98 - room}


@pytest.mark.parametrize("workers", [1, 3])
def test_as_many_are_served_at_once_as_there_are_workers(workers: int) -> None:
    played = shop('{ wait = "1s" }', service=f"workers = {workers}\nqueue = 10_000")

    started = [one.started_us for one in played.attempts()][: 3 * workers]
    assert started == [
        (1 + index % workers) * COME + index // workers * SECOND for index in range(3 * workers)
    ]


@pytest.mark.parametrize("cores", [1, 3])
def test_as_many_pieces_of_work_run_at_once_as_there_are_cores(cores: int) -> None:
    played = shop('{ cpu = "1s" }', node=f"cores = {cores}", service="workers = 1_000")

    served = [one.served_us for one in played.attempts()][: 3 * cores]
    assert served == [
        (1 + index % cores) * COME + (1 + index // cores) * SECOND for index in range(3 * cores)
    ]


def test_work_that_waits_for_a_core_gets_it_in_order_of_arrival() -> None:
    played = shop('{ cpu = { law = "exponential", mean = "11ms" } }', service="workers = 1_000")

    served = [one.served_us for one in played.attempts() if one.served_us >= 0]
    assert len(served) > 400
    assert served == sorted(served)


def test_work_takes_its_time_and_no_machine_is_quicker_than_its_cores() -> None:
    played = shop('{ cpu = "20ms" }', node="cores = 2\nspeed = 0.5", service="workers = 1_000")

    served = [one.served_us for one in played.attempts()][:200]
    assert [after - before for before, after in zip(served[:-2], served[2:], strict=True)] == (
        [40 * MS] * 198
    )
