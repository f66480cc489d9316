"""What a check is, and the list of all of them.

A check is one file of this folder. It says which level it plays, what it measures from the Log of
one replication, and the published results that the means over replications must agree with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from importlib import import_module

from game.lab.pictures import Plot
from game.lab.statistics import Gate

Observe = Callable[[int, float], Mapping[str, float]]
"""(seed, work) -> numbers by name: one replication. `work` multiplies the measured time; 1 is the
size that the check was made for. Called in a process of its own, so it must be a plain function."""

MODULES = (
    "p1_mm1",
    "p2_workers",
    "p3_service_laws",
    "p4_balancing",
    "p5_tails",
    "p6_quorums",
    "p7_availability_algebra",
    "p8_raft_elections",
    "p9_retries",
    "p9_metastable",
    "p10_contention",
    "p11_consistent_hashing",
    "p12_verdicts",
    "inv_1_little",
    "inv_2_busy_time",
    "inv_3_ledger",
    "inv_4_digest",
    "inv_5_time_scale",
    "inv_6_renaming",
    "inv_7_closed_loop",
    "inv_8_raft",
    "inv_8_quorums",
    "inv_9_logical_clocks",
    "inv_10_inert",
    "more_beats",
    "more_breakdowns",
    "more_cache",
    "more_clock_correction",
    "more_copysets",
    "more_erlang_a",
    "more_failover",
    "more_fork_join",
    "more_gossip",
    "more_heartbeats",
    "more_hedging",
    "more_infinite_servers",
    "more_lifo",
    "more_partial",
    "more_redundancy",
    "more_repair",
    "more_sharing",
    "more_shards",
    "more_swim",
    "more_tandem",
    "more_tied",
)
REPLICATIONS = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One published number."""

    id: str
    """What `observe` calls its number; the row's id is the check's and this one."""
    title: str
    reference: float
    gate: Gate


@dataclass(frozen=True, slots=True)
class Check:
    """One or more published numbers that the same runs are held to."""

    id: str
    """Like `P1`; several checks of one group have ids such as `P1/rho-0.5`."""
    source: str
    observe: Observe
    rows: tuple[Row, ...]
    replications: int = REPLICATIONS
    least_work: float = 0.0
    """The work below which a size that the published row names would not be reached."""
    in_fast: bool = True
    """Whether `--fast` plays it where nobody asks for it by its id."""
    plot: Plot | None = None
    """What draws measured against published curves; checks may share it."""

    @property
    def module(self) -> str:
        """The module that it was made in."""
        function = self.observe.func if isinstance(self.observe, partial) else self.observe
        return function.__module__

    @property
    def group(self) -> str:
        """`P1` of `P1/rho-0.5`."""
        return self.id.partition("/")[0]


CHECKS: dict[str, Check] = {}


def register(check: Check) -> Check:
    """Add a check to the list."""
    assert check.id not in CHECKS, f"check {check.id} is registered twice"
    CHECKS[check.id] = check
    return check


def load_checks() -> Mapping[str, Check]:
    """All checks by id, in order of `MODULES`, whichever of these was imported first."""
    for name in MODULES:
        import_module(f"game.lab.{name}")
    places = {f"game.lab.{name}": place for place, name in enumerate(MODULES)}
    ordered = sorted(CHECKS.values(), key=lambda check: places.get(check.module, len(places)))
    return {check.id: check for check in ordered}


class UnknownCheck(ValueError):
    """An id that no check has; the message is one sentence for the user."""


def group_names() -> list[str]:
    """The groups, in their order."""
    return list(dict.fromkeys(check.group for check in load_checks().values()))


def find_checks(ids: Iterable[str]) -> list[Check]:
    """The checks of these ids or groups (any case), all of them for no ids, in their own order.
    The id of a single row means its check.

    Errors: UnknownCheck.
    """
    checks = load_checks().values()
    named: dict[str, list[Check]] = {}
    for check in checks:
        rows = (f"{check.id}/{row.id}" for row in check.rows)
        for name in dict.fromkeys((check.id, check.group, *rows)):
            named.setdefault(name.lower(), []).append(check)
    wanted: dict[str, None] = {}
    for text in ids:
        name = text.strip().lower()
        if name not in named:
            raise UnknownCheck(_unknown(text, named))
        wanted.update(dict.fromkeys(check.id for check in named[name]))
    return [check for check in checks if check.id in wanted or not wanted]


def checks_with_plot(ids: Iterable[str]) -> list[Check]:
    """Of these checks, the first one of each plot.

    Errors: UnknownCheck, also where none of them has a plot.
    """
    first: dict[Plot, Check] = {}
    for check in find_checks(ids):
        if check.plot is not None:
            first.setdefault(check.plot, check)
    if not first:
        groups = dict.fromkeys(check.group for check in load_checks().values() if check.plot)
        raise UnknownCheck(f"none of these checks has a plot (there are: {', '.join(groups)})")
    return list(first.values())


def _unknown(text: str, names: Iterable[str]) -> str:
    spelled = {name.lower(): name for check in CHECKS.values() for name in (check.group, check.id)}
    near = get_close_matches(text.strip().lower(), [*spelled, *names], n=1)
    hint = f'; did you mean "{spelled.get(near[0], near[0])}"?' if near else ""
    return f'there is no check "{text[:60]}"{hint} (there are: {", ".join(group_names())})'
