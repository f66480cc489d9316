"""Events of configuration pushes and of versions that are mixed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from game.engine.events.changes import CODEX, OfChange
from game.engine.events.event import CallerName, FaultName, Happening, Night
from game.engine.log import Change
from game.engine.registry import REGISTRY


@dataclass(frozen=True, slots=True, kw_only=True)
class OfPush(OfChange):
    """About a machine or client group, and the fault that did something to it."""

    caller: CallerName | None = None
    """Who had the settings."""
    fault: FaultName | None = None
    """The push."""

    about: ClassVar[tuple[str, ...]] = ("caller", "fault")

    def happened(self, night: Night) -> Iterator[Happening]:
        """See `Event`."""
        log = night.log
        for time_us, place, fault in self.rows(night):
            yield Happening(time_us, caller=log.places[place], fault=log.faults[fault])


@REGISTRY.register("event", "config-taken", says="Pushed settings arrive at a place.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigTaken(OfPush):
    """From now on the place goes by them."""

    change: ClassVar[Change] = Change.CONFIG_TAKEN


@REGISTRY.register("event", "config-left", says="A place has its own settings again.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigLeft(OfPush):
    """The order to take them back arrived."""

    change: ClassVar[Change] = Change.CONFIG_LEFT


@REGISTRY.register(
    "event", "push-stopped", says="A push is stopped, since it goes badly.", codex=CODEX
)
@dataclass(frozen=True, slots=True, kw_only=True)
class PushStopped(OfChange):
    """The control plane learned enough to take all back."""

    fault: FaultName | None = None
    """The push."""

    change: ClassVar[Change] = Change.PUSH_STOPPED
    about: ClassVar[tuple[str, ...]] = ("fault",)

    def happened(self, night: Night) -> Iterator[Happening]:
        """See `Event`."""
        for time_us, fault, _ in self.rows(night):
            yield Happening(time_us, fault=night.log.faults[fault])


@REGISTRY.register("event", "version-changed", says="A place runs another version.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class VersionChanged(OfChange):
    """The other version, or its own again."""

    caller: CallerName | None = None
    """Who runs another version."""

    change: ClassVar[Change] = Change.VERSION
    about: ClassVar[tuple[str, ...]] = ("caller",)

    def happened(self, night: Night) -> Iterator[Happening]:
        """See `Event`."""
        for time_us, place, _ in self.rows(night):
            yield Happening(time_us, caller=night.log.places[place])
