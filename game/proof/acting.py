"""On call: the reference waits for alarms that fire in time, and has to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from game.level.changes import Change
from game.level.monitors import START
from game.level.plan import Plan
from game.level.units import format_duration
from game.proof.acts import settled
from game.proof.loses import must_lose_graded, must_not_give_up
from game.proof.played import goals_of, missed
from game.proof.rule import Case, RuleBroken
from game.proof.words import stars_words

ACT_IN_IT = "make the night one that has to be acted in"
TOO_SOON = "let what is set too soon cost something, or do harm until the trouble is there"


def reference_acts(case: Case) -> str:
    """The reference does something during the run, after an alarm of some monitor."""
    plan = case.reference.plan
    acts = plan.changes
    if all(one.alarm == START for one in acts):
        does = "waits for no alarm" if acts else "does nothing during the run"
        raise RuleBroken(
            f"the reference {does}, so that nobody need be on call",
            advice="write a [[proof.change]] with the alarm of a monitor in the reference, or make "
            "it another kind of level",
            plan=plan,
        )
    return f"the reference acts {len(acts)} times" if len(acts) > 1 else "the reference acts once"


def alarms_fire(case: Case) -> str:
    """Each alarm that the reference waits for fires on every graded seed, and not before the level
    begins to count."""
    plan = case.reference.plan
    awaited = dict.fromkeys(one.alarm for one in plan.changes if one.alarm != START)
    begin_us = 0 if case.level.window_us is None else case.level.window_us[0]
    for run in case.runs.whole(plan, case.level.seeds):
        fired = dict(run.alarms)
        for alarm in awaited:
            if alarm not in fired:
                raise RuleBroken(
                    f"the reference waits for the alarm {alarm!r}, which never fires on graded "
                    f"seed {run.seed}",
                    advice="let the monitor fire sooner: another bound, or a shorter for",
                    plan=plan,
                    seed=run.seed,
                )
            if fired[alarm] < begin_us:
                raise RuleBroken(
                    f"the reference waits for the alarm {alarm!r}, which fires at "
                    f"{format_duration(fired[alarm])} on graded seed {run.seed}, before the window "
                    f"begins at {format_duration(begin_us)}: it tells of no trouble",
                    advice="let the monitor keep still while all is well: another bound, or a "
                    "longer for",
                    plan=plan,
                    seed=run.seed,
                )
    return f"each alarm that the reference waits for fires on every graded seed ({len(awaited)})"


def acting_is_needed(case: Case) -> str:
    """What the reference is before the run does not win by itself, nor does it with what it sets
    without an alarm."""
    changes = case.reference.plan.changes
    without = replace(case.reference.plan, changes=())
    name = "the reference without its changes"
    must_lose_graded(case, without, name, ACT_IN_IT)
    unasked = tuple(one for one in changes if one.alarm == START)
    if unasked:
        plan = replace(case.reference.plan, changes=unasked)
        must_lose_graded(case, plan, "the reference without its alarms", ACT_IN_IT)
    return f"{name} loses on every graded seed"


def alarm_is_needed(case: Case) -> str:
    """Whoever sets at once what the reference sets after alarms gets fewer stars than it does."""
    stars = min(run.stars for run in case.runs.whole(case.reference.plan, case.level.seeds))
    goals = goals_of(case.level.goals, max(stars, 1))
    for plan in dict.fromkeys(_set_too_soon(case)):
        runs = case.runs.whole(plan, case.level.seeds)
        for run in runs:
            must_not_give_up(run, plan, "the reference that acts at once")
        if not any(missed(run, goals) for run in runs):
            raise RuleBroken(
                f"no alarm is needed: what the reference sets, set from the begin of the run, gets "
                f"{stars_words(stars)} as well on every graded seed",
                advice=TOO_SOON,
                plan=plan,
                seed=case.level.seeds[0],
            )
    return f"what the reference sets, set at once, does not get {stars_words(stars)}"


def _set_too_soon(case: Case) -> Iterator[Plan]:
    """The settings with which the reference ends, and those that it sets first, each from the begin
    of the run and, where that may be, before it."""
    reference = case.reference.plan
    fired_us = dict(case.runs.one(reference, case.level.seeds[0]).alarms)
    in_time = sorted(reference.changes, key=lambda one: fired_us.get(one.alarm, 0) + one.delay)
    last = {one.control: one.value for one in in_time}
    first = {one.control: one.value for one in reversed(in_time)}
    for settings in (last, first):
        at_once = (Change(control=control, value=value) for control, value in settings.items())
        yield replace(reference, name="", changes=tuple(at_once))
        yield settled(case.level, reference, settings)
