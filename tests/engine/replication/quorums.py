"""Nights with a quorum, and whether what their clients saw is linearizable."""

from __future__ import annotations

from typing import Any

from game.score.consistency.linearizable import check_linearizable
from game.score.consistency.models import MODELS
from game.score.consistency.verdict import Verdict
from game.score.histories.recorded import history_of_log
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
