"""Nights of a sharded store: machines are added and taken out while all else goes wrong."""

from __future__ import annotations

from random import Random

from game.engine.log import Change
from tests.engine.nights import Night, night
from tests.engine.replication.rafts import ANYBODY, FOLLOWING, VARYING, random_faults, verdict_on
from tests.engine.replication.stores import fault, lost, repeated, store_text

KNOWING = FOLLOWING.replace("leader-aware", "shard-aware")
RAFT = (
    '{ kind = "raft", election = { law = "uniform", low = "100ms", high = "200ms" }, '
    'heartbeat = "50ms" }'
)
BACKED = (
    '{ kind = "primary-backup", coordinator = "court", heartbeat = "50ms", '
    'failover_after = "150ms", reads = "confirmed" }'
)
CHAINED = BACKED.replace("primary-backup", "chain")
ONCE = 'balancer = "shard-aware"\nattempt_timeout = "300ms"\nidempotency_key = true'
"""A client that asks once: a quorum gives a write that is sent to two machines two versions."""
QUORUM = '{ kind = "quorum", n = 3, r = 2, w = 2 }'
KEYS = 12


def sharded(each: str = '"none"', **settings: str | int) -> str:
    """The replication table, with `court` as the coordinator; texts are quoted here."""
    words = ['kind = "sharded"', 'coordinator = "court"', f"each = {each}"]
    if each == '"none"':
        settings.setdefault("copies", 1)
    for name, value in settings.items():
        words.append(f'{name} = "{value}"' if isinstance(value, str) else f"{name} = {value}")
    return "{ " + ", ".join(words) + " }"


def shards_text(
    faults: str = "",
    *,
    machines: int = 4,
    policy: str = KNOWING,
    replication: str = "",
    rate: float = 60,
    writes: float = 0.5,
    keys: int = KEYS,
    way: str = '"1ms"',
    duration: str = "10s",
) -> str:
    """The level; `way` is the latency of every message."""
    text = store_text(
        faults,
        machines=machines,
        policy=policy,
        replication=replication or sharded(),
        rate=rate,
        writes=writes,
        duration=duration,
    )
    return text.replace("keys = 100", f"keys = {keys}").replace(
        'latency = "1ms"', f"latency = {way}"
    )


def random_night(number: int, each: str = "") -> Night:
    """Four or five machines, up to three copies of each shard, orders to move, and trouble until
    9.9 s."""
    luck = Random(number)
    machines = luck.choice((4, 5))
    faults = random_faults(luck, machines)
    each = each or luck.choice((RAFT, BACKED, CHAINED, '"none"'))
    copies = {'"none"': 1, RAFT: 3, QUORUM: 3}.get(each, luck.choice((2, 3)))
    by = luck.choice(("hash", "range", "consistent-hash"))
    for _ in range(luck.randint(2, 6)):
        at_ms = luck.randint(200, 8_500)
        length_ms = luck.randint(50, 9_900 - at_ms)
        to = luck.choice(("in", "out"))
        machine = f"db-{luck.randint(1, machines)}"
        faults += fault("move-shards", machine, f"{at_ms}ms", f"{length_ms}ms", f'to = "{to}"')
    settings: dict[str, str | int] = {"by": by, "shards": 2}
    if by == "range":
        settings["keys"] = KEYS
        for _ in range(luck.randint(1, 3)):
            at_ms, key = luck.randint(200, 9_000), luck.randint(1, KEYS - 1)
            faults += fault("split-shard", "shop", f"{at_ms}ms", "", f"key = {key}")
    return night(
        shards_text(
            faults,
            machines=machines,
            rate=50,
            policy=ONCE if each == QUORUM else luck.choice((ANYBODY, KNOWING)),
            way=luck.choice((VARYING, '"1ms"')),
            duration="13s",
            replication=sharded(
                each,
                copies=copies,
                machines=luck.choice((3, machines)),
                at_once=luck.choice((1, 3)),
                **settings,
            ),
        ),
        number,
    )


def moves(played: Night) -> list[tuple[int, int]]:
    """(time, shard) of each move that was made."""
    return [
        (time_us, shard)
        for time_us, change, _, shard in played.log.changes.rows()
        if change == Change.SHARD_MOVED
    ]


def is_broken(played: Night) -> bool:
    """Whether a promise was not kept."""
    return not verdict_on(played).valid or bool(lost(played) or repeated(played))
