"""Identities: hashes of what can change a run or its score, and of nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from game.level.model import Level
from game.level.plan import Plan
from game.level.schema_line import without_schema_line

WORDS = frozenset({"id", "title", "chapter", "order", "teaches", "story", "debrief", "hints"})
"""Keys of a level that change no run and no score."""
WORDS_OF_TABLES = {
    "node": frozenset({"at"}),
    "client": frozenset({"at", "says"}),
    "fault": frozenset({"says"}),
    "control": frozenset({"label", "family", "lesson", "says"}),
    "goal": frozenset({"says"}),
    "monitor": frozenset({"says"}),
    "diagnosis": frozenset({"label", "says"}),
    "question": frozenset({"asks"}),
    "weapon": frozenset({"says"}),
    "measure": frozenset({"says"}),
}
"""Keys of tables in a level that change no run and no score. What a diagnosis would mend is not
among them: a proof goes by it, and its record must fall with it."""
WORDS_OF_ENTRIES = {
    "control": {"choices": frozenset({"says"})},
    "question": {"answer": frozenset({"label", "says"})},
}
"""The same, of the tables in a list inside a table."""


def _canonical(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(text.encode()).hexdigest()


def level_hash(level: Level) -> str:
    """SHA-256, in hex, of the level without its words, comments and the order of its keys.

    The labels of choices are in it, since plans name them. Values count as they are written: the
    same night written otherwise (`4.0` for `4`, "90%" for 0.9, "45s" for "45000ms", a default that
    is spelled out) is another level.
    """
    return document_hash(level.document, level.seeds)


def document_hash(document: Mapping[str, Any], seeds: Sequence[int]) -> str:
    """The same of a level that was not read yet: its normalised document and its graded seeds."""
    kept = {key: _without_words(key, value) for key, value in document.items() if key not in WORDS}
    return _canonical({"seeds": seeds, **kept})


def _without_words(section: str, value: Any) -> Any:
    words = WORDS_OF_TABLES.get(section)
    if words is None:
        return value
    return [_table(section, table, words) for table in value]


def _table(section: str, table: dict[str, Any], words: frozenset[str]) -> dict[str, Any]:
    kept = {key: value for key, value in table.items() if key not in words}
    for inner, own in WORDS_OF_ENTRIES.get(section, {}).items():
        kept[inner] = [
            {key: value for key, value in entry.items() if key not in own} for entry in table[inner]
        ]
    return kept


def plan_hash(level: Level, plan: Plan) -> str:
    """SHA-256, in hex, of the level's hash and the plan's choices; its name changes nothing."""
    return _canonical([level_hash(level), plan.pairs])


def file_hash(path: Path) -> str:
    """SHA-256, in hex, of a file's bytes with line ends as on Unix, and without a first line that
    tells editors where its schema is."""
    data = path.read_bytes().replace(b"\r\n", b"\n")
    return sha256(without_schema_line(data)).hexdigest()
