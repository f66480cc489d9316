"""Changes: controls that a plan sets while the run is under way, on a level on call.

A change is stored by when it is due after an alarm, so that one plan runs on any seed. In text it
is `errors+1500ms:breaker=on`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from game.level.annotations import MomentUs, Name, Reference, ScalarLabel, Surroundings
from game.level.level_kinds import ON_CALL
from game.level.monitors import START
from game.level.problems import Complaint
from game.level.registry import Registry
from game.level.units import UnitError, format_duration, parse_duration

if TYPE_CHECKING:
    from game.level.model import Control, Level

MOST_CHANGES = 32
"""In one plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One control that is set while the run is under way: before all else of its microsecond."""

    alarm: Annotated[str, Reference("alarm")] = START
    """The alarm after whose first firing it is due, or "start". One that never fires leaves the
    control as it was."""
    delay: MomentUs = 0
    """How long after the alarm."""
    control: Name
    """The id of a control that may be set during the run."""
    value: ScalarLabel
    """The label of one of its choices."""

    @property
    def key(self) -> str:
        """When, and what: `errors+1500ms:breaker`. No two changes of a plan have the same."""
        return f"{self.alarm}+{format_duration(self.delay)}:{self.control}"


def changes_in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes by alarm, delay and control: in whatever order they were written, they are one
    plan."""
    return tuple(sorted(changes, key=lambda one: (one.alarm, one.delay, one.control)))


class NoChange(ValueError):
    """A text that is no change; the message is one sentence."""


def change_text(change: Change) -> str:
    """`errors+1500ms:breaker=on`, which `parse_change` reads."""
    return f"{change.key}={change.value}"


def parse_change(text: str) -> Change:
    """The change that a text means; raises NoChange."""
    key, equals, value = text.partition("=")
    when, colon, control = key.strip().partition(":")
    if not equals or not colon or not control.strip():
        shown = text[:80]
        raise NoChange(f'"{shown}" is no change: write ALARM+DELAY:CONTROL=VALUE')
    alarm, plus, delay = when.partition("+")
    try:
        delay_us = parse_duration(delay.strip()) if plus else 0
    except UnitError as error:
        raise NoChange(f'the delay in "{text[:80]}" is {error}') from None
    return Change(alarm=alarm.strip(), delay=delay_us, control=control.strip(), value=value.strip())


def is_key(text: str) -> bool:
    """Whether a word is the key of a change; an id of a control never is."""
    return ":" in text


def alarms_of(level: Level) -> tuple[str, ...]:
    """What a change may wait for."""
    return (START, *(monitor.id for monitor in level.monitors))


def open_controls(level: Level) -> tuple[Control, ...]:
    """The controls that may be set during the run."""
    return tuple(control for control in level.controls if control.during)


def check_changes(level: Level, changes: Sequence[Change]) -> Iterator[Complaint]:
    """What is wrong with the changes of a plan; paths begin with the index of one."""
    if changes and level.kind != ON_CALL:
        message = f'the kind of this level is "{level.kind}": only "{ON_CALL}" takes changes'
        yield Complaint("contradiction", message, (0,))
        return
    if len(changes) > MOST_CHANGES:
        message = f"a plan has at most {MOST_CHANGES} changes, and this one has {len(changes)}"
        yield Complaint("too-long", message, (MOST_CHANGES,))
    seen: set[str] = set()
    for index, change in enumerate(changes):
        for said in _check(level, change):
            yield said.under(index)
        if change.key in seen:
            message = f'two changes set "{change.control}" at the same moment'
            yield Complaint("duplicate-id", message, (index,))
        seen.add(change.key)


def _check(level: Level, change: Change) -> Iterator[Complaint]:
    alarms = alarms_of(level)
    if change.alarm not in alarms:
        message = f'unknown alarm "{change.alarm[:80]}"'
        yield Complaint(
            "unknown-reference", message, ("alarm",), False, change.alarm, alarms, "alarms"
        )
    end_us = level.system.duration
    if change.delay >= end_us:
        message = f"this is not before the end of the run ({format_duration(end_us)})"
        yield Complaint("outside-run", message, ("delay",))
    controls = {control.id: control for control in level.controls}
    control = controls.get(change.control)
    may = [one.id for one in open_controls(level)]
    if control is None:
        message = f'the level has no control "{change.control[:80]}"'
        yield Complaint(
            "unknown-control", message, ("control",), False, change.control, may, "controls"
        )
    elif not control.during:
        message = f'"{control.id}" is set before the run, not while it is under way'
        yield Complaint(
            "contradiction", message, ("control",), allowed=may, of="controls that may be"
        )
    elif change.value not in (labels := [choice.label for choice in control.choices]):
        message = f'the control "{control.id}" has no choice "{change.value[:80]}"'
        yield Complaint(
            "unknown-choice", message, ("value",), False, change.value, labels, "choices"
        )


def around_plans(level: Level, known: Mapping[str, dict[str, None]] | None = None) -> Surroundings:
    """What the references in a plan, or in a proof, may name."""
    alarms = dict.fromkeys(alarms_of(level))
    return Surroundings(Registry(), {"alarm": alarms, **(known or {})}, level.system.duration)


def change_lines(changes: Iterable[Change], quoted: Callable[[str], str]) -> list[str]:
    """The `[[change]]` tables of a file; `quoted` makes TOML's text of a word."""
    lines: list[str] = []
    for change in changes:
        lines += [
            "",
            "[[change]]",
            f"alarm = {quoted(change.alarm)}",
            f"delay = {quoted(format_duration(change.delay))}",
            f"control = {quoted(change.control)}",
            f"value = {quoted(change.value)}",
        ]
    return lines
