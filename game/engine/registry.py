"""The one registry that the engine's own kinds sign up in."""

from __future__ import annotations

from game.level.registry import Registry

REGISTRY = Registry()
