"""A small honest pack, and its file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from game.level.pack_file import LevelEntry, make_manifest, write_pack_file

PACK_TOML = """format = 1
id = "nap"
title = "Nap time"
author = "A cat"
says = "Two short nights."
license = "CC0-1.0"
"""
LEVEL = """# A comment that stays.
format = 1
id = "{id}"
title = "{title}"
chapter = "Naps"
teaches = ["crash"]
duration = "20s"

[[node]]
id = "web"
count = 1

[[service]]
id = "shop"
on = "web"
steps = [{{ cpu = "2ms" }}]

[[client]]
id = "visitors"
call = "shop"
rate = 20

[[fault]]
kind = "crash"
target = "web-1"
at = "8s"
for = "2s"

[[control]]
id = "machines"
family = "redundancy"
label = "Machines"
sets = "node.web.count"
choices = [1, 2]
default = 1
lesson = true

[[goal]]
id = "answered"
measure = "availability"
at_least = "99%"
"""


def level_text(identity: str) -> str:
    """A level with that id."""
    return LEVEL.format(id=identity, title=identity.title())


def pack_texts() -> dict[str, str]:
    """The files of an honest pack."""
    return {
        "pack.toml": PACK_TOML,
        "one.toml": level_text("one"),
        "two.toml": level_text("two"),
        "readme.md": "# Naps\n",
    }


def write_pack(folder: Path) -> Path:
    """The pack's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pack_texts().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return folder


def pack_bytes(files: Mapping[str, bytes] | None = None) -> bytes:
    """The pack as one file; its level hashes are made up."""
    held = {name: text.encode() for name, text in pack_texts().items()} if files is None else files
    levels = tuple(
        LevelEntry(path=f"{name}.toml", id=name, level_hash="0" * 64) for name in ("one", "two")
    )
    return write_pack_file(held, make_manifest(held, "nap", levels, 3))
