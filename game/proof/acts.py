"""Plans that act: the domain of a level on call.

A control that may be set during the run is one axis: what it is before the run, or each other label
that it gets once, a while after an alarm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from game.level.changes import Change, alarms_of, changes_in_order
from game.level.level_kinds import ON_CALL
from game.level.model import Control, Level
from game.level.plan import Plan, default_plan
from game.level.units import format_duration
from game.proof.domain import DOMAINS, Axis, Domain, Grid
from game.proof.plans import set_to

DELAYS_US = (1_000_000, 3_000_000, 8_000_000)
"""How long after an alarm a plan of the domain acts."""


def of_acts(level: Level) -> Domain:
    """Each control at each of its choices before the run, or set once during it."""
    acts = {control.id: dict(_acts(level, control)) for control in level.controls}
    before = {control.id: _before(control) for control in level.controls}
    axes = tuple(
        Axis(control.id, (*before[control.id], *acts[control.id]), control.default)
        for control in level.controls
    )
    defaults = {control.id: control.default for control in level.controls}

    def put(plan: Plan, control_id: str, label: str) -> Plan:
        others = [one for one in plan.changes if one.control != control_id]
        change = acts[control_id].get(label)
        if label in before[control_id] or change is None:
            return replace(set_to(plan, {control_id: label}), changes=tuple(others))
        plan = set_to(plan, {control_id: defaults[control_id]})
        return replace(plan, changes=changes_in_order((*others, change)))

    def read(plan: Plan, control_id: str) -> str:
        label = dict(plan.values)[control_id]
        words = [act_words(one) for one in plan.changes if one.control == control_id]
        if label == defaults[control_id] and words:
            return ", then ".join(words)
        return ", then ".join((label, *words))

    return Grid(axes, default_plan(level), put, read)


def _before(control: Control) -> tuple[str, ...]:
    """What the control may be before the run."""
    if control.when == "during":
        return (control.default,)
    return tuple(choice.label for choice in control.choices)


def _acts(level: Level, control: Control) -> Iterator[tuple[str, Change]]:
    """(words, change) of all that may be done with the control in the run."""
    if not control.during:
        return
    for choice in control.choices:
        if choice.label == control.default:
            continue
        for alarm in alarms_of(level):
            for delay_us in DELAYS_US:
                if delay_us < level.system.duration:
                    change = Change(
                        alarm=alarm, delay=delay_us, control=control.id, value=choice.label
                    )
                    yield act_words(change), change


def act_words(change: Change) -> str:
    """ "on, 3s after errors"."""
    return f"{change.value}, {format_duration(change.delay)} after {change.alarm}"


def settled(level: Level, plan: Plan, settings: Mapping[str, str]) -> Plan:
    """The plan with some controls at these labels from the begin to the end of the run.

    What may only be set during the run is set when it begins.
    """
    kept = [one for one in plan.changes if one.control not in settings]
    before = dict(settings)
    for control in level.controls:
        if control.when == "during" and control.id in settings:
            label = before.pop(control.id)
            if label != control.default:
                kept.append(Change(control=control.id, value=label))
    return replace(set_to(plan, before), changes=changes_in_order(kept))


DOMAINS[ON_CALL] = of_acts
