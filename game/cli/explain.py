"""`ninelives explain`: why a run went as it did, in words."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from game.cli import arguments
from game.cli.arguments import Parser
from game.cli.data import print_json
from game.cli.exits import Exit

if TYPE_CHECKING:
    from rich.console import Console

    from game.explain.report import LookAt, PostMortem
    from game.level.model import Level
    from game.level.plan import Plan
    from game.level.registry import Registry

INDENT = 2


def fill(parser: Parser) -> None:
    """What the command takes."""
    parser.description = (
        "Run a plan of a level on one seed and tell why it went as it did: what "
        "failed, when, by which cause, because of which fault, and where one would look. Exit "
        "code 0: passed; 1: not passed."
    )
    parser.add_argument("level", metavar="LEVEL", help="an id, a file or a folder")
    arguments.add_plan(parser)
    parser.add_argument(
        "--seed",
        type=arguments.seed,
        metavar="N",
        help="default: the graded seed on which the plan does worst",
    )
    arguments.add_json(parser)
    parser.set_defaults(command=explain)


def explain(options: argparse.Namespace) -> int:
    """Run, and tell."""
    from game.cli.inputs import choose_plan, level_at, told
    from game.engine.kinds import load_kinds

    level = level_at(options.level)
    plan = choose_plan(level, options.plan, options.settings, options.changes, options.attacks)
    registry = load_kinds()
    with told():
        seed = worst_seed(level, plan, registry) if options.seed is None else options.seed
        found = post_mortem_of(level, plan, seed, registry)
    if options.json:
        from game.explain.json import post_mortem_json

        head = {"level": level.id, "plan": plan.name}
        print_json({**head, **post_mortem_json(found)})
    else:
        from game.cli.console import stdout_console

        print_post_mortem(level, plan, found, stdout_console())
    return Exit.GOOD if found.verdict == "passed" else Exit.NO


def worst_seed(level: Level, plan: Plan, registry: Registry) -> int:
    """The graded seed on which the plan does worst."""
    from game.score.batch import play

    return play(level, plan, level.seeds, registry).worst_seed.seed


def post_mortem_of(level: Level, plan: Plan, seed: int, registry: Registry) -> PostMortem:
    """One run, scored and explained."""
    from game.engine.run import simulate
    from game.explain.report import post_mortem
    from game.level.plan import system_with
    from game.score.scorecard import score_run

    system = system_with(level, plan, registry)
    log = simulate(system, seed)
    return post_mortem(level, system, log, score_run(level, system, log), registry=registry)


def print_post_mortem(level: Level, plan: Plan, told: PostMortem, console: Console) -> None:
    """All of it, for a person."""
    from rich.text import Text

    from game.cli.console import new_table
    from game.cli.report import VERDICT_STYLES, plan_words

    title = Text(level.title or level.id, "bold")
    title.append(f", {plan_words(level, plan)}, seed {told.seed}: ", "not bold")
    title.append(told.verdict.upper(), VERDICT_STYLES[told.verdict])
    console.print(title)
    console.print(Text(told.headline))
    print_list(console, "What happened", told.story)
    if told.goals:
        print_list(console, "Goals", [goal.words for goal in told.goals])
    if told.measures:
        lines = [
            f"{one.id}: {one.measured}{one.says and f' ({one.says})'}" for one in told.measures
        ]
        print_list(console, "Measures of this level", lines)
    if told.causes:
        table = new_table("Causes", ">count", "cause", "goes back to", "which means")
        for cause in told.causes:
            fault = Text(cause.fault or "no fault")
            table.add_row(f"{cause.count:,}", cause.word, fault, Text(cause.meaning))
        console.print()
        console.print(table)
    if told.look_at:
        print_list(console, "Where to look", [look_words(level, look) for look in told.look_at])
    console.print()
    console.print(Text(told.next_step))


def print_list(console: Console, title: str, lines: Any) -> None:
    """A title, and each line below it, wrapped and indented."""
    from rich.padding import Padding
    from rich.text import Text

    console.print()
    console.print(Text(title, "bold"))
    for line in lines:
        text = Text(line, no_wrap=False)
        console.print(Padding(text, (0, 0, 0, INDENT), expand=False))


def look_words(level: Level, look: LookAt) -> str:
    """A fact, and behind it the controls and pages that it points to."""
    labels = {control.id: control.label or control.id for control in level.controls}
    parts = []
    if look.controls:
        names = ", ".join(labels[control] for control in look.controls)
        parts.append(f"controls: {names}")
    if look.codex:
        parts.append(f"codex: {', '.join(look.codex)}")
    return f"{look.words} [{'; '.join(parts)}]" if parts else look.words
