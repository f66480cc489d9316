"""Nights with a store: `users` write and read keys of `shop` on machines `db-1`, `db-2`, ..."""

from __future__ import annotations

from tests.engine.nights import Night, night

LEVEL = """
duration = "{duration}"
event_budget = 2000000

[[node]]
id = "db"
count = {machines}

[[node]]
id = "judge"

[[link]]
from = "*"
to = "*"
latency = "1ms"

[[policy]]
id = "ask"
{policy}

[[service]]
id = "shop"
on = "db"
store = "register"
{replication}
steps = [{{ store = "80us" }}]

[[service]]
id = "court"
on = "judge"

[[client]]
id = "users"
call = "shop"
policy = "ask"
rate = {rate}
writes = {writes}
keys = 100
deadline = "{deadline}"
"""

EAGER = 'attempt_timeout = "50ms"\nretry = { attempts = 3, backoff = "fixed", base = "50ms" }'
"""A client that asks again soon."""
KEYED = f"{EAGER}\nidempotency_key = true"
LEADER = f'{KEYED}\nbalancer = "leader-aware"'
"""One that knows who leads, too."""


def fault(kind: str, target: str, at: str, length: str = "", more: str = "") -> str:
    """One fault as TOML; `more` are further lines."""
    lasts = f'\nfor = "{length}"' if length else ""
    return f'\n[[fault]]\nkind = "{kind}"\ntarget = "{target}"\nat = "{at}"{lasts}\n{more}\n'


def primary_backup(mode: str = "sync", **settings: str | bool) -> str:
    """The replication table, with `court` as the coordinator."""
    words = {
        name: str(value).lower() if isinstance(value, bool) else f'"{value}"'
        for name, value in {
            "kind": "primary-backup",
            "coordinator": "court",
            "mode": mode,
            **settings,
        }.items()
    }
    return "{ " + ", ".join(f"{name} = {word}" for name, word in words.items()) + " }"


def store_text(
    faults: str = "",
    *,
    machines: int = 1,
    policy: str = "",
    replication: str = "",
    rate: float = 100,
    writes: float = 1.0,
    deadline: str = "1s",
    duration: str = "10s",
) -> str:
    """The level as text."""
    text = LEVEL.format(
        machines=machines,
        policy=policy,
        replication=f"replication = {replication}" if replication else "",
        rate=rate,
        writes=writes,
        deadline=deadline,
        duration=duration,
    )
    return text + faults


def store_night(
    faults: str = "",
    *,
    seed: int = 1,
    machines: int = 1,
    policy: str = "",
    replication: str = "",
    rate: float = 100,
    writes: float = 1.0,
    deadline: str = "1s",
    duration: str = "10s",
) -> Night:
    """What became of the level's night."""
    text = store_text(
        faults,
        machines=machines,
        policy=policy,
        replication=replication,
        rate=rate,
        writes=writes,
        deadline=deadline,
        duration=duration,
    )
    return night(text, seed)


def effects(played: Night) -> list[int]:
    """The operations that took effect, in order."""
    return list(played.log.effects.column("operation"))


def acknowledged(played: Night) -> set[int]:
    """The writes that a client was told are done."""
    return {row.operation for row in played.operations() if row.write and not row.cause}


def lost(played: Night) -> set[int]:
    """Acknowledged writes without an effect."""
    return acknowledged(played) - set(effects(played))


def repeated(played: Night) -> set[int]:
    """Operations with more effects than one."""
    seen = effects(played)
    return {operation for operation in seen if seen.count(operation) > 1}
