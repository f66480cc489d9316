"""Plans: the player's choice for each control, their file, and the system that they make."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from game.level.annotations import Label, Name, Surroundings, Table, Unread, scalar_label
from game.level.attacks import (
    PLACED,
    Attack,
    NoAttack,
    attack_lines,
    check_attacks,
    cost_of,
    faults_of,
    in_order,
    is_attack,
    parse_attack,
)
from game.level.calls import check_calls
from game.level.changes import (
    Change,
    NoChange,
    around_plans,
    change_lines,
    changes_in_order,
    check_changes,
    is_key,
    parse_change,
)
from game.level.check import read_checked
from game.level.controls import Setting, apply, locate
from game.level.level_kinds import ON_CALL
from game.level.model import Choice, Control, Level, System
from game.level.nearest import listed
from game.level.on_call import OnCall
from game.level.problems import Complaint, Problems, clean
from game.level.records import RecordErrors, read_each, read_record
from game.level.registry import Registry
from game.level.sections import SECTIONS, completed, surroundings
from game.level.source import Source, load_bytes, read_source


class PlanError(Exception):
    """A plan that does not fit its level. `str` is text for people."""

    def __init__(self, message: str, problems: Problems | None = None) -> None:
        super().__init__(message)
        self.problems = problems or Problems()


@dataclass(frozen=True, slots=True)
class Plan:
    """One choice for every control of a level."""

    name: str
    values: tuple[tuple[str, str], ...]
    """(id of the control, label of the choice), sorted by id; every control is there."""
    changes: tuple[Change, ...] = ()
    """What is set while the run is under way, on a level on call; sorted by alarm, delay and
    control."""
    attacks: tuple[Attack, ...] = ()
    """The faults that it adds, in order of time, on a level in which the player attacks."""

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The values, then the changes as (`errors+1500ms:breaker`, label) and the attacks as
        (`cut:a-1@12s`, "attack"): all of it as text."""
        changes = ((change.key, change.value) for change in self.changes)
        attacks = ((attack.key, PLACED) for attack in self.attacks)
        return (*self.values, *changes, *attacks)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """The keys of a plan's file."""

    level: Name
    """The id of the level that the plan is for."""
    name: Label = ""
    """What the player calls the plan."""
    controls: Annotated[dict[str, Any], Unread()]
    """Control id to label; see `settings`."""
    change: tuple[Annotated[Change, Table()], ...] = ()
    """What is set while the run is under way: on a level on call, at most 32."""
    attack: tuple[Annotated[Attack, Table()], ...] = ()
    """The faults that the player adds, where the level is one to attack."""


def default_plan(level: Level) -> Plan:
    """Every control at its default."""
    return make_plan(level, {})


def make_plan(
    level: Level,
    choices: Mapping[str, str],
    name: str = "",
    changes: Sequence[Change] = (),
    attacks: Sequence[Attack] = (),
) -> Plan:
    """The plan with these choices (control id to label), every other control at its default.

    Raises PlanError with the nearest right word.
    """
    for said in (
        *check_choices(level, choices),
        *check_changes(level, changes),
        *check_attacks(level, attacks),
    ):
        word = said.suggestion
        hint = f'; did you mean "{clean(word)}"?' if word else ""
        allowed = f" ({said.of}: {clean(listed(said.allowed))})" if said.of else ""
        raise PlanError(f"{clean(said.message)}{hint}{allowed}")
    values = {control.id: choices.get(control.id, control.default) for control in level.controls}
    chosen = tuple(sorted(values.items()))
    return Plan(name, chosen, changes_in_order(changes), in_order(attacks))


def plan_of_pairs(level: Level, pairs: Iterable[tuple[str, str]], name: str = "") -> Plan:
    """The plan whose `pairs` these are, other controls at their default; raises PlanError."""
    choices: dict[str, str] = {}
    changes = []
    attacks = []
    for key, label in pairs:
        if is_attack(key):
            try:
                attacks.append(parse_attack(key))
            except NoAttack as error:
                raise PlanError(clean(str(error))) from None
        elif is_key(key):
            try:
                changes.append(parse_change(f"{key}={label}"))
            except NoChange as error:
                raise PlanError(clean(str(error))) from None
        else:
            choices[key] = label
    return make_plan(level, choices, name, changes, attacks)


def check_choices(level: Level, choices: Mapping[str, Any]) -> list[Complaint]:
    """What is wrong with choices, with the control's id as the path."""
    return check_settings({control.id: control for control in level.controls}, choices)


def check_settings(controls: Mapping[str, Control], choices: Mapping[str, Any]) -> list[Complaint]:
    """The same, for controls by their ids."""
    said: list[Complaint] = []
    for identity, label in choices.items():
        control = controls.get(identity)
        if control is None:
            message = f'the level has no control "{identity[:80]}"'
            said.append(
                Complaint(
                    "unknown-control", message, (identity,), True, identity, controls, "controls"
                )
            )
        elif not isinstance(label, str):
            message = f'the choice of "{identity}" is the label of one of its choices'
            said.append(Complaint("wrong-type", message, (identity,)))
        elif label not in (labels := [choice.label for choice in control.choices]):
            message = f'the control "{identity}" has no choice "{label[:80]}"'
            said.append(
                Complaint("unknown-choice", message, (identity,), False, label, labels, "choices")
            )
        elif control.when == "during" and label != control.default:
            message = f'"{identity}" is set while the run is under way, not before: write a change'
            said.append(Complaint("contradiction", message, (identity,)))
    return said


def settings(table: Mapping[str, Any]) -> dict[str, Any]:
    """The choices of a `[controls]` table: numbers and truth values stand for their labels."""
    return {
        identity: scalar_label(label) if isinstance(label, bool | int | float) else label
        for identity, label in table.items()
    }


def read_plan(path: Path, level: Level) -> Plan:
    """The plan of a file. Raises PlanError with all its problems, or Unreadable."""
    source = read_source(load_bytes(path), str(path))
    file = None if source.broken else _plan_file(source, level)
    if source.reported or file is None:
        problems = source.problems()
        raise PlanError(str(problems), problems)
    return make_plan(level, settings(file.controls), file.name, file.change, file.attack)


def _plan_file(source: Source, level: Level) -> PlanFile | None:
    document = {"level": level.id, "controls": {}, **source.document}
    file: PlanFile | None = None
    try:
        file = read_record(PlanFile, document, around_plans(level))
    except RecordErrors as errors:
        for said in errors.complaints:
            source.complain(said)
    if file is not None and file.level != level.id:
        message = f'this plan is for the level "{file.level}", not for "{level.id}"'
        source.complain(Complaint("other-level", message, ("level",)))
        return file
    if isinstance(document["controls"], dict):
        for said in check_choices(level, settings(document["controls"])):
            source.complain(said.under("controls"))
    for said in check_entries(level, document):
        source.complain(said)
    return file


def check_entries(level: Level, document: Mapping[str, Any]) -> Iterator[Complaint]:
    """What is wrong with the changes and attacks of a plan's file, or of a proof, as far as they
    can be read."""
    around = around_plans(level)
    changes = read_each(Change, document.get("change"), around)
    attacks = read_each(Attack, document.get("attack"), around)
    for key, read, complaints in (
        ("change", changes, check_changes(level, tuple(changes.values()))),
        ("attack", attacks, check_attacks(level, tuple(attacks.values()))),
    ):
        for said in complaints:
            index, *rest = said.loc
            assert isinstance(index, int)
            yield replace(said, loc=(key, tuple(read)[index], *rest))


def write_plan(plan: Plan, level: Level) -> str:
    """The file of a plan: what `read_plan` reads."""
    lines = [f"level = {toml_text(level.id)}", f"name = {toml_text(plan.name)}", "", "[controls]"]
    lines += [f"{toml_text(control)} = {toml_text(label)}" for control, label in plan.values]
    lines += change_lines(plan.changes, toml_text)
    lines += attack_lines(plan.attacks, toml_text)
    return "\n".join(lines) + "\n"


def toml_text(text: str) -> str:
    """A basic string of TOML: JSON's escapes are among TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def chosen(control: Control, plan: Plan) -> Choice:
    """The choice that a plan makes for a control."""
    label = dict(plan.values)[control.id]
    return next(choice for choice in control.choices if choice.label == label)


def diff_plans(before: Plan, after: Plan) -> tuple[tuple[str, str, str], ...]:
    """(control, label before, label after) for every control that differs, and for every change and
    every attack (by its key), with "" where there is none."""
    old, new = dict(before.pairs), dict(after.pairs)
    return tuple(
        (control, old.get(control, ""), new.get(control, ""))
        for control in sorted(old.keys() | new.keys())
        if old.get(control) != new.get(control)
    )


def system_with(level: Level, plan: Plan, registry: Registry) -> System:
    """The level's system with the plan's choices and attacks, and on a level on call what is done
    to it then.

    Only the tables that a control sets are read again. Every choice was tried when the level was
    read; raises PlanError where only their combination is wrong.
    """
    system = system_set(level, plan, registry)
    if plan.attacks:
        faults = (*system.faults, *faults_of(level, plan.attacks))
        system = replace(system, faults=faults, attack_cost=cost_of(level, plan.attacks))
    if level.kind != ON_CALL:
        return system
    most = most_machines(level)
    running = tuple((one.id, one.count or 0) for one in system.nodes if one.id in most)
    groups = tuple(
        replace(one, count=max(most[one.id], one.count or 0)) if one.id in most else one
        for one in system.nodes
    )
    return replace(system, nodes=groups, on_call=OnCall(level=level, plan=plan, running=running))


def most_machines(level: Level) -> dict[str, int]:
    """By node group whose size may be set during the run: the largest that it can be ordered."""
    return {
        path.split(".", 1)[1].removesuffix(".count"): max(
            choice.value for choice in control.choices
        )
        for control in level.controls
        if control.during
        for path in control.sets
        if path.startswith("node.") and path.endswith(".count")
    }


def system_set(
    level: Level, plan: Plan, registry: Registry, around: Surroundings | None = None
) -> System:
    """The level's system with the plan's choices alone: what it is before the run.

    `around`: the `surroundings` of the level, from who asks for many of its systems.
    """
    answers = tuple(pair for pair in plan.values if pair[0] in level.answers)
    changes = _changes(level, plan)
    document = apply(level.document, changes)
    around = around or surroundings(level.document, registry)
    touched: dict[str, dict[int, Any]] = {}
    for section, index in dict.fromkeys(change.path.table for change in changes):
        record = _record(section, document[section][index], around, level)
        touched.setdefault(section, {})[index] = record
    parts: dict[str, Any] = {
        SECTIONS[section].field: _patched(section, level.system, records, around)
        for section, records in touched.items()
    }
    system = replace(level.system, **parts, answers=answers)
    if "service" in touched:
        for _, said in check_calls(system.services):
            raise PlanError(f"This plan does not work: {clean(said.message)}.")
    return system


def _changes(level: Level, plan: Plan) -> list[Setting]:
    """What all controls set in the tables in which the plan differs from the level by default."""
    labels = dict(plan.values)
    differing = [control for control in level.controls if labels[control.id] != control.default]
    tables = [locate(level.document, path).table for control in differing for path in control.sets]
    moved = {f"{section}.{level.document[section][index]['id']}." for section, index in tables}
    return [
        Setting(locate(level.document, path), chosen(control, plan).value)
        for control in level.controls
        for path in control.sets
        if path.startswith(tuple(moved))
    ]


def _record(section: str, table: dict[str, Any], around: Surroundings, level: Level) -> Any:
    record, complaints = read_checked(section, table, around)
    for said in complaints:
        where = clean(f"{section} {table.get('id')} of {level.id}")
        raise PlanError(f"This plan does not work: {where}: {clean(said.message)}.")
    return record


def _patched(
    section: str, system: System, records: dict[int, Any], around: Surroundings
) -> tuple[Any, ...]:
    before = getattr(system, SECTIONS[section].field)
    after = tuple(records.get(index, record) for index, record in enumerate(before))
    return completed(section, after, around)
