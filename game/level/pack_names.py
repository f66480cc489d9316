"""The names that a file in a pack may have: the same file everywhere, and nowhere outside."""

from __future__ import annotations

import re
from collections.abc import Iterable

from game.level.pack import DEEPEST
from game.level.problems import clean

MANIFEST = "manifest.json"
SUFFIXES = (".toml", ".json", ".md")
LONGEST_PART = 80
LONGEST = 200

_PART = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9_-])?")
_DEVICES = frozenset({"con", "prn", "aux", "nul", "clock$"}) | {
    f"{device}{number}" for device in ("com", "lpt") for number in range(10)
}
"""What Windows takes for a device, whatever stands behind the first dot."""


def shown_name(name: str) -> str:
    """A name as it may be quoted."""
    return clean(name[:80]) + ("..." if len(name) > 80 else "")


def wrong_name(name: str) -> str:
    """Why a file in a pack cannot have that name, as one sentence; "" if it can."""
    shown = shown_name(name)
    parts = name.split("/")
    if "\0" in name:
        return f'the name "{shown}" holds a NUL character.'
    if name.startswith("/") or "\\" in name or ":" in name or ".." in parts:
        return f'the name "{shown}" leads out of the folder.'
    if len(name) > LONGEST or any(len(part) > LONGEST_PART for part in parts):
        return f'the name "{shown}" is too long (at most {LONGEST}, a part {LONGEST_PART}).'
    if len(parts) > DEEPEST:
        return f'"{shown}" lies too deep: at most two folders, then the file.'
    if any(part.split(".")[0] in _DEVICES for part in parts):
        return f'the name "{shown}" means a device on some systems.'
    if not all(_PART.fullmatch(part) for part in parts):
        return (
            f'the name "{shown}" is not allowed: each part has a-z 0-9 . _ - only, and begins '
            "with a letter or digit."
        )
    if not name.endswith(SUFFIXES):
        return f'"{shown}" is no file of a pack, which end in {", ".join(SUFFIXES)}.'
    return ""


def colliding(names: Iterable[str]) -> str:
    """Why names cannot stand side by side, as one sentence; "" if they can."""
    seen: dict[str, str] = {}
    for name in names:
        before = seen.setdefault(name.lower(), name)
        if before is not name and before != name:
            first, second = shown_name(before), shown_name(name)
            return f'"{first}" and "{second}" are one file on some systems.'
    folders = {
        name.rsplit("/", depth)[0] for name in seen for depth in range(1, name.count("/") + 1)
    }
    both = sorted(folders & seen.keys())
    return f'"{shown_name(both[0])}" is both a file and a folder.' if both else ""
