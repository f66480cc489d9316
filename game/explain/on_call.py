"""What happened on call: alarms, and what was done about them."""

from __future__ import annotations

from collections.abc import Iterator

from game.engine.log import Change
from game.engine.on_call import REFUSED
from game.explain.facts import Facts
from game.explain.words import moment

MOST_FIRINGS = 3
"""Of one alarm are told, the first ones."""


def on_call_told(facts: Facts) -> Iterator[tuple[int, str]]:
    """(time, sentence) of alarms that fired and of controls that were set in the run."""
    log, level = facts.log, facts.level
    labels = {control.id: control.label or control.id for control in level.controls}
    fired: dict[int, int] = {}
    for time_us, change, place, value in log.changes.rows():
        if change == Change.ALARM_FIRED:
            fired[place] = fired.get(place, 0) + 1
            if fired[place] <= MOST_FIRINGS:
                again = " again" if fired[place] > 1 else ""
                yield time_us, f"At {moment(time_us)} the alarm {log.monitors[place]} fired{again}."
        elif change == Change.PLAN_CHANGED:
            control, label = log.orders[place]
            name = labels.get(control, control)
            if value == REFUSED:
                words = f"you wanted “{name}” at “{label}”, which does not go together"
                yield time_us, f"At {moment(time_us)} {words} with the rest; nothing was done."
            else:
                yield time_us, f"At {moment(time_us)} you set “{name}” to “{label}”."
        elif change == Change.MACHINE_READY:
            yield time_us, f"At {moment(time_us)} {log.places[place]} was ready."
