"""A registry of a few toy kinds, and a level that uses all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from game.level.annotations import (
    DurationUs,
    KindOf,
    PlaceName,
    PolicyName,
    PositiveCount,
    PositiveNumber,
    ServiceName,
    Share,
    Table,
)
from game.level.model import Law, LawField, Level
from game.level.problems import LevelErrors, Problem, Problems
from game.level.read import read_level_bytes
from game.level.registry import Registry

TOYS = Registry()


@TOYS.register("law", "constant", says="always the same")
@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    value: DurationUs

    def sampler(self) -> Callable[[float], int]:
        return lambda _u: self.value

    def constant(self) -> int | None:
        return self.value


@TOYS.register("law", "exponential", says="without memory")
@dataclass(frozen=True, slots=True, kw_only=True)
class Exponential:
    mean: DurationUs

    def __post_init__(self) -> None:
        if self.mean == 0:
            raise ValueError("must have a mean of more than nothing")

    def sampler(self) -> Callable[[float], int]:
        return lambda u: int(self.mean * u)

    def constant(self) -> int | None:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    share: Share
    law: LawField


@TOYS.register("law", "mixture", says="now this, now that")
@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    branches: tuple[Annotated[Branch, Table()], ...]

    def sampler(self) -> Callable[[float], int]:
        return self.branches[0].law.sampler()

    def constant(self) -> int | None:
        return None


@TOYS.register("balancer", "round-robin", says="each in turn")
@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRobin:
    pass


@TOYS.register("balancer", "weighted", says="by weight")
@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    weights: tuple[float, ...] = ()
    slow_start: bool = False
    mode: Literal["strict", "smooth"] = "smooth"


for _family, _name in (
    ("discipline", "fifo"),
    ("scheduling", "fifo"),
    ("scheduling", "processor-sharing"),
):

    @TOYS.register(_family, _name, says="an order")
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Discipline:
        pass


@TOYS.register("step", "cpu", says="needs a core")
@dataclass(frozen=True, slots=True, kw_only=True)
class Cpu:
    cpu: LawField


@TOYS.register("step", "call", says="asks another service")
@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    call: ServiceName
    policy: PolicyName = "plain"
    fan_out: PositiveCount = 1
    first: PositiveCount | None = None


@TOYS.register("fault", "crash", says="stops", targets=("node", "zone"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Crash:
    what: Literal["process", "host"] = "process"


@TOYS.register("fault", "partition", says="cuts the network", targets=())
@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    between: tuple[PlaceName, PlaceName]
    both_ways: bool = True


@TOYS.register("fault", "slow", says="slower than it was")
@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    times: PositiveNumber


@TOYS.register("mechanism", "retry", says="tries again")
@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    attempts: PositiveCount = 3
    pause: Annotated[Law, KindOf("law", tag="law", shorthand="constant")] | None = None


NIGHT = """\
# A shop with a store behind it.
format = 1
title = "A night"
chapter = "Lab"
teaches = ["pillar.availability"]
story = \"\"\"
Two lines
of story.\"\"\"
hints = ["look", "look again"]
duration = "60s"
warm_up = "2s"
window = ["5s", "50s"]
how_often = "1/month"

[prices]
cross_zone_gib = "0.01"

[[zone]]
id = "east"

[[zone]]
id = "west"

[[node]]
id = "web"
count = 2
zones = ["east", "west"]
at = [70, 50.5]

[[node]]
id = "disk"
cores = 4
scheduling = "processor-sharing"

[[link]]
from = "*"
to = "*"
latency = { law = "exponential", mean = "2ms" }

[[link]]
id = "far"
from = "east"
to = "disk"
latency = "5ms"
bandwidth = "10MiB"
loss = "1%"

[[policy]]
id = "careful"
balancer = { kind = "weighted", weights = [1, 2.5] }
attempt_timeout = "100ms"
retry = { attempts = 2, pause = "10ms" }

[[service]]
id = "shop"
on = ["web"]
steps = [{ cpu = "2ms" }, { call = "store", policy = "careful", fan_out = 2, first = 1 }]

[[service]]
id = "store"
on = "disk"

[[service.steps]]
cpu = { law = "mixture", branches = [
  { share = 0.9, law = "1ms" },
  { share = "10%", law = { law = "exponential", mean = "9ms" } },
] }

[[client]]
id = "users"
call = "shop"
policy = "careful"
rate = 100
deadline = "400ms"

[[client]]
id = "robots"
call = "shop"
population = 5
think = "1s"

[[fault]]
kind = "crash"
what = "host"
target = "web-1"
at = "10s"
for = "20s"

[[fault]]
kind = "crash"
target = ["west"]
every = { law = "exponential", mean = "20s" }
lasts = "2s"

[[fault]]
kind = "partition"
between = ["web", "disk"]
at = "40s"

[[control]]
id = "servers"
family = "redundancy"
label = "Servers"
sets = "node.web.count"
choices = [2, 3]
default = 2
lesson = true

[[control]]
id = "retries"
family = "timeouts"
label = "Retries"
sets = "policy.careful.retry"
choices = [{ label = "never" }, { label = "twice", value = { pause = "20ms" }, says = "Again." }]
default = "never"

[[control]]
id = "attempts"
family = "timeouts"
label = "How often"
sets = ["policy.careful.retry.attempts"]
choices = [2, 5]
default = 5

[[goal]]
id = "answered"
measure = "availability"
at_least = "99%"

[[goal]]
id = "quick"
measure = "p99_ms"
at_most = "250ms"
stars = 2
"""


def read(text: str, path: str = "levels/night.toml") -> tuple[Level | None, Problems]:
    """Read a text with the toy kinds."""
    return read_level_bytes(text.encode(), path, TOYS)


def level_of(text: str) -> Level:
    """The level of a text that has no problems."""
    level, problems = read(text)
    if level is None:
        raise LevelErrors(problems)
    return level


def problems_of(text: str) -> Problems:
    """The problems of a text that has some."""
    level, problems = read(text)
    assert level is None
    assert problems
    return problems


def only_problem(text: str) -> Problem:
    """The problem of a text that has one."""
    (problem,) = problems_of(text)
    return problem


def with_lines(text: str, *replaced: tuple[str, str]) -> str:
    """The text with parts of it replaced, each of which stands there once."""
    for before, after in replaced:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


def marked(problem: Problem) -> str:
    """The text that the carets underline."""
    return problem.excerpt[problem.column - 1 : problem.column - 1 + problem.length]
