"""The kinds of level: what the player does in each, and which parts of a file only it may have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from game.level.problems import Complaint, Loc

DESIGN = "design"
ON_CALL = "on-call"
DIAGNOSE = "diagnose"
PREDICT = "predict"
NEMESIS = "nemesis"


@dataclass(frozen=True, slots=True)
class LevelKind:
    """One kind of level."""

    name: str
    """The word of a level's key `kind`."""
    says: str
    """What the player does, in one sentence."""
    codex: str = ""
    """The id of the codex page that explains it, if it takes one."""
    sections: tuple[str, ...] = ()
    """Sections that only this kind takes, and that it needs."""
    keys: tuple[str, ...] = ()
    """Keys beside the sections that only this kind takes, and that it needs."""
    needs: tuple[str, ...] = ()
    """Keys that any level may have, and this kind must."""
    fixed: bool = False
    """The system is as it is: the level has no controls of its own."""


LEVEL_KINDS: Mapping[str, LevelKind] = {
    kind.name: kind
    for kind in (
        LevelKind(DESIGN, "Set the plan, then watch the night."),
        LevelKind(
            ON_CALL,
            "Set controls while the night runs, once an alarm says that something is wrong.",
            codex="on-call",
            sections=("monitor",),
        ),
        LevelKind(
            DIAGNOSE,
            "Something is wrong: say what, and mend it.",
            "diagnose",
            sections=("diagnosis",),
        ),
        LevelKind(
            PREDICT,
            "Say what will happen, then watch it happen.",
            "predict",
            sections=("question",),
            fixed=True,
        ),
        LevelKind(
            NEMESIS,
            "Break a system that somebody else has defended, within a budget of attacks.",
            "nemesis",
            sections=("weapon",),
            keys=("attack_budget",),
            needs=("window",),
            fixed=True,
        ),
    )
}
"""All kinds by name."""


def check_kind(document: Mapping[str, Any]) -> Iterator[Complaint]:
    """What a document has that its kind of level does not take, or lacks that it needs."""
    kind = LEVEL_KINDS.get(str(document.get("kind", DESIGN)))
    if kind is None:
        return
    for other in LEVEL_KINDS.values():
        for part in (*other.sections, *other.keys):
            if part in document and part not in (*kind.sections, *kind.keys):
                shown = f"[[{part}]]" if part in other.sections else f'"{part}"'
                message = f'{shown} is for levels with kind = "{other.name}"; this is "{kind.name}"'
                yield _contradiction(message, part, document)
    for part in (*kind.keys, *kind.needs):
        if part not in document:
            message = f'key "{part}" is missing: a level with kind = "{kind.name}" needs it'
            yield Complaint("missing-key", message, ("kind",))
    for part in kind.sections:
        if not document.get(part):
            message = f'a level with kind = "{kind.name}" needs a [[{part}]]'
            yield Complaint("missing-key", message, ("kind",))
    if kind.fixed and document.get("control"):
        message = f'a level with kind = "{kind.name}" has no controls: its system is as it is'
        yield _contradiction(message, "control", document)


def _contradiction(message: str, part: str, document: Mapping[str, Any]) -> Complaint:
    second = _written(document)
    return Complaint("contradiction", message, (part,), on_key=True, second=second)


def _written(document: Mapping[str, Any]) -> tuple[tuple[Loc, str], ...]:
    """Where the kind of the level stands, if it does."""
    return ((("kind",), "the kind is written here"),) if "kind" in document else ()
