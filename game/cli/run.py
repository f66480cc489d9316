"""`ninelives run`: one plan on some seeds, and how it went."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from game.cli import arguments
from game.cli.arguments import Parser
from game.cli.data import print_json
from game.cli.exits import Exit, WrongUse
from game.cli.jobs import workers
from game.cli.words import complain
from game.level.problems import Unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from game.engine.log import Log
    from game.level.model import Level
    from game.level.plan import Plan
    from game.level.registry import Registry
    from game.score.scorecard import Scorecard


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be simulated."""

    level: Level
    plan: Plan
    seeds: tuple[int, ...]
    without: tuple[str, ...]
    registry: Registry


def fill(parser: Parser) -> None:
    """What the command takes."""
    parser.description = (
        "Simulate a plan of a level on all its graded seeds, or on others, and score "
        "it. Exit code 0: passed; 1: not passed."
    )
    parser.add_argument(
        "level", metavar="LEVEL", help="an id, a file or a folder; or a *.replay.json to run again"
    )
    arguments.add_plan(parser)
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="FAULT",
        help="leave this fault of the script out",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--seed", dest="seeds", type=lambda text: (arguments.seed(text),), metavar="N"
    )
    which.add_argument(
        "--seeds", type=arguments.seeds, metavar="1-20", help="default: all graded seeds"
    )
    arguments.add_jobs(parser, default=1)
    arguments.add_json(parser)
    parser.add_argument(
        "--trace", type=Path, metavar="FILE", help="write every event of the runs, as JSON lines"
    )
    parser.add_argument(
        "--history",
        type=Path,
        metavar="FILE",
        help="write what the clients of the store asked and saw: Jepsen's EDN if the name ends in "
        ".edn, else JSON lines; ninelives lab history checks it",
    )
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Simulate, score, and tell."""
    from game.cli.inputs import told
    from game.cli.replay import is_replay

    again = is_replay(options.level)
    task = task_of_replay(options) if again else task_of(options)
    with told():
        if options.trace or options.history:
            card = play_recorded(task, options.trace, options.history)
        else:
            card = play(task, options.jobs)
    if options.json:
        from game.score.json import scorecard_json

        print_json(scorecard_json(card))
    else:
        from game.cli.console import stdout_console
        from game.cli.report import print_report

        print_report(task.level, task.plan, card, stdout_console())
    if card.verdict == "engine-error" and not again:
        keep_engine_error(task, card)
    return Exit.GOOD if card.verdict == "passed" else Exit.NO


def task_of(options: argparse.Namespace) -> Task:
    """The run that the options describe. Raises `WrongUse`."""
    from game.cli.inputs import choose_plan, level_at
    from game.engine.kinds import load_kinds

    level = level_at(options.level)
    return Task(
        level=level,
        plan=choose_plan(level, options.plan, options.settings, options.changes, options.attacks),
        seeds=options.seeds or level.seeds,
        without=known_faults(level, options.without),
        registry=load_kinds(),
    )


def task_of_replay(options: argparse.Namespace) -> Task:
    """The run that a replay file describes, on the engine of today. Raises `WrongUse`."""
    from game.cli.inputs import level_in, plan_of
    from game.cli.replay import read_replay
    from game.engine.identity import ENGINE
    from game.engine.kinds import load_kinds

    given = (options.plan, options.settings, options.changes, options.attacks)
    if any(given) or options.without or options.seeds:
        raise WrongUse("a replay file says plan, seed and faults itself: leave those options out")
    replay = read_replay(Path(options.level))
    complain(f"engine {replay.engine}, at {replay.time_us / 1_000_000:.6f} s: {replay.error}")
    if replay.engine != ENGINE:
        complain(f"this is engine {ENGINE}, where it may go otherwise")
    level = level_in(replay.level_text.encode(), replay.level_path)
    return Task(
        level=level,
        plan=plan_of(level, list(replay.plan.items())),
        seeds=(replay.seed,),
        without=known_faults(level, replay.without),
        registry=load_kinds(),
    )


def known_faults(level: Level, names: Sequence[str]) -> tuple[str, ...]:
    """The faults to leave out, if there are such faults. Raises `WrongUse`."""
    known = [fault.id for fault in level.system.faults]
    for name in names:
        if name not in known:
            raise WrongUse(arguments.one_of("fault", name, known))
    return tuple(names)


def play(task: Task, jobs: int) -> Scorecard:
    """All seeds, side by side where more than one job is allowed."""
    from game.score import batch

    with workers(min(jobs, len(task.seeds))) as executor:
        return batch.play(
            task.level,
            task.plan,
            task.seeds,
            task.registry,
            without=task.without,
            executor=executor,
        )


def play_recorded(task: Task, trace: Path | None, history: Path | None) -> Scorecard:
    """All seeds one after the other, each written to the trace before the next one runs, and to the
    history after the last one. Raises `WrongUse`."""
    from game.engine.run import simulate
    from game.level.plan import system_with
    from game.score.histories.recorded import NotOneStore, require_one_store
    from game.score.scorecard import pool, score_run

    system = system_with(task.level, task.plan, task.registry)
    if history is not None:
        try:
            require_one_store(system)
        except NotOneStore as error:
            raise WrongUse(str(error)) from None
    scores = []
    kept = []
    with ExitStack() as files:
        traced = files.enter_context(Output("trace", trace)) if trace else None
        written = files.enter_context(Output("history", history)) if history else None
        for seed in task.seeds:
            log = simulate(system, seed, trace=traced is not None, without=task.without)
            if traced is not None:
                traced.trace(log)
            if written is not None:
                kept.append(log)
            scores.append(score_run(task.level, system, log))
        if written is not None:
            written.history(kept)
    return pool(task.level, task.plan, scores)


class Output:
    """A file that a run is written to. Raises `WrongUse` where it cannot be."""

    def __init__(self, what: str, path: Path) -> None:
        self.what = what
        self.path = path

    def __enter__(self) -> Self:
        try:
            self.file = self.path.open("w", encoding="utf-8", newline="\n")
        except OSError as error:
            raise self.refused(error) from None
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            self.file.close()
        except BrokenPipeError:
            raise
        except OSError as error:
            if kind is None:
                raise self.refused(error) from None

    def refused(self, error: OSError) -> WrongUse:
        """The sentence for a file that does not take it."""
        return WrongUse(f"cannot write the {self.what} {self.path}: {error.strerror}")

    def trace(self, log: Log) -> None:
        """Write all events of a run."""
        from game.cli.trace import write_trace

        try:
            write_trace(log, self.file)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise self.refused(error) from None

    def history(self, logs: Sequence[Log]) -> None:
        """Write what the clients of the runs asked and saw."""
        from game.score.histories.recorded import history_of_logs
        from game.score.histories.write import write_history

        try:
            write_history(history_of_logs(logs), self.path, self.file)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise self.refused(error) from None


def keep_engine_error(task: Task, card: Scorecard) -> None:
    """Leave a replay file for the first seed on which the engine broke."""
    from game.cli.replay import Replay, write_replay
    from game.engine.run import simulate
    from game.level.plan import system_with

    seed = next(score.seed for score in card.seeds if score.verdict == "engine-error")
    system = system_with(task.level, task.plan, task.registry)
    log = simulate(system, seed, without=task.without)
    replay = Replay(
        level_path=task.level.path,
        level_text=Path(task.level.path).read_text("utf-8"),
        plan=dict(task.plan.pairs),
        without=task.without,
        seed=seed,
        engine=card.engine,
        time_us=log.ended_us,
        error=log.error,
    )
    try:
        path = write_replay(replay, Path.cwd())
    except Unreadable as error:
        complain(f"the engine broke, and there is no replay file: {error}")
    else:
        complain(f"the engine broke, which is our fault: ninelives run {path} replays it")
