"""Finished runs: as the game hands them over, and as they are kept."""

from __future__ import annotations

import json
import secrets
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

Scorecard = Mapping[str, Any]
"""What `game.score.json.scorecard_json` gives."""
MEASURES = ("availability", "p99_ms", "cost_per_hour", "moving_parts")
"""The measures of which a level keeps the best."""
COLUMNS = (
    "run",
    "at",
    "level",
    "title",
    "level_hash",
    "engine",
    "plan_name",
    "plan",
    "plan_hash",
    "seeds",
    "watched_seed",
    "stars",
    "verdict",
    *MEASURES,
)
"""What the file keeps of a run beside its scorecard, in order; the checksum is over these."""


class BadRow(Exception):
    """A row that is not as it was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    level: str
    """The level's id."""
    title: str
    """The level's title."""
    level_hash: str
    engine: int
    plan_name: str
    plan: tuple[tuple[str, str], ...]
    """(control, label of its choice), as in `Plan.values`."""
    plan_hash: str
    seeds: tuple[int, ...]
    """The seeds that were scored together."""
    watched_seed: int | None
    """The seed that the player watched, if any."""
    stars: int
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedRun(_Run):
    """A plan that was played on all its seeds, with its scorecard."""

    scorecard: Scorecard


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedRun(_Run):
    """A finished run with its number."""

    id: str
    """32 hexadecimal digits, drawn at random: the same run has the same id in every file."""
    sequence: int
    """Its place in the order of all runs of this file, from 1; 0 while it has none."""
    at: str
    """What the clock said, in UTC (ISO 8601). Only for showing: clocks jump."""
    availability: float | None
    p99_ms: float | None
    cost_per_hour: float | None
    moving_parts: int | None
    scorecard: Scorecard | None = None
    """None in lists, and where the scorecard was lost to damage."""


def finished_run(
    card: Scorecard,
    *,
    title: str,
    plan: Sequence[tuple[str, str]],
    watched_seed: int | None = None,
) -> FinishedRun:
    """The run that a scorecard (as JSON) tells of; `plan` is the values of its plan."""
    return FinishedRun(
        level=card["level"],
        title=title,
        level_hash=card["level_hash"],
        engine=card["engine"],
        plan_name=card["plan"],
        plan=tuple(plan),
        plan_hash=card["plan_hash"],
        seeds=tuple(one["seed"] for one in card["seeds"]),
        watched_seed=watched_seed,
        stars=card["stars"],
        verdict=card["verdict"],
        scorecard=card,
    )


def now() -> str:
    """The clock's time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def to_save(run: FinishedRun) -> SavedRun:
    """The run with an id of its own."""
    measures = run.scorecard["measures"]
    return SavedRun(
        id=secrets.token_hex(16),
        sequence=0,
        at=now(),
        level=run.level,
        title=run.title,
        level_hash=run.level_hash,
        engine=run.engine,
        plan_name=run.plan_name,
        plan=run.plan,
        plan_hash=run.plan_hash,
        seeds=run.seeds,
        watched_seed=run.watched_seed,
        stars=run.stars,
        verdict=run.verdict,
        availability=measures["availability"],
        p99_ms=measures["p99_ms"],
        cost_per_hour=measures["cost_per_hour"],
        moving_parts=measures["moving_parts"],
        scorecard=run.scorecard,
    )


def row_of(run: SavedRun) -> tuple[Any, ...]:
    """The values of COLUMNS and their checksum. Seeds are text: SQLite's integers are signed."""
    values = (
        run.id,
        run.at,
        run.level,
        run.title,
        run.level_hash,
        run.engine,
        run.plan_name,
        _compact(run.plan),
        run.plan_hash,
        _compact(run.seeds),
        _compact(run.watched_seed),
        run.stars,
        run.verdict,
        *(None if value is None else float(value) for value in _measures(run)),
    )
    return (*values, checksum(values))


def run_from(row: Sequence[Any]) -> SavedRun:
    """The run of a row: its sequence, the values of COLUMNS and the checksum. Raises BadRow."""
    sequence, *values, check = row
    if check != checksum(values):
        raise BadRow
    named = dict(zip(COLUMNS, values, strict=True))
    parts = named.pop("moving_parts")
    return SavedRun(
        id=named.pop("run"),
        sequence=sequence,
        plan=_plan(named.pop("plan")),
        seeds=_seeds(named.pop("seeds")),
        watched_seed=json.loads(named.pop("watched_seed")),
        moving_parts=None if parts is None else int(parts),
        **named,
    )


def checksum(values: Sequence[Any]) -> int:
    """A check value: SQLite looks after the shape of its pages, not after what they say."""
    return zlib.crc32(repr(tuple(values)).encode())


@lru_cache(maxsize=256)
def _plan(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((control, label) for control, label in json.loads(text))


@lru_cache(maxsize=256)
def _seeds(text: str) -> tuple[int, ...]:
    return tuple(json.loads(text))


def packed(scorecard: Scorecard) -> bytes:
    """A scorecard as the file keeps it; zlib brings a check value of its own."""
    return zlib.compress(_compact(scorecard).encode())


def unpacked(data: object) -> Scorecard | None:
    """A scorecard that the file kept. Raises BadRow."""
    if data is None:
        return None
    if not isinstance(data, bytes):
        raise BadRow
    try:
        found: Scorecard = json.loads(zlib.decompress(data))
    except (zlib.error, ValueError) as error:
        raise BadRow from error
    return found


def _measures(run: SavedRun) -> tuple[float | None, ...]:
    return (run.availability, run.p99_ms, run.cost_per_hour, run.moving_parts)


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
