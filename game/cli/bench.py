"""`ninelives bench`: how fast the engine is on this machine."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from game.cli import arguments
from game.cli.arguments import Parser
from game.cli.data import print_json
from game.cli.exits import Exit, WrongUse
from game.cli.words import complain

if TYPE_CHECKING:
    from game.lab.bench_rows import BenchRow

HEAD = (
    f"{'':7}  {'row':<17} {'ours':>11}  {'reference':>11} {'unit':<12} {'ratio':>6} {'wants':>6}  "
)


def fill(parser: Parser) -> None:
    """What the command takes."""
    parser.description = (
        "Measure the engine against plain SimPy programs and other simulators, and "
        "what a user waits for. A ratio says how many times as good as its reference a figure is. "
        "Takes some minutes; run nothing else meanwhile. Exit code 0: fast enough; 1: not."
    )
    parser.add_argument("ids", nargs="*", metavar="ID", help="rows to measure; default: all")
    arguments.add_json(parser)
    parser.set_defaults(command=bench)


def bench(options: argparse.Namespace) -> int:
    """Measure, and tell each row as soon as it is known."""
    from game.lab import bench as benchmarks

    try:
        wanted = benchmarks.find_ids(options.ids)
    except benchmarks.UnknownBenchmark as error:
        raise WrongUse(str(error)) from None
    if not options.json:
        print(f"{HEAD}what", flush=True)
    rows = benchmarks.bench(wanted, told=complain_of if options.json else print_row)
    missed = sum(not row.ok for row in rows)
    if options.json:
        print_json(benchmarks.bench_rows_json(rows))
    else:
        skipped = sum(row.skipped is not None for row in rows)
        told = len(rows) - skipped
        left_out = f", {skipped} skipped" if skipped else ""
        print(f"{told - missed} of {told} reach what they want{left_out}")
    return Exit.NO if missed else Exit.GOOD


def print_row(row: BenchRow) -> None:
    """One line of the table."""
    if row.ours is None or row.reference is None or row.ratio is None:
        print(f"{'skipped':7}  {row.id:<17} {row.title}: {row.skipped}", flush=True)
        return
    verdict = "ok" if row.ok else "MISSED"
    print(
        f"{verdict:7}  {row.id:<17} {number(row.ours):>11}  {number(row.reference):>11} "
        f"{row.unit:<12} {row.ratio:>6.2f} {row.gate:>6.3g}  {row.title}",
        flush=True,
    )


def number(value: float) -> str:
    """Three digits at least, and no more than are read."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def complain_of(row: BenchRow) -> None:
    """Progress on stderr, while stdout waits for the data."""
    if row.skipped is not None:
        complain(f"{row.id} is skipped: {row.skipped}")
    else:
        complain(f"{row.id} is {'good' if row.ok else 'not good'} enough")
