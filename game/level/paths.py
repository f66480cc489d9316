"""What lies at a path that somebody has typed.

To ask whether something is there, `os.path.exists`, `isfile` and `isdir` are right: they are False
for whatever the system refuses to look at, where pathlib raises.
"""

from __future__ import annotations

import os
from pathlib import Path

from game.level.problems import Unreadable, clean

SHOWN_CHARACTERS = 200


def status_of(path: Path) -> os.stat_result | None:
    """What the system says of a path; None where nothing is there.

    Raises Unreadable, with the system's reason, where it cannot be asked.
    """
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    except OSError as error:
        raise unreadable(path, error) from None


def unreadable(path: Path, error: OSError | ValueError) -> Unreadable:
    """The sentence for a path that the system does not open."""
    shown = clean(str(path))[:SHOWN_CHARACTERS]
    return Unreadable(f"{shown} cannot be opened: {reason(error)}.")


def reason(error: OSError | ValueError) -> str:
    """What the system says."""
    return getattr(error, "strerror", None) or "not a usable path"
