"""Measures that only one kind of level has: whether what the player said is right.

They stand behind the level's own measures, under the id of the control that says it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from game.level.model import DIAGNOSIS, Level, System


class OfKind(NamedTuple):
    """One such measure of one run, or of several."""

    name: str
    value: int
    """Of an answer: 1 where it is right, 0 where it is wrong or was not given."""
    is_answer: bool
    says: str
    """What it is, in a few words."""


def measures_of_kind(level: Level, system: System) -> tuple[OfKind, ...]:
    """All that the level's kind has, of one run of a plan that made `system`."""
    return tuple(_found(level, dict(system.answers)))


def _found(level: Level, said: dict[str, str]) -> Iterator[OfKind]:
    if level.diagnoses:
        right = next(one.id for one in level.diagnoses if one.right)
        value = int(said.get(DIAGNOSIS) == right)
        yield OfKind(DIAGNOSIS, value, True, "whether what you say is wrong is what is wrong")


def pool_of_kind(runs: Sequence[tuple[OfKind, ...]]) -> tuple[OfKind, ...]:
    """Those of several runs of one plan: an answer is right where it was right in each."""
    return tuple(min(one, key=lambda each: each.value) for one in zip(*runs, strict=True))
