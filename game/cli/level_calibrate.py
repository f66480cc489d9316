"""`ninelives level calibrate`: how hard levels are, and what each control is good for."""

from __future__ import annotations

import argparse
import re
import sys
from functools import partial

from game.cli import arguments
from game.cli.arguments import Parser
from game.cli.data import print_json
from game.cli.exits import Exit
from game.cli.jobs import workers
from game.cli.level_test import progress
from game.cli.words import clean, complain

PLANS = 200
MOST_PLANS = 5_000


def fill(parser: Parser) -> None:
    """What `level calibrate` takes."""
    parser.description = (
        "Play many plans on the graded seeds: how many win, which stand out, what each "
        "control does, and which thresholds would make good stars. Exit code 0: nothing to look "
        "at; 1: something is."
    )
    parser.add_argument("levels", nargs="+", metavar="LEVEL", help="an id, a file or a folder")
    parser.add_argument(
        "--plans",
        type=number_of_plans,
        default=PLANS,
        metavar="N",
        help=f"plans to try; all of them where there are no more (default: {PLANS})",
    )
    parser.add_argument(
        "--seed-base",
        type=arguments.seed,
        default=1,
        metavar="N",
        help="draws other plans; the nights stay the level's graded seeds (default: 1)",
    )
    arguments.add_jobs(parser, default=None)
    arguments.add_json(parser)
    parser.set_defaults(command=calibrate)


def number_of_plans(text: str) -> int:
    """How many plans are tried."""
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= MOST_PLANS:
        raise argparse.ArgumentTypeError(
            f'"{text}" is no number of plans: write a whole number from 1 to {MOST_PLANS}'
        )
    return int(text)


def calibrate(options: argparse.Namespace) -> int:
    """Calibrate each level."""
    from game.cli.inputs import level_files, told
    from game.engine.kinds import load_kinds
    from game.proof.calibration import calibrate as calibration_of
    from game.proof.calibration import complaints
    from game.proof.calibration_words import calibration_json, calibration_lines
    from game.proof.prove import open_level
    from game.proof.runs import EngineFailed
    from game.proof.words import rerun_words

    found = []
    good = True
    failure = ""
    with workers(options.jobs) as executor:
        for path in level_files(options.levels):
            say = partial(progress, path)
            with told():
                case = open_level(path, load_kinds(), executor=executor, say=say).case
            try:
                calibration = calibration_of(case, options.plans, options.seed_base)
            except EngineFailed as failed:
                again = rerun_words(case.level, failed.job.plan, failed.job.seed)
                failure = f"{case.level.id}: the engine failed: {failed}; again: {again}"
                break
            good = good and not any(complaints(calibration))
            found.append(calibration_json(calibration))
            if not options.json:
                print(*map(clean, calibration_lines(calibration)), sep="\n", flush=True)
    if options.json:
        print_json(found)
    sys.stdout.flush()
    if failure:
        complain(failure)
    return Exit.GOOD if good and not failure else Exit.NO
