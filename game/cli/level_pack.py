"""`ninelives level pack` and `unpack`: a folder of levels as one file, and back."""

from __future__ import annotations

import argparse
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from game.cli import arguments
from game.cli.arguments import Parser
from game.cli.data import print_json
from game.cli.exits import Exit, WrongUse
from game.cli.words import clean

if TYPE_CHECKING:
    from game.level.pack_file import Manifest
    from game.level.pack_folder import Gathered
    from game.proof.glance import Glance


def fill_pack(parser: Parser) -> None:
    """What `level pack` takes."""
    parser.description = (
        "Check all levels of a folder with a pack.toml, then write them as one file, "
        "the same on every machine. Exit code 0: written; 1: something is wrong with the pack."
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a folder with a pack.toml")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="default: the id of the pack with .ninelives, in this folder",
    )
    parser.add_argument(
        "--with-proofs", action="store_true", help="the proofs of the levels and their records too"
    )
    arguments.add_json(parser)
    parser.set_defaults(command=pack)


def fill_unpack(parser: Parser) -> None:
    """What `level unpack` takes."""
    parser.description = (
        "Write the files of a pack into a new or empty folder. A file with anything "
        "wrong in it is refused, and nothing is written."
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="what `level pack` wrote")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FOLDER", help="default: the id of the pack"
    )
    arguments.add_json(parser)
    parser.set_defaults(command=unpack)


def pack(options: argparse.Namespace) -> int:
    """Check, look, write, and tell what was written."""
    from game.cli.inputs import told
    from game.level.pack import read_pack
    from game.level.pack_file import SUFFIX, write_pack_file
    from game.level.pack_folder import gather
    from game.level.paths import status_of
    from game.level.problems import LevelErrors
    from game.level.whole_file import write_whole

    with told():
        if status_of(options.folder) is None or not os.path.isdir(options.folder):
            raise WrongUse(f"{options.folder} is no folder")
        gathered = gather(options.folder, with_proofs=options.with_proofs)
        try:
            header = read_pack(options.folder)
        except LevelErrors as errors:
            gathered.problems.append(str(errors))
            return refused(options, gathered.problems)
    path = options.output or Path(header.id + SUFFIX)
    refuse_other_file(path)
    glances, manifest = look(options.folder, gathered, header.id)
    if manifest is None:
        return refused(options, gathered.problems)
    data = write_pack_file(gathered.files, manifest)
    with told():
        write_whole(path, data)
    tell_packed(options, path, data, manifest, glances, gathered)
    return Exit.GOOD


def refuse_other_file(path: Path) -> None:
    """Only a pack's file is written over. Raises `WrongUse`."""
    from game.level.pack_file import load_pack_file, read_pack_file
    from game.level.problems import Unreadable

    if not os.path.lexists(path):
        return
    try:
        read_pack_file(load_pack_file(path), str(path))
    except Unreadable:
        what = "is a folder" if os.path.isdir(path) else "is there already, and is no pack"
        raise WrongUse(f"{path} {what}: name another file.") from None


def refused(options: argparse.Namespace, problems: list[str]) -> int:
    """Tell why there is no pack."""
    if options.json:
        print_json({"ok": False, "problems": problems})
    else:
        print(*map(clean, problems), sep="\n\n", end="\n\n")
        count = len(problems)
        print(f"{clean(str(options.folder))}: not packed, {count} problem{'s' * (count > 1)}")
    return Exit.NO


def look(folder: Path, gathered: Gathered, pack_id: str) -> tuple[list[Glance], Manifest | None]:
    """Read every level; what is wrong goes to `gathered.problems`, and there is no manifest then.

    A level's own problems are told as `level check` tells them.
    """
    from game.cli.inputs import Checked, check_file
    from game.engine.identity import ENGINE
    from game.engine.kinds import load_kinds
    from game.level.pack_file import LevelEntry, make_manifest
    from game.level.pack_folder import same_ids
    from game.level.read import read_level
    from game.proof.glance import glance

    glances: dict[str, Glance] = {}
    for name in gathered.levels:
        checked = Checked()
        check_file(folder / name, checked)
        errors = [str(one.errors) for one in checked.found.values() if one.errors]
        if errors or checked.unread:
            gathered.problems += (*errors, *checked.unread)
            continue
        level = read_level(folder / name, load_kinds())
        glances[name] = glance(level, load_kinds(), timed=False)
    gathered.problems += same_ids({name: one.level for name, one in glances.items()})
    if gathered.problems:
        return [], None
    entries = tuple(
        LevelEntry(path=name, id=one.level, level_hash=one.level_hash)
        for name, one in glances.items()
    )
    return list(glances.values()), make_manifest(gathered.files, pack_id, entries, ENGINE)


def tell_packed(
    options: argparse.Namespace,
    path: Path,
    data: bytes,
    manifest: Manifest,
    glances: list[Glance],
    gathered: Gathered,
) -> None:
    """What a pack's file holds."""
    from hashlib import sha256

    kinds = Counter(one.kind for one in glances)
    proven = [one.level for one in glances if one.proven]
    unproven = {one.level: one.doubt for one in glances if not one.proven}
    teaches = sorted({word for one in glances for word in one.teaches})
    digest = sha256(data).hexdigest()
    if options.json:
        print_json(
            {
                "ok": True,
                "path": str(path),
                "sha256": digest,
                "size_bytes": len(data),
                "pack": manifest.pack,
                "files": len(manifest.files),
                "levels": [one.level for one in glances],
                "kinds": dict(kinds),
                "proven": proven,
                "unproven": unproven,
                "teaches": teaches,
                "left_out": gathered.left_out,
            }
        )
        return
    counted = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    lines = [
        f"levels   {len(glances)} ({counted})",
        f"proven   {len(proven)} by their records",
        *(f"         not {level}: {why}" for level, why in sorted(unproven.items())),
        f"teaches  {', '.join(teaches) or '-'}",
        f"files    {len(manifest.files)}, {len(data):,} bytes; {len(gathered.left_out)} left out",
        f"sha-256  {digest}",
        f"{path}: written",
    ]
    print(*map(clean, lines), sep="\n")


def unpack(options: argparse.Namespace) -> int:
    """Write the files of a pack, all or none."""
    from game.cli.inputs import told
    from game.level.pack_file import load_pack_file, read_pack_file
    from game.level.pack_folder import write_folder

    with told():
        found = read_pack_file(load_pack_file(options.file), str(options.file))
        folder = options.output or Path(found.pack.id)
        write_folder(folder, found.files)
    levels = [level.id for level in found.manifest.levels]
    if options.json:
        print_json({"folder": str(folder), "pack": found.pack.id, "levels": levels})
    else:
        print(f"{clean(str(folder))}: {len(levels)} levels, {len(found.files)} files")
    return Exit.GOOD
