"""Levels written anew: slower ones, and ones with other names."""

from __future__ import annotations

from itertools import chain

from game.engine.run import simulate
from game.lab.inv_5_time_scale import different_rows, scaled
from game.lab.rewriting import renamed, slower
from game.lab.scenario import scenario


def test_all_times_and_rates_of_a_slower_level_are_scaled() -> None:
    plain, slow = scenario("clockwork"), slower("clockwork", 2).system
    assert slow.duration == 2 * plain.duration
    assert slow.clients[0].deadline == 2 * plain.clients[0].deadline
    assert [fault.at for fault in slow.faults] == [2 * (fault.at or 0) for fault in plain.faults]
    before, after = plain.policies[0], slow.policies[0]
    assert after.retry.base == 2 * before.retry.base
    assert after.retry.budget_floor == before.retry.budget_floor / 2
    assert after.rate_limit.rate == before.rate_limit.rate / 2
    assert after.hedge.at_most == before.hedge.at_most


def test_a_night_that_is_not_scaled_is_not_taken_for_one_that_is() -> None:
    log = simulate(scenario("clockwork"), 1)
    assert different_rows(log, log, 1) == 0
    assert different_rows(log, log, 2) > len(log.operations)


def test_times_that_did_not_happen_stay_so() -> None:
    log = simulate(scenario("clockwork"), 1)
    started = log.attempts.columns.index("started_us")
    rows = scaled(log.attempts, 2)
    never = [index for index, row in enumerate(log.attempts.rows()) if row[started] < 0]
    assert never
    assert all(rows[index][started] == -1 for index in never)


def test_names_may_change_places() -> None:
    plain, other = scenario("symmetric"), renamed("symmetric", {"east": "west", "west": "east"})
    assert [zone.id for zone in other.system.zones] == ["west", "east"]
    assert other.system.nodes[0].zones == ("west",)
    assert other.system.duration == plain.duration


def test_a_renamed_group_is_renamed_wherever_it_is_named() -> None:
    system = renamed("symmetric", {"left": "zebra"}).system
    named = chain(*(fault.target for fault in system.faults), *(one.on for one in system.services))
    assert set(named) == {"zebra", "right"}
