"""Each rule is broken by one level that is sound in everything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import count

import pytest

from game.level import find
from game.level.model import Goal
from game.level.plan import default_plan
from game.proof.judge import ENGINE_FAILED, judge
from game.proof.plans import set_to
from game.proof.report import Finding
from game.proof.rule import Case
from game.proof.rules import RULES, rules_of
from game.proof.share import TUTORIAL_CHAPTER
from tests.proof.fakes import (
    FAST,
    PRICE,
    REPLICAS,
    SIZE,
    UP,
    WAIT,
    Night,
    Nights,
    case,
    control,
    level,
    proof,
    proofs,
    proven,
)

WITHOUT_REFERENCE = proofs(level())[1:]


def broken(judged: Case) -> Finding:
    """The finding of the first broken rule."""
    finding = judge(judged)[-1]
    assert not finding.ok
    return finding


def but(**better: Night) -> Nights:
    """The sound level, but `control_label` gives another night whatever else is set."""

    def nights(settings: Mapping[str, str], seed: int) -> Night:
        for name, night in better.items():
            control_id, label = name.rsplit("_", 1)
            if settings[control_id] == label:
                return night
        return proven(settings, seed)

    return nights


def test_a_sound_level_holds_every_rule() -> None:
    judged = case()

    findings = judge(judged)

    assert [finding.says for finding in findings if not finding.ok] == []
    assert [finding.rule for finding in findings] == [rule.id for rule in rules_of("design")]
    assert judged.share is not None
    assert (judged.share.wins, judged.share.plans) == (6, 36)


def test_a_level_whose_default_wins_is_refused_with_the_seed() -> None:
    nights = but(replicas_1=Night(failures=1))

    finding = broken(case(nights=nights))

    assert finding.rule == "rule-1-default-loses"
    assert finding.seed == 1
    assert finding.plan == "everything at its default"
    assert finding.rerun == "ninelives run levels/fake.toml --seed 1"


def test_a_level_that_cannot_be_won_is_refused_with_goal_and_measure() -> None:
    finding = broken(case(nights=but(replicas_3=Night(failures=100))))

    assert finding.rule == "rule-1-reference-wins"
    assert "goal 'up' (availability at least 99.9 %): measured 99 %" in finding.says
    assert finding.rerun.endswith("--set replicas=3 --set wait=short --seed 1")


def test_a_level_without_a_reference_is_refused() -> None:
    finding = broken(case(named=WITHOUT_REFERENCE))

    assert finding.rule == "rule-1-reference-wins"
    assert 'role = "reference"' in finding.advice


def test_a_reference_that_wins_by_luck_is_refused_on_fresh_seeds() -> None:
    def nights(settings: Mapping[str, str], seed: int) -> Night:
        unlucky = seed in range(1020, 1026) and settings["replicas"] in "36"
        return Night(failures=11) if unlucky else proven(settings, seed)

    finding = broken(case(nights=nights))

    assert finding.rule == "rule-1-reference-wins"
    assert "1020, 1021, 1022, 1023, 1024 and 1 more" in finding.says
    assert finding.seed == 1025


def test_five_unlucky_fresh_seeds_of_a_hundred_are_forgiven() -> None:
    def nights(settings: Mapping[str, str], seed: int) -> Night:
        unlucky = seed in range(1020, 1025) and settings["replicas"] in "36"
        return Night(failures=11) if unlucky else proven(settings, seed)

    assert judge(case(nights=nights))[-1].ok


def test_a_default_that_loses_by_luck_is_refused_on_fresh_seeds() -> None:
    def nights(settings: Mapping[str, str], seed: int) -> Night:
        lucky = seed in (1004, 1007) and settings["size"] == "1"
        return Night() if lucky else proven(settings, seed)

    finding = broken(case(nights=nights))

    assert finding.rule == "rule-1-default-loses"
    assert "1004, 1007" in finding.says


def test_one_lucky_fresh_seed_of_twenty_is_forgiven_to_a_loser() -> None:
    def nights(settings: Mapping[str, str], seed: int) -> Night:
        return Night() if seed == 1004 else proven(settings, seed)

    assert judge(case(nights=nights))[-1].ok


def test_a_level_whose_lesson_is_unnecessary_is_refused_with_the_way_round() -> None:
    def nights(settings: Mapping[str, str], seed: int) -> Night:
        round_it = settings["size"] == "2" and settings["wait"] == "none"
        return Night() if round_it else proven(settings, seed)

    finding = broken(case(nights=nights))

    assert finding.rule == "rule-2-lesson-is-necessary"
    assert finding.plan == "size=2, wait=none"


def test_the_way_round_one_of_two_lessons_is_found_among_settings_of_the_other() -> None:
    wait = replace(WAIT, lesson=True)

    def nights(settings: Mapping[str, str], seed: int) -> Night:
        round_it = settings["replicas"] == "3" and settings["size"] == "4"
        return Night(cost=12.0) if round_it else proven(settings, seed)

    finding = broken(case(level((REPLICAS, SIZE, wait)), nights))

    assert finding.rule == "rule-2-lesson-is-necessary"
    assert finding.plan == "replicas=3, size=4"
    assert "'wait' at its default" in finding.says


def test_a_level_without_a_lesson_is_refused() -> None:
    of = level((replace(REPLICAS, lesson=False, family="routing"), SIZE, WAIT))

    finding = broken(case(of))

    assert finding.rule == "rule-2-lesson-is-necessary"
    assert "marks no control" in finding.says


def test_a_plan_that_passes_one_seed_but_not_all_is_no_way_round_the_lesson() -> None:
    def nights(settings: Mapping[str, str], seed: int) -> Night:
        lucky = settings["wait"] == "none" and settings["size"] == "2" and seed in (1, 2)
        return Night() if lucky else proven(settings, seed)

    assert judge(case(nights=nights))[-1].ok


def test_hill_climbing_finds_a_way_round_in_a_level_too_large_to_try_all() -> None:
    dials = [control(f"dial-{n}", *range(8)) for n in range(4)]

    def nights(settings: Mapping[str, str], seed: int) -> Night:
        turned = sum(int(settings[dial.id]) for dial in dials)
        safe = settings["replicas"] == "3"
        return Night(failures=2 + turned if safe else max(0, 27 - turned) * 11, cost=turned + 1.0)

    goals = (UP, Goal(id="price", measure="cost_per_hour", at_most=90.0))
    of = level([*dials, replace(REPLICAS, family="routing")], goals)
    named = (proof(of, "reference", replicas="3"),)
    case_ = case(of, nights, named)

    rule = next(rule for rule in RULES if rule.id == "rule-2-lesson-is-necessary")
    finding = judge(case_, [rule])[0]

    assert not finding.ok
    assert "the lesson is not needed" in finding.says
    assert case_.runs.played <= 200 + 3


def test_a_trap_that_wins_is_refused() -> None:
    finding = broken(case(nights=but(size_4=Night())))

    assert finding.rule == "rule-3-traps-lose"
    assert "the trap 'bigger'" in finding.says


@pytest.mark.parametrize(
    ("goal", "cause", "complaint"),
    [
        (None, "unreachable", "does not name the goal"),
        ("price", "unreachable", "does not name the goal"),
        ("up", "queue-full", "'queue-full' as the cause"),
        ("up", None, "names no cause"),
    ],
)
def test_a_trap_must_name_goal_and_cause_truthfully(
    goal: str | None, cause: str | None, complaint: str
) -> None:
    of = level()
    trap = proof(of, "trap", size="4", goal=goal, cause=cause)

    finding = broken(case(of, named=(*proofs(of), trap)))

    assert finding.rule == "rule-3-traps-lose"
    assert complaint in finding.says


def test_a_trap_must_miss_the_goal_that_it_names() -> None:
    def nights(settings: Mapping[str, str], seed: int) -> Night:
        slow_only = settings["size"] == "4" and settings["replicas"] == "1"
        return Night(p99_ms=500) if slow_only else proven(settings, seed)

    finding = broken(case(nights=nights))

    assert finding.rule == "rule-3-traps-lose"
    assert "does not miss the goal that it names" in finding.says


def test_exactly_half_of_the_failures_is_not_the_leading_cause() -> None:
    night = Night(failures=50, others={"shed": 50})

    finding = broken(case(nights=but(size_4=night)))

    assert finding.rule == "rule-3-traps-lose"
    assert "unreachable 50 %" in finding.says


def test_buying_everything_but_the_lesson_must_lose() -> None:
    other = control("cores", 1, 8, family="capacity")

    def nights(settings: Mapping[str, str], seed: int) -> Night:
        bought = settings["cores"] == "8" and settings["size"] == "4"
        return Night(cost=2.0) if bought else proven(settings, seed)

    finding = broken(case(level((REPLICAS, SIZE, WAIT, other)), nights))

    assert finding.rule == "rule-4-maximum-without-lesson-loses"
    assert finding.plan == "cores=8, size=4"


def test_the_most_of_everything_must_not_get_all_stars() -> None:
    def nights(settings: Mapping[str, str], seed: int) -> Night:
        return replace(proven(settings, seed), cost=1.0)

    finding = broken(case(nights=nights))

    assert finding.rule == "rule-4-maximum-is-not-best"
    assert finding.plan == "replicas=6, size=4, wait=short"


def test_the_cheapest_plan_must_lose() -> None:
    nights = but(size_2=Night(cost=0.5))

    finding = broken(case(nights=nights))

    assert finding.rule == "rule-4-cheapest-loses"
    assert finding.plan == "size=2"


def test_a_proof_called_cheapest_must_be_the_cheapest() -> None:
    of = level()
    dear = proof(of, "cheapest", size="2")

    finding = broken(case(of, named=(*proofs(of), dear)))

    assert finding.rule == "rule-4-cheapest-loses"
    assert "is not the cheapest plan" in finding.says


def test_an_unreachable_star_is_refused_with_its_goal() -> None:
    of = level(goals=(UP, FAST, replace(PRICE, at_most=0.5, stars=3)))
    witness = proof(of, "witness", name="three", stars=3, replicas="3", wait="short")

    finding = broken(case(of, named=(*proofs(of)[:2], witness)))

    assert finding.rule == "rule-5-every-star-has-a-witness"
    assert "goal 'price' (cost_per_hour at most $0.50 an hour)" in finding.says


def test_a_star_that_no_proof_claims_is_refused() -> None:
    of = level()

    finding = broken(case(of, named=proofs(of)[:2]))

    assert finding.rule == "rule-5-every-star-has-a-witness"
    assert "no proof shows that 2 stars can be had" in finding.says


def test_a_level_that_asks_for_nothing_but_a_price_passes_at_time_zero() -> None:
    of = level(goals=(replace(PRICE, stars=1),))

    def nights(settings: Mapping[str, str], seed: int) -> Night:
        return Night(cost=1.0 if settings["replicas"] == "3" else 9.0)

    finding = broken(case(of, nights))

    assert finding.rule == "rule-5-nothing-passes-at-time-zero"


def test_a_goal_that_no_proof_misses_is_refused() -> None:
    idle = Goal(id="idle", measure="p99_ms", at_most=9000)

    finding = broken(case(level(goals=(UP, FAST, PRICE, idle))))

    assert finding.rule == "rule-5-every-goal-is-missed"
    assert "'idle'" in finding.says


def test_a_control_that_changes_nothing_is_refused() -> None:
    finding = broken(case(level((REPLICAS, SIZE, WAIT, control("colour", "red", "blue")))))

    assert finding.rule == "rule-5-every-control-matters"
    assert "'colour'" in finding.says


def test_an_easy_level_is_refused_outside_the_tutorial() -> None:
    def nights(settings: Mapping[str, str], seed: int) -> Night:
        return proven({**settings, "wait": "short"}, seed)

    of = level((REPLICAS, SIZE, WAIT))
    rule = RULES[-1]
    assert rule.id == "rule-6-share-of-winning-plans"

    refused = judge(case(of, nights), [rule])[0]
    tutorial = replace(of, chapter=TUTORIAL_CHAPTER, path=str(find.campaign() / "fake.toml"))
    told = judge(case(tutorial, nights), [rule])[0]

    assert not refused.ok
    assert "18 of 36 plans win (50 %)" in refused.says
    assert told.ok


def test_a_small_level_is_refused_outside_the_tutorial() -> None:
    def nights(settings: Mapping[str, str], seed: int) -> Night:
        return proven({**settings, "wait": "short"}, seed)

    of = level((REPLICAS, SIZE))
    named = (proof(of, "reference", replicas="3"),)

    finding = broken(case(of, nights, named))

    assert finding.rule == "rule-6-share-of-winning-plans"
    assert "the level has 12 plans" in finding.says


def test_too_few_allowed_failures_are_refused() -> None:
    tight = replace(UP, at_least=0.9998)

    def nights(settings: Mapping[str, str], seed: int) -> Night:
        return (
            replace(proven(settings, seed), failures=0)
            if settings["replicas"] in "36"
            else proven(settings, seed)
        )

    finding = broken(case(level(goals=(tight, FAST, PRICE)), nights))

    assert finding.rule == "budget-is-measurable"
    assert "6.0 failures in 30000 operations" in finding.says


def test_a_winner_near_the_edge_is_refused() -> None:
    def nights(settings: Mapping[str, str], seed: int) -> Night:
        night = proven(settings, seed)
        return replace(night, failures=8) if night.failures < 10 and seed == 3 else night

    finding = broken(case(nights=nights))

    assert finding.rule == "margin-of-winners"
    assert "uses 80 % of the budget" in finding.says
    assert finding.seed == 3


def test_a_loser_near_the_edge_is_refused() -> None:
    nearly = Night(failures=13, p99_ms=210.0)

    def nights(settings: Mapping[str, str], seed: int) -> Night:
        trap = settings["size"] == "2" and settings["wait"] == "none"
        return nearly if trap else proven(settings, seed)

    of = level()
    trap = proof(of, "trap", name="near", size="2", wait="none", goal="up", cause="unreachable")
    finding = broken(case(of, nights, (*proofs(of), trap)))

    assert finding.rule == "margin-of-losers"
    assert "uses 130 % of the budget" in finding.says


def test_a_run_that_is_too_expensive_wins_nothing() -> None:
    nights = but(replicas_3=Night(verdict="too-expensive"))

    finding = broken(case(nights=nights))

    assert finding.rule == "rule-1-reference-wins"
    assert "the run was too-expensive" in finding.says


def test_a_failure_of_the_engine_is_told_as_such() -> None:
    nights = but(replicas_3=Night(verdict="engine-error"))

    finding = broken(case(nights=nights))

    assert finding.rule == ENGINE_FAILED
    assert "a broken assertion" in finding.says


GIVEN_UP = Night(verdict="too-expensive", p99_ms=None)


@pytest.mark.parametrize("verdict", ["too-expensive", "impossible"])
@pytest.mark.parametrize(
    ("given_up", "rule"),
    [
        ({}, "rule-1-default-loses"),
        ({"size": "4"}, "rule-3-traps-lose"),
        ({"size": "2"}, "rule-4-cheapest-loses"),
    ],
)
def test_a_run_that_gave_up_is_no_loss(verdict: str, given_up: dict[str, str], rule: str) -> None:
    of = level()
    plan = set_to(default_plan(of), given_up)

    def nights(settings: Mapping[str, str], seed: int) -> Night:
        if settings == dict(plan.values):
            return Night(verdict=verdict, cost=0.5)
        return proven(settings, seed)

    finding = broken(case(of, nights))

    assert finding.rule == rule
    assert f"is {verdict} on seed 1" in finding.says


def test_a_loser_that_gives_up_on_a_fresh_seed_has_not_lost() -> None:
    def nights(settings: Mapping[str, str], seed: int) -> Night:
        default = settings == {"replicas": "1", "size": "1", "wait": "long"}
        return GIVEN_UP if default and seed > 1000 else proven(settings, seed)

    finding = broken(case(nights=nights))

    assert finding.rule == "rule-1-default-loses"
    assert "is too-expensive on seed 1001" in finding.says


def test_the_most_of_everything_must_be_played_to_its_end() -> None:
    finding = broken(case(nights=but(replicas_6=GIVEN_UP), named=proofs(level())[:3]))

    assert finding.rule == "rule-4-maximum-is-not-best"
    assert "is too-expensive on seed 1" in finding.says


def test_a_run_that_gave_up_misses_no_goal_for_the_sake_of_the_rule() -> None:
    idle = Goal(id="idle", measure="p99_ms", at_most=9000)
    of = level(goals=(UP, FAST, PRICE, idle))
    odd = proof(of, "default", name="odd", size="2", wait="none")

    def nights(settings: Mapping[str, str], seed: int) -> Night:
        return GIVEN_UP if settings == dict(odd.plan.values) else proven(settings, seed)

    finding = broken(case(of, nights, (*proofs(of), odd)))

    assert finding.rule == "rule-5-every-goal-is-missed"
    assert "'idle'" in finding.says


def test_plans_without_the_lesson_that_gave_up_are_counted_aloud() -> None:
    def nights(settings: Mapping[str, str], seed: int) -> Night:
        given_up = settings["replicas"] == "1" and settings["wait"] == "none"
        return GIVEN_UP if given_up else proven(settings, seed)

    findings = judge(case(nights=nights))
    lesson = next(one for one in findings if one.rule == "rule-2-lesson-is-necessary")

    assert findings[-1].ok
    assert lesson.says.endswith(
        "none wins; 3 of them only because a run was too expensive or impossible"
    )


def test_a_control_that_only_makes_runs_give_up_changes_nothing() -> None:
    def nights(settings: Mapping[str, str], seed: int) -> Night:
        return GIVEN_UP if settings["colour"] == "blue" else proven(settings, seed)

    of = level((REPLICAS, SIZE, WAIT, control("colour", "red", "blue")))
    finding = broken(case(of, nights))

    assert finding.rule == "rule-5-every-control-matters"


def test_a_rule_may_be_for_some_kinds_of_level_alone() -> None:
    every, rule = RULES[0], RULES[1]

    assert every.is_for("design")
    assert every.is_for("predict")
    assert replace(rule, only_for=frozenset({"nemesis"})).is_for("nemesis")
    assert not replace(rule, only_for=frozenset({"nemesis"})).is_for("design")
    assert not replace(rule, not_for=frozenset({"predict"})).is_for("predict")


def test_a_level_is_held_to_the_rules_of_its_kind() -> None:
    judged = case()

    assert [finding.rule for finding in judge(judged)] == [rule.id for rule in rules_of("design")]


def test_a_night_that_is_not_the_same_twice_breaks_the_rule_of_the_digest() -> None:
    nights = count()

    def restless(settings: Mapping[str, str], seed: int) -> Night:
        return replace(proven(settings, seed), p99_ms=20 + next(nights) / 1000)

    finding = broken(case(nights=restless))

    assert finding.rule == "same-plan-same-night-same-digest"
    assert finding.seed == 1
    assert "two different runs" in finding.says
