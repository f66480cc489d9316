"""From events to operations: which end belongs to which beginning, on which key, and what of it the
model understands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from game.score.consistency.history import History, Operation, Outcome, Value, history_of
from game.score.consistency.models import BadValue, Model, Register
from game.score.histories.edn import Text
from game.score.histories.events import Event, EventType

OUTCOMES = {
    EventType.OK: Outcome.OK,
    EventType.FAIL: Outcome.FAIL,
    EventType.INFO: Outcome.INFO,
}


def pair(events: Sequence[Event], model: Model, text: Text) -> History:
    """The history of the events, for operations of one model. Raises `Unreadable`.

    An answered read without an answer is one whose outcome is not known.
    """
    apart = _keys_in_values(events, model)
    open_now: dict[int, tuple[int, Event]] = {}
    operations: list[Operation] = []
    for place, event in enumerate(events):
        if event.type is EventType.INVOKE:
            if event.process in open_now:
                line = text.place(open_now[event.process][1].offset)[0]
                raise text.wrong(
                    event.offset,
                    f"process {event.process} begins something while what it began in line {line} "
                    "has not ended",
                )
            _check_function(event, model, text)
            open_now[event.process] = place, event
            continue
        if event.process not in open_now:
            raise text.wrong(
                event.offset, f"process {event.process} ends something that it did not begin"
            )
        begun, beginning = open_now.pop(event.process)
        if beginning.function != event.function:
            raise text.wrong(
                event.offset,
                f'process {event.process} ends "{event.function}" and began "{beginning.function}"',
            )
        operations.append(_operation(begun, beginning, place, event, model, text, apart))
    for begun, beginning in open_now.values():
        operations.append(_operation(begun, beginning, 0, None, model, text, apart))
    ordered = history_of(operations).operations
    return History(tuple(replace(one, number=number) for number, one in enumerate(ordered)))


def _check_function(event: Event, model: Model, text: Text) -> None:
    known = sorted(model.reads | model.writes)
    if event.function not in known:
        near = get_close_matches(event.function, known, n=1)
        meant = f'; did you mean "{near[0]}"?' if near else ""
        raise text.wrong(
            event.offset,
            f'a {model.name} has no operation "{event.function[:40]}"{meant} '
            f"(it has: {', '.join(known)})",
        )


def _keys_in_values(events: Sequence[Event], model: Model) -> bool:
    """Whether values are [key value], as in Jepsen's independent tests: those of reads tell, which
    begin without a value, else those of compare-and-sets, whose value is a pair itself."""
    begun = [event for event in events if event.type is EventType.INVOKE]
    if not begun or any(event.keyed for event in begun):
        return False
    if not all(isinstance(event.value, tuple) and len(event.value) == 2 for event in begun):
        return False
    insides = [
        (event.function, event.value[1]) for event in begun if isinstance(event.value, tuple)
    ]
    if any(function in model.reads for function, _ in insides):
        return all(inside is None for function, inside in insides if function in model.reads)
    pairs = [inside for function, inside in insides if function == "cas"]
    return all(isinstance(inside, tuple) and len(inside) == 2 for inside in pairs)


def _split(event: Event, apart: bool, text: Text) -> tuple[Value, Value]:
    """Key and value."""
    if not apart:
        return event.key, event.value
    if event.value is None:
        return None, None
    if not isinstance(event.value, tuple) or len(event.value) != 2:
        raise text.wrong(event.offset, "the value of this event is not [key value], as others are")
    return event.value[0], event.value[1]


def _operation(
    begun: int,
    beginning: Event,
    ended: int,
    end: Event | None,
    model: Model,
    text: Text,
    apart: bool,
) -> Operation:
    """One operation, checked by its model. Raises `Unreadable`."""
    key, asked = _split(beginning, apart, text)
    outcome = Outcome.INFO if end is None else OUTCOMES[end.type]
    answer: Value = None
    if end is not None and outcome is Outcome.OK:
        _, answer = _split(end, apart, text)
    function = beginning.function
    if function in model.writes and answer is not None and answer != asked:
        if asked is not None:
            assert end is not None
            raise text.wrong(end.offset, f"{function} ends with another value than it began with")
        asked = answer
    where = beginning
    try:
        given = model.input_of(function, asked)
        if end is not None:
            where = end
        output = model.output_of(function, answer) if outcome is Outcome.OK else None
    except BadValue as error:
        raise text.wrong(where.offset, f"the value of {function} is not {error}") from None
    if outcome is Outcome.OK and function in model.reads and output is None:
        # A register may hold nil; all else that is read is something.
        outcome = Outcome.OK if isinstance(model, Register) else Outcome.INFO
    over = end is not None and outcome is not Outcome.INFO
    return Operation(
        number=begun,
        process=beginning.process,
        function=function,
        key=key,
        input=given,
        output=output,
        outcome=outcome,
        invoked=begun,
        completed=ended if over else None,
        invoked_us=beginning.time_us,
        completed_us=None if end is None else end.time_us,
        line=text.place(beginning.offset)[0],
    )
