"""Plans that act: the domain of a level on call.

A control that may be set during the run is one axis: what it is before the run, or each other label
that it gets once, a while after an alarm, or all that some plan shown does with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from game.level.changes import Change, alarms_of, changes_in_order
from game.level.level_kinds import ON_CALL
from game.level.model import Control, Level
from game.level.plan import Plan, default_plan
from game.level.units import format_duration
from game.proof.domain import DOMAINS, Axis, Domain, Grid
from game.proof.plans import set_to

DELAYS_US = (1_000_000, 3_000_000, 8_000_000)
"""How long after an alarm a plan of the domain acts."""


@dataclass(frozen=True, slots=True)
class Doing:
    """All that a plan does with one control."""

    before: str
    """Its label before the run."""
    changes: tuple[Change, ...] = ()
    """In the order of the plan."""

    def words(self, default: str) -> str:
        """ "off, then on, 3s after errors"; a default that is changed is not told."""
        acts = [act_words(one) for one in self.changes]
        return ", then ".join(acts if acts and self.before == default else (self.before, *acts))


def of_acts(level: Level, shown: Sequence[Plan] = ()) -> Domain:
    """Each control at each of its choices before the run, or set once during it, or as in one of
    the plans that are shown."""
    offered = {control.id: _offered(level, control, shown) for control in level.controls}
    defaults = {control.id: control.default for control in level.controls}
    axes = tuple(
        Axis(control_id, tuple(doings), defaults[control_id])
        for control_id, doings in offered.items()
    )

    def put(plan: Plan, control_id: str, label: str) -> Plan:
        doing = offered[control_id][label]
        others = (one for one in plan.changes if one.control != control_id)
        changes = changes_in_order((*others, *doing.changes))
        return replace(set_to(plan, {control_id: doing.before}), changes=changes)

    def read(plan: Plan, control_id: str) -> str:
        return _done(plan, control_id).words(defaults[control_id])

    return Grid(axes, default_plan(level), put, read)


def _offered(level: Level, control: Control, shown: Sequence[Plan]) -> dict[str, Doing]:
    """All that may be done with the control, by its words."""
    doings = [
        *(Doing(label) for label in _before(control)),
        *(Doing(control.default, (change,)) for change in _acts(level, control)),
        *(_done(plan, control.id) for plan in shown),
    ]
    return {doing.words(control.default): doing for doing in doings}


def _done(plan: Plan, control_id: str) -> Doing:
    """What the plan does with the control."""
    changes = tuple(one for one in plan.changes if one.control == control_id)
    return Doing(dict(plan.values)[control_id], changes)


def _before(control: Control) -> tuple[str, ...]:
    """What the control may be before the run."""
    if control.when == "during":
        return (control.default,)
    return tuple(choice.label for choice in control.choices)


def _acts(level: Level, control: Control) -> Iterator[Change]:
    """Each change of the control that may be all that is done with it in the run."""
    if not control.during:
        return
    for choice in control.choices:
        if choice.label == control.default:
            continue
        for alarm in alarms_of(level):
            for delay_us in DELAYS_US:
                if delay_us < level.system.duration:
                    yield Change(
                        alarm=alarm, delay=delay_us, control=control.id, value=choice.label
                    )


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
