"""Levels of the campaign by name, and their first night with some plan."""

from __future__ import annotations

from collections import Counter
from functools import cache

from game.engine.kinds import load_kinds
from game.engine.log import Log
from game.engine.run import simulate
from game.level.find import find_level
from game.level.model import Level
from game.level.plan import make_plan, system_with
from game.level.proofs import Proof, proofs_path, read_proofs
from game.level.read import read_level
from game.score.batch import play
from game.score.scorecard import Scorecard

NEVER = float("inf")


@cache
def level_of(name: str) -> Level:
    """The level of that id."""
    return read_level(find_level(name), load_kinds())


def proofs_of(name: str) -> tuple[Proof, ...]:
    """The proofs beside it."""
    return read_proofs(proofs_path(find_level(name)), level_of(name)).proofs


def first_night(name: str, **settings: str) -> Scorecard:
    """The first graded seed with these choices, scored."""
    level = level_of(name)
    return play(level, make_plan(level, settings), level.seeds[:1], load_kinds())


def first_log(name: str, **settings: str) -> Log:
    """The same night as it happened."""
    level = level_of(name)
    system = system_with(level, make_plan(level, settings), load_kinds())
    return simulate(system, level.seeds[0])


def measure(card: Scorecard, name: str) -> float:
    """A measure; without limit where it has no number."""
    found = card.measures[name]
    return NEVER if found is None else found


def leading_cause(card: Scorecard) -> str:
    """The cause of most failures."""
    return Counter(dict(card.seeds[0].causes)).most_common(1)[0][0]
