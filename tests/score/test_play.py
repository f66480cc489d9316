"""From a level's file to its scorecard, with the real engine."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from game.engine.kinds import load_kinds
from game.engine.run import Run
from game.level.model import Level
from game.level.plan import make_plan, system_with
from game.level.read import read_level
from game.score.batch import play
from game.score.reach import out_of_reach
from game.score.scorecard import Scorecard

TEXT = """
format = 1
title = "Two nights"
chapter = "Tests"
duration = "20s"
recovery = "2s"

[[node]]
id = "web"

[[service]]
id = "shop"
on = "web"
steps = [{ cpu = "5ms" }]

[[client]]
id = "people"
call = "shop"
rate = 50
deadline = "200ms"

[[fault]]
kind = "crash"
target = "web"
AT

[[goal]]
id = "up"
measure = "availability"
at_least = 0.9

[[control]]
id = "machines"
family = "redundancy"
label = "Machines"
sets = "node.web.count"
choices = [1, 2]
default = "1"
"""
SCRIPTED = 'at = "8s"\nfor = "3s"'
DRAWN = 'every = { law = "exponential", mean = "4s" }\nlasts = "1s"'


def a_level(folder: Path, when: str) -> Level:
    path = folder / "nights.toml"
    path.write_text(TEXT.replace("AT", when))
    return read_level(path, load_kinds())


def played(level: Level, machines: str = "1", **how: object) -> Scorecard:
    plan = make_plan(level, {"machines": machines}, "mine")
    return play(level, plan, (1, 2), load_kinds(), **how)  # type: ignore[arg-type]


def test_an_outage_shows_in_the_score_and_is_blamed_on_its_fault(tmp_path: Path) -> None:
    card = played(a_level(tmp_path, SCRIPTED))
    assert (card.verdict, card.stars) == ("failed", 0)
    assert card.seeds[0].window_us == (7_800_000, 13_000_000)
    assert {fault for _, fault, _ in card.blame} == {"crash"}
    assert sum(card.causes.values()) == card.operations - card.good > 200
    lost_at_us = card.goals[0].lost_at_us
    assert lost_at_us is not None
    assert 8_000_000 < lost_at_us < 11_000_000


def test_other_processes_come_to_the_same_scorecard(tmp_path: Path) -> None:
    level = a_level(tmp_path, SCRIPTED)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        assert played(level, executor=executor) == played(level)


@pytest.mark.parametrize("when", [SCRIPTED, DRAWN])
def test_without_a_fault_all_goes_well_in_the_same_window(tmp_path: Path, when: str) -> None:
    level = a_level(tmp_path, when)
    as_it_was, what_if = played(level), played(level, without=["crash"])
    assert as_it_was.verdict == "failed"
    assert (what_if.verdict, what_if.measures["availability"]) == ("passed", 1.0)
    for one, other in zip(as_it_was.seeds, what_if.seeds, strict=True):
        assert one.window_us == other.window_us
        assert one.operations == other.operations


def test_a_second_machine_costs_as_much_again(tmp_path: Path) -> None:
    level = a_level(tmp_path, SCRIPTED)
    assert played(level).measures["cost_per_hour"] == 0.1
    assert played(level, "2").measures["cost_per_hour"] == 0.2


def test_a_lost_night_is_known_to_be_lost_before_it_is_over(tmp_path: Path) -> None:
    level = a_level(tmp_path, SCRIPTED)
    system = system_with(level, make_plan(level, {}), load_kinds())
    run = Run(system, 1)
    run.advance(8_000_000)
    assert not out_of_reach(level, system, run.log)
    run.advance(11_000_000)
    assert out_of_reach(level, system, run.log)
