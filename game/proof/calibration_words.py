"""A calibration in words, 80 columns wide, and as data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from textwrap import wrap
from typing import Any

from game.level.plan import Plan
from game.proof.calibration import Best, Calibration, Priced, complaints
from game.proof.calibration_controls import Effect
from game.proof.calibration_plans import Quality, Tried
from game.proof.calibration_winners import Suggestion, worth
from game.proof.share import describe
from game.proof.words import plan_words, share_words, stars_words
from game.score.json import attack_json, change_json

WIDTH = 80
MOST_SHOWN = 8
"""Lines of a list that is shown to a person; data has all of it."""
CHOICE = 24
GROUP = 28


def calibration_lines(found: Calibration) -> Iterator[str]:
    """Everything, line by line."""
    yield from _about_shares(found)
    yield from _about_best(found)
    yield from _about_controls(found)
    yield _about_speed(found)
    said = list(complaints(found))
    for sentence in said:
        yield from _wrapped("LOOK    ", sentence)
    things = f"{len(said)} thing{'s' if len(said) > 1 else ''} to look at"
    yield f"{found.level.id}: {found.band}; {things if said else 'nothing to look at'}"


def calibration_json(found: Calibration) -> dict[str, Any]:
    """Everything as one JSON object; only `speed` differs from one time to the next."""
    level, controls, best = found.level, found.controls, found.best
    return {
        "level": level.id,
        "path": level.path,
        "ok": not list(complaints(found)),
        "look_at": list(complaints(found)),
        "band": found.band,
        "tutorial": found.tutorial,
        "plans": found.shares[0].plans,
        "tried": found.shares[0].tried,
        "shares": [
            {"stars": stars, **asdict(share), "value": share.value}
            for stars, share in enumerate(found.shares, start=1)
        ],
        "gave_up": found.gave_up,
        "lucky": [
            {"sets": plan_words(level, one.plan), "won_on": list(one.won_on)} for one in found.lucky
        ],
        "cheapest": _priced_json(found, found.cheapest),
        "dearest": _priced_json(found, found.dearest),
        "winners": None if best is None else _best_json(found, best),
        "controls": {
            "from_default": [asdict(effect) for effect in controls.from_default],
            "from_reference": [asdict(effect) for effect in controls.from_reference],
            "idle": list(controls.idle),
            "never_wins": [list(pair) for pair in controls.never_wins],
            "dominated": [asdict(one) for one in controls.dominated],
        },
        "speed": {**asdict(found.speed), "verdict": found.speed.verdict},
    }


def _about_shares(found: Calibration) -> Iterator[str]:
    share = found.shares[0]
    yield from _wrapped("share   ", describe(share))
    for stars, more in enumerate(found.shares[1:], start=2):
        yield f"        {stars_words(stars)}: {more.wins} of {more.tried}"
    if found.gave_up:
        yield f"        {found.gave_up} gave up: too expensive, or choices that do not go together"
    lucky = len(found.lucky)
    yield from _wrapped(
        "luck    ",
        f"{lucky} of {share.tried} plans ({share_words(lucky / share.tried)}) win on some graded "
        "seeds and lose on others",
    )
    for one in found.lucky[:2]:
        seeds = ", ".join(str(seed) for seed in one.won_on)
        yield from _wrapped("        ", f"on {seeds} alone: {plan_words(found.level, one.plan)}")


def _about_best(found: Calibration) -> Iterator[str]:
    # The system of a level in which the player attacks has one price.
    prices = (
        () if found.level.weapons else (("cheapest", found.cheapest), ("dearest", found.dearest))
    )
    for name, priced in prices:
        verdict = "wins" if priced.wins else "loses"
        words = plan_words(found.level, priced.plan)
        yield from _wrapped(f"{name:<8} ", f"{priced.cost_per_hour:g} an hour, {verdict}: {words}")
    best = found.best
    if best is None:
        return
    for name, one in (
        ("cheapest winner", best.cheapest),
        ("dearest winner", best.dearest),
        ("simplest winner", best.simplest),
        (f"nearest winner, {_changed(found, len(best.changed))} from the default", best.nearest),
    ):
        yield from _told(found, name, one)
    winners = f"{len(best.pareto)} winner{'s' if len(best.pareto) > 1 else ''}"
    yield f"best    {winners} that no other one beats in everything:"
    for one in best.pareto[:MOST_SHOWN]:
        yield from _wrapped(
            "        ", f"{_quality(worth(one))}: {plan_words(found.level, one.plan)}"
        )
    yield from _more(len(best.pareto) - MOST_SHOWN)
    if best.suggestions:
        yield from _wrapped(
            "stars   ",
            "two so that the middle one of the winners has them, three so that the best tenth has; "
            "each with a witness that uses at most 70 % of the budget:",
        )
    for suggestion in best.suggestions:
        yield from _wrapped("        ", _suggested(found, suggestion))


def _about_controls(found: Calibration) -> Iterator[str]:
    controls = found.controls
    if not controls.from_default:
        return
    yield "controls one at a time (= the plan's own): stars; measures of the first seed"
    yield f"{'':<{CHOICE}}{'from the default':<{GROUP}}{'from the reference':<{GROUP}}".rstrip()
    others = {(effect.control, effect.choice): effect for effect in controls.from_reference}
    shown = ""
    for effect in controls.from_default:
        if effect.control != shown:
            shown = effect.control
            yield shown
        other = others.get((effect.control, effect.choice))
        choice = f"  {effect.choice}"[: CHOICE - 1]
        right = "" if other is None else _effect(other)
        yield f"{choice:<{CHOICE}}{_effect(effect):<{GROUP}}{right}".rstrip()
    never: dict[str, list[str]] = {}
    for control, choice in controls.never_wins:
        never.setdefault(control, []).append(choice)
    for control, choices in never.items():
        yield from _wrapped("never   ", f"no winner has {control} = {'; '.join(choices)}")
    for one in controls.dominated[:MOST_SHOWN]:
        yield from _wrapped(
            "worse   ",
            f"{one.control} = {one.choice} was never better than {one.by}, in {one.pairs} pairs "
            "of plans",
        )
    yield from _more(len(controls.dominated) - MOST_SHOWN)


def _about_speed(found: Calibration) -> str:
    speed = found.speed
    return (
        f"speed   {speed.verdict}: {speed.median_s * 1000:.0f} ms and {speed.events:,} events at "
        f"the median, {speed.slowest_s * 1000:.0f} ms at most"
    )


def _told(found: Calibration, name: str, one: Tried) -> Iterator[str]:
    yield from _wrapped("", f"{name}: {_quality(worth(one))}")
    yield from _wrapped("        ", plan_words(found.level, one.plan))


def _suggested(found: Calibration, one: Suggestion) -> str:
    limit = one.at_most if one.at_least is None else one.at_least
    asks = "at most" if one.at_least is None else "at least"
    assert limit is not None
    return (
        f"{stars_words(one.stars)}: {one.measure} {asks} {limit:.6g}, met by {one.met_by} of "
        f"{one.winners} winners, as by {plan_words(found.level, one.witness)}"
    )


def _effect(effect: Effect) -> str:
    own = "=" if effect.own else " "
    verdict = f"{effect.stars}★" if effect.stars else "– " if effect.gave_up else "✗ "
    quality = effect.quality
    if quality is None:
        return f"{own}{verdict}"
    p99 = "late" if quality.p99_ms is None else f"{quality.p99_ms:.0f} ms"
    return f"{own}{verdict}{_percent(quality.availability):>9}{p99:>9}{quality.cost_per_hour:>6.4g}"


def _quality(quality: Quality) -> str:
    if quality.attack_cost is not None:
        return f"attacks for {quality.attack_cost:g} leave {_percent(quality.availability)}"
    p99 = "late" if quality.p99_ms is None else f"{quality.p99_ms:.0f} ms"
    return (
        f"{_percent(quality.availability)}, p99 {p99}, {quality.cost_per_hour:g} an hour, "
        f"{quality.moving_parts} parts"
    )


def _percent(share: float) -> str:
    return f"{share * 100:.2f} %"


def _changed(found: Calibration, count: int) -> str:
    what = "attack" if found.level.weapons else "control"
    return f"{count} {what}{'' if count == 1 else 's'}"


def _more(number: int) -> Iterator[str]:
    if number > 0:
        yield f"        and {number} more (--json has all)"


def _wrapped(first: str, text: str) -> Iterator[str]:
    """A paragraph with a word before its first line."""
    yield from wrap(text, WIDTH, initial_indent=first, subsequent_indent=" " * (len(first) or 8))


def _priced_json(found: Calibration, one: Priced) -> dict[str, Any]:
    sets = plan_words(found.level, one.plan)
    return {"sets": sets, "cost_per_hour": one.cost_per_hour, "wins": one.wins}


def _tried_json(found: Calibration, one: Tried) -> dict[str, Any]:
    return {
        "sets": plan_words(found.level, one.plan),
        **plan_json(one.plan),
        "stars": one.stars,
        **asdict(worth(one)),
    }


def plan_json(plan: Plan) -> dict[str, Any]:
    """What a plan sets before and during the run, and its attacks."""
    return {"controls": dict(plan.values), **_beside(plan)}


def _beside(plan: Plan) -> dict[str, Any]:
    """Changes and attacks, where there are any."""
    changes = {"changes": [change_json(one) for one in plan.changes]} if plan.changes else {}
    attacks = {"attacks": [attack_json(one) for one in plan.attacks]} if plan.attacks else {}
    return {**changes, **attacks}


def _best_json(found: Calibration, best: Best) -> dict[str, Any]:
    return {
        "cheapest": _tried_json(found, best.cheapest),
        "dearest": _tried_json(found, best.dearest),
        "simplest": _tried_json(found, best.simplest),
        "nearest": {
            **_tried_json(found, best.nearest),
            "changed": list(best.changed),
        },
        "pareto": [_tried_json(found, one) for one in best.pareto],
        "suggested": [
            {
                "stars": one.stars,
                "measure": one.measure,
                "at_least": one.at_least,
                "at_most": one.at_most,
                "witness": dict(one.witness.values),
                **_beside(one.witness),
                "met_by": one.met_by,
                "winners": one.winners,
            }
            for one in best.suggestions
        ],
    }
