"""`ninelives level test`: prove that levels teach what they claim."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path

from game.cli import arguments
from game.cli.arguments import Parser
from game.cli.data import print_json
from game.cli.exits import Exit
from game.cli.jobs import workers
from game.cli.words import clean


def fill(parser: Parser) -> None:
    """What `level test` takes."""
    parser.description = (
        "Hold a level to the rules, with the plans in its NAME.proofs.toml. Exit code "
        "0: proven; 1: a rule is broken."
    )
    parser.add_argument("levels", nargs="*", metavar="LEVEL", help="default: the whole campaign")
    parser.add_argument("--fresh", action="store_true", help="use no record of an earlier proof")
    arguments.add_jobs(parser, default=None)
    arguments.add_json(parser)
    parser.set_defaults(command=test)


def test(options: argparse.Namespace) -> int:
    """Hold each level to the rules."""
    from game.cli.inputs import level_files, told
    from game.engine.kinds import load_kinds
    from game.proof.prove import prove
    from game.proof.report import report_json, report_lines

    reports = []
    registry = load_kinds()
    with workers(options.jobs) as executor:
        for path in level_files(options.levels):
            with told():
                say = partial(progress, path)
                report = prove(path, registry, fresh=options.fresh, executor=executor, say=say)
            reports.append(report)
            if not options.json:
                print(*map(clean, report_lines(report)), sep="\n", flush=True)
    if options.json:
        print_json(list(map(report_json, reports)))
    return Exit.GOOD if all(report.ok for report in reports) else Exit.NO


def progress(path: Path, words: str) -> None:
    """What is going on, on stderr, for somebody who watches it."""
    if sys.stderr.isatty():
        print(f"{clean(path.stem)}: {clean(words)}", file=sys.stderr)
