"""Rules 1, 3 and 5: every named proof gets the verdict that it says it gets."""

from __future__ import annotations

from collections import Counter

from game.level.plan import Plan, default_plan
from game.level.proofs import Proof
from game.proof.loses import must_lose_fresh, must_lose_graded
from game.proof.rule import Case, RuleBroken
from game.proof.wins import REFERENCE_FRESH, WITNESS_FRESH, must_win_fresh, must_win_graded
from game.proof.words import goal_words, share_words, stars_words

HARDER = "make the night harder, the goals tighter or the default weaker"
EASIER = "mend the reference's plan, or give the goals more room"
STEADIER = "give the goals more room, so that luck does not decide"
TRAP_ADVICE = "make the trap's promise emptier, or drop the trap"


def default_loses(case: Case) -> str:
    """Rule 1 on the graded seeds: doing nothing does not win."""
    must_lose_graded(case, default_plan(case.level), "the default plan", HARDER)
    return "the default plan loses on every graded seed"


def default_loses_fresh(case: Case) -> str:
    """Rule 1 on fresh seeds."""
    return must_lose_fresh(case, default_plan(case.level), "the default plan", HARDER)


def reference_wins(case: Case) -> str:
    """Rule 1 on the graded seeds: the level can be won."""
    must_win_graded(case, case.reference.plan, 1, _name(case.reference), EASIER)
    return f"{_name(case.reference)} wins on every graded seed"


def reference_wins_fresh(case: Case) -> str:
    """Rule 1 on fresh seeds."""
    return must_win_fresh(
        case, case.reference.plan, 1, REFERENCE_FRESH, _name(case.reference), STEADIER
    )


def traps_lose(case: Case) -> str:
    """Rule 3 on the graded seeds: each trap loses, by the goal and for the cause that it names."""
    for trap in case.of_role("trap"):
        must_lose_graded(case, trap.plan, _name(trap), TRAP_ADVICE)
        _trap_names_its_goal(case, trap)
    return _each_of(case, "trap", "loses as it says")


def traps_lose_fresh(case: Case) -> str:
    """Rule 3 on fresh seeds."""
    for trap in case.of_role("trap"):
        must_lose_fresh(case, trap.plan, _name(trap), TRAP_ADVICE)
    return _each_of(case, "trap", "loses on fresh seeds")


def stars_have_witnesses(case: Case) -> str:
    """Rule 5 on the graded seeds: for each star a plan that gets it."""
    for witness in witnesses(case):
        advice = "mend its plan, loosen the goal, or let it claim fewer stars"
        must_win_graded(case, witness.plan, _stars(witness), _name(witness), advice)
    shown = max([1, *(_stars(witness) for witness in witnesses(case))])
    most = most_stars(case)
    if shown < most:
        raise RuleBroken(
            f"no proof shows that {stars_words(shown + 1)} can be had: "
            f"the goals reach {most}, the proofs {shown}",
            advice=f'add a [[proof]] with role = "witness", verdict = "wins" and stars = {most}',
        )
    return f"each of {most} stars has a witness" if most > 1 else "the reference shows the one star"


def stars_have_witnesses_fresh(case: Case) -> str:
    """Rule 5 on fresh seeds."""
    for witness in witnesses(case):
        stars, name = _stars(witness), _name(witness)
        must_win_fresh(case, witness.plan, stars, WITNESS_FRESH, name, STEADIER)
    return "every witness gets its stars on fresh seeds"


def witnesses(case: Case) -> tuple[Proof, ...]:
    """The proofs that show stars; the reference too, if it says that it gets more than one."""
    return tuple(
        proof
        for proof in case.proofs
        if proof.role == "witness" or (proof.role == "reference" and _stars(proof) > 1)
    )


def winners(case: Case) -> tuple[tuple[Plan, int, str], ...]:
    """(plan, stars, name) of everything that must win."""
    return (
        (case.reference.plan, 1, _name(case.reference)),
        *((proof.plan, _stars(proof), _name(proof)) for proof in witnesses(case)),
    )


def losers(case: Case) -> tuple[tuple[Plan, str], ...]:
    """(plan, name) of every named proof that must lose."""
    named = ((proof.plan, _name(proof)) for role in LOSING for proof in case.of_role(role))
    return ((default_plan(case.level), "the default plan"), *named)


LOSING = ("trap", "cheapest")


def most_stars(case: Case) -> int:
    """How many stars the level has to give."""
    return max(goal.stars for goal in case.level.goals)


def _trap_names_its_goal(case: Case, trap: Proof) -> None:
    goal = next((goal for goal in case.passing if goal.id == trap.goal), None)
    if goal is None:
        raise RuleBroken(
            f"{_name(trap)} does not name the goal of one star that it misses",
            advice=f"write goal = one of {', '.join(repr(goal.id) for goal in case.passing)}",
            plan=trap.plan,
        )
    runs = case.runs.whole(trap.plan, case.level.seeds)
    for run in runs:
        if not run.gave_up and run.goal(goal.id).met:
            raise RuleBroken(
                f"{_name(trap)} does not miss the goal that it names on graded seed "
                f"{run.seed}: {goal_words(goal, run)}",
                advice="name the goal that it does miss",
                plan=trap.plan,
                seed=run.seed,
            )
    if goal.measure != "availability" or goal.at_least is None:
        return
    causes = Counter[str]()
    for run in runs:
        causes.update(dict(run.causes))
    _trap_names_its_cause(case, trap, causes)


def _trap_names_its_cause(case: Case, trap: Proof, causes: Counter[str]) -> None:
    total = causes.total()
    if 2 * causes[trap.cause or ""] > total:
        return
    found = ", ".join(f"{cause} {share_words(n / total)}" for cause, n in causes.most_common(3))
    named = f"names {trap.cause!r} as the cause" if trap.cause else "names no cause"
    raise RuleBroken(
        f"{_name(trap)} {named} of its failures; found over the graded seeds: "
        f"{found or 'no run with failures'}, and the named one must be more than half",
        advice="name the cause that leads, or change the night so that one cause does",
        plan=trap.plan,
        seed=case.level.seeds[0],
    )


def _name(proof: Proof) -> str:
    return f"the {proof.role} {proof.id!r}" if proof.id != proof.role else f"the {proof.role}"


def _stars(proof: Proof) -> int:
    return proof.stars or 1


def _each_of(case: Case, role: str, does: str) -> str:
    number = len(case.of_role(role))
    return f"each of {number} {role}s {does}" if number else f"no {role} was given"
