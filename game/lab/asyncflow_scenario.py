"""Scenario S on asyncflow-sim, built as its example of two servers behind a balancer is.

Only where the package is installed. It takes no seed, so runs differ from one another. The number
of users is exact, so that arrivals are Poisson; no link loses messages, as each would by default.
"""

from __future__ import annotations

import simpy
from asyncflow import AsyncFlow, SimulationRunner
from asyncflow.components import Client, Edge, Endpoint, LoadBalancer, Server, ServerResources
from asyncflow.settings import SimulationSettings
from asyncflow.workload import RqsGenerator

from game.lab.plain_simpy import (
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

SERVERS = ("srv-1", "srv-2")
SAMPLE_PERIOD = 0.05
"""Between two samples of its queues, in seconds, as in the package's examples."""


def edge(source: str, target: str, mean: float) -> Edge:
    return Edge(
        id=f"{source}-{target}",
        source=source,
        target=target,
        latency={"mean": mean, "distribution": "exponential"},
        dropout_rate=0.0,
    )


def server(name: str) -> Server:
    steps = [
        {"kind": "initial_parsing", "step_operation": {"cpu_time": CPU}},
        {"kind": "io_wait", "step_operation": {"io_waiting_time": WAIT}},
    ]
    return Server(
        id=name,
        server_resources=ServerResources(cpu_cores=1),
        endpoints=[Endpoint(endpoint_name="/api", steps=steps)],
    )


def scenario(horizon: float) -> AsyncFlow:
    """120 users who each ask twenty times a minute: 40 requests a second."""
    return (
        AsyncFlow()
        .add_generator(
            RqsGenerator(
                id="users",
                avg_active_users={"mean": 120, "distribution": "normal", "variance": 0},
                avg_request_per_minute_per_user={"mean": 20},
                user_sampling_window=60,
            )
        )
        .add_client(Client(id="client"))
        .add_load_balancer(
            LoadBalancer(id="balancer", algorithms="round_robin", server_covered=set(SERVERS))
        )
        .add_servers(*(server(name) for name in SERVERS))
        .add_edges(
            edge("users", "client", USERS_TO_CLIENT),
            edge("client", "balancer", CLIENT_TO_BALANCER),
            *(edge("balancer", name, BALANCER_TO_SERVER) for name in SERVERS),
            *(edge(name, "client", SERVER_TO_CLIENT) for name in SERVERS),
        )
        .add_simulation_settings(
            SimulationSettings(total_simulation_time=round(horizon), sample_period_s=SAMPLE_PERIOD)
        )
        .add_server_outage(
            event_id="outage",
            server_id=SERVERS[0],
            t_start=OUTAGE_STARTS,
            t_end=OUTAGE_STARTS + OUTAGE_LASTS,
        )
    )


def run(seed: int) -> list[float]:
    """Latencies in seconds of all requests that were answered; `seed` changes nothing."""
    payload = scenario(HORIZON).build_payload()
    results = SimulationRunner(env=simpy.Environment(), simulation_input=payload).run()
    results.process_all_metrics()
    return list(results.latencies)
