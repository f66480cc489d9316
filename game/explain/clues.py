"""What the facts of a run point to, the weightiest first."""

from __future__ import annotations

from game.explain import looks_at_callers as callers
from game.explain import looks_at_machines as machines
from game.explain import looks_at_promises as promises
from game.explain.clue import Clue, Look
from game.explain.facts import Facts

MOST_CLUES = 4
FEW = 20
"""A clue that concerns fewer than one in so many failures is no clue."""

LOOKS: tuple[Look, ...] = (
    promises.broken_promises,
    promises.deposed_in_vain,
    promises.failover_took,
    promises.nobody_took_over,
    machines.nobody_else,
    machines.gray,
    machines.held_by_the_silent,
    machines.asked_the_dead,
    callers.asked_once,
    callers.waited_in_vain,
    callers.given_up_early,
    callers.storm,
    machines.too_much_work,
    callers.behind,
    callers.barred,
    promises.no_leader,
    promises.slow_goals,
    promises.money,
)
"""Where to look. Of about equal weight the first one counts: what is nearer to the origin."""


def clues_of(facts: Facts) -> tuple[Clue, ...]:
    """At most four, the weightiest first, in tenths of all failures."""
    failures = facts.failures or tuple(one for one in facts.operations if one.failed)
    found = [clue for look in LOOKS for clue in look(facts, failures)]
    telling = [clue for clue in found if clue.weight * FEW >= len(failures)]
    tenth = max(1, len(failures) // 10)
    return tuple(sorted(telling, key=lambda clue: -(clue.weight // tenth))[:MOST_CLUES])
