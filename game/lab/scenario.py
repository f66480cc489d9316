"""Levels of the lab: ordinary files, read as any level is, played longer or shorter."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from game.engine.kinds import load_kinds
from game.level.model import Level, System
from game.level.plan import make_plan, system_with
from game.level.read import read_level

LEVELS = Path(__file__).with_name("levels")
UNIT_US = 10_000
"""The mean demand of the lab's levels, which is the unit of time of most references."""


@cache
def level_of(name: str) -> Level:
    """The lab's level of that name."""
    return read_level(LEVELS / f"{name}.toml", load_kinds())


@cache
def scenario(name: str, choices: tuple[tuple[str, str], ...] = (), work: float = 1.0) -> System:
    """A level's system with these choices (control, label), measured `work` times as long."""
    level = level_of(name)
    system = system_with(level, make_plan(level, dict(choices)), load_kinds())
    return stretched(system, work)


def stretched(system: System, work: float) -> System:
    """A system that is measured `work` times as long: between the warm-up and one deadline before
    the end."""
    quiet_us = max(client.deadline for client in system.clients)
    measured_us = system.duration - system.warm_up - quiet_us
    assert measured_us > 0, "nothing is measured"
    return replace(system, duration=system.warm_up + round(measured_us * work) + quiet_us)
