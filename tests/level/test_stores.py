"""Stores and their copies in a level file: what must stand together."""

from __future__ import annotations

import pytest

from game.engine.kinds import load_kinds
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


def complaints(before: str, after: str) -> str:
    """What is said of the text with one change."""
    assert before in TEXT
    text = HEAD + TEXT.replace(before, after)
    level, problems = read_level_bytes(text.encode(), "stores.toml", load_kinds())
    assert level is None
    return str(problems)


def test_a_store_is_read() -> None:
    system = level_of(TEXT).system

    assert system.services[1].store == Register()
    assert system.services[1].replication is None
    assert system.clients[0].writes == 0.2


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('store = "register"\n', "", 'a "store" step needs a store: write store = "register"'),
        ('store = "register"', 'store = "registry"', 'did you mean "register"?'),
        (
            'store = "register"\nsteps = [{ store = "80us" }]',
            'replication = "none"\nsteps = [{ cpu = "1ms" }]',
            '"replication" needs a "store"',
        ),
        ('{ store = "80us" }', '{ cpu = "1ms" }', '"front" has no "store" step'),
        ('writes = "20%"', "writes = 20", "a share lies between 0 and 1"),
    ],
)
def test_what_does_not_fit_is_told(before: str, after: str, said: str) -> None:
    assert said in complaints(before, after)
