"""Levels on call before their judges: the plans that are tried, and who must act."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from game.level.changes import change_text, parse_change
from game.level.model import Level
from game.level.plan import default_plan, make_plan
from game.level.proofs import Proof
from game.proof import lesson
from game.proof.acting import acting_is_needed, alarm_is_needed, alarms_fire, reference_acts
from game.proof.acts import of_acts, settled
from game.proof.domain import domain_of, put_back
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


def test_a_reference_that_waits_for_no_alarm_is_refused() -> None:
    with pytest.raises(RuleBroken, match="waits for no alarm, so that nobody need be on call"):
        reference_acts(case(small(), "start:machines=5", "start+3s:breaker=on"))
    assert reference_acts(case(small(), "start:breaker=on", "crowd:machines=5"))


def test_an_alarm_that_never_fires_is_refused() -> None:
    level = small()
    assert alarms_fire(case(level, "crowd:machines=5"))
    quiet = level_of(SMALL.replace("above = 10", "above = 1000"))
    with pytest.raises(RuleBroken, match="'crowd', which never fires on graded seed 1"):
        alarms_fire(case(quiet, "crowd:machines=5"))


def test_an_alarm_that_fires_before_the_window_is_refused() -> None:
    text = SMALL.replace('duration = "12s"', 'duration = "12s"\nwindow = ["2s", "11s"]')
    assert alarms_fire(case(level_of(text), "crowd:machines=5"))
    always = text.replace("above = 10", "below = 10")
    with pytest.raises(RuleBroken, match=r"'crowd', which fires at \S+ on graded seed 1, before"):
        alarms_fire(case(level_of(always), "crowd:machines=5"))


def test_what_the_reference_sets_without_an_alarm_does_not_win() -> None:
    with pytest.raises(RuleBroken, match="the reference without its alarms must lose"):
        acting_is_needed(case(small(), "start:machines=5", "crowd:breaker=on"))


@pytest.mark.parametrize(
    "changes",
    [
        ("crowd:machines=5",),
        ("crowd:machines=5", "crowd+8s:machines=2"),
        ("crowd+8s:machines=2", "crowd:machines=5"),
    ],
)
def test_a_reference_that_could_have_acted_at_once_is_refused(changes: tuple[str, ...]) -> None:
    with pytest.raises(RuleBroken, match=r"no alarm is needed: .* gets 1 star as well") as broken:
        alarm_is_needed(case(small(), *changes))
    assert broken.value.plan is not None
    assert [change_text(one) for one in broken.value.plan.changes] == ["start+0s:machines=5"]


def test_a_reference_may_act_late_where_to_act_at_once_costs_too_much() -> None:
    thrifty = '\n[[goal]]\nid = "thrifty"\nmeasure = "cost_per_hour"\nat_most = 4.5\n'
    level = level_of(SMALL + thrifty)
    assert alarm_is_needed(case(level, "crowd:machines=5"))
    both = level_of(SMALL + f"{thrifty}stars = 2\n")
    assert alarm_is_needed(case(both, "crowd:machines=5"))


def test_what_proofs_do_with_a_control_is_one_of_its_options() -> None:
    level = small()
    twice = ("crowd:machines=5", "crowd+4s:machines=1")
    own = case(level, *twice, "start+2s:breaker=on")
    machines, breaker = own.domain.axes
    plain = domain_of(level).axes
    assert machines.labels == (*plain[0].labels, "5, 0s after crowd, then 1, 4s after crowd")
    assert breaker.labels == (*plain[1].labels, "on, 2s after start")
    plan = own.reference.plan
    assert own.domain.settings(plan) == {
        "machines": machines.labels[-1],
        "breaker": breaker.labels[-1],
    }
    (again,) = (one for one in own.domain.along(plan, "machines") if one == replace(plan, name=""))
    assert [change_text(one) for one in again.changes][:2] == list(map(_written, twice))
    back = put_back(own.domain, plan, "machines")
    assert [one.control for one in back.changes] == ["breaker"]
    assert dict(back.values)["machines"] == "2"


def _written(text: str) -> str:
    return change_text(parse_change(text))


def test_the_search_holds_the_reference_without_the_lesson(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lesson, "ALL_PLANS", 0)
    level = level_of(
        SMALL.replace('when = "both"', 'when = "both"\nlesson = true', 1).replace(
            "times = 3", "times = 1.1"
        )
    )
    own = case(level, "crowd:machines=5", "start+2s:breaker=on", "start+4s:breaker=off")
    with pytest.raises(RuleBroken, match="the lesson is not needed") as broken:
        lesson.lesson_is_necessary(own)
    assert broken.value.plan is not None
    words = [change_text(one) for one in broken.value.plan.changes]
    assert words == ["start+2s:breaker=on", "start+4s:breaker=off"]


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
