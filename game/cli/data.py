"""Data for programs, on stdout."""

from __future__ import annotations

import json


def json_text(value: object) -> str:
    """JSON in ASCII alone: what a string holds cannot reach a terminal that shows it."""
    return json.dumps(value, indent=2).replace("\x7f", "\\u007f")


def print_json(value: object) -> None:
    """One JSON value."""
    print(json_text(value))
