"""`ninelives level`: for those who write levels. Each action is a file of its own."""

from __future__ import annotations

from collections.abc import Mapping

from game.cli.arguments import Command, Parser, add_commands

ACTIONS: Mapping[str, Command] = {
    "new": Command("a level to begin with, that can be played and proven", "level_new:fill"),
    "check": Command("every mistake in a level, with line and column", "level_check:fill"),
    "explain": Command("what a code such as E021 means", "level_explain:fill"),
    "test": Command("prove that a level teaches what it claims", "level_test:fill"),
    "calibrate": Command(
        "how hard a level is: random plans, and one control at a time", "level_calibrate:fill"
    ),
    "preview": Command(
        "the level in the game, followed from save to save", "level_preview:fill_preview"
    ),
    "edit": Command("the level's text beside the level", "level_preview:fill_edit"),
    "schema": Command("what may be written, for editors and for people", "level_schema:fill"),
    "pack": Command("a folder of levels as one file", "level_pack:fill_pack"),
    "unpack": Command("the folder of a pack's file", "level_pack:fill_unpack"),
    "stats": Command("a pack at a glance", "level_stats:fill"),
    "diff": Command(
        "what has changed for players, and which records still hold", "level_diff:fill"
    ),
    "upgrade": Command("bring a level to the newest format", "level_upgrade:fill"),
}


def fill(group: Parser) -> None:
    """What the group takes."""
    add_commands(group, ACTIONS, title="actions", metavar="ACTION", required=True)
