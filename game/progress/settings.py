"""The player's settings, each with the values that it may have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Settings:
    """How the game looks and moves."""

    theme: str = ""
    """The theme's name; "" leaves it to the terminal."""
    speed: str = "1"
    """Simulated seconds in a second: a whole number or a fraction, "16" or "1/4"."""
    glyphs: str = "auto"
    """`auto`, `unicode` or `ascii`."""
    motion: str = "full"
    """`full` or `reduced`."""


ALLOWED: Mapping[str, re.Pattern[str]] = {
    "theme": re.compile(r"[a-z0-9-]{0,40}"),
    "speed": re.compile(r"[1-9][0-9]{0,3}(/[1-9][0-9]{0,3})?"),
    "glyphs": re.compile(r"auto|unicode|ascii"),
    "motion": re.compile(r"full|reduced"),
}
"""What each setting's value looks like."""
assert set(ALLOWED) == {field.name for field in fields(Settings)}


def is_setting(setting: str, value: object) -> bool:
    """Whether there is such a setting, and it may have this value."""
    pattern = ALLOWED.get(setting)
    return pattern is not None and isinstance(value, str) and pattern.fullmatch(value) is not None


def settings_from(values: Mapping[str, object]) -> Settings:
    """The settings with these values; what is not allowed stays at its default."""
    good = {setting: value for setting, value in values.items() if is_setting(setting, value)}
    return Settings(**{setting: str(value) for setting, value in good.items()})
