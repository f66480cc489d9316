"""The world of one run: every runtime part, built from the records of a System."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from game.engine import fast_path
from game.engine.attempt import NO_FAULT
from game.engine.caller import Caller
from game.engine.clients import ClientGroup, ClosedLoop, OpenLoop
from game.engine.clocks.nodes import corrections, give_clock
from game.engine.detection.membership import Cluster
from game.engine.kernel import Kernel
from game.engine.kinds import find_kinds
from game.engine.laws import Constant
from game.engine.log import Log, PipeUse
from game.engine.machines import Fleet
from game.engine.mechanisms import Picker
from game.engine.network import CONTROL_BYTES, Network, Order, Pipe, Route
from game.engine.node import Node
from game.engine.on_call import Desk
from game.engine.paths import Path, Slots, only_law
from game.engine.resilience.authentication import Authentication, Stamps, VerifyStep
from game.engine.settings import GATES, GUARDS, OBSERVERS
from game.engine.station import Relay, Station
from game.engine.steps import CpuStep, Forward
from game.engine.target import Target
from game.engine.workload.application import commands_of
from game.engine.workload.meetings import meetings
from game.engine.workload.sessions import Sessions
from game.level.model import (
    ONLY_REGION,
    ONLY_ZONE,
    Client,
    Law,
    Link,
    NodeGroup,
    Policy,
    Service,
    System,
    Zone,
)
from game.level.on_call import OpenKey

if TYPE_CHECKING:
    from collections.abc import Callable

    from game.level.on_call import OnCall


LATENCY_US = (250, 1_000, 40_000)
"""Of a message without a link of its own: inside a zone, across zones, across regions."""


MOST_PAIRS = 4096
"""Ways of answers that are compared, at most, to find out whether they have one law."""


def record_of(family: str, value: Any) -> Any:
    """A field that holds a kind: its record, also where the default is only the kind's name."""
    if isinstance(value, str):
        kind = find_kinds().get(family, value)
        assert kind is not None, f"no {family} {value!r}"
        return kind.record()
    return value


class World:
    """Nodes, stations, callers and clients of one run, and the network between them."""

    def __init__(self, system: System, seed: int, *, traced: bool) -> None:
        self.system = system
        self.seed = seed
        self.kernel = Kernel()
        self.zones = {zone.id: zone for zone in system.zones} or {
            ONLY_ZONE: Zone(id=ONLY_ZONE, region=ONLY_REGION)
        }
        self.groups = {group.id: group for group in system.nodes}
        self.services = {service.id: service for service in system.services}
        self.open_keys: frozenset[OpenKey] = frozenset()
        """What may be set while the system runs."""
        if system.on_call is not None:
            self.open_keys = system.on_call.open_keys
        self.stamps = any(
            service.authentication is not None and service.authentication.window is not None
            for service in system.services
        ) or any(self._may_authenticate(service) for service in system.services)
        """Requests carry the time at which they were sent."""
        self.overridden: dict[tuple[str, str], int] = {}
        """By the id of a policy or service, and setting of a config push: when a change of the plan
        set it otherwise for the last time."""
        self.every_caller: list[Caller] = []
        """Those of attackers, too."""
        self.policies = {"plain": Policy(id="plain")}
        self.policies.update((policy.id, policy) for policy in system.policies)
        node_names = [name for group in system.nodes for name in names_of(group)]
        places = (*node_names, *(client.id for client in system.clients))
        stations = [
            (service.id, name)
            for service in system.services
            for group in service.on
            for name in names_of(self.groups[group])
        ]
        self.log = Log(
            seed=seed,
            duration_us=system.duration,
            clients=tuple(client.id for client in system.clients),
            places=places,
            stations=tuple((service, node_names.index(name)) for service, name in stations),
            faults=tuple(fault.id for fault in system.faults),
            speeds=tuple(
                int(group.speed * 1000 + 0.5) for group in system.nodes for _ in names_of(group)
            ),
            traced=traced,
        )
        self.log.totals["probes"] = 0
        self.sessions = Sessions(system.clients)
        self.begun = 0
        """Operations of closed loops so far."""
        self.cached = any(
            getattr(service.store, "met_by", "") == "lookup" for service in system.services
        )
        """There are caches, which want to know what stores have answered."""
        self.commands = commands_of(self)
        """What is asked of applications that are state machines, by service."""
        self.next_operation: Callable[[], int] = count().__next__
        self.active_faults: dict[int, int] = {}
        """Faults that are at work, oldest first, and on how many targets each."""
        self.network = Network(self.kernel, self.log)
        self._matches: list[frozenset[str]] = []
        self._pipes: dict[tuple[int, bool], Pipe] = {}
        self._orders: dict[tuple[int, int], Order] = {}
        self._backs: dict[tuple[int, int], Route] = {}
        self._controls: dict[tuple[int, int], Route] = {}
        self._callers: dict[tuple[int, str, str], Caller] = {}
        self._probers: list[Any] = []
        self._laid: set[str] = set()
        """Services behind the client group whose paths were laid last."""
        self.nodes = [node for group in system.nodes for node in self._build_nodes(group)]
        self.node_places = {node.name: node.place for node in self.nodes}
        for client in system.clients:
            self._matches.append(self._names_of_client(client))
        self.stations_of: dict[str, list[Station]] = {service.id: [] for service in system.services}
        for service in system.services:
            self._build_stations(service)
        self._probers.extend(corrections(self))
        self.steps_of = {
            service.id: steps_of(service, guarded=self._may_authenticate(service))
            for service in system.services
        }
        self.replications = [
            record_of("protocol", service.replication or "none").build(
                self, service.id, self.stations_of[service.id]
            )
            for service in system.services
            if service.store is not None and getattr(service.store, "met_by", "store") == "store"
        ]
        for service in system.services:
            self._build_steps(service)
        self.clients = [
            self._build_client(index, client) for index, client in enumerate(system.clients)
        ]
        self.prepared = {
            index: fault.what.prepare(self, index)
            for index, fault in enumerate(system.faults)
            if hasattr(fault.what, "prepare")
        }
        """What faults need in place before the run begins, by fault."""
        self.memberships = [
            Cluster(self, membership)
            for membership in system.memberships
            if membership.detector is not None
        ]
        self.fleets: dict[str, Fleet] = {}
        """On a level on call: the machines of each group, which may come and go."""
        self.desk: Desk | None = None
        if system.on_call is not None:
            self.log.monitors = tuple(monitor.id for monitor in system.on_call.monitors)
            self._build_fleets(system.on_call)
            self.desk = Desk(self, system.on_call)
        elif not traced:
            # What is set in the run would have to be said a second time to the fast path.
            fast_path.install(self)

    def start(self) -> None:
        """Clients, probers and copies begin."""
        for prober in self._probers:
            prober.start()
        for replication in self.replications:
            replication.start()
        for membership in self.memberships:
            membership.start()
        for client in self.clients:
            client.start()
        if self.desk is not None:
            self.desk.start()

    # Places

    def _build_nodes(self, group: NodeGroup) -> list[Node]:
        zones = group.zones or (next(iter(self.zones)),)
        nodes = []
        for index, name in enumerate(names_of(group)):
            zone = zones[index % len(zones)]
            node = Node(
                self.kernel,
                self.log,
                name,
                group.id,
                len(self._matches),
                zone,
                group.speed,
                group.inbox,
                group.boot,
            )
            if group.clock is not None:
                give_clock(node, group.clock, self.seed, index)
            node.cores = record_of("scheduling", group.scheduling).build(node, group.cores)
            self._matches.append(frozenset(("*", name, group.id, zone, self.zones[zone].region)))
            nodes.append(node)
        return nodes

    def _names_of_client(self, client: Client) -> frozenset[str]:
        zone = client.zone or next(iter(self.zones))
        return frozenset(("*", client.id, zone, self.zones[zone].region))

    def places_named(self, names: Sequence[str]) -> list[int]:
        """All places that go by one of the names (node, group, zone, region, client, "*")."""
        wanted = frozenset(names)
        return [place for place, own in enumerate(self._matches) if own & wanted]

    def nodes_named(self, names: Sequence[str]) -> list[Node]:
        """All nodes that go by one of the names; a service names the nodes that it is on."""
        wanted = set(names)
        for name in names:
            for station in self.stations_of.get(name, ()):
                wanted.add(station.node.name)
        return [self.nodes[p] for p in self.places_named(sorted(wanted)) if p < len(self.nodes)]

    def links_named(self, names: Sequence[str]) -> frozenset[int]:
        """Indices of the links that have one of the names as their id."""
        return frozenset(
            index for index, link in enumerate(self.system.links) if link.id and link.id in names
        )

    def clients_named(self, names: Sequence[str]) -> list[ClientGroup]:
        """The client groups that go by one of the names; all of them if there is no name."""
        places = set(self.places_named(names or ("*",)))
        return [client for client in self.clients if client.place in places]

    # Routes

    def link_between(self, source: int, target: int) -> tuple[int, Link | None, bool]:
        """The last link that matches: its index, itself, and whether it is used backwards."""
        here, there = self._matches[source], self._matches[target]
        for index in range(len(self.system.links) - 1, -1, -1):
            link = self.system.links[index]
            forwards = link.from_ in here and link.to in there
            backwards = not link.one_way and link.from_ in there and link.to in here
            if forwards and backwards:
                # A link from a place to itself: its two directions are told apart all the same.
                return index, link, source > target
            if forwards or backwards:
                return index, link, backwards
        return -1, None, False

    def _zone(self, place: int) -> Zone:
        if place < len(self.nodes):
            return self.zones[self.nodes[place].zone]
        client = self.system.clients[place - len(self.nodes)]
        return self.zones[client.zone or next(iter(self.zones))]

    def _far(self, source: int, target: int) -> int:
        """0 inside a zone, 1 across zones, 2 across regions."""
        here, there = self._zone(source), self._zone(target)
        return 0 if here.id == there.id else 1 if here.region == there.region else 2

    def _latency(self, source: int, target: int) -> Law:
        """The law of the time that a message needs from one place to another."""
        if source == target:
            return Constant(value=0)
        link = self.link_between(source, target)[1]
        if link is not None and link.latency is not None:
            return link.latency
        return Constant(value=LATENCY_US[self._far(source, target)])

    def _route(self, source: int, target: int, size_bytes: int) -> Route:
        far = self._far(source, target)
        index, link, backwards = self.link_between(source, target)
        if source == target:
            # What a node sends to itself crosses no network.
            link = None
        law = self._latency(source, target)
        route = Route(self.network, source, target, law, size_bytes, far)
        if link is not None:
            route.loss = link.loss
            route.duplicate = link.duplicate
            if link.bandwidth is not None:
                route.pipe = self._pipes.setdefault((index, backwards), Pipe(link.bandwidth))
            if link.ordered:
                route.order = self._orders.setdefault((source, target), Order())
        return self.network.add(route)

    def pipes_used(self) -> dict[tuple[int, bool], PipeUse]:
        """What went through each link that has a bandwidth."""
        for route in self.network.routes:
            if route.pipe is not None and route.messages:
                route.pipe.use.ways |= {(route.source, route.target)}
        return {key: pipe.use for key, pipe in self._pipes.items()}

    def route_back(self, station: Station, place: int) -> Route:
        """The way of a station's answers to a place."""
        key = (station.index, place)
        if key not in self._backs:
            service = self.services[station.name]
            self._backs[key] = self._route(station.node.place, place, service.answer)
            self._backs[key].checked = service.checksums
        return self._backs[key]

    def control_route(self, source: int, target: int) -> Route:
        """The way of cancellations between nodes and of orders."""
        key = (source, target)
        if key not in self._controls:
            self._controls[key] = self._route(source, target, CONTROL_BYTES)
        return self._controls[key]

    # Services

    def _build_stations(self, service: Service) -> None:
        for group in service.on:
            for name in names_of(self.groups[group]):
                node = self.nodes[self.node_places[name]]
                index = sum(map(len, self.stations_of.values()))
                kind = Relay if relays(service) and not self._may_guard(service) else Station
                station = kind(self, index, service.id, node, service.workers, service.queue)
                station.queue = record_of("discipline", service.discipline).build(station)
                for field in GUARDS:
                    if getattr(service, field) is not None:
                        station.gear[field] = getattr(service, field).build_guard(station)
                station.guards = tuple(station.gear.values())
                if service.idempotency is not None:
                    station.keyed = service.idempotency.build_memory(station)
                station.strict = bool(station.guards) or station.keyed is not None
                node.stations.append(station)
                self.stations_of[service.id].append(station)

    def _may_guard(self, service: Service) -> bool:
        """Whether something may be put at its door while the system runs."""
        keys = (*GUARDS, "authentication")
        return any(("service", service.id, key) in self.open_keys for key in keys)

    def _may_authenticate(self, service: Service) -> bool:
        return ("service", service.id, "authentication") in self.open_keys

    def set_authentication(self, station: Station, service: Service) -> None:
        """Have a station, whose first two steps can do so, find out who asks, or not."""
        check, verify = station.steps[:2]
        assert isinstance(check, CpuStep)
        assert isinstance(verify, VerifyStep)
        record = service.authentication
        if record is None:
            station.begin = verify.next
        else:
            check.fixed_us = record.cost
            verify.record = record
            station.begin = check.start

    def _build_fleets(self, on_call: OnCall) -> None:
        running = dict(on_call.running)
        for group in self.system.nodes:
            nodes = [node for node in self.nodes if node.group == group.id]
            fleet = self.fleets[group.id] = Fleet(self, nodes, group.price_per_hour)
            fleet.begin(running.get(group.id, len(nodes)))

    def _build_steps(self, service: Service) -> None:
        for station in self.stations_of[service.id]:
            station.steps = tuple(step.build(station, self) for step in self.steps_of[service.id])
            station.chain(station.finish, attrgetter("start"))
            if self._may_authenticate(service):
                self.set_authentication(station, service)

    def caller_of(self, station: Station, service: str, policy: str) -> Caller:
        """The caller by which a node asks a service: one for each policy, shared by its steps."""
        node = station.node
        key = (node.place, service, policy)
        if key not in self._callers:
            self._callers[key] = self.new_caller(
                f"{node.name}/{service}/{policy}",
                node.place,
                node,
                service,
                self.policies[policy],
            )
        return self._callers[key]

    def new_caller(
        self, name: str, place: int, node: Node | None, service: str, policy: Policy
    ) -> Caller:
        """A caller of a service, with its targets and the mechanisms of its policy."""
        caller = Caller(self, name, place, node, policy)
        self.every_caller.append(caller)
        asked = self.services[service]
        size_bytes = asked.request
        caller.targets = [
            Target(
                index,
                station,
                self._route(place, station.node.place, size_bytes),
                self.route_back(station, place),
            )
            for index, station in enumerate(self.stations_of[service])
        ]
        for target in caller.targets:
            # Who checks who sent a message sees as well whether it was changed.
            target.out.checked = asked.checksums or asked.authentication is not None
        self.give_balancer(caller, policy)
        self._equip(caller, policy)
        if node is not None:
            node.on_crash.append(caller.forget)
        return caller

    def give_balancer(self, caller: Caller, policy: Policy) -> None:
        """Give a caller the balancer of a policy."""
        caller.balancer = record_of("balancer", policy.balancer)
        caller.needs_luck = caller.balancer.needs_luck
        caller.returns = getattr(caller.balancer, "returns", False)
        caller.resolves = getattr(caller.balancer, "resolves", False)
        caller.refresh()
        caller.picker = self.picker(caller)
        caller.by_key = hasattr(caller.picker, "pick_for")
        caller.key_of = getattr(caller.picker, "key_of", None)
        caller.in_turn = not (caller.by_key or caller.needs_luck)

    def picker(self, caller: Caller) -> Picker:
        """A balancer that has seen nothing yet."""
        picker: Picker = caller.balancer.build(caller)
        return picker

    def _equip(self, caller: Caller, policy: Policy) -> None:
        """Give a caller the mechanisms of its policy."""
        gear = caller.gear
        if policy.retry is not None:
            caller.retry = gear["retry"] = policy.retry.build(caller)
        for field in GATES:
            if getattr(policy, field) is not None:
                gear[field] = getattr(policy, field).build_gate(caller)
        caller.gates = tuple(gear[field] for field in GATES if field in gear)
        observers: list[Any] = [*caller.gates, caller.retry, caller.picker]
        for field in OBSERVERS:
            if getattr(policy, field) is not None:
                gear[field] = getattr(policy, field).build(caller)
                observers.append(gear[field])
        if self.stamps and caller.node is not None:
            observers.append(Stamps(caller.node))
        self._probers.extend(each for each in observers if hasattr(each, "start"))
        caller.watchers = tuple(each for each in observers if hasattr(each, "closed"))

    # Clients

    def _build_client(self, index: int, client: Client) -> ClientGroup:
        place = len(self.nodes) + index
        policy = self.policies[client.policy]
        caller = self.new_caller(f"{client.id}/{client.call}", place, None, client.call, policy)
        slots = Slots()
        self._laid.clear()
        paths = self.lay_calls(
            slots, client.call, [caller], client.fan_out, depth=0, name=f"{client.call}"
        )
        if not any(
            hasattr(step, "store") for name in self._laid for step in self.services[name].steps
        ):
            self.log.unkept |= {index}
        met = list(meetings(self.services, client.call))
        self.log.writes[index] = frozenset(one.service for one in met if one.writes)
        self.log.awaits[index] = frozenset(one.service for one in met if one.writes and one.awaited)
        if client.population is None:
            return OpenLoop(self, index, client, caller, paths, slots, self.seed)
        group = ClosedLoop(self, index, client, caller, paths, slots, self.seed)
        for name in sorted(self._laid):
            stations = self.stations_of[name]
            if stations and hasattr(self.services[name].store, "players"):
                group.players = self.services[name].store.players(group, stations[0].index)
        return group

    def lay_calls(
        self,
        slots: Slots,
        service: str,
        callers: Sequence[Caller],
        times: int,
        depth: int,
        name: str,
        origins: frozenset[int] | None = None,
    ) -> list[Path]:
        """The plain paths of one call, or of several at once, with everything behind them.

        `callers` are all that may make this call: luck is needed if one of them needs it. The
        answer goes to them, unless `origins` says to which places it goes instead.
        """
        if origins is None:
            origins = frozenset(caller.place for caller in callers)
        targets = [target for caller in callers for target in caller.targets]
        out_law = only_law(target.out.law for target in targets)
        back_law = only_law(target.back.law for target in targets)
        out_needs_luck = any(target.out.fixed_us is None for target in targets)
        back_needs_luck = any(target.back.fixed_us is None for target in targets)
        assert depth < 64, f"calls go in a circle: {name}"
        self._laid.add(service)
        paths = []
        for index in range(times):
            path = slots.path(depth, f"{name}.{index}" if index else name, origins)
            own = path.name
            if out_needs_luck:
                path.request = slots.slot(f"{own}/request", out_law)
                path.request_drawn = out_law is not None
            if back_needs_luck:
                path.answer = slots.slot(f"{own}/answer", back_law)
                path.answer_drawn = back_law is not None
            if any(
                caller.needs_luck or ("policy", caller.policy.id, "balancer") in self.open_keys
                for caller in callers
            ):
                path.choice = slots.slot(f"{own}/choice")
            for step in self.steps_of[service]:
                path.steps.append(step.lay(slots, self, self.stations_of[service], path, own))
            paths.append(path)
        return paths

    def answer_law(self, service: str, origins: frozenset[int]) -> Law | None:
        """The one law of the latency of a service's answers to these places, if there is one."""
        stations = self.stations_of[service]
        if len(stations) * len(origins) > MOST_PAIRS:
            return None
        return only_law(
            self._latency(station.node.place, origin) for station in stations for origin in origins
        )

    # Faults

    def load_blame(self) -> int:
        """The newest fault at work that makes clients or the network send more, or `NO_FAULT`."""
        for fault in reversed(self.active_faults):
            if getattr(self.system.faults[fault].what, "raises_load", False):
                return fault
        return NO_FAULT

    def callers(self) -> list[Caller]:
        """All callers, those of the clients last."""
        return [*self._callers.values(), *(client.caller for client in self.clients)]


def steps_of(service: Service, *, guarded: bool = False) -> tuple[Any, ...]:
    """The steps of a service, with those that consist of others taken apart; first of all it finds
    out who asks, if it does so at all or (`guarded`) may begin to."""
    record = service.authentication
    if record is None and guarded:
        record = Authentication()
    first = () if record is None else record.parts()
    return first + tuple(
        part
        for step in service.steps
        for part in (step.parts() if hasattr(step, "parts") else (step,))
    )


def relays(service: Service) -> bool:
    """Whether a service does nothing but hand requests on."""
    mechanisms = (
        service.shed,
        service.rate_limit,
        service.concurrency_limit,
        service.idempotency,
        service.authentication,
    )
    return (
        len(service.steps) == 1
        and isinstance(service.steps[0], Forward)
        and all(mechanism is None for mechanism in mechanisms)
    )


def names_of(group: NodeGroup) -> list[str]:
    """The names of a group's nodes."""
    if group.count is None:
        return [group.id]
    return [f"{group.id}-{number}" for number in range(1, group.count + 1)]
