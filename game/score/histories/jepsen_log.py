"""Jepsen's log lines: `INFO  jepsen.util - PROCESS :TYPE :FUNCTION VALUE`, one event a line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from game.score.consistency.history import Symbol, Value
from game.score.histories.edn import Text, read_forms
from game.score.histories.events import Event
from game.score.histories.jepsen_edn import event_of

LINE = re.compile(r"INFO\s+jepsen\.util\s+-\s+(\S+)\s+(:\S+)\s+(:\S+)(?:\s+(\S.*?))?\s*")
NEXT = re.compile(r"[^\n]*\n?")


def read_log(text: Text) -> Iterator[Event]:
    """The events of clients; what others did is left out. Raises `Unreadable`."""
    at = 0
    while at < len(text.text):
        match = NEXT.match(text.text, at)
        assert match is not None
        event = _read_line(text, at, match.group().rstrip("\r\n"))
        at = match.end()
        if event is not None:
            yield event


def _read_line(text: Text, at: int, line: str) -> Event | None:
    if not line.strip():
        return None
    match = LINE.fullmatch(line)
    if match is None:
        raise text.wrong(
            at, "not a line such as INFO  jepsen.util - 0 :invoke :read nil, as the first one is"
        )
    process, kind, function, _ = match.groups()
    if not re.fullmatch("[0-9]{1,18}", process):
        return None
    value: Value = None
    if match[4] is not None:
        values = [form.value for form in read_forms(text, at + match.start(4), at + match.end(4))]
        if match[4].startswith("["):
            value = tuple(values)
        elif len(values) != 1:
            raise text.wrong(at + match.start(4), "an event has one value")
        else:
            value = values[0]
    fields = {
        "process": int(process),
        "type": Symbol(kind),
        "f": Symbol(function),
        "value": value,
    }
    return event_of(text, at, fields)
