"""What the facts of a run point to, the weightiest first."""

from __future__ import annotations

from collections.abc import Iterable

from game.explain import looks_at_caches as caches
from game.explain import looks_at_callers as callers
from game.explain import looks_at_calls as calls
from game.explain import looks_at_chains as chains
from game.explain import looks_at_copies as copies
from game.explain import looks_at_machines as machines
from game.explain import looks_at_measures as measures
from game.explain import looks_at_promises as promises
from game.explain import looks_at_queues as queues
from game.explain import looks_at_storms as storms
from game.explain import looks_at_trips as trips
from game.explain import looks_at_trust as trust
from game.explain import looks_at_versions as versions
from game.explain import looks_at_wires as wires
from game.explain.clue import FAILING, Clue, Look
from game.explain.facts import Facts
from game.score.goals import GoalResult
from game.score.measures import MEASURES

MOST_CLUES = 4
FEW = 20
"""A clue that concerns fewer than one in so many failures is no clue."""

LOOKS: tuple[Look, ...] = (
    trust.seen_before,
    caches.too_old_in_cache,
    promises.broken_promises,
    promises.deposed_in_vain,
    promises.failover_took,
    chains.chain_held_up,
    promises.nobody_took_over,
    copies.majority_away,
    copies.leaderless,
    copies.elected_in_vain,
    versions.not_understood,
    trust.out_of_time,
    wires.full_wire,
    trips.one_after_the_other,
    caches.thrown_away,
    trust.busy_checking,
    machines.nobody_else,
    machines.left_too_few,
    machines.gray,
    machines.held_by_the_silent,
    machines.asked_the_dead,
    callers.asked_once,
    callers.waited_in_vain,
    callers.given_up_early,
    storms.storm,
    queues.closed_loops,
    machines.too_much_work,
    calls.nobody_in_rotation,
    calls.barred,
    calls.behind,
    promises.no_leader,
    promises.slow_goals,
    promises.money,
    measures.missed_measures,
)
"""Where to look. Of about equal weight the first one counts: what is nearer to the origin."""


def clues_of(facts: Facts) -> tuple[Clue, ...]:
    """At most four: first what spoils the first star that is missing, then the weightiest.

    Weights are compared in tenths of all failures.
    """
    failures = facts.failures or tuple(one for one in facts.operations if one.failed)
    found = [clue for look in LOOKS for clue in look(facts, failures)]
    wanted = wanted_by(next_missed(facts))
    telling = [clue for clue in found if clue.weight * FEW >= len(failures)]
    tenth = max(1, len(failures) // 10)
    in_order = sorted(
        telling, key=lambda clue: (wanted.isdisjoint(clue.measures), -(clue.weight // tenth))
    )
    return tuple(in_order[:MOST_CLUES])


def wanted_by(goals: Iterable[GoalResult]) -> frozenset[str]:
    """The measures that a clue must bear on to help with these goals.

    What a level's own measure hangs on only its author knows: whatever makes operations fail may.
    """
    named = {goal.measure for goal in goals}
    return frozenset(named if named <= MEASURES.keys() else named | FAILING)


def next_missed(facts: Facts) -> tuple[GoalResult, ...]:
    """The goals that were missed of the first star that is missing."""
    missed = [goal for goal in facts.score.goals if not goal.met]
    stars = min((goal.stars for goal in missed), default=0)
    return tuple(goal for goal in missed if goal.stars == stars)
