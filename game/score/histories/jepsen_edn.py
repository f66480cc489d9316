"""Jepsen's histories: EDN maps, one a line or all in one vector, as `history.edn` has them."""

from __future__ import annotations

from collections.abc import Iterator

from game.score.consistency.history import Map, Symbol, Value
from game.score.histories.edn import Text, read_forms
from game.score.histories.events import Event, EventType


def read_edn(text: Text) -> Iterator[Event]:
    """The events of clients; what others did (`:process :nemesis`) is left out.

    Raises `Unreadable`.
    """
    for form in read_forms(text):
        if not isinstance(form.value, Map):
            raise text.wrong(form.offset, "an event is a map such as {:type :invoke, :f :read ...}")
        fields = {it.text[1:]: value for it, value in form.value if isinstance(it, Symbol)}
        event = event_of(text, form.offset, fields)
        if event is not None:
            yield event


def event_of(text: Text, offset: int, fields: dict[str, Value]) -> Event | None:
    """One event, from its fields; None if it is not a client's. Raises `Unreadable`."""
    for name in ("process", "type", "f"):
        if name not in fields:
            raise text.wrong(offset, f"the event has no {name}")
    process = fields["process"]
    if isinstance(process, (Symbol, str)):
        return None
    if not isinstance(process, int):
        raise text.wrong(offset, "the process of an event is a whole number")
    kind = named(fields["type"])
    if kind not in set(EventType):
        allowed = ", ".join(EventType)
        raise text.wrong(offset, f'there is no event type "{kind}" (there are: {allowed})')
    time = fields.get("time")
    if time is not None and not isinstance(time, (int, float)):
        raise text.wrong(offset, "the time of an event is a number of nanoseconds")
    return Event(
        type=EventType(kind),
        process=process,
        function=named(fields["f"]),
        value=fields.get("value"),
        offset=offset,
        key=fields.get("key"),
        keyed="key" in fields,
        time_us=None if time is None else int(time) // 1000,
    )


def named(value: Value) -> str:
    """A keyword, symbol or text as text."""
    return value.text.lstrip(":") if isinstance(value, Symbol) else str(value)
