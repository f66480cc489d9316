"""On call: the reference acts, after alarms that fire, and must."""

from __future__ import annotations

from dataclasses import replace

from game.level.monitors import START
from game.proof.loses import must_lose_graded
from game.proof.rule import Case, RuleBroken


def reference_acts(case: Case) -> str:
    """The reference does something during the run."""
    acts = case.reference.plan.changes
    if not acts:
        raise RuleBroken(
            "the reference does nothing during the run, so that nobody need be on call",
            advice="write a [[proof.change]] in the reference, or make it another kind of level",
            plan=case.reference.plan,
        )
    return f"the reference acts {len(acts)} times" if len(acts) > 1 else "the reference acts once"


def alarms_fire(case: Case) -> str:
    """Each alarm that the reference waits for fires on every graded seed."""
    plan = case.reference.plan
    awaited = dict.fromkeys(one.alarm for one in plan.changes if one.alarm != START)
    for run in case.runs.whole(plan, case.level.seeds):
        for alarm in awaited:
            if alarm not in run.alarms:
                raise RuleBroken(
                    f"the reference waits for the alarm {alarm!r}, which never fires on graded "
                    f"seed {run.seed}",
                    advice="let the monitor fire sooner: another bound, or a shorter for",
                    plan=plan,
                    seed=run.seed,
                )
    return f"each alarm that the reference waits for fires on every graded seed ({len(awaited)})"


def acting_is_needed(case: Case) -> str:
    """What the reference is before the run does not win by itself."""
    plan = replace(case.reference.plan, changes=())
    name = "the reference without its changes"
    must_lose_graded(case, plan, name, "make the night one that has to be acted in")
    return f"{name} loses on every graded seed"
