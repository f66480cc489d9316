"""Packs: a folder of levels with a `pack.toml`, which says what it is and whose."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from game.level.annotations import FormatNumber, Label, Name, ProseText, Surroundings
from game.level.campaign import Campaign, LevelCard, make_campaign
from game.level.find import PACK, campaign
from game.level.problems import LevelErrors, Problems, Unreadable, clean
from game.level.records import RecordErrors, read_record
from game.level.registry import Registry
from game.level.source import load_bytes, read_source

if TYPE_CHECKING:
    from game.level.model import Level

FORMAT = 1
LONGEST_SAYS = 2_000
DEEPEST = 3
"""Parts of the name of a file in a pack: folders and the file itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """What a `pack.toml` says."""

    format: Annotated[int, FormatNumber(FORMAT)]
    """Always 1: the version of the format."""
    id: Name
    """Its name in commands and files."""
    title: Label
    """What the player reads in the list of packs."""
    author: Label = ""
    """Who made it."""
    says: Annotated[str, ProseText(LONGEST_SAYS)] = ""
    """What it is about, for who chooses."""
    license: Label = ""
    """What others may do with it, best as an SPDX identifier."""


def read_pack(folder: Path) -> Pack:
    """The pack of a folder. Raises LevelErrors with all problems of its `pack.toml`, Unreadable."""
    path = folder / PACK
    return parse_pack(load_bytes(path), str(path))


def parse_pack(data: bytes, path: str) -> Pack:
    """The pack that the bytes of a `pack.toml` tell of. Raises as `read_pack`."""
    source = read_source(data, path)
    if not source.broken:
        try:
            pack: Pack = read_record(Pack, source.document, Surroundings(Registry(), {}))
        except RecordErrors as errors:
            for said in errors.complaints:
                source.complain(said)
        else:
            if not source.reported:
                return pack
    raise LevelErrors(source.problems())


def inspect_pack(path: Path) -> Problems:
    """All problems of a `pack.toml`. Raises Unreadable."""
    try:
        parse_pack(load_bytes(path), str(path))
    except LevelErrors as errors:
        return errors.problems
    return Problems()


def is_pack(path: Path) -> bool:
    """Whether a folder is a pack."""
    return os.path.isfile(path / PACK)


def is_campaign(folder: Path) -> bool:
    """Whether a folder is that of the campaign that came with the game."""
    return folder.resolve() == campaign().resolve()


def pack_around(level_path: Path) -> Path | None:
    """The folder of the pack that a level's file lies in, if any."""
    folders = level_path.resolve().parents[:DEEPEST]
    return next((folder for folder in folders if is_pack(folder)), None)


def prefix_of(level: Level, own: dict[str, LevelCard]) -> str:
    """The `LevelCard.pack` of a level that was opened by its file.

    `own` are the cards of the campaign by id: a file that only shares the id of one of these is
    kept apart from it. Raises as `read_pack`.
    """
    path = Path(level.path)
    around = pack_around(path)
    if around is not None:
        return "" if is_campaign(around) else read_pack(around).id
    card = own.get(level.id)
    return "" if card is None or card.file.resolve() == path.resolve() else LOOSE


LOOSE = "-"
"""Stands for the pack of a level that is in none, where the campaign has a level of its id."""


def pack_campaign(folder: Path) -> Campaign:
    """The chapters of a pack, as the game shows them. Raises LevelErrors or Unreadable."""
    prefix = "" if is_campaign(folder) else read_pack(folder).id
    chapters = make_campaign(folder)
    cards = [card for chapter in chapters for card in chapter.levels]
    shown = clean(str(folder))
    if not cards:
        raise Unreadable(f"{shown} holds no level.")
    counted = Counter(card.id for card in cards)
    twice = next((identity for identity, count in counted.items() if count > 1), None)
    if twice is not None:
        raise Unreadable(f'{shown} holds {counted[twice]} levels with the id "{twice}".')
    root = folder.resolve()
    return tuple(
        replace(
            chapter,
            levels=tuple(
                replace(card, path=(root / card.path).as_posix(), pack=prefix)
                for card in chapter.levels
            ),
        )
        for chapter in chapters
    )
