"""Writes what a run of the lab found into the codex page "How true is this?".

`ninelives lab --json > lab.json`, then `python -m game.lab.truth_table lab.json`. The table names
neither day nor machine, so the same run writes the same page.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from game.explain.codex import codex_folder
from game.lab.checks import load_checks

PAGE = "how-true"
BEGIN, END = "<!-- lab: begin -->", "<!-- lab: end -->"
COLUMNS = "{:<39}{:<22}{:>10}"


def row_ids() -> list[str]:
    """All rows of the lab, in its order."""
    return [f"{check.id}/{row.id}" for check in load_checks().values() for row in check.rows]


def table(rows: Iterable[Mapping[str, Any]]) -> str:
    """The rows of `lab --json` as a block of plain text: wide tables are slow to show."""
    lines = [COLUMNS.format("check", "measured ± SE", "published")]
    for row in rows:
        measured = f"{row['estimate']:.5g}" + (f" ± {row['se']:.1g}" if row["se"] else "")
        broken = "" if row["ok"] else "  BROKEN"
        lines.append(COLUMNS.format(row["id"], measured, f"{row['reference']:.5g}") + broken)
    return "\n".join(("```text", *lines, "```"))


def rewritten(page: str, rows: Iterable[Mapping[str, Any]]) -> str:
    """The page with another table between its markers."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table(rows)}\n\n{END}{after}"


def main(arguments: list[str]) -> str:
    """Rewrite the page; the sentence says why not, if so."""
    if len(arguments) != 1:
        return "usage: python -m game.lab.truth_table LAB.json"
    try:
        rows = json.loads(Path(arguments[0]).read_text("utf-8"))
        missing = sorted(set(row_ids()) ^ {row["id"] for row in rows})
    except (OSError, ValueError, TypeError, KeyError):
        return f"{arguments[0]} is not what `ninelives lab --json` writes"
    if missing:
        return f"{arguments[0]} is not a whole run of this lab: see {missing[0]}"
    path = codex_folder() / f"{PAGE}.md"
    path.write_text(rewritten(path.read_text("utf-8"), rows), "utf-8")
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) or None)
