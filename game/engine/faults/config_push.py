"""Config push: another administrator's change of settings goes out, and it is a bad one."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import TYPE_CHECKING, Annotated, Any

from game.engine.attempt import NEVER
from game.engine.faults.config_receiver import Receiver
from game.engine.faults.orders import REPEAT_US, End
from game.engine.faults.ways import places_of
from game.engine.laws import require
from game.engine.log import Change
from game.engine.registry import REGISTRY
from game.engine.resilience.retry import MOST_ATTEMPTS
from game.engine.routing.weighted import Weight
from game.level.annotations import (
    Count,
    DurationUs,
    PolicyName,
    PositiveCount,
    PositiveDurationUs,
    Reference,
    ServiceName,
    Share,
    Table,
    WholeNumber,
)
from game.level.model import Policy

if TYPE_CHECKING:
    from game.engine.node import Node
    from game.engine.world import World

OF_POLICY = ("attempt_timeout", "retries", "at_most", "weights")
OF_SERVICE = ("workers", "queue")
REPORT_US = 1_000_000
"""So long the control plane waits for reports."""


@REGISTRY.register(
    "fault",
    "config-push",
    says="another administrator changes settings, everywhere at once or in stages",
    codex="config-push",
    causes=("queue-full", "waited-in-queue", "late-answer", "served-too-slowly"),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigPush:
    """The settings given here reach every machine and client group of the target (default: all)
    that goes by `policy` or runs `service`; it keeps them, through crashes too, until they are
    taken back: at the end of the fault, or when the rollout is stopped. All of that is told by
    orders over the network, each repeated until it arrives; while `from` is down none goes out. A
    machine that is away by order is told once it comes what still holds: at once in the last stage,
    else with the next one.
    """

    from_: Annotated[str, Reference("machine")]
    """The control plane: a machine (of a group: the first one, if there is one)."""
    policy: PolicyName | None = None
    """Whose settings change: those of a policy ..."""
    service: ServiceName | None = None
    """... or of a service."""
    attempt_timeout: PositiveDurationUs | None = None
    """Of a policy; for attempts that are made from then on."""
    retries: Annotated[int, WholeNumber(0, MOST_ATTEMPTS)] | None = None
    """Of a policy with `retry`: its `attempts`."""
    at_most: PositiveCount | None = None
    """Of a policy with a `bulkhead`: its `at_most`, as of a pool of connections."""
    weights: tuple[Annotated[Weight, Table()], ...] = ()
    """Of a policy with the balancer "weighted"."""
    workers: PositiveCount | None = None
    """Of a service; who is inside stays inside."""
    queue: Count | None = None
    """Of a service; who waits goes on waiting."""
    stages: tuple[Share, ...] = (1.0,)
    """The share of the receivers that have the settings from each stage on. Default: all at once.
    """
    bake: DurationUs = 0
    """From the begin of a stage to the next one."""
    stops_at: Share | None = None
    """After each bake those who have the settings are asked, over the network, how much of what
    they tried since then went wrong; if it is more than this share, or none of them answers within
    a second, all is taken back. A caller counts what failed and what it did not even try, a
    machine what it did not answer well."""

    def __post_init__(self) -> None:
        require((self.policy is None) != (self.service is None), "must have a policy or a service")
        given = [name for name in (*OF_POLICY, *OF_SERVICE) if self.gives(name)]
        of, names = ("service", OF_SERVICE) if self.policy is None else ("policy", OF_POLICY)
        allowed = ", ".join(names)
        for name in given:
            require(name in names, f"must have settings of a {of} ({allowed}), not {name}")
        require(bool(given), f"must have a setting to change: {allowed}")
        rises = all(a < b for a, b in zip(self.stages, self.stages[1:], strict=False))
        require(
            rises and self.stages[-1:] == (1.0,) and self.stages[0] > 0,
            "must have stages that rise, and end with 100%",
        )
        gated = len(self.stages) > 1 or self.stops_at is not None
        require(gated or not self.bake, 'must have several stages, or "stops_at", for "bake"')
        require(bool(self.bake) or self.stops_at is None, 'must have a "bake" for "stops_at"')

    def gives(self, name: str) -> bool:
        """Whether a setting is given."""
        return getattr(self, name) not in (None, ())

    def misses(self, policies: Mapping[str, Policy]) -> Iterator[tuple[str, str, str]]:
        """(own key, key of the policy, why) for each setting that its policy has not."""
        policy = policies.get(self.policy or "")
        if policy is None:
            return
        if self.retries is not None and policy.retry is None:
            yield "retries", "retry", f'policy "{policy.id}" has no "retry" to change'
        if self.at_most is not None and policy.bulkhead is None:
            yield "at_most", "bulkhead", f'policy "{policy.id}" has no "bulkhead" to change'
        if self.weights and not hasattr(policy.balancer, "weights"):
            message = f'policy "{policy.id}" has no "weighted" balancer, whose weights could change'
            yield "weights", "balancer", message

    def prepare(self, world: World, fault: int) -> None:
        """What may be set otherwise is left to the code that looks each time."""
        for caller in world.callers():
            if caller.policy.id == self.policy:
                caller.fixed = False
        for station in world.stations_of.get(self.service or "", ()):
            station.strict = True

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Start with the first stage."""
        planes = world.nodes_named((self.from_,))
        if not planes:
            return lambda: None
        rollout = Rollout(self, world, fault, target or ("*",), planes[0])
        world.kernel.process(rollout.run())
        return rollout.take_back

    def settings(self) -> dict[str, Any]:
        """What is given, by name."""
        names = (name for name in (*OF_POLICY, *OF_SERVICE) if self.gives(name))
        return {name: getattr(self, name) for name in names}


class Rollout:
    """One push under way."""

    __slots__ = (
        "everywhere_us",
        "fault",
        "node",
        "receivers",
        "record",
        "stopped",
        "told",
        "world",
    )

    def __init__(
        self, record: ConfigPush, world: World, fault: int, target: tuple[str, ...], node: Node
    ) -> None:
        self.record = record
        self.world = world
        self.fault = fault
        self.node = node
        """The control plane."""
        self.stopped = False
        self.everywhere_us = NEVER
        """When the last stage began."""
        self.receivers: list[Receiver] = []
        """Those that there are; who comes later is added."""
        for receiver in self._receivers(places_of(world, target)):
            if receiver.to.node is not None and receiver.to.node.stands_by:
                receiver.to.node.on_order.append(partial(self._came, receiver))
            else:
                self.receivers.append(receiver)
        self.told: list[Receiver] = []
        """Those that the settings were sent to."""

    def _receivers(self, places: frozenset[int]) -> list[Receiver]:
        world, record = self.world, self.record
        found: dict[int, Receiver] = {}

        def at(place: int, node: Node | None) -> Receiver:
            if place not in found:
                ways = End(self.node.place, self.node), End(place, node)
                found[place] = Receiver(world, self.fault, record.settings(), *ways)
            return found[place]

        for caller in world.callers():
            if caller.policy.id == record.policy and caller.place in places:
                at(caller.place, caller.node).callers.append(caller)
        for station in world.stations_of.get(record.service or "", ()):
            if station.node.place in places:
                at(station.node.place, station.node).stations.append(station)
        return [found[place] for place in sorted(found)]

    def _came(self, receiver: Receiver) -> None:
        """A machine that was away at the begin is there."""
        self.receivers.append(receiver)
        if self.everywhere_us == NEVER or self.stopped:
            return
        owner = self.record.policy or self.record.service or ""
        receiver.settings = {
            name: value
            for name, value in receiver.settings.items()
            if self.world.overridden.get((owner, name), NEVER) <= self.everywhere_us
        }
        if receiver.settings:
            self.told.append(receiver)
            receiver.order.give(True)

    def take_back(self) -> None:
        """No further stage, and the old settings for all that were told."""
        self.stopped = True
        told, self.told = self.told, []
        for receiver in told:
            receiver.order.give(False)

    def run(self) -> Generator[Any, Any, None]:
        """All stages, one after the other."""
        record, kernel = self.record, self.world.kernel
        for share in record.stages:
            yield from self._woken()
            if self.stopped:
                return
            if share == record.stages[-1]:
                self.everywhere_us = kernel.now
            first, last = len(self.told), ceil(share * len(self.receivers) - 1e-9)
            for receiver in self.receivers[first:last]:
                self.told.append(receiver)
                receiver.order.give(True)
            yield kernel.timeout(record.bake)
            if record.stops_at is not None and not self.stopped:
                yield from self._look(record.stops_at)

    def _woken(self) -> Generator[Any, Any, None]:
        """Wait until the control plane is up."""
        while self.node.state and not self.stopped:
            yield self.world.kernel.timeout(REPEAT_US)

    def _look(self, most: float) -> Generator[Any, Any, None]:
        """Ask how it goes, and take all back if it goes badly."""
        kernel = self.world.kernel
        yield from self._woken()
        for receiver in self.told:
            receiver.ask()
        yield kernel.timeout(REPORT_US)
        yield from self._woken()
        reports = [one.report for one in self.told if one.report is not None]
        tried, failed = (sum(column) for column in zip((0, 0), *reports, strict=True))
        share = failed / tried if tried else float(not reports)
        if share > most and not self.stopped:
            row = (kernel.now, Change.PUSH_STOPPED, self.fault, int(share * 1000 + 0.5))
            self.world.log.changes.append(row)
            self.take_back()
