"""A scorecard as one JSON object, with keys that others build on."""

from __future__ import annotations

from typing import Any

from game.level.attacks import Attack
from game.level.changes import Change
from game.level.units import format_duration
from game.score.goals import GoalResult
from game.score.scorecard import Scorecard, SeedScore


def scorecard_json(card: Scorecard) -> dict[str, Any]:
    """The object that `run --json` prints.

    Each entry of `seeds` stands for itself: the same keys for that seed alone, and `seed`.
    """
    identity: dict[str, Any] = {
        "level": card.level,
        "level_hash": card.level_hash,
        "engine": card.engine,
        "plan": card.plan,
        "plan_hash": card.plan_hash,
    }
    if card.changes:
        identity["changes"] = [change_json(change) for change in card.changes]
    if card.attacks:
        identity["attacks"] = [attack_json(attack) for attack in card.attacks]
    return {
        **identity,
        **_score(card),
        "seeds": [{"seed": one.seed, **identity, **_score(one)} for one in card.seeds],
    }


def change_json(change: Change) -> dict[str, Any]:
    """A control that is set during the run."""
    return {
        "alarm": change.alarm,
        "delay_us": change.delay,
        "control": change.control,
        "value": change.value,
    }


def _score(score: Scorecard | SeedScore) -> dict[str, Any]:
    found: dict[str, Any] = {
        "verdict": score.verdict,
        "stars": score.stars,
        "goals": [_goal(goal) for goal in score.goals],
        "measures": {**score.measures, "anomalies": score.anomalies},
        "operations": score.operations,
        "good": score.good,
        "causes": score.causes,
        "digest": score.digest,
    }
    if score.error:
        found["error"] = score.error
    return found


def attack_json(attack: Attack) -> dict[str, Any]:
    """As in a plan's file; a weapon without targets has none."""
    target = {"target": attack.target} if attack.target else {}
    return {"weapon": attack.weapon, **target, "at": format_duration(attack.at)}


def _goal(goal: GoalResult) -> dict[str, Any]:
    return {"id": goal.id, "target": goal.target, "measured": goal.measured, "met": goal.met}
