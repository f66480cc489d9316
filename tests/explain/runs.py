"""Small levels as text, played once and explained."""

from __future__ import annotations

from collections.abc import Collection

from game.engine.kinds import load_kinds
from game.engine.log import Log
from game.engine.run import simulate
from game.explain import PostMortem, post_mortem
from game.explain.facts import Facts, facts_of
from game.level.model import Level
from game.score.scorecard import score_run
from tests.engine.nights import level_of

SHOP = """
duration = "20s"

[[node]]
id = "web"
count = {machines}

[[link]]
from = "*"
to = "*"
latency = "1ms"

[[service]]
id = "shop"
on = "web"
steps = [{{ cpu = "5ms" }}]

[[client]]
id = "people"
call = "shop"
gap = "{gap}"
deadline = "500ms"
"""
CRASH = """
[[fault]]
kind = "crash"
target = "web-1"
at = "5s"
for = "5s"
"""
HEALTH = """
[[policy]]
id = "plain"
health = { interval = "1s", timeout = "200ms", fall = 1, rise = 1 }
"""
GOAL = """
[[goal]]
id = "up"
measure = "availability"
at_least = "99%"
"""


def shop(*parts: str, machines: int = 2, gap: str = "100ms") -> str:
    """A request each `gap` (default: ten a second), 5 ms of work, 1 ms of network each way."""
    return SHOP.format(machines=machines, gap=gap) + "".join(parts)


def told(text: str, seed: int = 1, *, without: Collection[str] = ()) -> PostMortem:
    """The night of a text, explained."""
    level = level_of(text)
    return explained(level, simulate(level.system, seed, without=without))


def explained(level: Level, log: Log) -> PostMortem:
    """A run of the level's own system, explained."""
    return post_mortem(level, level.system, log, score_run(level, level.system, log))


def facts(text: str, seed: int = 1) -> Facts:
    """What the post-mortem of a text is told from."""
    level = level_of(text)
    log = simulate(level.system, seed)
    score = score_run(level, level.system, log)
    return facts_of(level, level.system, log, score, load_kinds())
