"""The fast path says nothing else than the plain code: a night has one digest on both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from game.engine import fast_path
from game.engine.attempt import Attempt, Call, Operation, new_attempt, new_operation
from game.engine.log import Log
from game.engine.paths import Path
from game.engine.run import simulate
from game.level.model import System
from tests.engine.nights import system_of

LAWS = (
    '"0ms"',
    '"1ms"',
    '{ law = "exponential", mean = "2ms" }',
    '{ law = "lognormal", median = "2ms", sigma = 0.8 }',
)
BALANCERS = ("random", "round-robin", "least-outstanding", "power-of-two", "rendezvous")
STEPS = (
    "{ cpu = %s }",
    "{ wait = %s }",
    "{ cpu = %s }, { wait = %s }",
    "{ wait = %s }, { cpu = %s }",
    '{ cpu = %s }, { call = "back", policy = "inner" }',
    '{ call = "back", policy = "inner", fan_out = 2, first = 1 }, { wait = %s }',
)
POLICIES = (
    "",
    'attempt_timeout = "20ms"\nretry = { attempts = 3, backoff = "exponential", base = "5ms" }',
    'hedge = { after = "5ms" }\ncancel = true',
    'hedge = { after = "5ms", tied = true }\nattempt_timeout = "40ms"',
    'connect_timeout = "10ms"\npropagate_deadline = true',
    'breaker = {}\nattempt_timeout = "15ms"',
)
FAULTS = (
    'kind = "crash"\ntarget = ["front-1"]',
    'kind = "crash"\ntarget = ["back-1"]\nwhat = "host"',
    'kind = "pause"\ntarget = ["front"]',
    'kind = "slow"\ntarget = ["back"]\nfactor = 5.0',
    'kind = "loss"\ntarget = ["front"]\nshare = 0.2',
    'kind = "duplicate"\ntarget = ["front"]\nshare = 0.2',
    'kind = "delay"\ntarget = ["back"]\nby = "5ms"',
    'kind = "load-spike"\ntarget = ["users"]\ntimes = 3.0',
    'kind = "pause"\ntarget = ["gate"]',
)


def night(seed: int) -> System:
    """A random system: clients, perhaps a relay, a front, a back, and some faults."""
    random = Random(seed)

    def law() -> str:
        return random.choice(LAWS)

    def steps() -> str:
        text = random.choice(STEPS)
        return text % tuple(law() for _ in range(text.count("%s")))

    relayed = random.random() < 0.5
    lines = ['duration = "3s"', "event_budget = 1_000_000"]
    lines += ['[[node]]\nid = "gate"', '[[node]]\nid = "front"\ncount = 2']
    lines += [f'[[node]]\nid = "back"\ncount = {random.choice((1, 3))}\ncores = 2']
    lines += [f'[[link]]\nfrom = "*"\nto = "*"\nlatency = {law()}']
    lines += [f'[[link]]\nfrom = "gate"\nto = "front-2"\nlatency = {law()}']
    for name in ("outer", "inner"):
        balancer = random.choice(BALANCERS)
        lines += [f'[[policy]]\nid = "{name}"\nbalancer = "{balancer}"\n{random.choice(POLICIES)}']
    lines += ['[[service]]\nid = "gate"\non = "gate"\nsteps = [{ forward = "front" }]']
    limits = f"workers = {random.choice((1, 4, 64))}\nqueue = {random.choice((0, 3, 100))}"
    lines += [f'[[service]]\nid = "front"\non = "front"\n{limits}\nsteps = [{steps()}]']
    lines += [f'[[service]]\nid = "back"\non = "back"\nsteps = [{{ cpu = {law()} }}]']
    called = "gate" if relayed else "front"
    lines += [f'[[client]]\nid = "users"\ncall = "{called}"\npolicy = "outer"\nrate = 150']
    lines += ['deadline = "100ms"\nkeys = 10']
    for number, fault in enumerate(random.sample(FAULTS, 2)):
        begin_ms = random.randrange(2_000)
        lines += [f'[[fault]]\nid = "f{number}"\n{fault}\nat = "{begin_ms}ms"\nfor = "500ms"']
    return system_of("\n".join(lines))


@contextmanager
def plain_code_only() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fast_path, "install", lambda _world: None)
        yield


def both_ways(system: System, seed: int) -> tuple[Log, Log]:
    with plain_code_only():
        plain = simulate(system, seed)
    return simulate(system, seed), plain


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 32))
def test_a_random_night_has_the_same_digest_with_and_without_the_fast_path(seed: int) -> None:
    fast, plain = both_ways(night(seed), seed)
    rows = zip(fast.attempts.rows(), plain.attempts.rows(), strict=False)
    assert fast.error == plain.error == ""
    assert next((pair for pair in rows if pair[0] != pair[1]), None) is None
    assert fast.digest() == plain.digest()
    assert fast.totals == plain.totals


def busy_night(
    step: str, fault: str, called: str = "gate", policy: str = "", deadline: str = "300ms"
) -> System:
    """Full queues on two floors, and a fault in the middle."""
    return system_of(f"""
duration = "3s"

[[node]]
id = "gate"

[[node]]
id = "front"
count = 2
cores = 4

[[node]]
id = "back"
count = 2
cores = 4

[[policy]]
id = "outer"
{policy}

[[service]]
id = "gate"
on = "gate"
steps = [{{ forward = "front" }}]

[[service]]
id = "front"
on = "front"
workers = 8
queue = 20
steps = [{{ {step} = "8ms" }}, {{ call = "back" }}, {{ {step} = "3ms" }}]

[[service]]
id = "back"
on = "back"
workers = 16
steps = [{{ {step} = {{ law = "exponential", mean = "5ms" }} }}]

[[client]]
id = "users"
call = "{called}"
policy = "outer"
rate = 600
keys = 10
deadline = "{deadline}"

[[fault]]
id = "fault"
{fault}
at = "1s"
for = "700ms"
""")


def check_both_ways(system: System) -> None:
    fast, plain = both_ways(system, 1)
    assert fast.error == plain.error == ""
    assert fast.digest() == plain.digest()
    assert fast.totals == plain.totals


@pytest.mark.parametrize("step", ["cpu", "wait"])
@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_finds_much_under_way_and_does_the_same_to_it_both_ways(
    fault: str, step: str
) -> None:
    check_both_ways(busy_night(step, fault))


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("balancer", BALANCERS)
def test_every_balancer_and_policy_does_the_same_on_a_busy_night_both_ways(
    balancer: str, policy: str
) -> None:
    slow = 'kind = "slow"\ntarget = ["front-1"]\nfactor = 3.0'
    policy = f'balancer = "{balancer}"\n{policy}'
    check_both_ways(busy_night("cpu", slow, "front", policy))


def test_an_attempt_that_comes_too_late_to_be_in_time_explains_nothing_both_ways() -> None:
    pause = 'kind = "pause"\ntarget = ["front"]'
    policy = 'attempt_timeout = "40ms"\nretry = { attempts = 1 }'
    check_both_ways(busy_night("wait", pause, "front", policy, deadline="50ms"))


@pytest.mark.soak
def test_two_thousand_random_nights_have_the_same_digest_both_ways() -> None:
    for seed in range(2000):
        fast, plain = both_ways(night(seed), seed)
        assert fast.digest() == plain.digest(), f"night {seed}"


def test_the_fast_path_leaves_no_field_of_an_operation_or_attempt_unset(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It sets the fields itself, so a new field must be set there too."""
    made: list[Any] = []

    def noted(kind: type) -> Any:
        def make() -> Any:
            made.append(kind())
            return made[-1]

        return make

    for kind in (Operation, Attempt):
        monkeypatch.setattr(fast_path, kind.__name__, noted(kind))
    simulate(night(1), 1)
    nobody: Any = None
    operation = new_operation(nobody, Path(1, 0, "web"), 0, 0, 0, (0.5,))
    plainly: tuple[Any, ...] = (operation, new_attempt(operation, nobody, None, 0, 0, 0))
    for one, other in zip(made[:2], plainly, strict=True):
        assert fields_set(other) <= fields_set(one)


def fields_set(thing: Operation | Attempt) -> set[str]:
    slots = {*type(thing).__slots__, *(Call.__slots__ if isinstance(thing, Call) else ())}
    return {name for name in slots if name != "operation" and hasattr(thing, name)}
