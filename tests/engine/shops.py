"""Small Systems, built from records: clients `users` call `web` on machines `web-1`, `web-2`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from game.engine.caller import Caller
from game.engine.causes import Cause
from game.engine.kinds import load_kinds
from game.engine.laws import Constant, Exponential
from game.engine.log import AttemptKind, Change, Log, Table
from game.engine.steps import CallOut, Cpu, Wait
from game.engine.world import World
from game.level.model import Client, Fault, Law, Link, NodeGroup, Policy, Service, System, Zone

load_kinds()

MS = 1_000
SECOND = 1_000_000
Row = dict[str, int]


def constant(value_us: int) -> Law:
    """Always as long."""
    return Constant(value=value_us)


def exponential(mean_us: int) -> Law:
    """Mostly short, sometimes long."""
    return Exponential(mean=mean_us)


def cpu(law: Law) -> Any:
    """A step that needs a core."""
    return Cpu(cpu=law)


def wait(law: Law) -> Any:
    """A step that needs only its worker."""
    return Wait(wait=law)


def shop(
    *,
    machines: int = 2,
    duration: int = 10 * SECOND,
    zones: Iterable[Zone] = (Zone(id="a"),),
    latency: Law | None = None,
    loss: float = 0.0,
    node: dict[str, Any] | None = None,
    policy: dict[str, Any] | None = None,
    service: dict[str, Any] | None = None,
    client: dict[str, Any] | None = None,
    faults: Iterable[Fault] = (),
) -> System:
    """100 requests a second, each of them 2 ms of work on one of two machines, 1 ms away."""
    zones = tuple(zones)
    own_node = {"zones": tuple(zone.id for zone in zones), **(node or {})}
    own_service = {"steps": (cpu(constant(2 * MS)),), **(service or {})}
    own_client = {"rate": 100.0, **(client or {})}
    return System(
        duration=duration,
        event_budget=10_000_000,
        zones=zones,
        nodes=(NodeGroup(id="web", count=machines, **own_node),),
        links=(Link(from_="*", to="*", latency=latency or constant(MS), loss=loss),),
        policies=(Policy(id="web", **(policy or {})),),
        services=(Service(id="web", on=("web",), **own_service),),
        clients=(Client(id="users", call="web", policy="web", **own_client),),
        faults=tuple(faults),
    )


def two_tiers(
    *,
    policy: dict[str, Any],
    front: dict[str, Any] | None = None,
    faults: Iterable[Fault] = (),
    duration: int = 10 * SECOND,
    rate: float = 100.0,
) -> System:
    """`users` call `front` (one machine), which calls `web` (two machines) by policy `inner`."""
    return System(
        duration=duration,
        event_budget=10_000_000,
        zones=(Zone(id="a"),),
        nodes=(NodeGroup(id="front"), NodeGroup(id="web", count=2)),
        links=(Link(from_="*", to="*", latency=constant(MS)),),
        policies=(Policy(id="inner", **policy),),
        services=(
            Service(
                id="front",
                on=("front",),
                steps=(CallOut(call="web", policy="inner"),),
                **(front or {}),
            ),
            Service(id="web", on=("web",), steps=(cpu(constant(2 * MS)),)),
        ),
        clients=(Client(id="users", call="front", rate=rate),),
        faults=tuple(faults),
    )


def caller_of(system: System) -> Caller:
    """The caller of the first clients, in a world where nothing has happened yet."""
    return World(system, 1, traced=False).clients[0].caller


def rows(table: Table) -> list[Row]:
    """The rows of a table of the Log, by the names of its columns."""
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows()]


def attempts_at(log: Log, first_us: int = 0, last_us: int = 1 << 60) -> Counter[str]:
    """Attempts by machine, of those that were sent in a stretch of time."""
    return Counter(
        log.places[log.stations[row["station"]][1]] if row["station"] >= 0 else ""
        for row in rows(log.attempts)
        if first_us <= row["sent_us"] < last_us
    )


def causes(log: Log) -> Counter[str]:
    """Operations by the word for what they came to."""
    return Counter(Cause(row["cause"]).word for row in rows(log.operations))


def changes(log: Log, *kinds: Change) -> list[tuple[int, Change]]:
    """Time and kind of the changes of some kinds."""
    return [
        (row["time_us"], Change(row["change"]))
        for row in rows(log.changes)
        if row["change"] in kinds
    ]


def attempts_of(log: Log) -> dict[int, list[Row]]:
    """The clients' own attempts by operation, in order of sending."""
    found: dict[int, list[Row]] = {}
    for row in sorted(rows(log.attempts), key=lambda row: row["sent_us"]):
        if row["depth"] == 0:
            found.setdefault(row["operation"], []).append(row)
    return found


def check_ledger(log: Log) -> None:
    """Every operation has one row, and as many attempts as it says that it made."""
    assert log.verdict == "", log.error
    own = attempts_of(log)
    operations = rows(log.operations)
    assert len({row["operation"] for row in operations}) == len(operations)
    for row in operations:
        made = [one for one in own.get(row["operation"], ()) if one["kind"] != AttemptKind.COPY]
        assert len(made) == row["attempts"]


def outcomes(log: Log) -> dict[int, tuple[int, ...]]:
    """Invocation, end, cause and number of attempts of each operation."""
    return {
        row["operation"]: (row["invoked_us"], row["ended_us"], row["cause"], row["attempts"])
        for row in rows(log.operations)
    }
