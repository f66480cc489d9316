"""Levels on call before their judges: the plans that are tried, and who must act."""

from __future__ import annotations

from random import Random

import pytest

from game.level.changes import parse_change
from game.level.model import Level
from game.level.plan import default_plan, make_plan
from game.level.proofs import Proof
from game.proof.acting import acting_is_needed, alarms_fire, reference_acts
from game.proof.acts import of_acts, settled
from game.proof.domain import domain_of
from game.proof.play import EnginePlayer
from game.proof.rule import Case, RuleBroken
from game.proof.runs import Runs
from game.proof.words import rerun_words
from tests.engine.nights import KINDS, level_of
from tests.engine.on_call_levels import SMALL, small


def case(level: Level, *changes: str) -> Case:
    """The level with a reference that makes these changes."""
    plan = make_plan(level, {}, "reference", [parse_change(text) for text in changes])
    player = EnginePlayer(level, KINDS)
    reference = Proof(
        id="reference",
        verdict="wins",
        role="reference",
        why="because",
        stars=1,
        goal=None,
        cause=None,
        plan=plan,
    )
    return Case(level, (reference,), Runs(player), player.price, lambda _: None)


def test_an_open_control_is_set_before_the_run_or_once_after_an_alarm() -> None:
    level = small()
    domain = domain_of(level)
    machines, breaker = domain.axes
    assert machines.labels[:3] == ("1", "2", "5")
    assert breaker.labels == (
        "off",
        "on",
        *(
            f"on, {delay} after {alarm}"
            for alarm in ("start", "errors", "crowd")
            for delay in ("1s", "3s", "8s")
        ),
    )
    assert domain.size() == len(list(domain.all())) == (3 + 2 * 9) * (2 + 9)
    for plan in domain.sample(30, Random(1)):
        assert make_plan(level, dict(plan.values), plan.name, plan.changes) == plan
        words = domain.settings(plan)
        again = default_plan(level)
        for axis, label in words.items():
            moved = {domain.settings(one)[axis]: one for one in domain.along(again, axis)}
            again = moved[label]
        assert again == plan


def test_what_is_set_during_the_run_alone_is_the_default_before_it() -> None:
    level = level_of(SMALL.replace('when = "both"', 'when = "during"'))
    machines, _ = of_acts(level).axes
    assert machines.labels[0] == "2"
    assert all(" after " in label for label in machines.labels[1:])
    plan = settled(level, default_plan(level), {"machines": "5"})
    assert plan.changes == (parse_change("start:machines=5"),)
    assert make_plan(level, dict(plan.values), "", plan.changes) == plan


def test_a_reference_that_does_nothing_is_refused() -> None:
    with pytest.raises(RuleBroken, match="nobody need be on call"):
        reference_acts(case(small()))
    assert reference_acts(case(small(), "crowd:machines=5")) == "the reference acts once"


def test_an_alarm_that_never_fires_is_refused() -> None:
    level = small()
    assert alarms_fire(case(level, "crowd:machines=5"))
    quiet = level_of(SMALL.replace("above = 10", "above = 1000"))
    with pytest.raises(RuleBroken, match="'crowd', which never fires on graded seed 1"):
        alarms_fire(case(quiet, "crowd:machines=5"))


def test_a_reference_that_wins_without_acting_is_refused() -> None:
    assert acting_is_needed(case(small(), "crowd:machines=5"))
    calm = level_of(SMALL.replace("times = 3", "times = 1.1"))
    with pytest.raises(RuleBroken, match="the reference without its changes"):
        acting_is_needed(case(calm, "start+1s:machines=5"))


def test_the_command_that_plays_a_plan_again_names_its_changes() -> None:
    level = small()
    plan = make_plan(level, {"machines": "5"}, "", [parse_change("crowd+1s:breaker=on")])
    assert rerun_words(level, plan, 3).endswith(
        "--set machines=5 --change crowd+1s:breaker=on --seed 3"
    )
