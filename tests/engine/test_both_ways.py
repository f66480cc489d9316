"""Clocks, balancers and faults that callers meet do the same on the fast path and off it.

A traced run takes the plain code alone.
"""

from __future__ import annotations

import pytest

from game.engine.run import simulate
from tests.engine.nights import system_of

TOWN = """
duration = "8s"

[[node]]
id = "gate"

[[node]]
id = "web"
count = 3
clock = { drift_ppm = [90, -90], ahead = "5ms" }

[[service]]
id = "relay"
on = "gate"
steps = [{ forward = "front", policy = "own" }]

[[service]]
id = "front"
on = "web"
checksums = false
steps = [{ cpu = { law = "exponential", mean = "4ms" } }]

[[policy]]
id = "own"
balancer = BALANCER
attempt_timeout = "60ms"
retry = { attempts = 2 }
health = { interval = "200ms", timeout = "100ms", fall = 2, rise = 2 }

[[client]]
id = "shop"
call = "CALLED"
policy = "own"
rate = 150
keys = 50
deadline = "400ms"

[[client]]
id = "people"
call = "front"
policy = "own"
population = 20
think = "100ms"
keys = 50
deadline = "400ms"
"""
BALANCERS = (
    '{ kind = "consistent-hash", points = 20 }',
    '{ kind = "consistent-hash", points = 20, epsilon = 0.25 }',
    '"nearest-region"',
    '"sticky"',
    '{ kind = "dns", ttl = "700ms" }',
    '{ kind = "dns", ttl = "700ms", addresses = 1 }',
)
FAULTS = (
    'kind = "replace"\ntarget = "web-2"\ndown = "500ms"\nknown_after = "2s"',
    'kind = "rolling-deploy"\ntarget = "web"\ndown = "300ms"\ndrain = "50ms"',
    'kind = "corrupt"\ntarget = "web-1"\nshare = 0.2',
    'kind = "drain"\ntarget = "web-3"\nfor = "2s"',
    'kind = "replayed"\ntarget = "web"\nshare = 0.3\nfrom = "web-1"\nafter = "200ms"',
    'kind = "version-mix"\ntarget = "web-2"\nshare = 0.3\ncompatible = "no"\nspeed = 0.8',
)


@pytest.mark.parametrize("balancer", BALANCERS)
@pytest.mark.parametrize("called", ["front", "relay"])
def test_the_fast_path_does_what_the_plain_code_does(balancer: str, called: str) -> None:
    text = TOWN.replace("BALANCER", balancer).replace("CALLED", called)
    text += "".join(
        f'\n[[fault]]\n{fault}\nat = "{1500 * number + 500}ms"\n'
        for number, fault in enumerate(FAULTS)
    )
    system = system_of(text)
    fast, plain = simulate(system, 3), simulate(system, 3, trace=True)

    assert (fast.verdict, fast.error) == ("", "")
    assert len(fast.operations) > 1000
    assert fast.digest() == plain.digest()
