"""What is written, and can have no effect: an author who wrote it meant something else.

Nothing is said where a control may set what it takes, since then some plan has a use for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from game.level.model import Client, Control, Fault, Policy, Region, Service, Zone
from game.level.problems import Complaint

Said = Iterator[tuple[str, int, Complaint]]
"""Section, index of the table, complaint."""


def check_idle(records: Mapping[str, Sequence[Any]]) -> Said:
    """Everything of that sort. `records` of each section hold None for what cannot be read."""
    if _is_unreadable(records):
        return
    clients, controls = records["client"], records["control"]
    yield from _popularity_of_one(clients, controls)
    yield from _priorities_that_nobody_heeds(clients, records["service"], controls)
    yield from _caches_that_nobody_asks(records["service"], controls)
    yield from faults_in_vain(records)


def faults_in_vain(records: Mapping[str, Sequence[Any]]) -> Said:
    """The faults among it."""
    if _is_unreadable(records):
        return
    clients, controls = records["client"], records["control"]
    yield from _members_that_cannot_change(records, controls)
    yield from _faults_that_hit_nobody(
        records["fault"], clients, records["zone"], records["region"], controls
    )
    yield from _faults_that_miss_their_policy(records["fault"], records["policy"], controls)


def _is_unreadable(records: Mapping[str, Sequence[Any]]) -> bool:
    """Some table cannot be read, so that nothing can be said of those that can."""
    sections = ("region", "zone", "policy", "service", "client", "fault", "control")
    return any(record is None for section in sections for record in records[section])


def _is_set(controls: Sequence[Control], section: str, identity: str, *keys: str) -> bool:
    """A control sets one of the keys of a table, or a part of one."""
    wanted = {f"{section}.{identity}.{key}" for key in keys}
    return any(
        path == one or path.startswith(f"{one}.")
        for control in controls
        for path in control.sets
        for one in wanted
    )


def _popularity_of_one(clients: Sequence[Client], controls: Sequence[Control]) -> Said:
    for index, client in enumerate(clients):
        if client.zipf and client.keys == 1 and not _is_set(controls, "client", client.id, "keys"):
            message = '"zipf" needs "keys": of one key alone, none is more popular'
            second = ((("keys",), "there is one key"),)
            said = Complaint("contradiction", message, ("zipf",), on_key=True, second=second)
            yield "client", index, said


def _priorities_that_nobody_heeds(
    clients: Sequence[Client], services: Sequence[Service], controls: Sequence[Control]
) -> Said:
    if any(
        getattr(service.discipline, "by_priority", False)
        or _is_set(controls, "service", service.id, "discipline")
        for service in services
    ):
        return
    for index, client in enumerate(clients):
        if client.priority != Client(id="", call="").priority:
            message = 'no service goes by priorities: one needs discipline = "priority"'
            yield "client", index, Complaint("contradiction", message, ("priority",), on_key=True)


def _caches_that_nobody_asks(services: Sequence[Service], controls: Sequence[Control]) -> Said:
    for index, service in enumerate(services):
        if (
            getattr(service.store, "met_by", "store") == "lookup"
            and not any(hasattr(step, "lookup") for step in service.steps)
            and not _is_set(controls, "service", service.id, "steps", "store")
        ):
            message = 'nobody asks this cache: it needs a "lookup" step'
            yield "service", index, Complaint("contradiction", message, ("store",), on_key=True)


def _members_that_cannot_change(
    records: Mapping[str, Sequence[Any]], controls: Sequence[Control]
) -> Said:
    """Orders to add or remove members, where no machine that they name is in a group that says who
    its members are."""
    counts = {group.id: group.count or 0 for group in records["node"] if group is not None}
    voting: set[str] = set()
    for service in records["service"]:
        if getattr(service.replication, "members", None) is not None or _is_set(
            controls, "service", service.id, "replication"
        ):
            for home in service.on:
                numbers = range(1, counts.get(home, 0) + 1)
                voting |= {home, *(f"{home}-{number}" for number in numbers)}
    for index, fault in enumerate(records["fault"]):
        if getattr(fault.what, "changes_members", False) and not voting.issuperset(fault.target):
            message = (
                "no service there says how many members it has: it needs "
                'replication = { kind = "raft", members = 3 }'
            )
            yield "fault", index, Complaint("contradiction", message, ("target",))


_OF_CLIENTS = ("keys", "population", "rate", "gap", "zone")


def _faults_that_hit_nobody(
    faults: Sequence[Fault],
    clients: Sequence[Client],
    zones: Sequence[Zone],
    regions: Sequence[Region],
    controls: Sequence[Control],
) -> Said:
    """Of faults that say which clients they spare (`spares`): those that spare all they are aimed
    at."""
    for index, fault in enumerate(faults):
        spares = getattr(fault.what, "spares", None)
        if (
            spares is None
            or any(_is_set(controls, "client", one.id, *_OF_CLIENTS) for one in clients)
            or any(path.startswith(f"fault.{fault.id}.") for one in controls for path in one.sets)
        ):
            continue
        aimed = [one for one in clients if _is_aimed_at(fault, one, zones, regions)]
        reasons = [spares(client) for client in aimed]
        if not aimed and clients:
            message = "this is for clients, and none of them is or stands there"
            mentions = tuple(
                ("target", one, "not there, and no client") for one in fault.target[:1]
            )
            said = Complaint("wrong-target", message, ("target",), mentions=mentions)
            yield "fault", index, said
        elif reasons and None not in reasons:
            key, message = reasons[0]
            yield "fault", index, Complaint("contradiction", message, (key,))


def _faults_that_miss_their_policy(
    faults: Sequence[Fault], policies: Sequence[Policy], controls: Sequence[Control]
) -> Said:
    """Of faults that set what a policy has (`misses`): what it has not, under any plan."""
    known = {policy.id: policy for policy in policies}
    for index, fault in enumerate(faults):
        misses = getattr(fault.what, "misses", None)
        for key, missing, message in misses(known) if misses is not None else ():
            if not _is_set(controls, "policy", fault.what.policy, missing):
                mentions = (("policy", fault.what.policy, "this policy"),)
                said = Complaint("contradiction", message, (key,), on_key=True, mentions=mentions)
                yield "fault", index, said


def _is_aimed_at(
    fault: Fault, client: Client, zones: Sequence[Zone], regions: Sequence[Region]
) -> bool:
    """The client is named, or the zone or region that it stands in; no name means all."""
    if not fault.target or client.id in fault.target:
        return True
    zone = client.zone or (zones[0].id if zones else "")
    if zone in fault.target:
        return True
    region = next((one.region for one in zones if one.id == zone), "")
    if not zones and regions:
        region = regions[0].id
    return region in fault.target
