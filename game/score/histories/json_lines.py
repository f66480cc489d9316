"""Histories as JSON lines: Jepsen's fields, one event a line.

`{"type": "invoke", "f": "write", "value": 3, "process": 0, "time": 1000}`; `time` in nanoseconds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from game.score.consistency.history import Map, Symbol, Value
from game.score.histories.edn import DEEPEST, LONGEST_NUMBER, Text
from game.score.histories.events import Event
from game.score.histories.jepsen_edn import event_of


class Refused(Exception):
    """Something that JSON can say and a history cannot."""


def read_json_lines(text: Text) -> Iterator[Event]:
    """The events of clients; what others did (a `process` that is text) is left out.

    Raises `Unreadable`.
    """
    at = 0
    for line in text.text.split("\n"):
        if line.strip():
            event = event_of(text, at, _fields(text, at, line))
            if event is not None:
                yield event
        at += len(line) + 1


def _fields(text: Text, at: int, line: str) -> dict[str, Value]:
    try:
        found = json.loads(
            line,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_whole,
        )
        if not isinstance(found, dict):
            raise Refused('an event is an object such as {"type": "invoke", "f": "read", ...}')
        return {name: frozen(value, 1) for name, value in found.items()}
    except json.JSONDecodeError as error:
        raise text.wrong(at + error.pos, f"not JSON: {error.msg}") from None
    except RecursionError:
        raise text.wrong(at, f"nested deeper than {DEEPEST} levels") from None
    except Refused as error:
        raise text.wrong(at, str(error)) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused("an object has a key twice")
    return found


def _constant(word: str) -> Any:
    raise Refused(f"{word} is no number")


def _whole(word: str) -> int:
    if len(word) > LONGEST_NUMBER:
        raise Refused(f"a number of more than {LONGEST_NUMBER} digits")
    return int(word)


def frozen(value: Any, depth: int) -> Value:
    """A value of JSON as one of histories; keys of objects become keywords, or whole numbers.

    Raises `Refused`.
    """
    if depth > DEEPEST:
        raise Refused(f"nested deeper than {DEEPEST} levels")
    if isinstance(value, bool):
        return Symbol("true" if value else "false")
    if isinstance(value, list):
        return tuple(frozen(it, depth + 1) for it in value)
    if isinstance(value, dict):
        return Map.of((_key(key), frozen(it, depth + 1)) for key, it in value.items())
    assert value is None or isinstance(value, (int, float, str))
    return value


def _key(key: str) -> Value:
    number = key.removeprefix("-")
    if number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER:
        return int(key)
    return Symbol(f":{key}")
