"""What a check is, and the list of all of them.

A check is one file of this folder. It says which level it plays, what it measures from the Log of
one replication, and the published results that the means over replications must agree with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module

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
    "p7_availability_algebra",
    "inv_1_little",
    "inv_2_busy_time",
    "inv_3_ledger",
    "inv_4_digest",
    "inv_10_inert",
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
    """All checks, by id."""
    for name in MODULES:
        import_module(f"game.lab.{name}")
    return CHECKS


class UnknownCheck(ValueError):
    """An id that no check has; the message is one sentence for the user."""


def find_checks(ids: Iterable[str]) -> list[Check]:
    """The checks of these ids or groups (any case), all of them for no ids, in their own order.

    Errors: UnknownCheck.
    """
    checks = load_checks()
    wanted = {text.lower() for text in ids}
    names = {name.lower() for check in checks.values() for name in (check.id, check.group)}
    unknown = sorted(wanted - names)
    if unknown:
        groups = ", ".join(dict.fromkeys(check.group for check in checks.values()))
        raise UnknownCheck(f"there is no check {unknown[0]!r}; there are {groups}")
    if not wanted:
        return list(checks.values())
    return [
        check
        for check in checks.values()
        if check.id.lower() in wanted or check.group.lower() in wanted
    ]
