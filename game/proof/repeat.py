"""Same plan, same night, same digest: what everything else that is proven stands on."""

from __future__ import annotations

from game.proof.played import Job
from game.proof.rule import Case, RuleBroken


def same_digest_twice(case: Case) -> str:
    """The reference's first graded seed is played once more, traced, and must be the same run.

    A traced run goes by the plain code alone, so that the fast path is looked at too.
    """
    plan, seed = case.reference.plan, case.level.seeds[0]
    once = case.runs.one(plan, seed)
    again = case.runs.play([Job(plan, seed, traced=True)])[0]
    if once.digest != again.digest:
        raise RuleBroken(
            f"the reference played twice on seed {seed} is two different runs: "
            f"{once.digest[:12]} and {again.digest[:12]}",
            advice="this is a mistake of the game, not of the level: please report it",
            plan=plan,
            seed=seed,
        )
    return f"seed {seed} played twice, once traced, is the same run ({once.digest[:12]})"
