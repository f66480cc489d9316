"""The rules that a level must live up to, in the order in which they are looked at.

Cheap ones come first, since a level stops at the first that it breaks. A rule that needs fresh
seeds appears twice under one id: first on the graded seeds, later on fresh ones. What holds for
some kinds of level alone says so (`only_for`, `not_for`). A level to predict has few plans: its
questions of one star must have eight combinations of answers in place of 30 plans. What a record
shows anyway by holding is not in it (`recorded`).
"""

from __future__ import annotations

from game.level.level_kinds import DIAGNOSE, LEVEL_KINDS, NEMESIS, ON_CALL, PREDICT
from game.proof import (
    acting,
    diagnoses,
    extremes,
    goals,
    lesson,
    margin,
    one_kind,
    predictions,
    repeat,
    share,
    verdicts,
)
from game.proof.rule import Rule

FIXED = frozenset(kind.name for kind in LEVEL_KINDS.values() if kind.fixed)
"""Kinds whose system is as it is. There is no capacity to buy and no control that could change
nothing, so that rule 4 and a part of rule 5 have nothing to look at. Nor is there a lesson control
to hold at its default (rule 2): whoever says nothing, or does nothing, loses by rule 1, and rules
of the kind's own say what besides must lose."""

RULES: tuple[Rule, ...] = (
    Rule(
        "rule-1-default-loses",
        "the plain default loses on every graded seed",
        verdicts.default_loses,
    ),
    Rule(
        "rule-1-reference-wins",
        "the reference wins on every graded seed",
        verdicts.reference_wins,
    ),
    Rule(
        "on-call-reference-acts",
        "the reference does something during the run, after an alarm",
        acting.reference_acts,
        only_for=frozenset({ON_CALL}),
    ),
    Rule(
        "on-call-alarms-fire",
        "each alarm that the reference waits for fires on every graded seed, in the window",
        acting.alarms_fire,
        only_for=frozenset({ON_CALL}),
    ),
    Rule(
        "on-call-acting-is-needed",
        "the reference without its changes loses on every graded seed",
        acting.acting_is_needed,
        only_for=frozenset({ON_CALL}),
    ),
    Rule(
        "on-call-alarm-is-needed",
        "what the reference sets, set at once, does not get all stars that the reference gets",
        acting.alarm_is_needed,
        only_for=frozenset({ON_CALL}),
    ),
    Rule(
        "same-plan-same-night-same-digest",
        "the reference played twice on a graded seed is the same run",
        repeat.same_digest_twice,
        recorded=False,
    ),
    Rule(
        "rule-6-share-of-winning-plans",
        "outside the tutorial a level has at least 30 plans",
        share.enough_plans,
        not_for=frozenset({PREDICT}),
    ),
    Rule(
        "rule-5-nothing-passes-at-time-zero",
        "no plan passes before the first operation",
        goals.nothing_passes_at_time_zero,
    ),
    Rule(
        "rule-5-every-star-has-a-witness",
        "for each star there is a plan that gets it on every graded seed",
        verdicts.stars_have_witnesses,
    ),
    Rule(
        "rule-3-traps-lose",
        "each trap misses the goal that it names, for the cause that it names",
        verdicts.traps_lose,
    ),
    Rule(
        "rule-4-cheapest-loses",
        "the cheapest plan loses, where it is cheaper than the reference",
        extremes.cheapest_loses,
        not_for=FIXED,
    ),
    Rule(
        "rule-4-maximum-without-lesson-loses",
        "all capacity besides the lesson at its maximum, all else at its default, loses",
        extremes.maximum_without_lesson_loses,
        not_for=FIXED,
    ),
    Rule(
        "rule-4-maximum-is-not-best",
        "the reference with all capacity at its maximum does not get all stars",
        extremes.maximum_of_everything_is_not_best,
        not_for=FIXED,
    ),
    Rule(
        "diagnose-right-mend-wins",
        "to say the right diagnosis and mend it wins on every graded seed",
        diagnoses.right_mend_wins,
        only_for=frozenset({DIAGNOSE}),
    ),
    Rule(
        "diagnose-wrong-mends-lose",
        "the obvious mend of each wrong diagnosis loses, whatever was said",
        diagnoses.wrong_mends_lose,
        only_for=frozenset({DIAGNOSE}),
    ),
    Rule(
        "predict-one-answer",
        "each question has the same right answer on every graded seed",
        predictions.answers_are_the_same,
        only_for=frozenset({PREDICT}),
    ),
    Rule(
        "nemesis-one-kind-loses",
        "the whole budget spent on any one kind of weapon loses",
        one_kind.one_kind_loses,
        only_for=frozenset({NEMESIS}),
    ),
    Rule(
        "nemesis-one-kind-search-loses",
        "nor does a search from the nearest of these plans find one that wins",
        one_kind.one_kind_search_loses,
        only_for=frozenset({NEMESIS}),
    ),
    Rule(
        "rule-5-every-goal-is-missed",
        "each goal is missed by at least one proof",
        goals.every_goal_is_missed,
    ),
    Rule(
        "budget-is-measurable",
        "an availability goal allows ten failures over the graded seeds, or none",
        goals.budgets_are_measurable,
    ),
    Rule(
        "margin-of-winners",
        "winners use at most 70 % of each budget on the graded seeds",
        margin.winners_have_room,
    ),
    Rule(
        "margin-of-losers",
        "losers use more than 130 % of some budget on the graded seeds",
        margin.losers_are_clear,
    ),
    Rule(
        "rule-5-every-control-matters",
        "each control besides the lesson's changes some measure",
        goals.every_control_matters,
        not_for=FIXED,
    ),
    Rule(
        "rule-2-lesson-is-necessary",
        "with any one lesson control at its default no plan gets a star",
        lesson.lesson_is_necessary,
        not_for=FIXED,
    ),
    Rule(
        "rule-1-default-loses",
        "the plain default loses on 19 of 20 fresh seeds",
        verdicts.default_loses_fresh,
    ),
    Rule(
        "rule-3-traps-lose",
        "each trap loses on 19 of 20 fresh seeds",
        verdicts.traps_lose_fresh,
    ),
    Rule(
        "rule-4-cheapest-loses",
        "the cheapest plan loses on 19 of 20 fresh seeds",
        extremes.cheapest_loses_fresh,
        not_for=FIXED,
    ),
    Rule(
        "rule-4-maximum-without-lesson-loses",
        "capacity without the lesson loses on 19 of 20 fresh seeds",
        extremes.maximum_without_lesson_loses_fresh,
        not_for=FIXED,
    ),
    Rule(
        "rule-5-every-star-has-a-witness",
        "the witness of each star gets it on 19 of 20 fresh seeds",
        verdicts.stars_have_witnesses_fresh,
    ),
    Rule(
        "rule-1-reference-wins",
        "the reference wins on 95 of 100 fresh seeds",
        verdicts.reference_wins_fresh,
    ),
    Rule(
        "rule-6-share-of-winning-plans",
        "outside the tutorial at most 20 % of the plans win",
        share.share_of_winning_plans,
    ),
)


def rules_of(kind: str) -> tuple[Rule, ...]:
    """The rules that a level of that kind is held to, in order."""
    return tuple(rule for rule in RULES if rule.is_for(kind))
