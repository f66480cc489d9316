"""`ninelives bench`: how fast the engine is on this machine."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from game.cli import arguments
from game.cli.exits import Exit
from game.cli.words import complain

if TYPE_CHECKING:
    from game.lab.bench import BenchRow


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "bench",
        help="how fast the engine is here",
        description="Measure the engine against a plain SimPy program, and what a user waits for. "
        "Exit code 0: fast enough; 1: not.",
    )
    arguments.add_json(parser)
    parser.set_defaults(command=bench)


def bench(options: argparse.Namespace) -> int:
    """Measure, and tell each row as soon as it is known."""
    from game.lab import bench as benchmarks

    rows = benchmarks.bench(told=complain_of if options.json else print_row)
    if options.json:
        print(json.dumps(benchmarks.bench_rows_json(rows), indent=2, ensure_ascii=False))
    return Exit.GOOD if all(row.ok for row in rows) else Exit.NO


def print_row(row: BenchRow) -> None:
    """One row in words."""
    print(
        f"{'ok  ' if row.ok else 'SLOW'}  {row.id:<18} {row.ours:>10,.0f} {row.unit:<10} "
        f"{row.ratio:.2f} times as good as {row.reference:,.0f} (wants {row.gate:g})  {row.title}",
        flush=True,
    )


def complain_of(row: BenchRow) -> None:
    """Progress on stderr, while stdout waits for the data."""
    complain(f"{row.id} is {'fast enough' if row.ok else 'too slow'}")
