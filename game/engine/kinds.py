"""All kinds of the engine, found by looking: a new file in a folder needs no edit here."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from game.engine.registry import REGISTRY
from game.level.registry import Registry

MODULES = ("laws", "steps")
PACKAGES = (
    "detection",
    "events",
    "faults",
    "queueing",
    "replication",
    "resilience",
    "routing",
    "workload",
)


def load_kinds() -> Registry:
    """The registry, after every module that may register a kind was imported."""
    for module in MODULES:
        import_module(f"game.engine.{module}")
    for package in PACKAGES:
        folder = import_module(f"game.engine.{package}")
        for name in sorted(module.name for module in iter_modules(folder.__path__)):
            import_module(f"game.engine.{package}.{name}")
    return REGISTRY
