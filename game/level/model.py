"""Format 1 as frozen records: what a level file says, after reading.

Every table of the TOML file is one dataclass here, and every key one field. Durations are integer
microseconds, sizes bytes, money millionths, shares between 0 and 1. A field that holds "one of the
registered kinds" is annotated with `KindOf`; its record comes from the registry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol

from game.level.annotations import (
    ClientName,
    Count,
    DurationUs,
    GroupName,
    KindOf,
    Label,
    MeasureName,
    MomentUs,
    MoneyMicros,
    Name,
    Number,
    OneOf,
    OneOrMany,
    PlaceName,
    PolicyName,
    PositiveCount,
    PositiveDurationUs,
    PositiveNumber,
    RealNumber,
    RegionName,
    ScalarLabel,
    ServiceName,
    Share,
    SizeBytes,
    Switch,
    Table,
    TargetName,
    ThresholdNumber,
    Unread,
    WholeNumber,
    ZoneName,
)
from game.level.monitors import WATCHED

if TYPE_CHECKING:
    from game.level.on_call import OnCall

FORMAT = 1
HERE = "here"
"""The region of a zone that names none."""
ONLY_ZONE = "(zone)"
ONLY_REGION = "(region)"
"""Where all is in a level that declares no zones, or no regions: nobody can write these names, so
that nothing else goes by them."""
SECOND_US = 1_000_000
MOST_MACHINES = 1000
"""In one group."""
MOST_CLIENTS = 100_000
MOST_KEYS = 1_000_000
MOST_PRIORITY = 9
MOST_DRIFT_PPM = 100_000
MOST_BUDGET = 1000
"""Of attacks."""
DEFAULT_ORDER = 100
"""Place in its chapter of a level that names none: behind those that do."""
MEASURES = (
    "availability",
    "p50_ms",
    "p99_ms",
    "p999_ms",
    "goodput_rps",
    "cost_per_hour",
    "moving_parts",
    "wasted_share",
    "messages",
    "anomalies",
    "lost_writes",
    "duplicates",
    "stale_reads",
    "oversold",
    "wrong_values",
)
"""What every level measures. A goal may be set on these, and on the level's own measures. Durations
may be written for `_ms`, percentages for shares."""
SHARE_MEASURES = ("availability", "wasted_share")
TAKES = ("first", "mean", "p50", "p99", "max")
"""How a level's own measure makes one number of several times."""
ENDS = ("next", "last")
"""Which event ends a time, of those that come after its begin."""
PAIRS = ("node", "service", "client", "caller", "fault", "operation")
"""What the two events of a time can be told to have in common."""
FAMILIES = (
    "admission",
    "capacity",
    "consistency",
    "network",
    "placement",
    "redundancy",
    "replication",
    "resilience",
    "routing",
    "timeouts",
    "workload",
)
"""What a control is about. Proofs go by it: `capacity`, `redundancy` and `replication` buy."""

WHEN = ("before", "during", "both")
"""When a control may be set."""
DIAGNOSIS = "diagnosis"
"""In a level to diagnose: the id of the control, the measure and the goal of what is wrong, and the
family of that control."""
ATTACK_COST = "attack_cost"
"""In a level in which the player attacks: the measure of what the attacks cost."""
PREDICTION = "prediction"
"""The family of the controls that answer questions."""
NO_ANSWER = "none"
"""The label by which a plan says nothing."""

MapPlace = tuple[Annotated[float, RealNumber(most=100)], Annotated[float, RealNumber(most=100)]]


class Law(Protocol):
    """A probability law: a record that turns one uniform number into one integer."""

    def sampler(self) -> Callable[[float], int]:
        """A function from u in [0, 1) to a non-negative integer (microseconds)."""
        ...

    def constant(self) -> int | None:
        """The value if the law needs no luck, else None."""
        ...


LawField = Annotated[Law, KindOf("law", tag="law", shorthand="constant")]
"""A duration such as "5ms" (a constant) or `{ law = "exponential", mean = "5ms" }`."""
PositiveLawField = Annotated[Law, KindOf("law", tag="law", shorthand="constant", positive=True)]
"""The same, without that it is always nothing."""


DriftPpm = Annotated[float, RealNumber(least=-MOST_DRIFT_PPM, most=MOST_DRIFT_PPM)]
"""How many millionths too fast a clock runs; negative: too slowly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockCorrection:
    """A node sets its clock right by that of another machine, over the network."""

    asks: ServiceName
    """A service on one machine, which needs no steps: it tells what its own clock shows."""
    every: PositiveDurationUs = 64 * SECOND_US
    """By the clock that is set; first at a random moment of the first interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What the clocks of a node group are like: each is drawn by itself."""

    ahead: LawField | None = None
    """How much it is ahead at the begin. With `behind` too, it is the one less the other."""
    behind: LawField | None = None
    """How much it is behind at the begin."""
    drift_ppm: Annotated[tuple[DriftPpm, ...], OneOrMany()] = ()
    """Dealt to the machines in turn. Default: none."""
    correction: Annotated[ClockCorrection, Table()] | None = None
    """How it is set right during the night; default: never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of the world; far from every other region."""

    id: Name
    """Its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A building with its own power and network, inside a region."""

    id: Name
    """Its name."""
    region: RegionName = HERE
    """The region that it is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeGroup:
    """`count` equal machines named `id-1`, `id-2`, ... (just `id` in a group without a `count`).

    Machines are dealt to `zones` in turn.
    """

    id: Name
    """The name of the group, from which those of its machines are made."""
    count: Annotated[int, WholeNumber(0, MOST_MACHINES)] | None = None
    """How many machines; without it one, named as the group."""
    zones: Annotated[tuple[ZoneName, ...], OneOrMany()] = ()
    """Default: the first zone of the level."""
    cores: PositiveCount = 1
    """Pieces of `cpu` work that each machine does at once."""
    scheduling: Annotated[Any, KindOf("scheduling", tag="kind", shorthand="name")] = "fifo"
    """How `cpu` steps share the cores: "fifo" or "processor-sharing"."""
    speed: PositiveNumber = 1.0
    """How many times as fast its cores are."""
    inbox: PositiveCount = 1000
    """Messages that wait here while the node is paused; more are lost."""
    boot: DurationUs = 0
    """Time from the order to start until the first request is taken."""
    price_per_hour: MoneyMicros = 100_000
    """Of one machine."""
    clock: Annotated[Clock, Table()] | None = None
    """Default: it shows the true time, until a fault touches it."""
    at: MapPlace | None = None
    """Place on the map, in percent of its width and height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """How messages travel between two places. The last link that matches a pair holds.

    A place is a region, a zone, a node group, one node, a client or "*".
    """

    id: Name = ""
    """What faults and controls call it."""
    from_: PlaceName
    """One end: a place, or "*" for all."""
    to: PlaceName
    """The other end: a place, or "*" for all."""
    latency: LawField | None = None
    """How long a message is on its way; default: by whether it leaves its zone or its region."""
    bandwidth: SizeBytes | None = None
    """Bytes a second; all messages that match this link in one direction share it."""
    loss: Share = 0.0
    """The share of messages that never arrive."""
    duplicate: Share = 0.0
    """The share of messages that arrive twice."""
    ordered: bool = False
    """Messages arrive in the order in which they were sent."""
    one_way: bool = False
    """It holds from `from` to `to` alone, else for both directions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How a caller makes its calls: how long it waits, what it does then, whom it asks."""

    id: Name
    """What clients and steps call it. The policy `plain` is always there."""
    balancer: Annotated[Any, KindOf("balancer", tag="kind", shorthand="name")] = "round-robin"
    """Which machine of a service is asked."""
    connect_timeout: PositiveDurationUs | None = None
    """How long is waited for a sign that the request was taken."""
    attempt_timeout: PositiveDurationUs | None = None
    """How long one attempt is waited for; default: to the deadline."""
    deadline: PositiveDurationUs | None = None
    """For all attempts of one call together."""
    propagate_deadline: bool = False
    """Callees learn how long their caller will wait, and do not begin work after that."""
    cancel: Annotated[bool | str, Switch(("waiting",))] = False
    """A caller that gives up, or has its answer, tells the callee to stop. With "waiting", what has
    a worker by then is finished all the same."""
    idempotency_key: bool = False
    """Attempts of one operation carry one key, which `idempotency` at a service recognises."""
    retry: Annotated[Any, KindOf("mechanism", name="retry")] = None
    """What is tried again, how soon, and how often."""
    hedge: Annotated[Any, KindOf("mechanism", name="hedge")] = None
    """Asks a second machine when the first one is slow."""
    breaker: Annotated[Any, KindOf("mechanism", name="breaker")] = None
    """Stops calls to a target that fails, for a while."""
    bulkhead: Annotated[Any, KindOf("mechanism", name="bulkhead")] = None
    """Calls under way at once, at most."""
    rate_limit: Annotated[Any, KindOf("mechanism", name="rate-limit")] = None
    """Calls a second, at most."""
    health: Annotated[Any, KindOf("mechanism", name="health")] = None
    """Checks that find dead targets."""
    outliers: Annotated[Any, KindOf("mechanism", name="outliers")] = None
    """Leaves out targets that do worse than the others."""
    panic_threshold: Share = 0.0
    """With a smaller share of healthy targets than this, all are used again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A program placed on every node of `on`; a request to it is a list of `steps`."""

    id: Name
    """What clients, steps and faults call it."""
    on: Annotated[tuple[GroupName, ...], OneOrMany()]
    """Node groups. A single name may be written without brackets."""
    steps: tuple[Annotated[Any, KindOf("step", tag="")], ...] = ()
    """The work of one request, in order; none: it answers at once."""
    workers: PositiveCount = 64
    """Requests in service at once; a worker is held through all steps."""
    queue: Count = 128
    """Requests that wait for a worker; one more is refused with `queue-full`."""
    discipline: Annotated[Any, KindOf("discipline", tag="kind", shorthand="name")] = "fifo"
    """Who of those that wait is served next."""
    request: SizeBytes = 1024
    """How large a request is."""
    answer: SizeBytes = 4096
    """How large an answer is."""
    checksums: bool = True
    """A request or an answer that was changed on the way is thrown away. Without, it is taken for
    good, and the client has a wrong answer."""
    shed: Annotated[Any, KindOf("mechanism", name="shed")] = None
    """Turns requests away before the queue is full."""
    rate_limit: Annotated[Any, KindOf("mechanism", name="rate-limit")] = None
    """Requests a second that are let in, at most."""
    concurrency_limit: Annotated[Any, KindOf("mechanism", name="concurrency-limit")] = None
    """Requests inside at once, at most."""
    idempotency: Annotated[Any, KindOf("mechanism", name="idempotency")] = None
    """Knows an attempt that it has seen, and does not do it again."""
    authentication: Annotated[Any, KindOf("mechanism", name="authentication")] = None
    """Requests prove who sent them. Without, whoever can reach the machine is believed."""
    store: Annotated[Any, KindOf("application", tag="kind", shorthand="name")] = None
    """What the service keeps: its `store` steps read and write it, on each node's disk. A cache is
    in memory, and a `lookup` step asks it."""
    replication: Annotated[Any, KindOf("protocol", tag="kind", shorthand="name")] = None
    """How the copies of the store on several nodes are kept alike; default: each stands alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """Machines that watch each other. What calls from one of them leaves out whom that machine
    takes for dead; clients are no members."""

    id: Name
    """What controls call it."""
    on: Annotated[tuple[GroupName, ...], OneOrMany()]
    """Node groups: all their machines are members, and know each other from the begin."""
    detector: Annotated[Any, KindOf("detector", tag="kind", shorthand="name")] = None
    """Default: nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadStep:
    """From `at` on, clients send `times` as much. The steps of a client go by time."""

    at: MomentUs
    """From when on."""
    times: Number
    """How many times `rate`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Where operations come from: an open loop (`rate`) or a closed one (`population`, `think`)."""

    id: Name
    """What links, faults and measures call it."""
    call: ServiceName
    """The service that is asked."""
    fan_out: Annotated[int, WholeNumber(1, MOST_MACHINES)] = 1
    """Targets asked at once (different nodes, as far as there are enough)."""
    first: PositiveCount | None = None
    """Answers that make the call good; default: all."""
    partial: Annotated[Any, KindOf("mechanism", name="partial")] = None
    """When fewer make it good."""
    policy: PolicyName = "plain"
    """How the clients call: the id of a policy."""
    rate: PositiveNumber | None = None
    """Operations a second (open loop)."""
    gap: PositiveLawField | None = None
    """Law of the time between arrivals; default: exponential with mean 1 / rate."""
    load: tuple[Annotated[LoadStep, Table()], ...] = ()
    """How the rate changes during the night."""
    population: Annotated[int, WholeNumber(1, MOST_CLIENTS)] | None = None
    """Clients that wait for their answer and then think (closed loop)."""
    think: LawField | None = None
    """Time between an answer and the next operation (closed loop)."""
    starts: MomentUs = 0
    """The first operation comes after this."""
    deadline: PositiveDurationUs = SECOND_US
    """An operation without a good answer by then has failed."""
    patience: LawField | None = None
    """Time after which an operation is given up, at the latest at its deadline; each operation has
    its own."""
    gives_up: Literal["always", "waiting"] = "always"
    """With "waiting", patience is over once a station has said that it begins the work; it says so
    by a message to clients that give up in this way."""
    keys: Annotated[int, WholeNumber(1, MOST_KEYS)] = 1
    """How many different keys are asked for."""
    zipf: Annotated[float, RealNumber(most=10)] = 0.0
    """Key k (from 1) is asked for in proportion to k^-zipf."""
    writes: Share = 0.0
    """The share of operations that write their key; the others read it."""
    turns: bool = False
    """Writes and reads take turns instead, a write first; in a closed loop each client's own."""
    priority: Annotated[int, WholeNumber(0, MOST_PRIORITY)] = 5
    """Of all requests that its operations lead to, where a service has the discipline "priority":
    the smaller number is served first."""
    zone: ZoneName | None = None
    """Where the clients are; default: the first zone."""
    at: MapPlace | None = None
    """Place on the map, in percent of its width and height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One line of the night's script, or a law by which a fault comes and goes."""

    id: Name
    """Default: the kind, with a number from the second of a kind on (`crash`, `crash-2`)."""
    what: Annotated[Any, KindOf("fault", tag="kind")]
    """The record of the fault's kind (the keys of the table that are not named here)."""
    target: Annotated[tuple[TargetName, ...], OneOrMany()] = ()
    """Nodes, node groups, zones, regions, clients or services, as the kind allows."""
    at: MomentUs | None = None
    """When it begins (scripted)."""
    for_: PositiveDurationUs | None = None
    """Default: to the end of the run."""
    every: LawField | None = None
    """At random: time without the fault, for each target by itself."""
    lasts: LawField | None = None
    """At random: time with the fault."""
    crews: PositiveCount | None = None
    """At random: so many repair crews for all targets together, first come, first served. `lasts`
    is the time of the repair, before which a target may have to wait for a crew. Default: one for
    each target."""
    says: Label = ""
    """What the player is told when it begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weapon:
    """A kind of fault that the player may add, in a level of the kind "nemesis"."""

    id: Name
    """The word for `--attack ID:TARGET@TIME`."""
    what: Annotated[Any, KindOf("fault", tag="kind")]
    """The record of the fault's kind (the keys of the table that are not named here)."""
    targets: Annotated[tuple[TargetName, ...], OneOrMany()] = ()
    """What it may be aimed at, each time at one of these, as the kind allows."""
    lasts: PositiveDurationUs | None = None
    """How long each attack lasts. Default: to the end of the run, or as long as the kind says."""
    price: PositiveCount
    """What each attack takes of the budget."""
    says: Label = ""
    """What it does, in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What things cost, in millionths."""

    cross_zone_gib: MoneyMicros = 10_000
    """Of a GiB that leaves its zone, and stays in its region."""
    cross_region_gib: MoneyMicros = 20_000
    """Of a GiB that leaves its region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """Everything that the engine needs for a run, apart from the seed."""

    duration: PositiveDurationUs
    warm_up: MomentUs = 0
    event_budget: PositiveCount = 300_000
    regions: tuple[Region, ...] = ()
    zones: tuple[Zone, ...] = ()
    nodes: tuple[NodeGroup, ...] = ()
    links: tuple[Link, ...] = ()
    policies: tuple[Policy, ...] = ()
    services: tuple[Service, ...] = ()
    memberships: tuple[Membership, ...] = ()
    clients: tuple[Client, ...] = ()
    faults: tuple[Fault, ...] = ()
    prices: Prices = Prices()
    on_call: OnCall | None = None
    """On a level on call: what happens while the system runs, apart from faults."""
    answers: tuple[tuple[str, str], ...] = ()
    """What the plan says of it: (id, label) of each of the level's `answers`. No run goes by it."""
    attack_cost: int = 0
    """What those of its faults cost that a plan added. No run goes by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One setting of a control."""

    label: Label
    """The word for `--set CONTROL=LABEL` and for the screen."""
    value: Any = None
    """What is written to the control's path; None takes the key away."""
    says: Label = ""
    """The consequence, in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One thing that the player may set."""

    id: Name
    """The word before the = in `--set CONTROL=LABEL`."""
    family: Annotated[str, OneOf("unknown-family", "family", FAMILIES, "families")]
    """What the control is about; the rules of `level test` go by it."""
    label: Label
    """What the player reads."""
    sets: Annotated[tuple[Label, ...], OneOrMany()]
    """Paths such as `node.web.count` or `policy.web.retry`; all get the same value."""
    choices: tuple[Annotated[Choice, Table()], ...]
    """What may be chosen: tables, or bare values that are their own labels."""
    default: ScalarLabel
    """The label of a choice."""
    lesson: bool = False
    """It is what the level teaches: nobody wins with this at its default."""
    when: Annotated[str, OneOf("bad-value", "time to set a control", WHEN, "times")] = "before"
    """Before the run, while it is under way, or both: the latter two on a level on call."""
    says: Label = ""
    """What it means, in one sentence."""

    @property
    def during(self) -> bool:
        """It may be set while the run is under way."""
        return self.when != "before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """What watches the run on a level on call, and raises an alarm. It looks ten times a second;
    a look at nothing (no operation ended, no machine is up) leaves all as it was."""

    id: Name
    """The name of its alarm."""
    measure: Annotated[str, OneOf("bad-value", "thing to watch", tuple(WATCHED), "things")]
    """What it watches: one of a closed list."""
    client: ClientName | None = None
    """Whose operations, for a measure of a client."""
    service: ServiceName | None = None
    """Of which service, for a measure of a service."""
    above: ThresholdNumber | None = None
    """More than this is wrong. A duration becomes milliseconds."""
    below: ThresholdNumber | None = None
    """Less than this is wrong."""
    over: PositiveDurationUs = 2 * SECOND_US
    """The measure is of the operations that ended in so long a time until now."""
    for_: PositiveDurationUs = SECOND_US
    """The alarm fires when it was wrong all the time for so long."""
    says: Label = ""
    """What it means, in one sentence."""


EventField = Annotated[Any, KindOf("event", tag="event", shorthand="name")]
"""An event such as "node-down" (any) or `{ event = "node-down", node = "web" }` (these)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure of the level's own: either how often something happened, or how long it took.

    It stands among the other measures under its id: a count as a whole number, a time in
    milliseconds.
    """

    id: Name
    """None of `MEASURES`."""
    count: EventField = None
    """How often this event happened."""
    per_hundred: EventField = None
    """With a count: how many there were for each hundred of these."""
    from_: EventField = None
    """Each such event begins a time ..."""
    to: EventField = None
    """... which ends with the next of these, at the same moment or later (of one and the same event
    with the next one). A time that does not end is longer than all that do."""
    same: Annotated[str, OneOf("bad-value", "thing", PAIRS)] | None = None
    """The event that ends it must be about the same node, service, ..."""
    nth: PositiveCount = 1
    """It ends with the nth of them instead."""
    until: Annotated[str, OneOf("bad-value", "end", ENDS)] = "next"
    """"last": it ends with the last of them in the run, and is nothing where none comes."""
    take: Annotated[str, OneOf("bad-value", "way to take times", TAKES, "ways")] = "first"
    """Which number is made of the times. It is of the first begin alone, or of all."""
    in_window: bool = False
    """Only what happened, or began, in the window; an operation by when it was invoked. Else in the
    whole run."""
    says: Label = ""
    """What it means, in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One thing that may be wrong, in a level of the kind "diagnose"."""

    id: Name
    """The word for `--set diagnosis=ID`."""
    label: Label
    """What the player reads."""
    says: Label = ""
    """What it means, in one sentence."""
    right: bool = False
    """This one is it."""
    mend: Annotated[dict[str, Any], Unread()]
    """What one would set if it were: control id to label of a choice. Only proofs go by it."""


RIGHTS = ("earliest", "most")
"""How a question finds its right answer: whose event happens first, or most often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer that a question offers."""

    id: Name
    """What a plan says that chooses it."""
    label: Label
    """The answer in a few words."""
    says: Label = ""
    """What it would mean, in one sentence."""
    event: EventField = None
    """What must happen for it to be right. Without: it is right where none of the others' does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the player is asked to foresee, in a level of the kind "predict". Which answer is right,
    the run itself decides: where two are equal, none is."""

    id: Name
    """Also of the control that answers it, and of the measure and the goal that ask for it."""
    asks: Label
    """The question."""
    right: Annotated[str, OneOf("bad-value", "way to be right", RIGHTS, "ways")]
    """"earliest": the answer whose event happens first in the run; "most": most often."""
    stars: Annotated[int, WholeNumber(1, 3)] = 1
    """The number of stars from which on the answer must be right."""
    answer: tuple[Annotated[Answer, Table()], ...]
    """What may be answered: two at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One objective. `stars` is the number of stars from which on it must hold."""

    id: Name
    """What proofs call it."""
    measure: MeasureName
    """What is measured: one that every level has, or one of the level's own."""
    at_least: ThresholdNumber | None = None
    """A number; for a share a percentage may be written, for a time a duration must be."""
    at_most: ThresholdNumber | None = None
    """A number; for a time a duration."""
    stars: Annotated[int, WholeNumber(1, 3)] = 1
    """From how many stars on it must hold."""
    says: Label = ""
    """What the player is asked for, in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level file, read and checked."""

    id: Name
    title: Label
    chapter: Label
    order: int = DEFAULT_ORDER
    """Place in its chapter: levels are shown by this number, then by id."""
    kind: Name
    teaches: tuple[Name, ...]
    story: str
    debrief: str
    hints: tuple[str, ...]
    system: System
    """The system with every control at its default."""
    document: dict[str, Any]
    """The file's tables as they were read: what plans are applied to, and what is hashed."""
    controls: tuple[Control, ...]
    goals: tuple[Goal, ...]
    measures: tuple[Measure, ...] = ()
    """Its own; those that every level has are not listed here."""
    monitors: tuple[Monitor, ...] = ()
    """Of a level on call."""
    diagnoses: tuple[Diagnosis, ...] = ()
    """Of a level to diagnose."""
    questions: tuple[Question, ...] = ()
    """Of a level to predict."""
    weapons: tuple[Weapon, ...] = ()
    """Of a level in which the player attacks."""
    attack_budget: int = 0
    """What a plan's attacks may cost together there."""
    seeds: tuple[int, ...]
    recovery_us: int
    window_us: tuple[int, int] | None
    how_often_per_year: float | None
    path: str
    """Where it was read from."""

    @property
    def times(self) -> tuple[str, ...]:
        """Ids of its own measures that are times, in milliseconds; its others are counts."""
        return tuple(measure.id for measure in self.measures if measure.count is None)

    @property
    def answers(self) -> tuple[str, ...]:
        """Ids of the controls by which the player says something and sets nothing. Each is also the
        id of a measure, 1 for what is right and 0 for what is not, and of the goal that asks for
        it."""
        said = (DIAGNOSIS,) if self.diagnoses else ()
        return (*said, *(question.id for question in self.questions))
