"""Which controls of a level bear on a clue, by what they set and by what their choices lead to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from game.explain.clue import Clue
from game.level.model import Choice, Control, Level, Service

POLICY = "policy"
"""The field by which clients and calls name a policy."""
CALL = "call"
"""The field by which they name a service."""
STEPS = "steps"
"""The field with the calls of a service."""


def controls_of(level: Level, clue: Clue) -> tuple[Control, ...]:
    """The controls that bear on a clue, in order of its fields, then of what they are near to, then
    in the level's order."""
    rank = {name: index for index, name in reversed(list(enumerate(clue.fields)))}
    ranked = []
    for index, control in enumerate(level.controls):
        touched = fields_of(level, control) & rank.keys()
        near = _nearness(control, clue.near)
        any_field = bool(clue.near) and not clue.fields
        if near is None or not (touched or any_field):
            continue
        if concerns(level, control, clue.services):
            field = min((rank[name] for name in touched), default=0)
            ranked.append((field, near, index, control))
    return tuple(control for *_, control in sorted(ranked, key=lambda entry: entry[:3]))


def _nearness(control: Control, near: tuple[str, ...]) -> int | None:
    """The place of the first of these beginnings that a path of the control has; None: of none."""
    if not near:
        return 0
    return next(
        (
            index
            for index, begin in enumerate(near)
            if any(f"{path}.".startswith(f"{begin}.") for path in control.sets)
        ),
        None,
    )


def concerns(level: Level, control: Control, services: tuple[str, ...]) -> bool:
    """Whether a control sets something of one of the services: of itself, of a group of machines
    that it is on, of who calls it and how, or of no service at all; or chooses whether it is asked.
    """
    if not services or _chooses(level, control, services):
        return True
    system = level.system
    callers = [client for client in system.clients if client.call in services]
    steps = [step for service in system.services for step in service.steps]
    policies = {client.policy for client in callers}
    policies.update(step.policy for step in steps if getattr(step, "call", "") in services)
    own = {
        "service": set(services),
        "node": {group for one in system.services if one.id in services for group in one.on},
        "client": {client.id for client in callers},
        POLICY: policies,
    }
    calling = {
        f"service.{service.id}.steps.{index}."
        for service in system.services
        for index, step in enumerate(service.steps)
        if getattr(step, "call", "") in services
    }
    return any(
        names[1] in own[names[0]] or path.startswith(tuple(calling)) if names[0] in own else True
        for path in control.sets
        for names in [path.split(".")[:2]]
    )


def _chooses(level: Level, control: Control, services: tuple[str, ...]) -> bool:
    """Whether some of its choices, and not all in the same way, lead to one of the services."""
    ways = [
        [(one, policy) for one, policy in _called(level, control, choice) if one in services]
        for choice in control.choices
    ]
    return any(ways) and any(way != ways[0] for way in ways)


def fields_of(level: Level, control: Control) -> frozenset[str]:
    """The fields that a control bears on: the words of its paths behind section and id.

    One that chooses among policies, or among services, bears on what these do not have in common.
    """
    found = {word for path in control.sets for word in path.split(".")[2:]}
    if POLICY in found:
        chosen = {choice.value for choice in control.choices if isinstance(choice.value, str)}
        policies = [policy for policy in level.system.policies if policy.id in chosen]
        found |= _unlike([[policy] for policy in policies])
    called = [_called(level, control, choice) for choice in control.choices]
    if any(called):
        services = {one.id: one for one in level.system.services}
        policies_of = {one.id: one for one in level.system.policies}
        found |= _unlike([[services[one] for one, _ in way] for way in called])
        by_policy = [
            [policies_of[name] for _, name in way if name in policies_of] for way in called
        ]
        found |= _unlike(by_policy)
    return frozenset(found)


def _unlike(choices: list[list[Any]]) -> set[str]:
    """The fields, but for the id, in which the records of one choice are not as those of others."""
    records = [record for those in choices for record in those]
    return {
        field.name
        for record in records[:1]
        for field in fields(record)
        if field.name != "id"
        and len({repr([getattr(one, field.name) for one in those]) for those in choices}) > 1
    }


def _called(level: Level, control: Control, choice: Choice) -> list[tuple[str, str]]:
    """(service, policy of the call) of all calls that a choice leads to, where it says whom to call
    and the choice of another one says otherwise; the policy is "" where a client has it."""
    services = {one.id: one for one in level.system.services}
    words = {path.rpartition(".")[2] for path in control.sets}
    value = choice.value
    found: list[tuple[str, str]] = []
    if CALL in words and isinstance(value, str) and value in services:
        found.append((value, ""))
    elif words == {STEPS} and isinstance(value, list | tuple):
        for step in value:
            if isinstance(step, dict) and step.get(CALL) in services:
                found.append((step[CALL], str(step.get(POLICY, ""))))
    seen = {one for one, _ in found}
    for one, _ in found:
        new = [(callee, policy) for callee, policy in _calls(services[one]) if callee not in seen]
        found.extend(new)
        seen.update(callee for callee, _ in new)
    return found


def _calls(service: Service) -> Iterator[tuple[str, str]]:
    """(service, policy) of each call of a service."""
    for step in service.steps:
        if callee := getattr(step, CALL, "") or getattr(step, "forward", ""):
            yield callee, getattr(step, POLICY, "")
