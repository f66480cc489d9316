"""`ninelives level`: for those who write levels. Each action is a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from game.cli import level_calibrate, level_check, level_preview, level_schema, level_test

ACTIONS: Mapping[str, Callable[[Any], None]] = {
    "check": level_check.add_to,
    "test": level_test.add_to,
    "calibrate": level_calibrate.add_to,
    "preview": level_preview.add_preview,
    "edit": level_preview.add_edit,
    "schema": level_schema.add_to,
}


def add_to(commands: Any) -> None:
    """Add the group to the parser."""
    group = commands.add_parser("level", help="check and prove levels")
    actions = group.add_subparsers(title="actions", metavar="ACTION", required=True)
    for add in ACTIONS.values():
        add(actions)
