"""Nearest region: home first, then by how far it is on the map."""

from __future__ import annotations

from tests.engine.nights import SECOND, Night, night

WORLD = """
duration = "6s"

[[region]]
id = "here"
[[region]]
id = "east"
[[region]]
id = "west"

[[zone]]
id = "a"
[[zone]]
id = "b"
[[zone]]
id = "e"
region = "east"
[[zone]]
id = "w"
region = "west"

[[node]]
id = "web"
count = 4
zones = ["a", "b", "e", "w"]

[[link]]
from = "here"
to = "west"
latency = "20ms"

[[link]]
from = "here"
to = "east"
latency = { law = "exponential", mean = "60ms" }

[[service]]
id = "front"
on = "web"

[[policy]]
id = "near"
balancer = "nearest-region"
attempt_timeout = "1s"
retry = { attempts = 2 }
health = { interval = "100ms", timeout = "90ms", fall = 2, rise = 2 }

[[client]]
id = "shop"
call = "front"
policy = "near"
gap = "10ms"
deadline = "1s"
"""


def down(*machines: str) -> str:
    names = ", ".join(f'"{machine}"' for machine in machines)
    return f'\n[[fault]]\nkind = "crash"\ntarget = [{names}]\nat = "1s"\n'


def asked(played: Night, since_us: int) -> list[str]:
    """Who is asked, in turn."""
    return [played.node_of(row) for row in played.attempts(since_us)]


def test_all_machines_of_the_own_region_take_turns() -> None:
    names = asked(night(WORLD), 0)

    assert names[:4] == ["web-1", "web-2", "web-1", "web-2"]
    assert set(names) == {"web-1", "web-2"}


def test_one_that_is_left_does_all_the_work_of_its_region() -> None:
    assert set(asked(night(WORLD + down("web-1")), 2 * SECOND)) == {"web-2"}


def test_without_the_own_region_the_nearest_on_the_map_is_asked() -> None:
    played = night(WORLD + down("web-1", "web-2"))

    assert set(asked(played, 2 * SECOND)) == {"web-4"}


def test_a_retry_stays_in_the_region_while_there_is_another_machine() -> None:
    played = night(WORLD.replace("health = ", "# ") + down("web-1"))
    first, *_ = (row.operation for row in played.attempts(2 * SECOND))
    tried = [played.node_of(row) for row in played.attempts() if row.operation == first]

    assert tried == ["web-1", "web-2"]
    assert set(asked(played, 2 * SECOND)) == {"web-1", "web-2"}
