"""The plans that win: the best of them, how far they are from the default, and stars for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, log10

from game.level.attacks import is_attack
from game.level.model import ATTACK_COST
from game.level.plan import Plan
from game.proof.budget import WINNER_SHARE
from game.proof.calibration_plans import Quality, Tried, try_plans
from game.proof.domain import put_back
from game.proof.goals import FEWEST_FAILURES
from game.proof.rule import Case

STAR_RANKS = {2: 0.5, 3: 0.1}
"""The witness of so many stars: the winner that is better than all but this share of them."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A threshold for a goal of two or three stars."""

    stars: int
    measure: str
    at_least: float | None
    at_most: float | None
    witness: Plan
    """A winner that meets it and uses at most 70 % of its budget on every graded seed."""
    met_by: int
    """So many of the winners that were played meet it."""
    winners: int


def worth(one: Tried) -> Quality:
    """The quality of a winner, whose runs are all whole."""
    quality = one.quality
    assert quality is not None, "a winner is played to its end"
    return quality


def pareto(winners: Sequence[Tried]) -> list[Tried]:
    """Winners that no other winner beats, cheapest first; of equal ones the first."""
    unlike = {worth(one): one for one in reversed(winners)}
    front = [
        one for quality, one in unlike.items() if not any(other.beats(quality) for other in unlike)
    ]
    return sorted(front, key=lambda one: (worth(one).cost, -worth(one).availability))


def changes(case: Case, plan: Plan) -> list[str]:
    """The controls that are not at their default, and the attacks."""
    settings = case.domain.settings(plan)
    controls = [axis.id for axis in case.domain.axes if settings[axis.id] != axis.default]
    return [*controls, *(attack.key for attack in plan.attacks)]


def simplest(case: Case, winners: Sequence[Tried]) -> Tried:
    """Fewest moving parts; among equals the one nearest to the default, then the cheapest."""
    return min(
        winners,
        key=lambda one: (
            worth(one).moving_parts,
            len(changes(case, one.plan)),
            worth(one).cost,
        ),
    )


def nearest_winner(case: Case, winners: Sequence[Tried]) -> Tried:
    """The winner with the fewest controls changed, and after putting back what it does not need.

    No winner that was played has fewer; where not all plans were, others might.
    """
    best = min(winners, key=lambda one: len(changes(case, one.plan)))
    while True:
        smaller = [_put_back(case, best.plan, control) for control in changes(case, best.plan)]
        better = [one for one in try_plans(case, smaller) if one.wins]
        if not better:
            return best
        best = better[0]


def suggest_stars(case: Case, winners: Sequence[Tried]) -> Iterator[Suggestion]:
    """Thresholds that part the winners: two stars at the middle one, three at the best tenth.

    Each is as far from what its witness measured as a winner has to be; one that every winner
    meets, or every one that meets the one for fewer stars, is left out.
    """
    measures = ATTACKERS_MEASURES if case.level.weapons else MEASURES
    for measure, (value, threshold, at_least) in measures.items():
        before = len(winners)
        for stars, rank in STAR_RANKS.items():
            ranked = sorted(
                ((number, one) for one in winners if (number := value(worth(one))) is not None),
                key=lambda pair: -pair[0] if at_least else pair[0],
            )
            if not ranked:
                continue
            best, witness = ranked[floor((len(ranked) - 1) * rank)]
            limit = threshold(best, witness)
            met_by = sum(number >= limit if at_least else number <= limit for number, _ in ranked)
            if met_by >= before:
                continue
            before = met_by
            yield Suggestion(
                stars=stars,
                measure=measure,
                at_least=limit if at_least else None,
                at_most=None if at_least else limit,
                witness=witness.plan,
                met_by=met_by,
                winners=len(winners),
            )


def _put_back(case: Case, plan: Plan, control: str) -> Plan:
    """The plan without one of its `changes`."""
    if is_attack(control):
        return replace(plan, attacks=tuple(one for one in plan.attacks if one.key != control))
    return put_back(case.domain, plan, control)


def _availability(measured: float, witness: Tried) -> float:
    """What leaves the witness its room, and allows failures enough to be told from luck."""
    valid = sum(run.operations for run in witness.runs)
    allowed = max((1 - measured) / WINNER_SHARE, FEWEST_FAILURES / valid)
    return round(1 - _rounded_up(allowed), 9)


def _latency(measured: float, _witness: Tried) -> float:
    return _rounded_up(measured / WINNER_SHARE)


def _exactly(measured: float, _witness: Tried) -> float:
    """Cost and parts follow from the plan: no seed takes them over the threshold."""
    return measured


def _rounded_up(number: float) -> float:
    """To two digits."""
    if number <= 0:
        return 0.0
    step = 10.0 ** (floor(log10(number)) - 1)
    return round(ceil(round(number / step, 6)) * step, 9)


Value = Callable[[Quality], float | None]
Thresholds = dict[str, tuple[Value, Callable[[float, Tried], float], bool]]
MEASURES: Thresholds = {
    "availability": (lambda quality: quality.availability, _availability, True),
    "p99_ms": (lambda quality: quality.p99_ms, _latency, False),
    "cost_per_hour": (lambda quality: quality.cost_per_hour, _exactly, False),
    "moving_parts": (lambda quality: quality.moving_parts, _exactly, False),
}
"""Measure, how a threshold comes from what its witness measured, and whether more is better."""
ATTACKERS_MEASURES: Thresholds = {
    ATTACK_COST: (lambda quality: quality.attack_cost, _exactly, False)
}
"""The same where the player attacks."""
