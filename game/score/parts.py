"""Moving parts: how much there is in a plan that must be understood, set and kept right.

The number comes from the mechanism, never from the level. Each path that a control sets leads to
one place in the System:

| what is there                                   | parts                              |
|-------------------------------------------------|------------------------------------|
| the record of a kind (retry, balancer, law ...) | what the kind says (`Kind.parts`)  |
| a timeout, a deadline or a threshold that is set | 1                                 |
| a switch that is on                             | 1                                  |
| the policy of a client or a step                | those of all fields of that policy |
| anything else: counts, cores, workers, queues   | 0                                  |

Where a control chooses among policies, one that nobody goes by in this plan counts for nothing. A
place counts once in a plan, however many controls reach it; a path into a record (`retry.jitter`)
counts as that record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from game.level.model import Fault, Level, Policy, System
from game.level.plan import Plan, PlanError, system_set
from game.level.registry import Kind, Registry
from game.level.sections import SECTIONS

KNOB_ENDINGS = ("timeout", "deadline", "threshold", "cancel")
"""Plain fields that are a moving part once they are set to something: `cancel` may be a word."""

POLICY = "policy"
"""The section of policies, and the field of a client or a step that names one."""
Place = tuple[str, ...]
Kinds = Mapping[type, Kind]


def moving_parts(level: Level, system: System, registry: Registry) -> int:
    """The parts of the plan by which `system` came from `level`: those of what its controls set."""
    return sum(parts_by_control(level, system, registry).values())


def parts_by_control(level: Level, system: System, registry: Registry) -> dict[str, int]:
    """Ids of controls, in the level's order, to the parts of what each of them sets; what several
    of them reach is counted with the first one. Of a control that is set during the run, the most
    of all that the plan ever sets."""
    found = _parts_before(level, system, registry)
    plan = None if system.on_call is None else system.on_call.plan
    for change in plan.changes if plan is not None else ():
        assert plan is not None
        values = tuple({**dict(plan.values), change.control: change.value}.items())
        try:
            changed = system_set(level, Plan("", values), registry)
        except PlanError:
            continue
        parts = _parts_before(level, changed, registry)[change.control]
        found[change.control] = max(found[change.control], parts)
    return found


def _parts_before(level: Level, system: System, registry: Registry) -> dict[str, int]:
    """The same for what is set before the run alone."""
    kinds = {kind.record: kind for kind in registry.imported()}
    idle = _offered(level) - set(_gone_by(system))
    places: dict[Place, int] = {}
    found: dict[str, int] = {}
    for control in level.controls:
        before = sum(places.values())
        for path in control.sets:
            place, parts, value = _found_at(system, path, kinds)
            if place[-1] == POLICY and isinstance(value, str):
                places.update(_of_policy(system, value, kinds))
            elif place[0] != POLICY or place[1] not in idle:
                places[place] = parts
        found[control.id] = sum(places.values()) - before
    return found


def _offered(level: Level) -> set[object]:
    """The policies that controls choose among."""
    return {
        choice.value
        for control in level.controls
        if any(path.endswith(f".{POLICY}") for path in control.sets)
        for choice in control.choices
    }


def _gone_by(system: System) -> Iterator[str]:
    """The policies that somebody goes by."""
    for client in system.clients:
        yield client.policy
    for service in system.services:
        for step in service.steps:
            yield getattr(step, POLICY, "")


def _of_policy(system: System, name: str, kinds: Kinds) -> dict[Place, int]:
    """Every place of a policy, with its parts."""
    policy = next((one for one in system.policies if one.id == name), Policy(id=name))
    return {
        (POLICY, name, field.name): parts_of(field.name, getattr(policy, field.name), kinds)
        for field in fields(Policy)
    }


def parts_of(field: str, value: object, kinds: Kinds) -> int:
    """The parts of one value in a field of that name: the table above."""
    kind = kinds.get(type(value))
    if kind is not None:
        return kind.parts(value)
    if isinstance(value, bool):
        return int(value)
    return int(bool(value) and field.endswith(KNOB_ENDINGS))


def _found_at(system: System, path: str, kinds: Kinds) -> tuple[Place, int, object]:
    """The place that a path leads to, cut off at the first record of a kind, its parts, and what is
    there."""
    section, _, rest = path.partition(".")
    entries = {entry.id: entry for entry in getattr(system, SECTIONS[section].field)}
    # Ids may hold dots, so the longest id that fits is the one that is meant.
    found = [name for name in entries if name and rest.startswith(f"{name}.")]
    assert found, f"control path {path!r} leads nowhere"
    name = max(found, key=len)
    place = [section, name]
    value: object = entries[name]
    words = rest[len(name) + 1 :].split(".")
    for word in words:
        value = _step_into(value, word)
        place.append(word)
        if type(value) in kinds:
            break
    return tuple(place), parts_of(place[-1], value, kinds), value


def _step_into(value: object, word: str) -> object:
    """One step of a path; None where an optional record was left out.

    A fault's own parameters are written beside its common keys, but live in its `what`.
    """
    if value is None:
        return None
    if isinstance(value, tuple):
        return value[int(word)]
    assert is_dataclass(value), f"a path cannot go on into {value!r}"
    names = {field.name for field in fields(value)}
    for name in (word, f"{word}_"):
        if name in names:
            return getattr(value, name)
    assert isinstance(value, Fault), f"{type(value).__name__} has no {word!r}"
    return _step_into(value.what, word)
