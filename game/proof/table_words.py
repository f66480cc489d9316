"""The table of a proof in words, 80 columns wide, and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from game.proof.table import Cell, Row
from game.proof.words import share_words
from game.score.scorecard import FAILED, PASSED

WIDTH = 80
NAME = 22
BESIDE = 36
"""What stands beside the seeds: what is due, the margin and the fresh seeds."""
LEAST_CELL = 4
LOST = "✗"
GAVE_UP = "–"
NOT_PLAYED = "·"
SAYS = {
    LOST: "lost",
    "!": "not as is due",
    GAVE_UP: "gave up (too expensive, or impossible)",
    NOT_PLAYED: "not played",
}


def table_lines(rows: Sequence[Row], seeds: Sequence[int]) -> Iterator[str]:
    """A line for each row under one with the seeds; more seeds than fit follow in further blocks.

    Below it what the signs mean that are used, and the fresh seeds that are tried first next time.
    """
    if not rows:
        return
    width = max(LEAST_CELL, 1 + max(len(str(seed)) for seed in seeds))
    first = max(1, (WIDTH - NAME - BESIDE) // width)
    heads = f"{'plan':<{NAME}} {'due':<4}"
    yield f"{heads}{_joined(map(str, seeds[:first]), width)}  {'margin':<19} fresh"
    for row in rows:
        cells = _joined(_cells(row, seeds[:first]), width)
        line = f"{_cut(row.plan):<{NAME}} {_due(row):<4}{cells}  {_margin(row):<19} {_fresh(row)}"
        yield line.rstrip()
    yield from _further(rows, seeds[first:], width)
    yield from _legend(rows, seeds)
    for row in rows:
        if row.failed:
            failed = ", ".join(str(seed) for seed in row.failed)
            yield f"tried first next time: {_cut(row.plan)} on {failed}"


def table_json(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows as data; `used` is null where no limit can be told."""
    return [
        {
            "plan": row.plan,
            "role": row.role,
            "sets": row.sets,
            "due": row.due,
            "stars": row.stars,
            "seeds": [asdict(cell) for cell in row.cells],
            "margin": {"goal": row.goal, "used": row.used} if row.goal else None,
            "fresh": {"won": row.fresh_won, "played": row.fresh_played},
            "failed": list(row.failed),
        }
        for row in rows
    ]


def as_is_due(row: Row, cell: Cell) -> bool:
    """Whether that seed went as the row's plan has to."""
    return (cell.stars >= row.stars) == (row.due == "wins") and cell.verdict in (PASSED, FAILED)


def _further(rows: Sequence[Row], seeds: Sequence[int], width: int) -> Iterator[str]:
    many = (WIDTH - NAME) // width
    for start in range(0, len(seeds), many):
        block = seeds[start : start + many]
        yield f"{'further seeds':<{NAME}}{_joined(map(str, block), width)}"
        for row in rows:
            yield f"{_cut(row.plan):<{NAME}}{_joined(_cells(row, block), width)}"


def _legend(rows: Sequence[Row], seeds: Sequence[int]) -> Iterator[str]:
    used = "".join(cell for row in rows for cell in _cells(row, seeds))
    said = [f"{sign} {says}" for sign, says in SAYS.items() if sign in used]
    if said:
        yield f"{' ' * NAME} {'; '.join(said)}"


def _cells(row: Row, seeds: Sequence[int]) -> list[str]:
    cells = {cell.seed: cell for cell in row.cells}
    return [_cell(row, cells[seed]) if seed in cells else NOT_PLAYED for seed in seeds]


def _cell(row: Row, cell: Cell) -> str:
    if cell.verdict not in (PASSED, FAILED):
        return GAVE_UP
    return f"{f'{cell.stars}★' if cell.stars else LOST}{'' if as_is_due(row, cell) else '!'}"


def _due(row: Row) -> str:
    if row.due == "wins":
        return f"{row.stars}★"
    return LOST if row.stars == 1 else f"<{row.stars}★"


def _margin(row: Row) -> str:
    if not row.goal:
        return ""
    used = "no limit" if row.used is None else share_words(round(row.used, 2))
    if row.used is not None and row.used > 99:
        used = "> 9900 %"
    return f"{used} {row.goal}"[:19]


def _fresh(row: Row) -> str:
    return f"{row.fresh_won}/{row.fresh_played}" if row.fresh_played else ""


def _joined(cells: Iterator[str] | Sequence[str], width: int) -> str:
    return "".join(f"{cell:>{width}}" for cell in cells)


def _cut(name: str) -> str:
    return name if len(name) <= NAME else f"{name[: NAME - 1]}…"
