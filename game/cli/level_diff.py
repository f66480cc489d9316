"""`ninelives level diff`: what has changed for players, and which records still hold."""

from __future__ import annotations

import argparse
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from game.cli import arguments
from game.cli.arguments import Parser
from game.cli.data import print_json
from game.cli.exits import Exit
from game.cli.words import clean

if TYPE_CHECKING:
    from game.level.differences import Difference
    from game.level.model import Level
    from game.progress import LevelProgress

MARKS = ("availability", "p99_ms", "cost_per_hour", "moving_parts")


def fill(parser: Parser) -> None:
    """What `level diff` takes."""
    parser.description = (
        "Compare two levels by the ids of their parts. Exit code 0: the same for "
        "players, but for words; 1: another level."
    )
    parser.add_argument("before", metavar="A", help="an id, a file or a folder")
    parser.add_argument("after", metavar="B", help="an id, a file or a folder")
    arguments.add_data_dir(parser)
    arguments.add_json(parser)
    parser.set_defaults(command=diff)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether something that was reached with A counts for B."""

    holds: bool
    says: str


def diff(options: argparse.Namespace) -> int:
    """Compare, and look at what was recorded."""
    from game.cli.inputs import level_at
    from game.level.differences import differences
    from game.level.identity import level_hash

    before, after = level_at(options.before), level_at(options.after)
    hashes = (level_hash(before), level_hash(after))
    found = differences(before, after)
    proof = proof_standing(before, after)
    reached = reached_with(before, hashes[0], options.data_dir)
    saves = saves_standing(before, after, hashes, reached)
    if options.json:
        told = {
            "same": hashes[0] == hashes[1],
            "level_hash": list(hashes),
            "differences": [asdict(one) for one in found],
            "proof": asdict(proof),
            "saves": {**asdict(saves), **reached_json(reached)},
        }
        print_json(told)
    else:
        tell(found, hashes, proof, saves)
    return Exit.GOOD if hashes[0] == hashes[1] else Exit.NO


def tell(
    found: tuple[Difference, ...], hashes: tuple[str, str], proof: Standing, saves: Standing
) -> None:
    """The differences by what they are to a player, then what still holds."""
    lines: list[str] = []
    for group in dict.fromkeys(one.group for one in found if not one.words_only):
        lines.append(group)
        lines += [f"  {one.where}: {one.old} -> {one.new}" for one in found if one.group == group]
    words = [one.where for one in found if one.words_only]
    if words:
        lines += ["words (no run and no score depends on them)", f"  {', '.join(words)}"]
    if not found:
        lines.append("no difference")
    same = hashes[0] == hashes[1]
    shown = hashes[0][:8] if same else f"{hashes[0][:8]} -> {hashes[1][:8]}"
    lines += [
        f"level hash  {shown} ({'the same' if same else 'another'} level to players)",
        f"proof       {proof.says}",
        f"saves       {saves.says}",
    ]
    print(*map(clean, lines), sep="\n")


def proof_standing(before: Level, after: Level) -> Standing:
    """Whether B is proven by the record beside it, or else by the one beside A."""
    from game.cli.inputs import told
    from game.engine.kinds import load_kinds
    from game.level.identity import file_hash, level_hash
    from game.level.proofs import proofs_path, read_proofs
    from game.proof.play import EnginePlayer
    from game.proof.records import doubt, holds, read_record, record_path
    from game.proof.runs import EngineFailed, Runs

    paths = (Path(after.path), Path(before.path))
    source = next((path for path in paths if os.path.exists(record_path(path))), None)
    if source is None:
        return Standing(False, "there is no record, neither beside B nor beside A")
    record = read_record(record_path(source))
    name = record_path(source).name
    if record is None:
        return Standing(False, f"{name} cannot be read, or is of other rules")
    # B's own proofs where it has some; else A's are held against it.
    proofs_file = next((path for path in map(proofs_path, paths) if os.path.exists(path)), None)
    with told():
        proofs = read_proofs(proofs_file, after).proofs if proofs_file else ()
    hashes = (level_hash(after), file_hash(proofs_file) if proofs_file else "")
    if why := doubt(record, after, hashes):
        return Standing(False, f"{name} does not hold for B: {why}")
    try:
        good = holds(record, after, hashes, proofs, Runs(EnginePlayer(after, load_kinds())))
    except EngineFailed as error:
        return Standing(False, f"{name} does not hold for B: {error}")
    if not good:
        return Standing(False, f"{name} does not hold for B: a proof's run comes out otherwise now")
    return Standing(True, f"{name} holds for B")


def reached_with(level: Level, level_hash: str, data_dir: Path | None) -> LevelProgress | None:
    """What the player reached on the level as it is in A; None where there are no saves."""
    from game.level.campaign import level_key, read_campaign
    from game.level.pack import prefix_of
    from game.progress import data_folder, open_progress
    from game.progress.place import Place

    folder = data_folder(data_dir)
    if not os.path.exists(Place(folder).file):
        return None
    own = {card.id: card for chapter in read_campaign() for card in chapter.levels}
    progress = open_progress(folder)
    return progress.level(level_key(prefix_of(level, own), level.id), level_hash)


def saves_standing(
    before: Level, after: Level, hashes: tuple[str, str], reached: LevelProgress | None
) -> Standing:
    """Whether stars and best records of A count for B."""
    if reached is None or not reached.runs:
        return Standing(before.id == after.id and hashes[0] == hashes[1], "nothing was won on A")
    marks = ", ".join(f"{name} {value:g}" for name, value in _marks(reached).items())
    what = f"{reached.stars} stars in {reached.runs} runs on A{f' ({marks})' if marks else ''}"
    if before.id != after.id:
        return Standing(False, f"{what}; B has another id, so that it begins anew")
    if hashes[0] != hashes[1]:
        return Standing(False, f"{what}; they were won on another level than B")
    return Standing(True, f"{what}; they hold for B")


def _marks(reached: LevelProgress) -> dict[str, float]:
    found = {name: getattr(reached, name) for name in MARKS}
    return {name: mark.value for name, mark in found.items() if mark is not None}


def reached_json(reached: LevelProgress | None) -> dict[str, Any]:
    """Stars and best records as data."""
    if reached is None:
        return {"runs": 0, "stars": 0, "best": {}}
    return {"runs": reached.runs, "stars": reached.stars, "best": _marks(reached)}
