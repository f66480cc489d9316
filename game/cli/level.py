"""`ninelives level`: for those who write levels."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from game.cli import arguments
from game.cli.exits import Exit
from game.cli.jobs import workers
from game.cli.words import clean

if TYPE_CHECKING:
    from game.level.problems import Problem


def add_to(commands: Any) -> None:
    """Add the group to the parser."""
    group = commands.add_parser("level", help="check and prove levels")
    actions = group.add_subparsers(title="actions", metavar="ACTION", required=True)
    for add in ACTIONS.values():
        add(actions)


def add_check(actions: Any) -> None:
    """Add `level check`."""
    parser = actions.add_parser(
        "check",
        help="every mistake in a level, with line and column",
        description="Report every mistake in one pass. Exit code 0: none; 1: some.",
    )
    parser.add_argument("levels", nargs="*", metavar="LEVEL", help="default: the whole campaign")
    arguments.add_json(parser)
    parser.set_defaults(command=check)


def add_test(actions: Any) -> None:
    """Add `level test`."""
    parser = actions.add_parser(
        "test",
        help="prove that a level teaches what it claims",
        description="Hold a level to the rules, with the plans in its NAME.proofs.toml. Exit code "
        "0: proven; 1: a rule is broken.",
    )
    parser.add_argument("levels", nargs="*", metavar="LEVEL", help="default: the whole campaign")
    parser.add_argument("--fresh", action="store_true", help="use no record of an earlier proof")
    arguments.add_jobs(parser, default=None)
    arguments.add_json(parser)
    parser.set_defaults(command=test)


ACTIONS: Mapping[str, Callable[[Any], None]] = {"check": add_check, "test": add_test}


def check(options: argparse.Namespace) -> int:
    """Every problem of every level, on stdout: here the problems are the data."""
    from game.cli.inputs import inspect, level_files

    found = {path: inspect(path) for path in level_files(options.levels)}
    if options.json:
        told = [
            {"path": str(path), "ok": not problems, "problems": list(map(problem_json, problems))}
            for path, problems in found.items()
        ]
        print(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        for path, problems in found.items():
            if problems:
                print(problems, end="\n\n")
            errors = f"{len(problems)} error{'s' if len(problems) > 1 else ''}"
            print(f"{clean(str(path))}: {errors if problems else 'ok'}")
    return Exit.NO if any(found.values()) else Exit.GOOD


def problem_json(problem: Problem) -> dict[str, Any]:
    """One problem as data; lines and columns count from 1."""
    return {
        "code": problem.code,
        "name": problem.name,
        "message": problem.message,
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
        "suggestion": problem.suggestion or None,
        "note": problem.note or None,
    }


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
        print(json.dumps(list(map(report_json, reports)), indent=2, ensure_ascii=False))
    return Exit.GOOD if all(report.ok for report in reports) else Exit.NO


def progress(path: Path, words: str) -> None:
    """What is going on, on stderr, for somebody who watches it."""
    if sys.stderr.isatty():
        print(f"{clean(path.stem)}: {clean(words)}", file=sys.stderr)
