"""Health checks over a network that loses messages: how often a sound machine is suspected.

A check fails if the question or the answer is lost. Runs of `fall` failures in a row are a renewal
process (Feller, volume 1, chapter XIII.7): the mean number of checks to the end of a first run of
k failures is (1 - q^k) / (q^k (1 - q)), the mean time between mistakes of Chen, Toueg and Aguilera
(IEEE Transactions on Computers 51(5), 2002).
"""

from __future__ import annotations

import pytest

from game.engine.log import Change
from tests.engine.nights import Night
from tests.engine.topics.evidence import agree, replicated

MACHINES, SECONDS, A_SECOND = 3, 120, 10


def level(loss: float, fall: int) -> str:
    return f"""
duration = "{SECONDS}s"
event_budget = 10000000

[[node]]
id = "web"
count = {MACHINES}

[[link]]
from = "*"
to = "*"
latency = "5ms"
loss = {loss}

[[policy]]
id = "own"
health = {{ interval = "100ms", timeout = "50ms", fall = {fall}, rise = 1 }}

[[service]]
id = "shop"
on = "web"

[[client]]
id = "people"
call = "shop"
policy = "own"
gap = "100s"

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""


def suspicions(played: Night) -> float:
    return len(played.changes(Change.TARGET_OUT)) / (MACHINES * SECONDS)


@pytest.mark.parametrize(("loss", "fall"), [(0.1, 1), (0.1, 2), (0.2, 3)])
def test_sound_machines_are_suspected_as_often_as_runs_of_lost_checks_come(
    loss: float, fall: int
) -> None:
    failed = 1 - (1 - loss) ** 2
    to_suspicion = (1 - failed**fall) / (failed**fall * (1 - failed))
    to_trust = 1 / (1 - failed)

    agree(
        replicated(level(loss, fall), suspicions),
        A_SECOND / (to_suspicion + to_trust),
        sharp=0.05,
    )
