"""What the screen may know of a moment: a frozen picture, computed from the Log alone.

A *key frame* a second keeps where in each table that second begins and what was true then, so a
moment costs the rows of one second at most. Key frames are derived from the Log and from nothing
else; they are kept beside it and grow as it grows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from game.engine.causes import Cause
from game.engine.log import LEFT_OUT, Change, Fate, Log, MessageKind, Role
from game.engine.on_call import REFUSED

SECOND_US = 1_000_000
MOST_MESSAGES = 200
MOST_NOTES = 8
MOST_NAMED = 3
"""Nodes whose names are shown in one fact."""


@dataclass(frozen=True, slots=True)
class NodeView:
    """One node at one moment."""

    name: str
    state: str
    """`up`, `slow`, `paused`, `down` (refuses) or `off` (silent)."""
    queued: int
    serving: int
    facts: tuple[tuple[str, str], ...] = ()
    """(name, value) of what a protocol shows: role, epoch, lag (writes not confirmed yet)."""


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message under way."""

    source: str
    target: str
    progress: float
    """0 when it was sent, below 1 until it arrives."""
    kind: MessageKind
    again: bool
    """It belongs to a retry or a hedge."""
    fate: Fate
    operation: int


@dataclass(frozen=True, slots=True)
class Frame:
    """One moment of a run."""

    time_us: int
    nodes: tuple[NodeView, ...]
    messages: tuple[MessageView, ...]
    """At most 200 of those under way, oldest first."""
    ended: int
    """Operations that ended so far."""
    good: int
    causes: tuple[tuple[str, int], ...]
    """Cause to count so far, most frequent first."""
    recent_ended: int
    """Operations that ended in the last second."""
    recent_good: int
    recent_p99_us: int | None
    """Of the good ones of the last second."""
    faults: tuple[str, ...]
    """Ids of the faults that are going on."""
    notes: tuple[tuple[int, str], ...]
    """The last eight state changes, (time, words), oldest first."""


@dataclass(slots=True)
class _Moment:
    """What is true at a time, and how far into each table that is."""

    operation_row: int = 0
    change_row: int = 0
    load_row: int = 0
    message_row: int = 0
    flying: list[int] = field(default_factory=list)
    """Rows of the messages that are under way."""
    causes: Counter[int] = field(default_factory=Counter)
    states: dict[int, str] = field(default_factory=dict)
    speeds: dict[int, int] = field(default_factory=dict)
    loads: dict[int, tuple[int, int]] = field(default_factory=dict)
    faults: dict[int, int] = field(default_factory=dict)
    """Fault to how many of its targets it works on."""
    facts: dict[int, dict[str, str]] = field(default_factory=dict)
    """What protocols show of a node: its facts by name."""
    doubts: dict[int, dict[int, str]] = field(default_factory=dict)
    """What a node believes of others, by their places."""
    notes: tuple[tuple[int, str], ...] = ()

    def copy(self) -> _Moment:
        """An independent moment with the same contents."""
        return replace(
            self,
            flying=self.flying.copy(),
            causes=self.causes.copy(),
            states=self.states.copy(),
            speeds=self.speeds.copy(),
            loads=self.loads.copy(),
            faults=self.faults.copy(),
            facts={place: facts.copy() for place, facts in self.facts.items()},
            doubts={place: doubts.copy() for place, doubts in self.doubts.items()},
        )


class _KeyFrames:
    """The moments at the seconds of one log, as far as the log has been written."""

    __slots__ = ("moments",)

    def __init__(self) -> None:
        self.moments = [_Moment()]

    def before(self, log: Log, time_us: int) -> _Moment:
        """A copy of the last key frame that is not after `time_us`."""
        wanted = max(0, min(time_us, log.ended_us - 1)) // SECOND_US
        while len(self.moments) <= wanted:
            moment = self.moments[-1].copy()
            _advance(log, moment, len(self.moments) * SECOND_US - 1)
            self.moments.append(moment)
        return self.moments[wanted].copy()


def frame(log: Log, time_us: int, *, linger_us: int = 0) -> Frame:
    """The moment `time_us` of a run: pure, and cheap for any order of times.

    Messages and station counts need a traced log. `time_us` may not be after `log.ended_us`. With
    `linger_us` a message is shown as under way for at least that long after it was sent, so that
    the eye can follow what is faster than it.
    """
    time_us = max(0, min(time_us, log.ended_us))
    if log.key_frames is None:
        log.key_frames = _KeyFrames()
    moment = log.key_frames.before(log, time_us)
    _advance(log, moment, time_us)
    ended = moment.operation_row
    recent_good, recent_ended, p99_us = _recent(log, moment, time_us)
    return Frame(
        time_us=time_us,
        nodes=tuple(_nodes(log, moment)),
        messages=tuple(_messages(log, moment, time_us, linger_us)),
        ended=ended,
        good=moment.causes[Cause.NONE],
        causes=tuple(
            (Cause(cause).word, number)
            for cause, number in sorted(moment.causes.items(), key=lambda item: (-item[1], item[0]))
            if cause and number
        ),
        recent_ended=recent_ended,
        recent_good=recent_good,
        recent_p99_us=p99_us,
        faults=tuple(log.faults[index] for index in sorted(moment.faults)),
        notes=moment.notes,
    )


def _advance(log: Log, moment: _Moment, time_us: int) -> None:
    """Bring a moment forward to the end of the microsecond `time_us`."""
    operations = log.operations
    ended, cause = operations.columns.index("ended_us"), operations.columns.index("cause")
    data, width = operations.data, operations.width
    row, rows = moment.operation_row, len(operations)
    while row < rows:
        ended_us = data[row * width + ended]
        if (log.ended_us if ended_us < 0 else ended_us) > time_us:
            break
        moment.causes[data[row * width + cause]] += 1
        row += 1
    moment.operation_row = row
    _advance_changes(log, moment, time_us)
    data, width = log.load.data, log.load.width
    row, rows = moment.load_row, len(log.load)
    while row < rows and data[row * width] <= time_us:
        start = row * width
        moment.loads[data[start + 1]] = (data[start + 2], data[start + 3])
        row += 1
    moment.load_row = row
    data, width = log.messages.data, log.messages.width
    row, rows = moment.message_row, len(log.messages)
    while row < rows and data[row * width] <= time_us:
        moment.flying.append(row)
        row += 1
    moment.message_row = row
    moment.flying = [row for row in moment.flying if data[row * width + 1] > time_us]


def _advance_changes(log: Log, moment: _Moment, time_us: int) -> None:
    rows = len(log.changes)
    notes = list(moment.notes)
    while moment.change_row < rows:
        at_us, change, place, value = log.changes.row(moment.change_row)
        if at_us > time_us:
            break
        moment.change_row += 1
        if change in (Change.FAULT_BEGAN, Change.FAULT_ENDED):
            if value == LEFT_OUT:
                continue
            step = 1 if change == Change.FAULT_BEGAN else -1
            moment.faults[place] = moment.faults.get(place, 0) + step
            if moment.faults[place] <= 0:
                del moment.faults[place]
        elif change in _STATES:
            moment.states[place] = _STATES[Change(change)]
            if change == Change.NODE_DOWN and value == 1:
                moment.states[place] = "off"
        elif change == Change.NODE_SPEED:
            moment.speeds.setdefault(place, 0)
            moment.speeds[place] = value
        elif change in _FACTS:
            told = Role(value).name.lower() if change == Change.ROLE else f"{value:,}"
            moment.facts.setdefault(log.stations[place][1], {})[_FACTS[Change(change)]] = told
        elif change in _BELIEFS:
            moment.doubts.setdefault(place, {})[value] = _BELIEFS[Change(change)]
        elif change == Change.INCARNATION:
            moment.facts.setdefault(place, {})["incarnation"] = f"{value:,}"
        if change == Change.NODE_DOWN:
            moment.doubts.pop(place, None)
            moment.facts.get(place, {}).pop("incarnation", None)
        words = _WORDS[Change(change)](log, place, value)
        if words and not (at_us == 0 and change == Change.MACHINE_GONE):
            notes.append((at_us, words))
    moment.notes = tuple(notes[-MOST_NOTES:])


_STATES = {
    Change.NODE_UP: "up",
    Change.NODE_DOWN: "down",
    Change.NODE_PAUSED: "paused",
    Change.NODE_RESUMED: "up",
    Change.MACHINE_READY: "up",
    Change.MACHINE_GONE: "off",
}


def _name(log: Log, place: int) -> str:
    return log.places[place] if 0 <= place < len(log.places) else "everything"


def _copy(log: Log, station: int) -> str:
    return _name(log, log.stations[station][1])


_ROLES = {
    Role.BACKUP: "stands by as a backup",
    Role.PRIMARY: "acts as the primary",
    Role.RETURNING: "has to catch up",
    Role.FOLLOWER: "follows",
    Role.CANDIDATE: "stands for election",
    Role.LEADER: "leads",
    Role.LEARNER: "has no vote",
    Role.HEAD: "is the head of the chain",
    Role.MIDDLE: "is in the middle of the chain",
    Role.TAIL: "is the tail of the chain",
}
_FACTS = {
    Change.ROLE: "role",
    Change.EPOCH: "epoch",
    Change.TERM: "term",
    Change.LAG: "lag",
    Change.IN_DOUBT: "in-doubt",
    Change.UNTOLD: "untold",
}
"""Changes that are facts about a copy, in the order in which they are shown."""
_BELIEFS = {
    Change.MEMBER_SUSPECTED: "suspected",
    Change.MEMBER_DOWN: "down",
    Change.MEMBER_UP: "",
}
"""What a node believes of another one: a fact with the names of all of whom it believes it."""


_SHOWN = (*_FACTS.values(), "suspected", "down", "incarnation")
"""All facts, in the order in which they are shown."""


_WORDS: dict[Change, Callable[[Log, int, int], str]] = {
    Change.FAULT_BEGAN: lambda log, fault, place: _fault_words(log, fault, place, "begins"),
    Change.FAULT_ENDED: lambda log, fault, place: _fault_words(log, fault, place, "is over"),
    Change.NODE_UP: lambda log, place, _: f"{_name(log, place)} is up again",
    Change.NODE_DOWN: lambda log, place, host: (
        f"{_name(log, place)} " + ("went silent" if host else "crashed: its process is gone")
    ),
    Change.NODE_PAUSED: lambda log, place, _: f"{_name(log, place)} froze",
    Change.NODE_RESUMED: lambda log, place, _: f"{_name(log, place)} goes on",
    Change.NODE_SPEED: lambda log, place, speed: f"{_name(log, place)} runs at {speed / 10:g} %",
    Change.TARGET_OUT: lambda log, place, node: (
        f"{_name(log, place)} stopped sending to {_name(log, node)}"
    ),
    Change.TARGET_BACK: lambda log, place, node: (
        f"{_name(log, place)} sends to {_name(log, node)} again"
    ),
    Change.BREAKER_OPENED: lambda log, place, _: f"the breaker of {_name(log, place)} opened",
    Change.BREAKER_CLOSED: lambda log, place, _: f"the breaker of {_name(log, place)} closed",
    Change.PLAN_CHANGED: lambda log, index, choice: order_words(log, index, choice),
    Change.ALARM_FIRED: lambda log, index, _: f"alarm: {log.monitors[index]}",
    Change.ALARM_ENDED: lambda log, index, _: f"alarm over: {log.monitors[index]}",
    Change.MACHINE_ORDERED: lambda log, place, _: f"{_name(log, place)} boots",
    Change.MACHINE_READY: lambda log, place, _: f"{_name(log, place)} is ready",
    Change.MACHINE_LEAVES: lambda log, place, _: f"{_name(log, place)} gets no more requests",
    Change.MACHINE_GONE: lambda log, place, _: f"{_name(log, place)} is switched off",
    Change.MACHINE_STAYS: lambda log, place, _: f"{_name(log, place)} may be asked again",
    Change.RENT: lambda *_: "",
    Change.ROLE: lambda log, station, role: f"{_copy(log, station)} {_ROLES[Role(role)]}",
    Change.EPOCH: lambda *_: "",
    Change.LAG: lambda *_: "",
    Change.IN_DOUBT: lambda *_: "",
    Change.COMPENSATED: lambda log, station, _: f"{_copy(log, station)} undoes its part",
    Change.UNTOLD: lambda *_: "",
    Change.TERM: lambda *_: "",
    Change.CANDIDACY: lambda *_: "",
    Change.CLOCK_SET: lambda log, place, error_us: (
        f"the clock of {_name(log, place)} is {abs(error_us) / 1000:,g} ms "
        + ("behind" if error_us < 0 else "ahead")
    ),
    Change.SPOILED: lambda *_: "",
    Change.CONFIG_TAKEN: lambda log, place, _: f"{_name(log, place)} has a new configuration",
    Change.CONFIG_LEFT: lambda log, place, _: f"{_name(log, place)} has its own configuration back",
    Change.PUSH_STOPPED: lambda log, fault, share: (
        f"{log.faults[fault]} is stopped: {share / 10:g} % went wrong"
    ),
    Change.VERSION: lambda log, place, fault: (
        f"{_name(log, place)} runs " + ("its own version again" if fault < 0 else "another version")
    ),
    Change.LEADERSHIP_TRANSFER: lambda log, station, target: (
        f"{_copy(log, station)} hands leadership on to {_copy(log, target)}"
    ),
    Change.MEMBERSHIP: lambda log, station, votes: (
        f"{_copy(log, station)} " + ("is a member now" if votes else "is no member any more")
    ),
    Change.MEMBER_SUSPECTED: lambda log, place, node: (
        f"{_name(log, place)} suspects {_name(log, node)}"
    ),
    Change.MEMBER_DOWN: lambda log, place, node: (
        f"{_name(log, place)} takes {_name(log, node)} for dead"
    ),
    Change.MEMBER_UP: lambda log, place, node: (
        f"{_name(log, place)} takes {_name(log, node)} for alive"
    ),
    Change.INCARNATION: lambda log, place, number: (
        f"{_name(log, place)} objects to being suspected (incarnation {number})"
    ),
    Change.EPOCH_GRANTED: lambda log, station, epoch: (
        f"epoch {epoch} is granted: {_copy(log, station)} leads"
    ),
    Change.MAP_LEARNED: lambda *_: "",
    Change.SHARD_SERVED: lambda *_: "",
    Change.SHARD_STOPPED: lambda *_: "",
    Change.SHARD_MOVED: lambda log, station, shard: (
        f"shard {shard} moved: its home is {_copy(log, station)}"
    ),
}


def order_words(log: Log, index: int, choice: int) -> str:
    """What a change of the plan did."""
    control, label = log.orders[index]
    if choice == REFUSED:
        return f"you wanted {control} at {label}, which does not go with the rest"
    return f"you set {control} to {label}"


def _fault_words(log: Log, fault: int, place: int, verb: str) -> str:
    where = f" at {_name(log, place)}" if place >= 0 else ""
    return f"{log.faults[fault]} {verb}{where}"


def _facts(log: Log, moment: _Moment, place: int) -> dict[str, str]:
    """All facts of a node by name."""
    doubts = moment.doubts.get(place, {})
    believed: dict[str, list[str]] = {}
    for node in sorted(doubts):
        believed.setdefault(doubts[node], []).append(_name(log, node))
    words = {name: _listed(nodes) for name, nodes in believed.items()}
    return {**moment.facts.get(place, {}), **words}


def _listed(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _nodes(log: Log, moment: _Moment) -> Iterator[NodeView]:
    loads: dict[int, tuple[int, int]] = {}
    for station, (queued, serving) in moment.loads.items():
        place = log.stations[station][1]
        before = loads.get(place, (0, 0))
        loads[place] = (before[0] + queued, before[1] + serving)
    for place in range(len(log.places) - len(log.clients)):
        state = moment.states.get(place, "up")
        speed = moment.speeds.get(place)
        normal = log.speeds[place]
        if state == "up" and speed is not None and speed < normal:
            state = "slow"
        queued, serving = loads.get(place, (0, 0))
        known = {} if state in ("down", "off") else _facts(log, moment, place)
        facts = tuple((name, known[name]) for name in _SHOWN if name in known)
        yield NodeView(log.places[place], state, queued, serving, facts)


def _messages(log: Log, moment: _Moment, time_us: int, linger_us: int) -> Iterator[MessageView]:
    for row in _visible(log, moment, time_us, linger_us):
        sent_us, arrives_us, places, operation, what = log.messages.row(row)
        yield MessageView(
            source=log.places[places >> 16],
            target=log.places[places & 0xFFFF],
            progress=(time_us - sent_us) / max(1, arrives_us - sent_us, linger_us),
            kind=MessageKind(what >> 16),
            again=(what >> 8 & 0xFF) > 0,
            fate=Fate(what & 0xFF),
            operation=operation,
        )


def _visible(log: Log, moment: _Moment, time_us: int, linger_us: int) -> list[int]:
    """Rows of messages to show, oldest first.

    Of a crowd every n-th row of the table: which ones does not change from picture to picture.
    """
    rows = moment.flying
    if linger_us:
        data, width = log.messages.data, log.messages.width
        first = moment.message_row
        while first and data[(first - 1) * width] > time_us - linger_us:
            first -= 1
        rows = [row for row in rows if row < first] + list(range(first, moment.message_row))
    if len(rows) <= MOST_MESSAGES:
        return rows
    step = -(-len(rows) // MOST_MESSAGES)
    return [row for row in rows if row % step == 0][:MOST_MESSAGES]


def _recent(log: Log, moment: _Moment, time_us: int) -> tuple[int, int, int | None]:
    """Good and all operations of the last second, and the p99 of the good ones."""
    latencies: list[int] = []
    ended = 0
    for row in range(moment.operation_row - 1, -1, -1):
        _, _, invoked_us, ended_us, cause, *_ = log.operations.row(row)
        if ended_us >= 0 and ended_us <= time_us - SECOND_US:
            break
        ended += 1
        if cause == Cause.NONE:
            latencies.append(ended_us - invoked_us)
    if not latencies:
        return 0, ended, None
    latencies.sort()
    rank = -(-99 * len(latencies) // 100)
    return len(latencies), ended, latencies[rank - 1]
