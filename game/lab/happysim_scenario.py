"""Scenario S on happysim, out of the parts that its first pages show: Source, Server, Sink.

Only where the package is installed. A server's core is a `Server` that takes one at a time; what a
request waits for after that is a link of constant latency. `AsyncServer`, which those pages do not
show and the package does not export with the others, does the same faster.
"""

from __future__ import annotations

import random

import numpy
from happysimulator import (
    ConstantLatency,
    Entity,
    Event,
    ExponentialLatency,
    Instant,
    NetworkLink,
    Server,
    Simulation,
    Sink,
    Source,
)
from happysimulator.components.load_balancer import LoadBalancer, RoundRobin

from game.lab.plain_simpy import (
    ARRIVALS_PER_SECOND,
    BALANCER_TO_SERVER,
    CLIENT_TO_BALANCER,
    CPU,
    HORIZON,
    OUTAGE_LASTS,
    OUTAGE_STARTS,
    SERVER_TO_CLIENT,
    USERS_TO_CLIENT,
    WAIT,
)


def link(name: str, mean: float, egress: Entity) -> NetworkLink:
    return NetworkLink(name=name, latency=ExponentialLatency(mean), egress=egress)


def run(seed: int) -> list[float]:
    """Latencies in seconds of all requests that were answered."""
    # The package draws from the generators of these two modules.
    random.seed(seed)
    numpy.random.seed(seed)
    users = Sink("users")
    answers = link("answers", SERVER_TO_CLIENT, users)
    waiting = NetworkLink(name="waiting", latency=ConstantLatency(WAIT), egress=answers)
    servers = [
        Server(f"srv-{n}", service_time=ConstantLatency(CPU), downstream=waiting) for n in (1, 2)
    ]
    ways = [link(f"to-{server.name}", BALANCER_TO_SERVER, server) for server in servers]
    balancer = LoadBalancer("balancer", backends=list(ways), strategy=RoundRobin())
    to_balancer = link("to-balancer", CLIENT_TO_BALANCER, balancer)
    to_client = link("to-client", USERS_TO_CLIENT, to_balancer)
    simulation = Simulation(
        sources=[Source.poisson(rate=ARRIVALS_PER_SECOND, target=to_client)],
        entities=[to_client, to_balancer, balancer, *ways, *servers, waiting, answers, users],
        end_time=Instant.from_seconds(HORIZON),
    )
    simulation.schedule(
        [
            Event.once(
                time=Instant.from_seconds(OUTAGE_STARTS),
                event_type="out of rotation",
                fn=lambda event: balancer.mark_unhealthy(ways[0]),
            ),
            Event.once(
                time=Instant.from_seconds(OUTAGE_STARTS + OUTAGE_LASTS),
                event_type="back",
                fn=lambda event: balancer.mark_healthy(ways[0]),
            ),
        ]
    )
    simulation.run()
    return list(users.latencies_s)
