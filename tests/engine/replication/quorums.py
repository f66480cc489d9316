"""Nights with a quorum, and whether what their clients saw is linearizable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from game.engine.replication.quorum import QuorumGroup
from game.engine.run import Run
from game.score.consistency.linearizable import check_linearizable
from game.score.consistency.models import MODELS
from game.score.consistency.verdict import Verdict
from game.score.histories.recorded import history_of_log
from tests.engine.nights import Night, night, system_of
from tests.engine.replication.stores import store_text

KEYED = "idempotency_key = true"


def quorum(**settings: str | int | bool) -> str:
    """The replication table."""
    table: dict[str, str | int | bool] = {"kind": "quorum", **settings}
    words = ", ".join(
        f'{name} = "{value}"' if isinstance(value, str) else f"{name} = {str(value).lower()}"
        for name, value in table.items()
    )
    return "{ " + words + " }"


def quorum_night(faults: str = "", *, seed: int = 1, **shape: Any) -> Night:
    """What became of the night of `quorum_text`, whose other arguments are `shape`."""
    return night(quorum_text(faults, **shape), seed)


def quorum_text(
    faults: str = "",
    *,
    machines: int = 3,
    replication: str = "",
    policy: str = KEYED,
    rate: float = 100,
    writes: float = 0.5,
    keys: int = 100,
    way: str = '"1ms"',
    duration: str = "5s",
    deadline: str = "1s",
    clock: str = "",
) -> str:
    """A store on several machines with such clocks, some keys, and messages that take `way`."""
    text = store_text(
        faults,
        machines=machines,
        replication=replication or quorum(),
        policy=policy,
        rate=rate,
        writes=writes,
        duration=duration,
        deadline=deadline,
    )
    text = text.replace("keys = 100", f"keys = {keys}")
    if clock:
        text = text.replace('id = "db"', f'id = "db"\nclock = {clock}', 1)
    return text.replace('latency = "1ms"', f"latency = {way}", 1)


def verdict_on(played: Night) -> Verdict:
    """Whether what clients saw is linearizable."""
    return check_linearizable(history_of_log(played.log), MODELS["register"])


def group_after(text: str, seed: int = 1) -> tuple[QuorumGroup, Night]:
    """The copies, as a night leaves them, and the night."""
    run = Run(system_of(text), seed)
    run.advance(run.log.duration_us)
    assert run.log.verdict == "", run.log.error
    (group,) = run.world.replications
    assert isinstance(group, QuorumGroup)
    return group, Night(run.log)


def told(played: Night) -> dict[int, set[int]]:
    """What each read returned, by whose writes; -1 for nothing."""
    found: dict[int, set[int]] = {}
    for operation, _, _, writer in played.log.reads.rows():
        found.setdefault(operation, set()).add(writer)
    return found


def unseen(group: QuorumGroup, played: Night) -> Iterator[tuple[int, int]]:
    """With vectors, (read, write): the write was over when the read began, and the read returned
    neither it nor what had seen it, by what each write had really seen."""
    pasts: dict[int, set[int]] = {}
    for version, seen in group.replaced.items():
        past = pasts.setdefault(version.operation, {version.operation})
        past.update(*(pasts[before.operation] for before in seen))
    good = [row for row in played.operations() if not row.cause]
    returned = told(played)
    for read in good:
        if read.operation in returned:
            known = set().union(*(pasts[one] for one in returned[read.operation] if one >= 0))
            over = (row for row in good if row.write and row.ended_us < read.invoked_us)
            for row in over:
                if row.key == read.key and row.operation not in known:
                    yield read.operation, row.operation
