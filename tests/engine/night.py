"""Small systems for tests of the engine, built from records."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from game.engine.laws import Constant
from game.engine.steps import Cpu
from game.level.model import SECOND_US, Client, Link, NodeGroup, Policy, Service, System

MS = 1000


def small_system(**changes: Any) -> System:
    """Ten requests a second, 10 ms of work each, one machine, 1 ms of network each way."""
    system = System(
        duration=10 * SECOND_US,
        nodes=(NodeGroup(id="web"),),
        links=(Link(from_="*", to="*", latency=Constant(value=MS)),),
        policies=(Policy(id="plain"),),
        services=(Service(id="shop", on=("web",), steps=(Cpu(cpu=Constant(value=10 * MS)),)),),
        clients=(Client(id="users", call="shop", gap=Constant(value=100 * MS)),),
    )
    return replace(system, **changes)
