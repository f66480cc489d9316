"""Where styles and art lie: beside the package in a checkout, inside it once installed."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
FOLDERS = (PACKAGE / "_data" / "assets", PACKAGE.parent / "assets")


def asset(name: str) -> Path:
    """The file of that name under `assets/`."""
    for folder in FOLDERS:
        path = folder / name
        if path.is_file():
            return path
    raise AssertionError(f"no asset {name!r}")
