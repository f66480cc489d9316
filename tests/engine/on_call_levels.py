"""Levels on call for tests: a small one, and one in which everything may be set during the run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from game.engine.log import Log
from game.engine.run import simulate
from game.level.changes import Change, parse_change
from game.level.model import Level
from game.level.plan import make_plan, system_with
from tests.engine.nights import KINDS, level_of

SMALL = """
kind = "on-call"
id = "small"
duration = "12s"

[[node]]
id = "web"
count = 2
boot = "1s"
price_per_hour = "1.00"

[[service]]
id = "shop"
on = "web"
workers = 4
queue = 20
steps = [{ cpu = "10ms" }]

[[policy]]
id = "own"
attempt_timeout = "100ms"

[[client]]
id = "people"
call = "shop"
rate = 100
policy = "own"
deadline = "400ms"

[[fault]]
kind = "load-spike"
target = "people"
at = "3s"
for = "5s"
times = 3

[[monitor]]
id = "errors"
measure = "bad-share"
client = "people"
above = "20%"
over = "1s"
for = "500ms"

[[monitor]]
id = "crowd"
measure = "queue"
service = "shop"
above = 10
for = "300ms"

[[control]]
id = "machines"
family = "capacity"
label = "Machines"
sets = "node.web.count"
choices = [1, 2, 5]
default = 2
when = "both"

[[control]]
id = "breaker"
family = "resilience"
label = "Breaker"
sets = "policy.own.breaker"
choices = [{ label = "off" }, { label = "on", value = { minimum = 10 } }]
default = "off"
when = "both"

[[goal]]
id = "up"
measure = "availability"
at_least = "70%"
"""

_KEYS: dict[str, tuple[str, ...]] = {
    "policy.front.balancer": ('"round-robin"', '"random"', '"least-outstanding"', '"sticky"'),
    "policy.front.connect_timeout": ("", '"5ms"'),
    "policy.front.attempt_timeout": ("", '"30ms"', '"120ms"'),
    "policy.front.deadline": ("", '"150ms"'),
    "policy.front.propagate_deadline": ("false", "true"),
    "policy.front.cancel": ("false", "true", '"waiting"'),
    "policy.front.idempotency_key": ("false", "true"),
    "policy.front.retry": ("", "{}", "{ attempts = 3, budget = 0.1 }", '{ backoff = "fixed" }'),
    "policy.front.hedge": ("", '{ after = "20ms" }', '{ after = "15ms", tied = true }'),
    "policy.front.breaker": ("", "{ minimum = 5 }", '{ minimum = 5, open_for = "300ms" }'),
    "policy.front.bulkhead": ("", "{ at_most = 3 }", "{ at_most = 9 }"),
    "policy.front.rate_limit": ("", "{ rate = 60 }", "{ rate = 20, burst = 2 }"),
    "policy.front.health": ("", '{ interval = "200ms", timeout = "50ms", fall = 1 }'),
    "policy.front.outliers": ("", '{ consecutive = 2, base = "500ms" }'),
    "policy.front.panic_threshold": ("0", "0.5"),
    "policy.back.retry": ("", "{ attempts = 1 }"),
    "policy.back.hedge": ("", '{ after = "10ms" }'),
    "policy.back.deadline": ("", '"60ms"'),
    "policy.back.breaker": ("", "{ minimum = 5 }"),
    "policy.back.balancer": (
        '"round-robin"',
        '"power-of-two"',
        '"consistent-hash"',
        '"rendezvous"',
    ),
    "service.shop.workers": ("4", "1", "9"),
    "service.shop.queue": ("20", "0", "5"),
    "service.shop.shed": ("", "{ queue = 3 }"),
    "service.shop.rate_limit": ("", "{ rate = 40 }"),
    "service.shop.concurrency_limit": ("", "{ limit = 3 }", '{ limit = 5, adapts = "aimd" }'),
    "service.shop.authentication": ("", "{}", '{ window = "1s", remembers = "1s" }'),
    "service.depot.workers": ("3", "1"),
    "node.web.count": ("2", "1", "4", "0"),
    "node.web.speed": ("1", "2", "0.5"),
    "node.web.price_per_hour": ('"0.10"', '"0.30"'),
    "node.deep.count": ("2", "3"),
}
FAULTS = (
    'kind = "load-spike"\ntarget = "people"\nat = "1s"\nfor = "1s"\ntimes = 4',
    'kind = "crash"\ntarget = "web"\nat = "1200ms"\nfor = "700ms"',
    'kind = "pause"\ntarget = "deep-1"\nat = "1500ms"\nfor = "500ms"',
    'kind = "slow"\ntarget = "web-1"\nat = "900ms"\nfor = "1s"\nfactor = 5',
    'kind = "loss"\ntarget = "web"\nat = "1s"\nfor = "1s"\nshare = 0.3',
    'kind = "duplicate"\ntarget = "web"\nat = "1s"\nfor = "1s"\nshare = 0.3',
    'kind = "retry-happy"\ntarget = "people"\nat = "800ms"\nfor = "1s"',
    'kind = "drain"\ntarget = "web-1"\nat = "1s"\nfor = "1s"',
    'kind = "crash"\ntarget = "web"\nevery = "1s"\nlasts = "300ms"',
)


def control_of(path: str) -> str:
    """The id of the control that sets a path, in the level where everything may be set."""
    return path.replace(".", "-").replace("_", "-")


@cache
def everything(faults: tuple[str, ...] = ()) -> Level:
    """A level of 3 s in which whatever may be set during a run is set by some control."""
    controls = []
    for path, values in _KEYS.items():
        choices = ", ".join(
            f'{{ label = "{n}"' + (f", value = {value} }}" if value else " }")
            for n, value in enumerate(values)
        )
        controls.append(
            f'[[control]]\nid = "{control_of(path)}"\nfamily = "resilience"\nlabel = "{path}"\n'
            f'sets = "{path}"\nchoices = [{choices}]\ndefault = "0"\nwhen = "both"\n'
        )
    return level_of(
        _EVERYTHING + "\n".join(controls) + "".join(f"\n[[fault]]\n{fault}\n" for fault in faults)
    )


CHOICES = {control_of(path): len(values) for path, values in _KEYS.items()}
"""By control of `everything`: how many choices it has; they are called by their numbers."""

_EVERYTHING = """
kind = "on-call"
duration = "3s"

[[node]]
id = "web"
count = 2
boot = "150ms"

[[node]]
id = "deep"
count = 2
boot = "50ms"

[[service]]
id = "shop"
on = "web"
workers = 4
queue = 20
idempotency = {}
steps = [{ cpu = { law = "exponential", mean = "4ms" } }, { call = "depot", policy = "back" }]

[[service]]
id = "depot"
on = "deep"
workers = 3
steps = [{ wait = "5ms" }, { cpu = "2ms" }]

[[policy]]
id = "front"

[[policy]]
id = "back"

[[client]]
id = "people"
call = "shop"
rate = 80
policy = "front"
deadline = "200ms"
keys = 20

[[monitor]]
id = "errors"
measure = "bad-share"
client = "people"
above = "10%"
over = "500ms"
for = "100ms"

[[monitor]]
id = "slow"
measure = "p99"
client = "people"
above = "100ms"
over = "500ms"
for = "100ms"

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""


def small() -> Level:
    """The small level."""
    return level_of(SMALL)


def changes_of(*texts: str) -> tuple[Change, ...]:
    """Changes as they are written on the command line."""
    return tuple(map(parse_change, texts))


def run_with(
    level: Level, *texts: str, seed: int = 1, before: Mapping[str, str] | None = None
) -> Log:
    """The run of a plan with these changes, and choices `before` it."""
    plan = make_plan(level, before or {}, "", changes_of(*texts))
    return simulate(system_with(level, plan, KINDS), seed)
