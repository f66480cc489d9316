"""A scorecard in words for a person: verdict, goals, causes and blame, measures, the nines.

Plain text where stdout is no terminal. Text that comes from a level is shown as it stands, never
read as markup.
"""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from game.cli.console import new_table
from game.engine.causes import MEANINGS
from game.level.attacks import is_attack
from game.level.model import SECOND_US, Level
from game.level.plan import Plan, default_plan, diff_plans
from game.score.measures import says_of
from game.score.nines import nines
from game.score.scorecard import ENGINE_ERROR, FAILED, PASSED, TOO_EXPENSIVE, Scorecard, SeedScore
from game.score.words import measure_words, target_words

SAYS = {cause.word: meaning for cause, meaning in MEANINGS.items()}
VERDICT_STYLES = {
    PASSED: "bold green",
    FAILED: "bold red",
    TOO_EXPENSIVE: "bold yellow",
    ENGINE_ERROR: "bold magenta",
}


def print_report(level: Level, plan: Plan, card: Scorecard, console: Console) -> None:
    """The whole report."""
    console.print(headline(level, plan, card))
    if card.error:
        console.print(Text(card.error))
    tables = [goals_table(card), nines_table(level, card), causes_table(card), measures_table(card)]
    for table in tables:
        if table.row_count:
            console.print()
            console.print(table)


def headline(level: Level, plan: Plan, card: Scorecard) -> Text:
    """The level, the plan, the seeds and the verdict."""
    text = Text()
    text.append(level.title or level.id, "bold")
    text.append(f", {plan_words(level, plan)}, {seeds_words(card)}: ")
    text.append(card.verdict.upper(), VERDICT_STYLES[card.verdict])
    if card.stars:
        text.append(f" {'★' * card.stars} {card.stars} star{'s' if card.stars > 1 else ''}")
    return text


def plan_words(level: Level, plan: Plan) -> str:
    """The plan's name, or what it sets otherwise than the default plan."""
    if plan.name:
        return f"plan {plan.name}"
    changes = diff_plans(default_plan(level), plan)
    told = [
        control if is_attack(control) else f"{control}={label}" for control, _, label in changes
    ]
    return ", ".join(told) or ("no attack" if level.weapons else "default plan")


def seeds_words(card: Scorecard) -> str:
    """ "seed 3", "seeds 1-5" or "20 seeds"."""
    seeds = [one.seed for one in card.seeds]
    if len(seeds) == 1:
        return f"seed {seeds[0]}"
    if seeds == list(range(seeds[0], seeds[-1] + 1)):
        return f"seeds {seeds[0]}-{seeds[-1]}"
    return f"{len(seeds)} seeds"


def score_of(card: Scorecard, seed: int) -> SeedScore:
    """That seed's own score."""
    return next(one for one in card.seeds if one.seed == seed)


def goals_table(card: Scorecard) -> Table:
    """Each goal: what it asks for, what the worst seed measured, whether every seed met it."""
    many = len(card.seeds) > 1
    table = new_table(
        "Goals", "goal", "stars", "asks for", "worst seed" if many else "measured", ""
    )
    for goal in card.goals:
        measured = measure_words(goal.measure, goal.measured, score_of(card, goal.seed).tally)
        if many:
            measured += f" (seed {goal.seed})"
        met = Text("✓ met", "green") if goal.met else Text("✗ missed", "red")
        table.add_row(Text(goal.id), "★" * goal.stars, target_words(goal), measured, met)
    return table


def nines_table(level: Level, card: Scorecard) -> Table:
    """What each availability goal allows, and what happened on its worst seed, three ways."""
    table = new_table(
        "Availability told three ways, for one such night",
        "",
        ">availability",
        ">operations that fail",
        ">or an outage of",
        ">nines a year",
    )
    happened = {}
    for goal in card.goals:
        score = score_of(card, goal.seed)
        if goal.measure == "availability" and goal.at_least and score.operations:
            table.add_row(f"{goal.id} allows", *nines_row(level, goal.target, score))
            if goal.measured is not None:
                happened[goal.seed] = nines_row(level, goal.measured, score)
    for seed, row in happened.items():
        table.add_row(f"happened (seed {seed})", *row)
    return table


def nines_row(level: Level, availability: float, score: SeedScore) -> tuple[str, str, str, str]:
    """An availability, and the three ways to tell it."""
    first_us, last_us = score.window_us
    told = nines(availability, score.operations, last_us - first_us, level.how_often_per_year)
    return (
        measure_words("availability", availability, score.tally),
        f"{told.failures:,}",
        f"{told.outage_us / SECOND_US:.2f} s",
        "" if told.a_year is None else f"{told.a_year:.1f}",
    )


def causes_table(card: Scorecard) -> Table:
    """Why operations were not good, and which fault each goes back to."""
    lost = card.operations - card.good
    title = f"{lost:,} of {card.operations:,} operations were not good"
    table = new_table(title, ">count", "cause", "goes back to", "which means")
    for cause, fault, count in card.blame:
        table.add_row(f"{count:,}", cause, Text(fault or "no fault"), Text(SAYS[cause]))
    return table


def measures_table(card: Scorecard) -> Table:
    """Every measure over all seeds together."""
    title = "Measures" if len(card.seeds) == 1 else "Measures, all seeds together"
    table = new_table(title, "measure", ">value", "")
    for name, value in card.measures.items():
        words = measure_words(name, value, card.tally)
        table.add_row(name, words, Text(says_of(card.tally, name)))
    for kind, count in card.anomalies.items():
        table.add_row(kind, f"{count:,}", "anomalies found in the history")
    return table
