"""The proofs of a level: plans with the verdict that each must get, in NAME.proofs.toml."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from game.level.annotations import (
    Label,
    Name,
    OneOf,
    Reference,
    Surroundings,
    Table,
    Unread,
    WholeNumber,
)
from game.level.attacks import Attack
from game.level.changes import Change, around_plans
from game.level.find import PROOFS
from game.level.model import Level
from game.level.plan import Plan, check_choices, check_entries, make_plan, settings
from game.level.problems import ROOT, Complaint, LevelErrors, Problems
from game.level.records import RecordErrors, read_record, unknown_key
from game.level.registry import Registry
from game.level.source import Source, load_bytes, read_source

VERDICTS = ("wins", "loses")
ROLES = ("default", "reference", "trap", "witness", "cheapest")
VERDICT_OF_ROLE = {
    "default": "loses",
    "reference": "wins",
    "trap": "loses",
    "witness": "wins",
    "cheapest": "loses",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One plan, the verdict that it must get, and why."""

    id: str
    verdict: str
    """`wins` or `loses`."""
    role: str
    why: str
    stars: int | None
    """The stars that a winner gets at least."""
    goal: str | None
    """The goal that a trap misses."""
    cause: str | None
    """The cause of more than half of a trap's failures."""
    plan: Plan


@dataclass(frozen=True, slots=True)
class Proofs:
    """All proofs of a level, in the order of the file."""

    proofs: tuple[Proof, ...]
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofTable:
    """One `[[proof]]`."""

    id: Name
    """What reports call it."""
    verdict: Annotated[str, OneOf("bad-value", "verdict", VERDICTS)]
    """What the plan must come to on every graded seed."""
    role: Annotated[str, OneOf("bad-value", "role", ROLES)]
    """What the plan is there to show."""
    why: Label
    """The reason, in one sentence; for a trap the misconception."""
    stars: Annotated[int, WholeNumber(1, 3)] | None = None
    """Of a winner: the stars that it gets at least."""
    goal: Annotated[str, Reference("goal")] | None = None
    """Of a trap: the goal that it misses."""
    cause: Name | None = None
    """Of a trap: the cause of more than half of its failures."""
    controls: Annotated[dict[str, Any], Unread()]
    """Control id to label of a choice."""
    change: tuple[Annotated[Change, Table()], ...] = ()
    """What the plan sets while the run is under way, on a level on call."""
    attack: tuple[Annotated[Attack, Table()], ...] = ()
    """The faults that the plan adds, on a level in which the player attacks."""


def proofs_path(level_path: Path) -> Path:
    """Where the proofs of a level's file are."""
    return level_path.with_name(level_path.stem + PROOFS)


def read_proofs(path: Path, level: Level) -> Proofs:
    """The proofs of a file. Raises LevelErrors with all its problems, or Unreadable."""
    source, tables = _read(path, level)
    if source.reported:
        raise LevelErrors(source.problems())
    return Proofs(tuple(_proof(table, level) for table in tables), str(path))


def inspect_proofs(path: Path, level: Level | None) -> Problems:
    """All problems of a file of proofs. Raises Unreadable.

    Without a level, only those that are there whatever the level says.
    """
    return _read(path, level)[0].problems()


def _read(path: Path, level: Level | None) -> tuple[Source, tuple[ProofTable, ...]]:
    source = read_source(load_bytes(path), str(path))
    return source, () if source.broken else tuple(_tables(source, level))


class _Anything(Collection[str]):
    """The ids of a level that could not be read: any word may be one of them."""

    def __contains__(self, word: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


_UNKNOWN_LEVEL = Surroundings(Registry(), {"alarm": _Anything(), "goal": _Anything()})


def _proof(table: ProofTable, level: Level) -> Proof:
    return Proof(
        id=table.id,
        verdict=table.verdict,
        role=table.role,
        why=table.why,
        stars=table.stars,
        goal=table.goal,
        cause=table.cause,
        plan=make_plan(level, settings(table.controls), table.id, table.change, table.attack),
    )


def _around(level: Level | None) -> Surroundings:
    if level is None:
        return _UNKNOWN_LEVEL
    return around_plans(level, {"goal": {goal.id: None for goal in level.goals}})


def _tables(source: Source, level: Level | None) -> Iterator[ProofTable]:
    for key in source.document:
        if key != "proof":
            source.complain(unknown_key((key,), ("proof",)))
    entries = source.document.get("proof", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        source.complain(Complaint("wrong-type", "proofs are tables: write [[proof]]", ("proof",)))
        return
    around = _around(level)
    seen: dict[str, int] = {}
    for index, entry in enumerate(entries):
        table = None
        said = []
        try:
            table = read_record(ProofTable, {"controls": {}, **entry}, around)
        except RecordErrors as errors:
            said.extend(errors.complaints)
        said.extend(_check_role(entry))
        if level is not None:
            said.extend(_check_plan(entry, level))
        if "id" in entry:
            first = seen.setdefault(str(entry["id"]), index)
            if first != index:
                second = (((ROOT, "proof", first, "id"), "first written here"),)
                message = "another proof has this id"
                said.append(Complaint("duplicate-id", message, ("id",), second=second))
        for complaint in said:
            source.complain(complaint.under("proof", index))
        if table is not None and not said:
            yield table


def _check_role(entry: dict[str, Any]) -> Iterator[Complaint]:
    role, verdict = entry.get("role"), entry.get("verdict")
    due = VERDICT_OF_ROLE.get(role, "") if isinstance(role, str) else ""
    if due and verdict in VERDICTS and verdict != due:
        second = ((("role",), "the role"),)
        yield Complaint(
            "contradiction", f'a proof with the role "{role}" {due}', ("verdict",), second=second
        )


def _check_plan(entry: dict[str, Any], level: Level) -> Iterator[Complaint]:
    """What is wrong with the plan of a proof, which hangs on the level."""
    controls = entry.get("controls")
    if isinstance(controls, dict):
        for said in check_choices(level, settings(controls)):
            yield said.under("controls")
    yield from check_entries(level, entry)
