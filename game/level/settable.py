"""What may be set while the system runs, and what is wrong with controls that would set more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

from game.level.annotations import Surroundings
from game.level.controls import Path, PathError, locate
from game.level.level_kinds import DESIGN, ON_CALL
from game.level.model import Control, Policy
from game.level.nearest import listed
from game.level.problems import ROOT, Complaint
from game.level.sections import Document, tables

SETTABLE: dict[str, tuple[str, ...]] = {
    "policy": tuple(field.name for field in fields(Policy) if field.name != "id"),
    "service": (
        "workers",
        "queue",
        "shed",
        "rate_limit",
        "concurrency_limit",
        "authentication",
    ),
    "node": ("count", "speed", "price_per_hour"),
}
"""By section: the keys that may change during a run, with all that is in them."""

Said = Iterator[tuple[int, Complaint]]
"""Index of the control, complaint."""


def check_open_controls(
    document: Document, controls: Sequence[tuple[int, Control]], around: Surroundings
) -> Said:
    """What is wrong with controls that may be set during the run."""
    kind = document.get("kind", DESIGN)
    during = [(index, control) for index, control in controls if control.during]
    if kind != ON_CALL:
        for index, control in during:
            message = (
                f'"{control.when}" is for levels with kind = "{ON_CALL}": '
                "in others every control is set before the run"
            )
            second = (((ROOT, "kind"), "the kind of this level"),) if "kind" in document else ()
            yield index, Complaint("contradiction", message, ("when",), second=second)
        return
    for index, control in during:
        for n, text in enumerate(control.sets):
            try:
                path = locate(document, text)
            except PathError:
                continue
            for said in _check_path(document, control, path, around):
                yield index, said.under("sets", n) if not said.loc else said


def check_on_call(document: Document) -> Iterator[Complaint]:
    """That a level on call lets the player do something."""
    if document.get("kind") == ON_CALL and not any(
        table.get("when") in ("during", "both") for _, table in tables(document, "control")
    ):
        message = (
            f'a level with kind = "{ON_CALL}" needs a control that may be set during the run: '
            'write when = "during" or "both"'
        )
        yield Complaint("missing-key", message)


def _check_path(
    document: Document, control: Control, path: Path, around: Surroundings
) -> Iterator[Complaint]:
    keys = SETTABLE.get(path.section)
    if keys is None:
        message = f"{path.text} cannot be set while the system runs"
        yield Complaint(
            "contradiction", message, allowed=tuple(SETTABLE), of="sections of which some keys can"
        )
    elif path.keys[0] not in keys:
        message = (
            f"{path.text} cannot be set while the system runs; of a {path.section} only these can: "
            f"{listed(keys)}"
        )
        yield Complaint("contradiction", message)
    elif path.section == "node" and path.keys[0] == "count":
        yield from _check_count(document, control, path)
    elif path.section == "policy" and path.keys[0] == "balancer":
        yield from _check_balancers(control, path, around)


def _check_count(document: Document, control: Control, path: Path) -> Iterator[Complaint]:
    """Machines that come and go keep nothing, and nobody counts on all of them."""
    for n, choice in enumerate(control.choices):
        if type(choice.value) is not int:
            message = f'choice "{choice.label}" of {path.text}: a number of machines is wanted here'
            yield Complaint("bad-choice", message, ("choices", n, "value"))
    group = document["node"][path.index].get("id")
    for _, service in tables(document, "service"):
        on = service.get("on")
        if group in (on if isinstance(on, list) else [on]) and "store" in service:
            message = (
                f'{path.text} cannot be set while the system runs: "{service.get("id")}" keeps '
                "something on these machines, which would have to be moved"
            )
            yield Complaint("contradiction", message)
    for _, membership in tables(document, "membership"):
        on = membership.get("on")
        if group in (on if isinstance(on, list) else [on]):
            message = (
                f"{path.text} cannot be set while the system runs: the members of "
                f'"{membership.get("id")}" know each other from the begin'
            )
            yield Complaint("contradiction", message)


def _check_balancers(control: Control, path: Path, around: Surroundings) -> Iterator[Complaint]:
    """Who resolves names does so from the begin."""
    for n, choice in enumerate(control.choices):
        value: Any = choice.value
        name = value.get("kind") if isinstance(value, dict) else value
        kind = around.registry.get("balancer", name) if isinstance(name, str) else None
        if kind is not None and getattr(kind.record, "resolves", False):
            message = (
                f'choice "{choice.label}" of {path.text}: "{name}" cannot come or go during a run'
            )
            yield Complaint("bad-choice", message, ("choices", n, "value"))
