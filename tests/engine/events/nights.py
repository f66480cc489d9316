"""Nights in which much happens, and what a level's own measures make of them."""

from __future__ import annotations

from functools import cache

from game.engine.log import Log
from game.engine.run import simulate
from game.level.model import Level
from game.score.scorecard import SeedScore, score_run
from tests.engine.detection.towns import town
from tests.engine.faults.towns import PAIR, fault
from tests.engine.nights import level_of
from tests.engine.replication.stores import KEYED, primary_backup, store_text

POLICY = """
[[policy]]
id = "plain"
attempt_timeout = "50ms"
retry = { attempts = 2, backoff = "fixed", base = "20ms" }
hedge = { after = "15ms" }
breaker = { failures = "20%", window = "500ms", minimum = 5, open_for = "500ms" }
health = { interval = "100ms", timeout = "50ms" }
"""
TROUBLE = (
    fault("crash", "2s", "1s", target="web-1")
    + fault("pause", "4s", "1s", target="web-2")
    + fault("slow", "6s", "1s", target="web", factor=20)
    + fault("partition", "7500ms", "400ms", target="shop", from_="web-2")
    + fault("duplicate", "8500ms", "1s", share="50%", target="shop")
)
TOWN = PAIR + POLICY + TROUBLE
"""Two machines. One crashes from 2 s to 3 s, the other freezes from 4 s to 5 s; both are slow from
6 s to 7 s. The second one is cut off from 7.5 s to 7.9 s; requests are doubled from 8.5 s on."""
SHOP = store_text(
    fault("crash", "3s", "3s", target="db-1"),
    machines=2,
    policy=KEYED,
    replication=primary_backup(),
)
"""A primary and its backup; `db-1` is away from 3 s to 6 s."""

CHAIN = store_text(
    fault("crash", "3s", "3s", target="db-1"),
    machines=3,
    policy=KEYED,
    replication='{ kind = "chain", coordinator = "court" }',
)
"""A chain of three; its head is away from 3 s to 6 s, and comes back as its tail."""

VILLAGE = store_text(
    fault("crash", "3s", "3s", target="db-1"),
    machines=3,
    policy=KEYED,
    replication='{ kind = "raft" }',
)
"""Three copies that elect their leader; `db-1` is away from 3 s to 6 s."""
COUNCIL = store_text(
    fault("membership", "2s", target="db-3", change="add")
    + fault("drain", "4s", "1s", target="db")
    + fault("membership", "7s", target="db-2", change="remove"),
    machines=3,
    policy=KEYED,
    replication='{ kind = "raft", members = 2, transfer = true }',
)
"""A third copy gets a vote, whoever leads hands on, and the second copy goes."""


PLOT = store_text(
    fault("config-push", from_="judge", service="shop", workers=1, queue=0, bake="1s", stops_at=0)
    + fault("version-mix", target="db-2", compatible="both", speed=0.5)
    + fault("forged", from_="judge", service="shop", rate=800),
    machines=2,
)
"""Forged writes, two versions, and a push that is stopped, since some requests are turned away."""

BANK = store_text(machines=3, policy=KEYED).replace(
    'store = "register"', 'store = "ledger"\nreplication = "two-phase-commit"'
)
"""Accounts on three machines."""
LENDERS = store_text(machines=3, policy=KEYED).replace(
    'store = "register"', 'store = "ledger"\nreplication = { kind = "saga", refuses = "5%" }'
)
"""So too, and some transfers are undone."""

FARM = store_text(
    fault("move-shards", "3s", target="db-3", to="in"),
    machines=3,
    policy=KEYED,
    replication='{ kind = "sharded", coordinator = "court", each = "none", copies = 1, '
    "machines = 2 }",
)
"""Shards on two machines, some of which move to a third."""

SWARM = town(
    '{ kind = "swim", suspicion = "3s" }', more=fault("pause", "20s", "10s", target="web-2")
)
"""A balancer and four machines that watch each other; `web-2` freezes, and objects afterwards."""


def count(event: str) -> str:
    """A measure `own` that counts the event, as TOML."""
    return f'\n[[measure]]\nid = "own"\ncount = {event}\n'


def time(begin: str, end: str, more: str = "") -> str:
    """A measure `own` of the times from one event to another, as TOML."""
    return f'\n[[measure]]\nid = "own"\nfrom = {begin}\nto = {end}\n{more}\n'


@cache
def played(text: str, seed: int = 1) -> tuple[Level, Log]:
    """A level without measures, and its night: played once for all tests."""
    level = level_of(text)
    log = simulate(level.system, seed)
    assert log.verdict == "", log.error
    return level, log


def scored(text: str, measure: str, seed: int = 1) -> SeedScore:
    """The score of a night that has some measures as well."""
    _, log = played(text, seed)
    level = level_of(text + measure)
    return score_run(level, level.system, log)


def own(text: str, measure: str, seed: int = 1) -> float | int | None:
    """The value of the measure `own` of a night."""
    return scored(text, measure, seed).measures["own"]
