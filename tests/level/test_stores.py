"""Stores and their copies in a level file: what must stand together."""

from __future__ import annotations

import pytest

from game.engine.kinds import load_kinds
from game.engine.replication.primary_backup import PrimaryBackup
from game.engine.workload.register import Register
from game.level.read import read_level_bytes
from tests.engine.nights import HEAD, level_of

TEXT = """
duration = "10s"

[[node]]
id = "web"

[[service]]
id = "front"
on = "web"
steps = [{ call = "shop" }]

[[service]]
id = "shop"
on = "web"
store = "register"
steps = [{ store = "80us" }]

[[client]]
id = "users"
call = "front"
rate = 10
writes = "20%"
"""


COPIED = TEXT.replace(
    'store = "register"',
    'store = "register"\nreplication = { kind = "primary-backup", coordinator = "judge" }',
)
COPIED += """
[[node]]
id = "court"
count = 1

[[service]]
id = "judge"
on = "court"
"""


def complaints(before: str, after: str) -> str:
    """What is said of the text with one change."""
    assert before in COPIED
    text = HEAD + COPIED.replace(before, after)
    level, problems = read_level_bytes(text.encode(), "stores.toml", load_kinds())
    assert level is None
    return str(problems)


def test_a_store_is_read() -> None:
    system = level_of(TEXT).system

    assert system.services[1].store == Register()
    assert system.services[1].replication is None
    assert level_of(COPIED).system.services[1].replication == PrimaryBackup(coordinator="judge")
    assert system.clients[0].writes == 0.2


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('store = "register"\n', "", 'a "store" step needs a store: write store = "register"'),
        ('store = "register"', 'store = "registry"', 'did you mean "register"?'),
        ('store = "register"\n', "", '"replication" needs a "store"'),
        ('coordinator = "judge"', 'coordinator = "juge"', 'did you mean "judge"?'),
        ('coordinator = "judge"', 'coordinator = "shop"', "cannot be its own coordinator"),
        (', coordinator = "judge"', "", 'key "coordinator" is missing'),
        ("count = 1", "count = 3", 'a coordinator is one machine, and "judge" is on 3'),
        (
            'coordinator = "judge"',
            'coordinator = "judge", heartbeat = "1s", failover_after = "1s"',
            "must have a failover_after that is longer than the heartbeat",
        ),
        (
            'coordinator = "judge"',
            'coordinator = "judge", mode = "semisync"',
            "semi-sync",
        ),
        ('{ store = "80us" }', '{ cpu = "1ms" }', '"front" has no "store" or "lookup" step'),
        ('writes = "20%"', "writes = 20", "a share lies between 0 and 1"),
    ],
)
def test_what_does_not_fit_is_told(before: str, after: str, said: str) -> None:
    assert said in complaints(before, after)


@pytest.mark.parametrize(
    ("store", "replication", "said"),
    [
        (
            "register",
            '"saga"',
            '"saga" keeps each account on one machine: it needs a store with accounts (ledger), '
            'and "register" has none',
        ),
        ("counter", '{ kind = "outbox" }', 'and "counter" has none'),
        ("set", '"two-phase-commit"', "it needs a store with accounts (ledger)"),
        (
            "counter",
            '"quorum"',
            'the copies of "quorum" agree on no order of writes, and "counter" needs one; '
            "these stores need none: ",
        ),
        ("counter", '{ kind = "sharded", each = "quorum" }', 'the copies of "quorum" agree on no'),
        (
            "ledger",
            '{ kind = "sharded", each = "raft" }',
            '"sharded" cuts a store by its keys, and "ledger" is one object under all of them; '
            "these can be cut: ",
        ),
    ],
)
def test_a_store_that_its_protocol_cannot_keep_is_told(
    store: str, replication: str, said: str
) -> None:
    before = 'store = "register"'
    after = f'store = "{store}"\nreplication = {replication}'
    level, problems = read_level_bytes(
        (HEAD + TEXT.replace(before, after)).encode(), "stores.toml", load_kinds()
    )

    assert level is None
    assert str(problems).count(said) == 1
