"""`ninelives level`: for those who write levels. Each action is a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from game.cli import (
    level_calibrate,
    level_check,
    level_diff,
    level_explain,
    level_new,
    level_pack,
    level_preview,
    level_schema,
    level_stats,
    level_test,
    level_upgrade,
)

ACTIONS: Mapping[str, Callable[[Any], None]] = {
    "new": level_new.add_to,
    "check": level_check.add_to,
    "explain": level_explain.add_to,
    "test": level_test.add_to,
    "calibrate": level_calibrate.add_to,
    "preview": level_preview.add_preview,
    "edit": level_preview.add_edit,
    "schema": level_schema.add_to,
    "pack": level_pack.add_pack,
    "unpack": level_pack.add_unpack,
    "stats": level_stats.add_to,
    "diff": level_diff.add_to,
    "upgrade": level_upgrade.add_to,
}


def add_to(commands: Any) -> None:
    """Add the group to the parser."""
    group = commands.add_parser("level", help="check, prove and pack levels")
    actions = group.add_subparsers(title="actions", metavar="ACTION", required=True)
    for add in ACTIONS.values():
        add(actions)
