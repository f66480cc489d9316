"""Settings that change while the system runs: new records go to the parts that go by them.

What stays configured keeps its memory (a breaker its results, a bucket its tokens up to the new
bound), what comes begins anew, and what goes is forgotten. A setting that was pushed by somebody
else is overridden by a later change.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any

from game.engine.faults.config_receiver import set_caller, set_station
from game.engine.held import Held
from game.level.sections import SECTIONS

if TYPE_CHECKING:
    from game.engine.caller import Caller
    from game.engine.station import Station
    from game.engine.world import World
    from game.level.controls import Path
    from game.level.model import NodeGroup, Policy, Service, System

GATES = ("breaker", "bulkhead", "rate_limit")
"""Mechanisms of a policy that may keep a caller from asking, in the order in which they are asked.
"""
OBSERVERS = ("health", "outliers")
GUARDS = ("rate_limit", "concurrency_limit", "shed")
"""The same for a service."""
PUSHED = {
    "attempt_timeout": "attempt_timeout",
    "retry": "retries",
    "bulkhead": "at_most",
    "balancer": "weights",
    "workers": "workers",
    "queue": "queue",
}
"""Keys of a policy or a service to the setting of a config push that overrides them."""


def reset(world: World, system: System, paths: Iterable[Path]) -> None:
    """Set what these paths lead to as it is in `system`; all else there must be as it was."""
    touched: dict[tuple[str, int], set[str]] = {}
    for path in paths:
        touched.setdefault(path.table, set()).add(str(path.keys[0]))
    setters: dict[str, Callable[[World, Any, Collection[str]], None]] = {
        "policy": set_policy,
        "service": set_service,
        "node": set_group,
    }
    for (section, index), keys in touched.items():
        setters[section](world, getattr(system, SECTIONS[section].field)[index], keys)


# Policies


def set_policy(world: World, policy: Policy, keys: Collection[str]) -> None:
    """Calls go by another policy of that id from now on."""
    world.policies[policy.id] = policy
    for caller in world.every_caller:
        if caller.policy.id == policy.id:
            _set_policy_of(caller, policy, keys)
    for client, group in zip(world.system.clients, world.clients, strict=True):
        if client.policy == policy.id:
            group.deadline_us = min(client.deadline, policy.deadline or client.deadline)


def _set_policy_of(caller: Caller, policy: Policy, keys: Collection[str]) -> None:
    before, caller.policy = caller.policy, policy
    caller.set_plain(policy)
    own = {id(part) for part in (*caller.gear.values(), caller.picker)}
    others = [watcher for watcher in caller.watchers if id(watcher) not in own]
    in_front = [gate for gate in caller.gates if id(gate) not in own]
    for field in (*GATES, "retry", *OBSERVERS):
        _swap(caller, field, getattr(before, field), getattr(policy, field))
    if policy.balancer != before.balancer:
        caller.world.give_balancer(caller, policy)
    gates = [caller.gear[field] for field in GATES if field in caller.gear]
    caller.gates = (*in_front, *gates)
    parts: list[Any] = [*gates, caller.gear.get("retry"), caller.picker]
    parts += [caller.gear[field] for field in OBSERVERS if field in caller.gear]
    caller.watchers = (*(each for each in parts if hasattr(each, "closed")), *others)
    _override(caller.world, policy.id, caller.pushed, keys)
    set_caller(caller)
    caller.refresh()


def _swap(caller: Caller, field: str, before: Any, after: Any) -> None:
    """Give a caller's mechanism another record, or bring it, or take it away."""
    old = caller.gear.get(field)
    if before == after:
        return
    if old is not None and after is not None and old.reset(after):
        return
    if old is not None:
        del caller.gear[field]
        if hasattr(old, "stop"):
            old.stop()
    new = None
    if after is not None:
        build = after.build_gate if field in GATES else after.build
        new = caller.gear[field] = build(caller)
        if hasattr(new, "start"):
            new.start()
    if field == "retry":
        _put_behind(caller, old, new)


def _put_behind(caller: Caller, old: Any, new: Any) -> None:
    """Put another retry mechanism in the place of one that faults may stand in front of."""
    if caller.retry is old:
        caller.retry = new
        return
    front: Any = caller.retry
    while front.behind is not old:
        front = front.behind
    front.behind = new


def _override(world: World, owner: str, pushed: Held[Any], keys: Collection[str]) -> None:
    """A change that comes later than a push wins."""
    taken = {PUSHED[key] for key in keys if key in PUSHED}
    world.overridden.update(((owner, name), world.kernel.now) for name in taken)
    for fault, settings in pushed.items():
        pushed[fault] = {name: value for name, value in settings.items() if name not in taken}


# Services


def set_service(world: World, service: Service, keys: Collection[str]) -> None:
    """A service on all its machines."""
    before = world.services[service.id]
    world.services[service.id] = service
    for station in world.stations_of[service.id]:
        _set_guards(station, before, service)
        if service.authentication != before.authentication:
            world.set_authentication(station, service)
        _override(world, service.id, station.pushed, keys)
        set_station(station)
    for caller in world.every_caller:
        for target in caller.targets:
            if target.station.name == service.id:
                target.out.checked = service.checksums or service.authentication is not None


def _set_guards(station: Station, before: Service, after: Service) -> None:
    own = {id(guard) for guard in station.gear.values()}
    others = [guard for guard in station.guards if id(guard) not in own]
    for field in GUARDS:
        old, record = station.gear.get(field), getattr(after, field)
        if getattr(before, field) == record or (
            old is not None and record is not None and old.reset(record)
        ):
            continue
        station.gear.pop(field, None)
        if record is not None:
            guard = station.gear[field] = record.build_guard(station)
            if hasattr(guard, "meet"):
                guard.meet((*station.inside, *station.queue))
    guards = [station.gear[field] for field in GUARDS if field in station.gear]
    station.guards = (*guards, *others)
    station.strict = bool(station.guards) or station.keyed is not None


# Machines


def set_group(world: World, group: NodeGroup, keys: Collection[str]) -> None:
    """All machines of a group."""
    fleet = world.fleets[group.id]
    if "speed" in keys:
        for machine in fleet.machines:
            if machine.node.speed != group.speed:
                machine.node.set_speed(group.speed)
    if "price_per_hour" in keys:
        fleet.price(group.price_per_hour)
    if "count" in keys:
        assert group.count is not None
        fleet.order(group.count)
