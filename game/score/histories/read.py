"""Reading histories: whatever format the file is in, within bounds, or one sentence about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from game.level.problems import Unreadable
from game.score.consistency.history import History, Value
from game.score.consistency.models import Model, Register
from game.score.histories.edn import Text
from game.score.histories.events import MOST_EVENTS, Event
from game.score.histories.jepsen_edn import read_edn
from game.score.histories.jepsen_log import read_log
from game.score.histories.json_lines import read_json_lines
from game.score.histories.pairing import pair

MOST_BYTES = 32 << 20

Reader = Callable[[Text], Iterator[Event]]
FORMATS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (re.compile(r"\s*INFO\b"), read_log),
    (re.compile(r'\s*\{\s*(?:"|\})'), read_json_lines),
    (re.compile(r"\s*[\[({;#,]"), read_edn),
)
"""By how the text begins."""


def read_history(path: Path, model: Model) -> tuple[History, Model]:
    """The history in a file, and the model with the first value that it shows.

    Raises `Unreadable`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "its name has a null character"
        raise Unreadable(f"cannot read {path}: {why}") from None
    if len(data) > MOST_BYTES:
        raise Unreadable(f"{path} is larger than {MOST_BYTES >> 20} MiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"{path}:{line}: not UTF-8 text") from None
    return history_in(text, str(path), model)


def history_in(content: str, name: str, model: Model) -> tuple[History, Model]:
    """The same for a text; `name` is what its mistakes are told under. Raises `Unreadable`."""
    text = Text(content, name)
    reader = next((reader for begins, reader in FORMATS if begins.match(content)), None)
    if reader is None:
        if not content.strip():
            raise Unreadable(f"{name} is empty")
        raise text.wrong(0, "neither Jepsen's EDN, nor its log lines, nor JSON lines")
    events: list[Event] = []
    for event in reader(text):
        if len(events) == MOST_EVENTS:
            raise Unreadable(f"{name} has more than {MOST_EVENTS:,} events")
        events.append(event)
    if not events:
        raise Unreadable(f"{name} holds no operation of a client")
    history = pair(events, model, text)
    if isinstance(model, Register) and reader is not read_log:
        return history, replace(model, initial=first_value(history))
    return history, model


def first_value(history: History) -> Value:
    """What registers hold at first in Jepsen's EDN: 0, unless nil was read that nobody wrote."""
    reads_nil = any(
        one.ok and one.function == "read" and one.output is None for one in history.operations
    )
    writes_nil = any(
        (one.function == "write" and one.input is None)
        or (isinstance(one.input, tuple) and one.function == "cas" and one.input[1] is None)
        for one in history.operations
        if one.possible
    )
    return None if reads_nil and not writes_nil else 0
