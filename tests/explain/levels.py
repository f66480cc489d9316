"""Plans of the campaign, played once and explained."""

from __future__ import annotations

from game.engine.kinds import load_kinds
from game.engine.run import simulate
from game.explain import PostMortem, post_mortem
from game.explain.facts import Facts, facts_of
from game.level.model import Level
from game.level.plan import Plan, plan_of_pairs, system_with
from game.score.scorecard import PASSED, score_run
from tests.levels.playing import level_of, proofs_of


def told_of(level: Level, plan: Plan) -> PostMortem:
    """A plan of a level on the first graded seed on which it does not pass, else on the last."""
    registry = load_kinds()
    system = system_with(level, plan, registry)
    for seed in level.seeds:
        log = simulate(system, seed)
        score = score_run(level, system, log)
        if score.verdict != PASSED:
            break
    return post_mortem(level, system, log, score, registry=registry)


def proof_told(name: str, proof: str) -> PostMortem:
    """One of the proofs of a level."""
    (plan,) = (one.plan for one in proofs_of(name) if one.id == proof)
    return told_of(level_of(name), plan)


def plan_told(name: str, *pairs: tuple[str, str]) -> PostMortem:
    """Any plan of a level, by controls and their labels."""
    level = level_of(name)
    return told_of(level, plan_of_pairs(level, pairs))


def plan_facts(name: str, *pairs: tuple[str, str], seed: int = 1) -> Facts:
    """What the post-mortem of a plan is told from."""
    level = level_of(name)
    system = system_with(level, plan_of_pairs(level, pairs), load_kinds())
    log = simulate(system, seed)
    return facts_of(level, system, log, score_run(level, system, log), load_kinds())
