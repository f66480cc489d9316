"""The Log: the append-only record of one run, in typed columns.

A table is one flat `array('q')` of rows; a column is a stride through it. Rows are packed by
`struct` and appended as bytes, a third of the cost of `array.extend`, and the bytes of the arrays
are what the digest is taken of. All times are microseconds; -1 means "did not happen".
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256
from struct import Struct
from typing import Any, NamedTuple


class Table:
    """Rows of integers under named columns."""

    __slots__ = ("columns", "data", "pack", "width", "write")

    def __init__(self, *columns: str) -> None:
        self.columns = columns
        self.width = len(columns)
        self.data: array[int] = array("q")
        self.pack = Struct(f"={self.width}q").pack
        self.write = self.data.frombytes
        """`write(pack(...))`, one integer for each column, is `append` without its call."""

    def append(self, row: tuple[int, ...]) -> None:
        """Add one row: one integer for each column."""
        self.write(self.pack(*row))

    def __len__(self) -> int:
        return len(self.data) // self.width

    def column(self, name: str) -> array[int]:
        """All values of one column, in order of the rows."""
        return self.data[self.columns.index(name) :: self.width]

    def row(self, index: int) -> tuple[int, ...]:
        """One row, in order of `columns`."""
        start = index * self.width
        return tuple(self.data[start : start + self.width])

    def rows(self) -> Iterator[tuple[int, ...]]:
        """All rows, first to last."""
        cells = iter(self.data)
        return zip(*(cells,) * self.width, strict=True)

    def little_endian(self) -> bytes:
        """The same bytes on every machine."""
        if sys.byteorder == "big":
            swapped = self.data[:]
            swapped.byteswap()
            return swapped.tobytes()
        return self.data.tobytes()


class Command(NamedTuple):
    """What an operation asks of an application."""

    function: str
    key: int
    """Of the object that it is about; an application that is one object has but one key."""
    value: Hashable = None


class FinalRead(NamedTuple):
    """What a copy says of a key when the run is over. Nobody has asked it."""

    island: int
    """Copies of a service with the same number can all talk to each other."""
    station: int
    key: int
    value: Hashable
    written_us: int
    """When some copy took a write to the key for the last time, ..."""
    operation: int
    """... and which operation's."""


class AttemptKind(IntEnum):
    """Why an attempt was made."""

    FIRST = 0
    RETRY = 1
    HEDGE = 2
    COPY = 3
    """The network delivered a request twice; no caller made this one."""


LEFT_OUT = -2
"""In a FAULT row's `value`: the fault was left out of this run and did nothing."""
WHOLE = -1
"""In a FAULT row's `value`: all targets at once; otherwise the place of the target."""


class Change(IntEnum):
    """What a row of `changes` tells. `place` indexes `Log.places` unless it says otherwise."""

    FAULT_BEGAN = 0
    """`place` is an index into `Log.faults`; so too for FAULT_ENDED."""
    FAULT_ENDED = 1
    NODE_UP = 2
    NODE_DOWN = 3
    """`value` 0: the process is gone (refuses); 1: the host is gone (silence)."""
    NODE_PAUSED = 4
    NODE_RESUMED = 5
    NODE_SPEED = 6
    """`value`: the node's speed in thousandths, which is now another one."""
    TARGET_OUT = 7
    """A caller at `place` stopped sending to node `value` (health, outliers or drain)."""
    TARGET_BACK = 8
    BREAKER_OPENED = 9
    BREAKER_CLOSED = 10
    PLAN_CHANGED = 11
    """`place` is an index into `Log.orders`; `value` that of the control's choice, or -1 where it
    does not go together with the rest and nothing was done."""
    ROLE = 12
    """`place` is an index into `Log.stations`; so too in the next three. `value`: a `Role`, which
    the copy there takes to be its own."""
    EPOCH = 13
    """The copy learned of epoch `value`."""
    LAG = 14
    """The primary counts `value` writes that the copy has not confirmed; noted now and then."""
    EPOCH_GRANTED = 15
    """The coordinator granted epoch `value`, with the copy as the primary."""
    TERM = 16
    """The copy learned of term `value`; `place` as in ROLE, so too in the next one."""
    CANDIDACY = 17
    """The copy stood for election in term `value`."""
    CLOCK_SET = 18
    """Something was done to the node's clock, which is now `value` us ahead of the true time."""
    SPOILED = 19
    """A request to, or an answer of, the station `place` was changed on the way and nobody checked
    it. `value` is operation * 65536 + the index of the fault."""
    LEADERSHIP_TRANSFER = 20
    """The leader at the station `place` told the copy at station `value` to stand for election."""
    MEMBERSHIP = 21
    """A majority knows that the copy at the station `place` has a vote (`value` 1), or none (0)."""
    CONFIG_TAKEN = 22
    """A machine or a client group has the configuration that fault `value` pushes."""
    CONFIG_LEFT = 23
    """It has its own again."""
    PUSH_STOPPED = 24
    """`place` is an index into `Log.faults`: its push was stopped, since `value` thousandths of
    what those who have it tried went wrong."""
    VERSION = 25
    """The node or client group runs the version that fault `value` brought, or (-1) its own."""
    MEMBER_SUSPECTED = 26
    """The node at `place` suspects the node `value`, and gives it time to object."""
    MEMBER_DOWN = 27
    """The node at `place` takes the node `value` for dead."""
    MEMBER_UP = 28
    """It takes it for alive again, whatever it thought before."""
    INCARNATION = 29
    """The node heard that it is suspected, and objects: it is in incarnation `value` now."""
    MAP_LEARNED = 30
    """The machine with shards at the station `place` learned version `value` of the shard map."""
    SHARD_SERVED = 31
    """It serves shard `value` from now on."""
    SHARD_STOPPED = 32
    """It serves shard `value` no more."""
    SHARD_MOVED = 33
    """The shard map says from now on that shard `value` has its home at the station `place`."""
    IN_DOUBT = 34
    """The shard at the station `place` holds `value` transactions whose end it does not know."""
    COMPENSATED = 35
    """The shard at the station `place` undid its part of operation `value`."""
    UNTOLD = 36
    """The copy at the station `place` has taken `value` writes that no other copy has confirmed;
    noted now and then."""

    ALARM_FIRED = 37
    """`place` is an index into `Log.monitors`; so too for ALARM_ENDED."""
    ALARM_ENDED = 38
    MACHINE_ORDERED = 39
    """The machine at `place` boots, since it was ordered."""
    MACHINE_READY = 40
    """It may be asked from now on."""
    MACHINE_LEAVES = 41
    """It gets no more requests, and finishes its work."""
    MACHINE_GONE = 42
    """It is not there (any more)."""
    MACHINE_STAYS = 43
    """It was about to leave, and may be asked again."""
    RENT = 44
    """The machine costs `value` millionths an hour from now on."""


STATION_CHANGES = frozenset(
    {
        Change.ROLE,
        Change.EPOCH,
        Change.LAG,
        Change.EPOCH_GRANTED,
        Change.TERM,
        Change.CANDIDACY,
        Change.SPOILED,
        Change.LEADERSHIP_TRANSFER,
        Change.MEMBERSHIP,
        Change.MAP_LEARNED,
        Change.SHARD_SERVED,
        Change.SHARD_STOPPED,
        Change.SHARD_MOVED,
        Change.IN_DOUBT,
        Change.COMPENSATED,
        Change.UNTOLD,
    }
)
"""Changes whose `place` is an index into `Log.stations`."""


class Role(IntEnum):
    """What a copy of a store takes itself to be."""

    BACKUP = 0
    PRIMARY = 1
    RETURNING = 2
    """It catches up, and is no member yet."""
    FOLLOWER = 3
    CANDIDATE = 4
    LEADER = 5
    LEARNER = 6
    """It has no vote (yet)."""
    HEAD = 7
    """Takes the writes of a chain; it is the tail, too, where it is alone."""
    MIDDLE = 8
    TAIL = 9


class MessageKind(IntEnum):
    """What a traced message is for."""

    REQUEST = 0
    ANSWER = 1
    REFUSAL = 2
    PROBE = 3
    CANCEL = 4
    ORDER = 5
    ACCEPT = 6
    """A node's kernel accepts a connection, whatever its process does."""
    REPLICATE = 7
    """Between copies of a store: writes, and what has arrived of them."""
    HEARTBEAT = 8
    """Between a copy and its coordinator or leader, without writes."""
    BEGUN = 9
    """A station tells a caller that it has begun the work."""
    VOTE = 10
    """Between copies that elect their leader."""
    TIME = 11
    """A node asks another one for the time, or is told."""


class Fate(IntEnum):
    """What became of a traced message."""

    ARRIVED = 0
    LOST = 1
    CUT = 2


@dataclass(slots=True)
class PipeUse:
    """What went through the bandwidth of one link in one direction."""

    messages: int = 0
    waited_us: int = 0
    """How long messages waited until their first byte could leave, added up."""
    longest_us: int = 0
    """The longest of these waits, and when it began."""
    longest_at_us: int = 0
    sent_bytes: dict[MessageKind, int] = field(default_factory=dict)
    """By what messages were for."""
    ways: frozenset[tuple[int, int]] = frozenset()
    """The places that messages came from and went to."""

    def note(self, now_us: int, wait_us: int, size_bytes: int, kind: MessageKind) -> None:
        """One more message, which waits so long, or not at all."""
        self.messages += 1
        self.sent_bytes[kind] = self.sent_bytes.get(kind, 0) + size_bytes
        if wait_us > 0:
            self.waited_us += wait_us
            if wait_us > self.longest_us:
                self.longest_us, self.longest_at_us = wait_us, now_us


@dataclass(slots=True)
class Log:
    """The record of one run. Names of places stand beside the numbers that the tables use."""

    seed: int
    duration_us: int
    clients: tuple[str, ...]
    """Client groups; `operations.client` is an index into it."""
    places: tuple[str, ...]
    """Nodes first, in order of the level, then clients: where messages go from and to."""
    stations: tuple[tuple[str, int], ...]
    """(service, place): a service on one node; `attempts.station` is an index into it."""
    faults: tuple[str, ...]
    """Ids of faults; `blame` is an index into it, or -1."""
    monitors: tuple[str, ...] = ()
    """Ids of monitors, on a level on call."""
    orders: tuple[tuple[str, str], ...] = ()
    """(control, label) of each choice that may be made during the run, on a level on call: by the
    level alone, whatever the plan changes. No part of the digest."""
    unkept: frozenset[int] = frozenset()
    """Client groups whose writes meet no store: they are kept elsewhere, out of sight."""
    speeds: tuple[int, ...] = ()
    """Each node's own speed in thousandths."""
    traced: bool = False
    operations: Table = field(
        default_factory=lambda: Table(
            "operation",
            "client",
            "invoked_us",
            "ended_us",
            "cause",
            "blame",
            "attempts",
            "key",
            "write",
        )
    )
    """One row an operation, in order of their ends. `ended_us` is when the client had its answer or
    gave up. `attempts` counts the attempts that the client itself made. `write` is 1 for one that
    writes its key, 0 for one that reads it."""
    attempts: Table = field(
        default_factory=lambda: Table(
            "operation",
            "kind",
            "depth",
            "station",
            "sent_us",
            "arrived_us",
            "started_us",
            "served_us",
            "ended_us",
            "cause",
            "blame",
            "wasted",
        )
    )
    """One row an attempt, in order of their ends. `depth` 0 is a client's own; `station` -1 means
    that it was never sent. `arrived`, `started` and `served` are what happened at the station (the
    request came, left the queue, its work was complete); `ended` is when the caller had its answer
    or stopped caring. `wasted` is 1 where an attempt was served
    that nobody waited for; cause 0 then means that it was just not needed any more."""
    changes: Table = field(default_factory=lambda: Table("time_us", "change", "place", "value"))
    """State changes, in order of time."""
    effects: Table = field(
        default_factory=lambda: Table("operation", "time_us", "station", "key", "call")
    )
    """The writes that the stores hold at the end of the run, in order of time, written when the run
    closes. `time_us` and `station` are when and where one was applied first; `call` tells several
    writes of one operation apart."""
    discarded: Table = field(
        default_factory=lambda: Table("operation", "time_us", "station", "blame")
    )
    """Writes that the copy at a station had and threw away, or that it alone still has at the end:
    when, and by which fault. Others may have kept them."""
    reads: Table = field(default_factory=lambda: Table("operation", "time_us", "station", "writer"))
    """What copies answered to reads, in order of time, where a protocol notes it: the operation
    whose write was read, or -1 for what was never written. An operation that was tried several
    times has several rows. No part of the digest."""
    shares: Table = field(
        default_factory=lambda: Table("operation", "time_us", "station", "index", "found")
    )
    """Of how many parts of an index an answer was made: when it was put together, by which station
    (-1: by the client; a cache tells again what it kept), and the first station of the index. No
    part of the digest."""
    stalls: Table = field(
        default_factory=lambda: Table(
            "operation", "client", "user", "station", "began_us", "ended_us"
        )
    )
    """When players of films had nothing to play, and the operation that ended it (-1, with an
    `ended_us` of -1: nothing did). `station` is the first one of the service with the films. No
    part of the digest."""
    hits: Table = field(default_factory=lambda: Table("operation", "time_us", "station", "cache"))
    """Which rows of `reads` and `outputs`, by their first three columns, were answered not by that
    station but by the cache at station `cache`, which had it from there. No part of the digest."""
    commands: dict[str, dict[int, Command]] = field(default_factory=dict)
    """By service whose application is a state machine, and by operation: what was asked of it, if
    that came to a copy. No part of the digest; so too the next two."""
    outputs: list[tuple[int, int, int, Hashable]] = field(default_factory=list)
    """(operation, time_us, station, output): what copies with a state machine answered, in order of
    time."""
    final_reads: list[FinalRead] = field(default_factory=list)
    """What copies that gossip say when the run is over."""
    writes: dict[int, frozenset[str]] = field(default_factory=dict)
    """By client group: the services whose stores its operations may write."""
    awaits: dict[int, frozenset[str]] = field(default_factory=dict)
    """The same, without those that are written in the background."""
    users: Table = field(default_factory=lambda: Table("operation", "user", "begun"))
    """Whose the operations of closed loops are that meet a store, in order of their ends; users are
    counted within their client group. `begun`: so many operations had begun in such loops by then,
    which tells what was first of all that was at one time."""
    postings: Table = field(
        default_factory=lambda: Table("operation", "time_us", "station", "account", "by")
    )
    """Where protocols keep the accounts of one store on several machines: all changes of accounts
    that count at the end of the run, written when it closes; what is on its way is there already.
    No part of the digest."""
    messages: Table = field(
        default_factory=lambda: Table("sent_us", "arrives_us", "places", "operation", "what")
    )
    """Only while traced, in order of `sent_us`. `places` is from * 65536 + to; `what` is
    kind * 65536 + attempt kind * 256 + fate. `arrives_us` of a message that did not arrive is when
    it would have."""
    load: Table = field(default_factory=lambda: Table("time_us", "station", "queued", "serving"))
    """Only while traced: a station's counts after each change."""
    totals: dict[str, int] = field(default_factory=dict)
    """Counts kept by the engine: `events`, `messages`, `bytes`, `cross_zone_bytes`,
    `cross_region_bytes`, `busy_us` (demand that cores worked off), `probes`, ..."""
    pipes: dict[tuple[int, bool], PipeUse] = field(default_factory=dict)
    """By link (an index into the level's) that has a bandwidth, and by whether it was used
    backwards; written when the run closes. No part of the digest."""
    verdict: str = ""
    """"" for a run that reached its end; `too-expensive` or `engine-error` otherwise."""
    error: str = ""
    """One sentence about an `engine-error`."""
    ended_us: int = 0
    """How far the run has been advanced."""
    closed: bool = False
    """The run is over, and its effects are written down."""

    key_frames: Any = field(default=None, repr=False, compare=False)
    """What `frame` derived from this log; no part of the record."""

    def digest(self) -> str:
        """SHA-256 of everything that the run did, the same with and without a trace."""
        digest = sha256()
        names: Sequence[object] = (
            self.seed,
            self.duration_us,
            self.clients,
            self.places,
            self.stations,
            self.faults,
            self.verdict,
            sorted((name, n) for name, n in self.totals.items() if name != "events"),
        )
        digest.update(repr(names).encode())
        tables = (self.operations, self.attempts, self.changes, self.effects, self.discarded)
        for table in tables:
            digest.update(len(table).to_bytes(8, "little"))
            digest.update(table.little_endian())
        return digest.hexdigest()
