"""The file that a run with an engine error leaves behind, and that `ninelives run FILE` replays.

It holds the level's whole text, so that it can be sent to the developers by itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from game.cli.arguments import LARGEST_SEED
from game.cli.data import json_text
from game.cli.exits import WrongUse

SUFFIX = ".replay.json"
LARGEST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """One run that ended in an engine error."""

    level_path: str
    level_text: str
    plan: Mapping[str, str]
    """Control id to the label of its choice."""
    without: tuple[str, ...]
    seed: int
    engine: int
    time_us: int
    """How far the run had come."""
    error: str


def is_replay(text: str) -> bool:
    """Whether the word on the command line names a replay file."""
    return text.endswith(SUFFIX)


def write_replay(replay: Replay, folder: Path) -> Path:
    """Write the file into `folder`, under a name of level and seed. Raises Unreadable."""
    from game.level.whole_file import write_whole

    stem = Path(replay.level_path).stem
    path = folder / f"{stem}-{replay.seed}{SUFFIX}"
    write_whole(path, (json_text(asdict(replay)) + "\n").encode())
    return path


def parse(path: Path) -> Any:
    """The JSON value in the file. Raises `WrongUse`."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise WrongUse(f"cannot open {path}: {error.strerror}") from None
    if len(data) > LARGEST_BYTES:
        raise WrongUse(f"{path} is larger than a replay file may be")
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise WrongUse(f"{path} is no replay file: it is not JSON") from None


def is_text_to_text(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def read_replay(path: Path) -> Replay:
    """Read a replay file. Raises `WrongUse` with one sentence."""
    found = parse(path)
    tests: dict[str, Callable[[Any], bool]] = {
        "level_path": lambda value: isinstance(value, str),
        "level_text": lambda value: isinstance(value, str),
        "plan": is_text_to_text,
        "without": is_texts,
        "seed": lambda value: type(value) is int and 0 <= value <= LARGEST_SEED,
        "engine": lambda value: type(value) is int,
        "time_us": lambda value: type(value) is int,
        "error": lambda value: isinstance(value, str),
    }
    if not isinstance(found, dict) or set(found) != set(tests):
        raise WrongUse(f"{path} is no replay file: its keys must be {', '.join(tests)}")
    for key, test in tests.items():
        if not test(found[key]):
            raise WrongUse(f"{path} is no replay file: its {key} is not of the right kind")
    return Replay(**{**found, "without": tuple(found["without"])})
