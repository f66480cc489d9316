"""`ninelives level stats`: a pack at a glance."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from game.cli import arguments
from game.cli.arguments import Parser
from game.cli.data import print_json
from game.cli.exits import Exit
from game.cli.words import clean

if TYPE_CHECKING:
    from game.proof.glance import Glance

SHOWN_HASH = 8


def fill(parser: Parser) -> None:
    """What `level stats` takes."""
    parser.description = (
        "One line for each level. Shares are those of the records; a level is called "
        "proven where its record stands, which `level test` looks into more closely."
    )
    parser.add_argument(
        "levels", nargs="*", metavar="PACK", help="folders, files or ids; default: the campaign"
    )
    arguments.add_json(parser)
    parser.set_defaults(command=stats)


def stats(options: argparse.Namespace) -> int:
    """Look at each level, and play one run of it."""
    from game.cli.inputs import level_files, told
    from game.engine.kinds import load_kinds
    from game.level.find import campaign
    from game.level.read import read_level
    from game.proof.glance import glance

    registry = load_kinds()
    glances = []
    for text in options.levels or [str(campaign())]:
        check_packs(text)
    for path in level_files(options.levels):
        with told():
            glances.append(glance(read_level(path, registry), registry, timed=True))
    if options.json:
        print_json([as_data(one) for one in glances])
    else:
        tell(glances)
    return Exit.GOOD


def check_packs(text: str) -> None:
    """Read every `pack.toml` of a folder. Raises `WrongUse` where one is wrong."""
    from game.cli.inputs import told
    from game.level.find import PACK, levels_and_packs_in
    from game.level.pack import read_pack

    with told():
        found = levels_and_packs_in(Path(text)) if text.strip() and os.path.isdir(text) else []
        for path in found:
            if path.name == PACK:
                read_pack(path.parent)


def as_data(one: Glance) -> dict[str, Any]:
    """A glance as one JSON object."""
    share = None if one.share is None else {**asdict(one.share), "value": one.share.value}
    run_ms = None if one.run_ms is None else round(one.run_ms, 1)
    return {**asdict(one), "share": share, "run_ms": run_ms, "proven": one.proven}


def tell(glances: Sequence[Glance]) -> None:
    """The table, why levels are not proven, and what the pack teaches."""
    from game.cli.console import new_table, stdout_console

    console = stdout_console()
    columns = (">controls", ">plans", ">proofs", ">winning plans", ">ms", "hash", "proven")
    table = new_table("", "level", "kind", *columns)
    for one in glances:
        table.add_row(
            clean(one.level),
            one.kind,
            str(one.controls),
            f"{one.plans:,}",
            f"{one.proofs} ({one.traps})",
            share_words(one),
            f"{one.run_ms or 0:.0f}",
            one.level_hash[:SHOWN_HASH],
            "yes" if one.proven else "no",
        )
    console.print(table)
    for one in glances:
        if not one.proven:
            console.print(f"{clean(one.level)} is not proven: {one.doubt}")
    proven = sum(one.proven for one in glances)
    run_ms = median(one.run_ms or 0 for one in glances)
    console.print(
        f"\n{len(glances)} levels, {proven} proven by their records. Proofs: all (traps). "
        f"One run takes {run_ms:.0f} ms at the median."
    )
    teaches = sorted({word for one in glances for word in one.teaches})
    console.print(clean(f"Teaches: {', '.join(teaches) or '-'}"))


def share_words(one: Glance) -> str:
    """The share of winning plans with its interval, such as "3.5 % (1.7-7.0)"."""
    share = one.share
    if share is None:
        return "-"
    value, low, high = (f"{number * 100:.1f}" for number in (share.value, share.low, share.high))
    return f"{value} %" if share.tried == share.plans else f"{value} % ({low}-{high})"
