"""New levels: a template, or a level that there is, under another id. Comments are kept."""

from __future__ import annotations

import os
import re
from pathlib import Path

from game.level.campaign import DATA
from game.level.find import PACK, PROOFS
from game.level.paths import reason
from game.level.problems import LevelErrors, Unreadable, clean
from game.level.proofs import proofs_path
from game.level.schema import schema_line
from game.level.schema_line import without_schema_line
from game.level.source import Source, load_bytes, read_source

TEMPLATES = DATA / "assets" / "templates"
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def template_kinds() -> tuple[str, ...]:
    """The kinds of level that there is a template of."""
    names = (path.name for path in TEMPLATES.glob("*.toml"))
    return tuple(sorted(name.removesuffix(".toml") for name in names if not name.endswith(PROOFS)))


def template_of(kind: str) -> Path:
    """The template of a kind of level, which is one of `template_kinds`."""
    return TEMPLATES / f"{kind}.toml"


def why_no_id(identity: str) -> str:
    """Why this can be no id of a new level, as a sentence; "" if it can."""
    if NAME.fullmatch(identity) is None:
        return "An id has 1 to 64 of a-z 0-9 . _ - and begins with a letter or digit."
    if f"{identity}.toml".endswith((PROOFS, f"/{PACK}")) or f"{identity}.toml" == PACK:
        return f"{identity}.toml would be no level: another file has that name."
    return ""


def new_level(identity: str, original: Path, folder: Path) -> dict[Path, bytes]:
    """The files of a new level by their paths: a copy of another level, with its proofs if it has
    any, under a new id. Nothing is written.

    Raises LevelErrors where the original is not TOML, and Unreadable.
    """
    path = folder / f"{identity}.toml"
    made = {path: _text(_named(_source(original), identity), folder, "level")}
    proofs = proofs_path(original)
    if os.path.exists(proofs):
        made[proofs_path(path)] = _text(_source(proofs).data.decode(), folder, "proofs")
    return {path: text.encode() for path, text in made.items()}


def write_new(files: dict[Path, bytes]) -> None:
    """Write files that are not there yet: all, or none. Raises Unreadable."""
    for path in files:
        if os.path.lexists(path):
            raise Unreadable(f"{clean(str(path))} is there already; choose another id or folder.")
    done: list[Path] = []
    try:
        for path, data in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                done.append(path)
                file.write(data)
    except (OSError, ValueError) as error:
        for made in done:
            made.unlink(missing_ok=True)
        shown = clean(str(path))
        raise Unreadable(f"{shown} cannot be written: {reason(error)}.") from None


def _source(path: Path) -> Source:
    source = read_source(load_bytes(path), str(path))
    if source.broken:
        raise LevelErrors(source.problems())
    return source


def _named(source: Source, identity: str) -> str:
    """The text of a level with another id."""
    spot, depth = source.find(("id",))
    if not depth or spot.value is None:
        return f'id = "{identity}"\n{without_schema_line(source.data).decode()}'
    begin, end = spot.value
    return (source.data[:begin] + f'"{identity}"'.encode() + source.data[end:]).decode()


def _text(text: str, folder: Path, schema: str) -> str:
    """A text that names its schema from the folder that it is for."""
    return f"{schema_line(folder, schema)}\n{without_schema_line(text.encode()).decode()}"
