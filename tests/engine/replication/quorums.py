"""Nights with a quorum, and the history that their clients saw."""

from __future__ import annotations

from game.engine.causes import Cause
from game.score.consistency.history import History, Operation, Outcome, history_of
from game.score.consistency.linearizable import check_linearizable
from game.score.consistency.models import MODELS
from game.score.consistency.verdict import Verdict
from tests.engine.nights import Night, night
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


def quorum_night(
    faults: str = "",
    *,
    seed: int = 1,
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
) -> Night:
    """What became of the night of `quorum_text`."""
    text = quorum_text(
        faults,
        machines=machines,
        replication=replication,
        policy=policy,
        rate=rate,
        writes=writes,
        keys=keys,
        way=way,
        duration=duration,
        deadline=deadline,
        clock=clock,
    )
    return night(text, seed)


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


def history_seen(played: Night) -> History:
    """What clients asked for and were told. A read that was tried twice, with two different
    results, tells nothing, since the client knows only one of them."""
    saw: dict[int, set[int]] = {}
    for operation, _, _, writer in played.log.reads.rows():
        saw.setdefault(operation, set()).add(writer)
    ends = sorted(
        (time_us, order, row.operation)
        for row in played.operations()
        for time_us, order in ((row.invoked_us, 1), (row.ended_us, 0))
    )
    places: dict[tuple[int, int], int] = {}
    for place, (_, order, operation) in enumerate(ends):
        places[operation, order] = place
    operations = []
    for row in played.operations():
        seen = saw.get(row.operation, set())
        ok = row.cause is Cause.NONE and (row.write == 1 or len(seen) == 1)
        operations.append(
            Operation(
                number=row.operation,
                process=row.operation,
                function="write" if row.write else "read",
                key=row.key,
                input=row.operation if row.write else None,
                output=min(seen) if ok and not row.write and min(seen) >= 0 else None,
                outcome=Outcome.OK if ok else Outcome.INFO,
                invoked=places[row.operation, 1],
                completed=places[row.operation, 0] if ok else None,
            )
        )
    return history_of(operations)


def verdict_on(played: Night) -> Verdict:
    """Whether what clients saw is linearizable."""
    return check_linearizable(history_seen(played), MODELS["register"])
