"""A zone and a region that a level does not declare have no names, so nothing is taken for them."""

from __future__ import annotations

import pytest

from game.engine.log import Change
from game.engine.routing.weighted import SmoothTurns
from game.engine.world import World
from game.explain.strikes import machines_named
from game.level.read import read_level_bytes
from tests.engine.nights import HEAD, KINDS, MS, Night, night, system_of

NAMES = ("a", "here")
GOAL = """
[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""


def level(idle: str, more: str = "", client: str = "people", service: str = "shop") -> str:
    """A service on `web`, and a machine `idle` beside it on which nothing runs."""
    return f"""
duration = "10s"

[[node]]
id = "{idle}"

[[node]]
id = "web"

[[service]]
id = "{service}"
on = "web"
steps = [{{ wait = "1ms" }}]

[[client]]
id = "{client}"
call = "{service}"
rate = 20
{more}
{GOAL}"""


def crash(target: str) -> str:
    return f'\n[[fault]]\nkind = "crash"\ntarget = "{target}"\nat = "2s"\n'


def struck(found: Night) -> list[str]:
    log = found.log
    return [log.places[row[2]] for row in log.changes.rows() if row[1] == Change.NODE_DOWN]


@pytest.mark.parametrize("name", NAMES)
def test_a_fault_hits_the_machine_of_that_name_alone(name: str) -> None:
    text = level(name, crash(name))
    assert struck(night(text)) == [name]
    assert machines_named(system_of(text), [name]) == {name}


@pytest.mark.parametrize("name", NAMES)
def test_a_fault_hits_the_machines_of_the_service_of_that_name_alone(name: str) -> None:
    assert struck(night(level("idle", crash(name), service=name))) == ["web"]


@pytest.mark.parametrize("name", NAMES)
def test_a_link_to_a_machine_of_that_name_leads_to_it_alone(name: str) -> None:
    link = f'\n[[link]]\nfrom = "people"\nto = "{name}"\nlatency = "400ms"\n'
    times_us = {row.ended_us - row.invoked_us for row in night(level(name, link)).operations()}
    assert max(times_us) < 10 * MS


@pytest.mark.parametrize("name", NAMES)
def test_a_link_from_clients_of_that_name_is_no_link_between_machines(name: str) -> None:
    link = f'\n[[link]]\nfrom = "{name}"\nto = "web"\nlatency = "400ms"\n'
    world = World(system_of(level("idle", link, client=name)), 1, traced=False)
    idle, web, people = range(3)
    assert world.link_between(people, web)[0] == 0
    assert world.link_between(idle, web)[0] == -1


@pytest.mark.parametrize("name", NAMES)
def test_a_weight_is_of_the_machine_of_that_name_alone(name: str) -> None:
    both = level(name).replace('on = "web"', f'on = ["{name}", "web"]')
    weights = f'[{{ target = "{name}", weight = 3 }}]'
    policy = f'[[policy]]\nid = "plain"\nbalancer = {{ kind = "weighted", weights = {weights} }}\n'
    world = World(system_of(both + policy), 1, traced=False)
    caller = world.clients[0].caller
    assert isinstance(caller.picker, SmoothTurns)
    assert caller.picker.weights.of(caller.targets) == [3, 1]


def test_zones_without_a_region_are_in_one_that_has_no_name() -> None:
    zones = '\n[[zone]]\nid = "east"\n\n[[zone]]\nid = "west"\n'
    assert struck(night(level("here", crash("here") + zones))) == ["here"]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_declared_cannot_be_named(name: str) -> None:
    _, problems = read_level_bytes((HEAD + level("idle", crash(name))).encode(), "x.toml", KINDS)
    assert [one.message for one in problems] == [f'unknown target "{name}"']


def test_a_machine_is_no_region_that_could_go_dark() -> None:
    fault = '\n[[fault]]\nkind = "zone-outage"\ntarget = "here"\nat = "2s"\n'
    _, problems = read_level_bytes((HEAD + level("here", fault)).encode(), "x.toml", KINDS)
    words = 'a "zone-outage" hits a zone or region, and "here" is none'
    assert [one.message for one in problems] == [words]
