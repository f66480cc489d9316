"""What one table, or the whole of a level, must hold beyond the types of its fields.

Rules over one table read it as it was written, so they speak even where another key is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from game.level.annotations import Surroundings
from game.level.calls import reachable
from game.level.model import (
    MEASURES,
    MOST_MACHINES,
    PAIRS,
    SECOND_US,
    SHARE_MEASURES,
    Client,
    NodeGroup,
    Service,
)
from game.level.monitors import check_monitor
from game.level.nearest import listed
from game.level.problems import ROOT, RUN_ENDS, Complaint, Loc
from game.level.records import RecordErrors, entry, references
from game.level.registry import Kind, Registry
from game.level.sections import Document, Table, ids, read_table
from game.level.units import UnitError, format_duration, parse_duration

Rule = Callable[[Table, Surroundings], Iterator[Complaint]]


def read_checked(
    section: str, table: Table, around: Surroundings
) -> tuple[Any | None, list[Complaint]]:
    """The record of a table, or None, and everything that is wrong with the table."""
    said: list[Complaint] = []
    record = None
    try:
        record = read_table(section, table, around)
    except RecordErrors as errors:
        said.extend(errors.complaints)
        table = _as_meant(table, said)
    for rule in RULES.get(section, ()):
        said.extend(rule(table, around))
    return (None if said else record), said


def _as_meant(table: Table, said: list[Complaint]) -> Table:
    """The table with misspelt keys corrected, so that rules do not speak of the same mistake."""
    misspelt = [one for one in said if one.name == "unknown-key" and one.loc]
    if not misspelt:
        return table
    meant: Table = deepcopy(table)
    for one in sorted(misspelt, key=lambda one: -len(one.loc)):
        *above, key = one.loc
        holder: Any = meant
        for part in above:
            holder = entry(holder, part)
        word = one.suggestion
        if word and word not in holder:
            holder[word] = holder.pop(key)
    return meant


def _contradiction(message: str, *loc: str | int, other: str | Loc = ()) -> Complaint:
    """A complaint about a key, and the other key that it goes against or depends on."""
    beside = (*loc[:-1], other) if isinstance(other, str) else other
    second = ((beside, "this is the other one"),) if other else ()
    return Complaint("contradiction", message, loc, on_key=True, second=second)


def _check_client(table: Table, around: Surroundings) -> Iterator[Complaint]:
    opened = [key for key in ("rate", "gap") if key in table]
    if len(opened) == 2:
        yield _contradiction('a client has "rate" or "gap", not both', "gap", other="rate")
    if opened and "population" in table:
        message = f'a client sends by "{opened[0]}" or has a "population", not both'
        yield _contradiction(message, "population", other=opened[0])
    if not opened and "population" not in table:
        message = 'a client needs one of "rate", "gap" and "population"'
        yield Complaint("missing-key", message)
    if opened and "think" in table and "population" not in table:
        yield _contradiction('"think" needs a "population"', "think", other=opened[0])
    if "load" in table and "population" in table and not opened:
        message = '"load" is for clients that send by "rate" or "gap"'
        yield _contradiction(message, "load", other="population")
    if "gives_up" in table and "patience" not in table:
        yield _contradiction('"gives_up" needs a "patience"', "gives_up")
    deadline_us = _us(table, "deadline")
    if deadline_us and around.duration_us and deadline_us > around.duration_us:
        message = (
            f"this deadline is longer than the run ({format_duration(around.duration_us)}), "
            "so that no operation could miss it"
        )
        yield Complaint("outside-run", message, ("deadline",), second=RUN_ENDS)


def _check_load(table: Table, _around: Surroundings) -> Iterator[Complaint]:
    """Clients go through the steps in the order in which they are written."""
    steps = table.get("load")
    before: tuple[int, int] | None = None
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        at_us = _us(step, "at") if isinstance(step, dict) else None
        if at_us is None:
            continue
        if before is not None and at_us <= before[1]:
            after = "at the same time as" if at_us == before[1] else "before"
            message = f"this is {after} the step above: the steps go by time"
            second = ((("load", before[0], "at"), "the step above is here"),)
            yield Complaint("out-of-range", message, ("load", index, "at"), second=second)
        before = (index, at_us)


def _check_fan_out(table: Table, _around: Surroundings) -> Iterator[Complaint]:
    yield from _first_of(table)
    yield from _partial_of(table)
    partial = table.get("partial")
    after_us = _us(partial, "after") if isinstance(partial, dict) else None
    deadline_us = _us(table, "deadline") if "deadline" in table else SECOND_US
    if after_us and deadline_us and after_us >= deadline_us:
        message = f"the deadline ({format_duration(deadline_us)}) comes first, so this never acts"
        second = ((("deadline",), "it comes here"),)
        yield Complaint("contradiction", message, ("partial", "after"), second=second)


def _check_steps(table: Table, _around: Surroundings) -> Iterator[Complaint]:
    written = table.get("steps")
    steps = written if isinstance(written, list) else []
    for index, step in enumerate(steps):
        if isinstance(step, dict):
            yield from _first_of(step, "steps", index)
            yield from _partial_of(step, "steps", index)
            yield from _compared(steps[:index], step, index)


def _compared(before: Sequence[Any], step: Table, index: int) -> Iterator[Complaint]:
    """What is compared was read before; it is one answer, and somebody waits for it."""
    does = step.get("as", "asked")
    if does == "asked":
        return
    if step.get("fan_out", 1) != 1 or step.get("background") is True:
        message = f'"{does}" is for one answer that is waited for: no "fan_out", no "background"'
        other = "background" if step.get("fan_out", 1) == 1 else "fan_out"
        yield _contradiction(message, "steps", index, "as", other=other)
    read = [one.get("call") for one in before if isinstance(one, dict) and one.get("as") == "read"]
    if does == "compare-and-set" and step.get("call") not in read:
        message = (
            f"nothing to compare with: an earlier step must be "
            f'{{ call = "{step.get("call")}", as = "read" }}'
        )
        yield _contradiction(message, "steps", index, "as")


_STORE_WANTED = {
    "store": 'a "store" step needs a store: write store = "register" above',
    "lookup": 'a "lookup" step needs a cache: store = { kind = "cache", capacity = 100 } above',
}
"""By the step that meets it (`met_by` of an application)."""


def _check_store(table: Table, around: Surroundings) -> Iterator[Complaint]:
    written = table.get("store")
    name = written.get("kind") if isinstance(written, dict) else written
    kind = around.registry.get("application", name) if isinstance(name, str) else None
    met_by = "" if kind is None else getattr(kind.record, "met_by", "store")
    if kind is not None or written is None:
        yield from _check_meetings(table, met_by)
    if "replication" in table and written is None:
        message = '"replication" needs a "store": there is nothing to copy'
        yield _contradiction(message, "replication")
    elif "replication" in table and met_by == "lookup":
        message = "a cache has no copies: its machines know nothing of each other"
        yield _contradiction(message, "replication", other="store")
    elif "replication" in table and met_by == "call":
        message = "an index has no copies: each machine has a part of its own"
        yield _contradiction(message, "replication", other="store")
    elif kind is not None:
        yield from _check_kept(kind, table.get("replication"), around.registry)
    replication = table.get("replication")
    if isinstance(replication, dict) and replication.get("coordinator") == table.get("id", ""):
        message = "a service cannot be its own coordinator: that must be able to outlive it"
        second = ((("id",), "this is the service"),)
        loc = ("replication", "coordinator")
        yield Complaint("contradiction", message, loc, second=second)


def _check_kept(application: Kind, replication: Any, registry: Registry) -> Iterator[Complaint]:
    """A protocol that cuts a store into pieces needs an application that can be cut (by accounts:
    `changes`; by keys: not `whole`); one that has no order of writes needs one that asks for none
    (has no `machine`)."""
    stores = {
        name: kind.record
        for name in registry.names("application")
        if (kind := registry.get("application", name)) is not None
        and getattr(kind.record, "met_by", "store") == "store"
    }
    while replication is not None:
        name = replication.get("kind") if isinstance(replication, dict) else replication
        protocol = registry.get("protocol", name) if isinstance(name, str) else None
        record = None if protocol is None else protocol.record
        if getattr(record, "splits", False) and not hasattr(application.record, "changes"):
            fit = [name for name, store in stores.items() if hasattr(store, "changes")]
            message = (
                f'"{name}" keeps each account on one machine: it needs a store with accounts '
                f'({listed(fit)}), and "{application.name}" has none'
            )
            yield _contradiction(message, "replication", other="store")
        elif getattr(record, "unordered", False) and hasattr(application.record, "machine"):
            fit = [name for name, store in stores.items() if not hasattr(store, "machine")]
            message = (
                f'the copies of "{name}" agree on no order of writes, and "{application.name}" '
                f"needs one; these stores need none: {listed(fit)}"
            )
            yield _contradiction(message, "replication", other="store")
        elif getattr(record, "cuts_by_key", False) and getattr(application.record, "whole", False):
            fit = [name for name, store in stores.items() if not getattr(store, "whole", False)]
            message = (
                f'"{name}" cuts a store by its keys, and "{application.name}" is one object under '
                f"all of them; these can be cut: {listed(fit)}"
            )
            yield _contradiction(message, "replication", other="store")
        replication = replication.get("each") if isinstance(replication, dict) else None


def _check_meetings(table: Table, met_by: str) -> Iterator[Complaint]:
    """Steps meet the store that there is ("": none), and a cache once."""
    steps = table.get("steps")
    lookups: list[int] = []
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        if not isinstance(step, dict):
            continue
        for wanted, message in _STORE_WANTED.items():
            if wanted in step and wanted != met_by:
                yield _contradiction(message, "steps", index, other=("store",))
        if "lookup" in step:
            lookups.append(index)
        if len(lookups) == 2 and "lookup" in step:
            message = 'one "lookup" is enough: after it the other steps are skipped or done'
            yield _contradiction(message, "steps", index, other=("steps", lookups[0]))
        if lookups and "forward" in step:
            message = "a forwarded request does not come back, so a cache never learns its answer"
            yield _contradiction(message, "steps", index, other=("steps", lookups[0]))


def _first_of(table: Table, *loc: str | int) -> Iterator[Complaint]:
    first, fan_out = table.get("first"), table.get("fan_out", 1)
    if type(first) is int and type(fan_out) is int and first > fan_out >= 1:
        message = f'"first" is {first}, but only {fan_out} asked ("fan_out")'
        second = (((*loc, "fan_out"), "so many are asked"),)
        yield Complaint("out-of-range", message, (*loc, "first"), second=second)


def _partial_of(table: Table, *loc: str | int) -> Iterator[Complaint]:
    """A partial answer has parts, and fewer than a whole one."""
    partial = table.get("partial")
    if not isinstance(partial, dict):
        return
    if table.get("background") is True:
        message = 'nobody waits for a "background" call: no "partial"'
        yield _contradiction(message, *loc, "partial", other="background")
    elif table.get("fan_out", 1) == 1:
        yield _contradiction('"partial" needs a "fan_out"', *loc, "partial")
    else:
        key = "first" if "first" in table else "fan_out"
        least, whole = partial.get("at_least"), table[key]
        if type(least) is int and type(whole) is int and least > whole >= 1:
            message = f'"at_least" is {least}, but a whole answer has only {whole} ("{key}")'
            second = (((*loc, key), "a whole answer has so many"),)
            yield Complaint("out-of-range", message, (*loc, "partial", "at_least"), second=second)


def _check_fault_times(table: Table, around: Surroundings) -> Iterator[Complaint]:
    scripted = [key for key in ("at", "for") if key in table]
    random = [key for key in ("every", "lasts") if key in table]
    if scripted and random:
        message = f'a fault has "at" (and "for"), or "every" and "lasts": not "{scripted[0]}" too'
        yield _contradiction(message, scripted[0], other=random[0])
    elif not scripted and not random:
        message = 'a fault needs "at" (and perhaps "for"), or "every" and "lasts"'
        yield Complaint("missing-key", message)
    elif scripted == ["for"]:
        yield _contradiction('"for" needs "at"', "for")
    elif len(random) == 1:
        other = "lasts" if random == ["every"] else "every"
        yield _contradiction(f'"{random[0]}" needs "{other}"', random[0])
    if "crews" in table and not random:
        message = '"crews" repair what fails at random: it needs "every"'
        yield _contradiction(message, "crews", other=scripted[0] if scripted else ())
    yield from _check_fault_end(table, around)


def _check_fault_end(table: Table, around: Surroundings) -> Iterator[Complaint]:
    begin, length, end_us = _us(table, "at"), _us(table, "for"), around.duration_us
    if begin is None or length is None or end_us is None or begin > end_us:
        return
    if begin + length > end_us:
        message = (
            f"this ends at {format_duration(begin + length)}, after the end of the run "
            f'({format_duration(end_us)}); without "for" it lasts to the end'
        )
        second = (*RUN_ENDS, (("at",), "it begins here"))
        yield Complaint("outside-run", message, ("for",), second=second)


def _us(table: Table, key: str) -> int | None:
    """A duration, or None where there is none that can be read."""
    text = table.get(key)
    try:
        return parse_duration(text) if isinstance(text, str) else None
    except UnitError:
        return None


_COVERED = {"node": ("node", "group"), "region": ("own-region",)}
"""What a word of `Kind.targets` covers, where it is not only itself."""


def _check_fault_target(table: Table, around: Surroundings) -> Iterator[Complaint]:
    yield from _check_targets("target", table, around)


def _check_weapon_targets(table: Table, around: Surroundings) -> Iterator[Complaint]:
    yield from _check_targets("targets", table, around)
    targets = table.get("targets")
    if isinstance(targets, list):
        for index, name in enumerate(targets):
            if name in targets[:index]:
                message = f'"{name}" is a target already'
                yield Complaint("duplicate-id", message, ("targets", index))


def _check_targets(key: str, table: Table, around: Surroundings) -> Iterator[Complaint]:
    """What a fault, or a weapon, is aimed at under `key` fits its kind."""
    kind = around.registry.get("fault", str(table.get("kind")))
    if kind is None or kind.targets is None:
        return
    given = table.get(key, [])
    if not kind.targets:
        if given:
            yield _contradiction(f'a "{kind.name}" has no target', key, other="kind")
        return
    wanted = " or ".join(kind.targets)
    if given == []:
        yield Complaint("missing-key", f'key "{key}" is missing: a "{kind.name}" hits a {wanted}')
        return
    covered = [part for word in kind.targets for part in _COVERED.get(word, (word,))]
    for index, name in enumerate(given if isinstance(given, list) else [given]):
        if not isinstance(name, str) or name not in around.known["target"]:
            continue
        if not any(name in around.known[part] for part in covered):
            allowed = [*islice(chain(*(around.known[part] for part in covered)), 100)]
            message = f'a "{kind.name}" hits a {wanted}, and "{name}" is none'
            declared = (("target", name, f"this is a {_what(name, around)}"),)
            yield Complaint(
                "wrong-target",
                message,
                (key, index),
                word=name,
                allowed=allowed,
                of="targets",
                declares="target",
                mentions=declared,
            )


_KNOWN_AS = {"own-region": "region", "group": "node", "node": "node"}


def _what(name: str, around: Surroundings) -> str:
    """What sort of thing a target of faults is."""
    sorts = ("own-region", "zone", "group", "node", "client", "service", "link")
    found = next((sort for sort in sorts if name in around.known[sort]), "")
    return _KNOWN_AS.get(found, found)


def _check_goal(table: Table, around: Surroundings) -> Iterator[Complaint]:
    bounds = [key for key in ("at_least", "at_most") if key in table]
    if not bounds:
        yield Complaint("missing-key", 'a goal needs "at_least" or "at_most"')
    if len(bounds) == 2:
        yield _contradiction(
            'a goal has "at_least" or "at_most", not both', "at_most", other="at_least"
        )
    measure = str(table.get("measure"))
    times = around.known.get("time", ())
    for key in bounds if measure in around.known.get("measure", ()) else ():
        value = table[key]
        if isinstance(value, str) and value.endswith("%") and measure not in SHARE_MEASURES:
            wanted = 'a duration such as "250ms"' if measure in times else "a number"
            yield Complaint("bad-value", f'"{measure}" is no share: write {wanted}', (key,))
        elif type(value) in (int, float) and measure in times:
            message = f'a duration needs its unit, and "{measure}" is one: write "250ms"'
            yield Complaint("bad-duration", message, (key,))
        elif _us(table, key) is not None and measure not in times:
            yield Complaint("bad-value", f'"{measure}" is no time: write a number', (key,))
        elif measure in SHARE_MEASURES and type(value) in (int, float) and not 0 <= value <= 1:
            message = 'a share lies between 0 and 1; 99 % is written "99%" or 0.99'
            yield Complaint("out-of-range", message, (key,))


_OF_TIMES = ("from", "to", "same", "nth", "until", "take")


def _check_measure(table: Table, around: Surroundings) -> Iterator[Complaint]:
    if table.get("id") in MEASURES:
        yield Complaint("duplicate-id", f'"{table["id"]}" is measured in every level', ("id",))
    given = [key for key in _OF_TIMES if key in table]
    if "count" in table:
        for key in given[:1]:
            yield _contradiction(
                f'a measure has a "count" or times: not "{key}" too', key, other="count"
            )
        counted = [table[key] for key in ("count", "per_hundred") if key in table]
        if table.get("in_window") and not all(is_timed(one, around) for one in counted):
            message = "this is only counted for the whole run: when it happens is not known"
            yield _contradiction(message, "in_window", other="count")
        return
    if "per_hundred" in table:
        yield _contradiction('"per_hundred" needs a "count"', "per_hundred")
    ends = [key for key in ("from", "to") if key in table]
    if not ends:
        yield Complaint("missing-key", 'a measure needs a "count", or "from" and "to"')
    elif len(ends) == 1:
        other = "to" if ends == ["from"] else "from"
        yield _contradiction(f'"{ends[0]}" needs "{other}"', ends[0])
    for key in ends:
        if not is_timed(table[key], around):
            message = "this is only counted: when it happens is not known"
            yield Complaint("bad-value", message, (key,))
    if "nth" in table and table.get("until") == "last":
        message = '"nth" has no meaning where time runs until the last'
        yield _contradiction(message, "nth", other="until")
    yield from _check_same(table, around)


def _check_same(table: Table, around: Surroundings) -> Iterator[Complaint]:
    """What pairs two events, both must be about."""
    same = table.get("same")
    for key in ("from", "to") if same in PAIRS else ():
        record = _event(table.get(key), around)
        about = getattr(record, "about", ())
        if record is not None and same not in about:
            words = f"about no {same}" + (f", but about {' and '.join(about)}" if about else "")
            message = f'the event of "{key}" is {words}'
            yield Complaint("bad-value", message, ("same",), second=(((key,), "this event"),))


def _event(written: Any, around: Surroundings) -> type[Any] | None:
    """The record of an event, as far as it is known."""
    name = written.get("event") if isinstance(written, dict) else written
    kind = around.registry.get("event", name) if isinstance(name, str) else None
    return None if kind is None else kind.record


def is_timed(written: Any, around: Surroundings) -> bool:
    """Whether it is known when the event happens; also said of one that is not known at all."""
    record = _event(written, around)
    return record is None or hasattr(record, "about")


def _check_membership(table: Table, _around: Surroundings) -> Iterator[Complaint]:
    """Who watches is a member."""
    on, detector = table.get("on"), table.get("detector")
    watchers = detector.get("watchers", []) if isinstance(detector, dict) else []
    members = on if isinstance(on, list) else [on]
    for index, name in enumerate(watchers if isinstance(watchers, list) else [watchers]):
        if name not in members and isinstance(name, str):
            message = f'"{name[:80]}" is no member, so nobody tells it anything: add it to "on"'
            loc = ("detector", "watchers", index)
            yield Complaint("contradiction", message, loc, second=((("on",), "the members"),))


RULES: dict[str, tuple[Rule, ...]] = {
    "client": (_check_client, _check_load, _check_fan_out),
    "service": (_check_steps, _check_store),
    "membership": (_check_membership,),
    "monitor": (check_monitor,),
    "fault": (_check_fault_times, _check_fault_target),
    "weapon": (_check_weapon_targets,),
    "measure": (_check_measure,),
    "goal": (_check_goal,),
}


def check_ids(document: Document) -> Iterator[tuple[str, int, Complaint]]:
    """(section, index, complaint) for every id that is used twice.

    Regions, zones, node groups and clients share their names, since links and faults name them all.
    """
    places: dict[str, tuple[str, int]] = {}
    for section in ("region", "zone", "node", "client"):
        for index, identity in ids(document, section):
            if identity in places:
                yield section, index, _twice(identity, *places[identity])
            places.setdefault(identity, (section, index))
    for section in (
        "link",
        "policy",
        "service",
        "membership",
        "fault",
        "control",
        "diagnosis",
        "question",
        "weapon",
        "measure",
        "goal",
    ):
        seen: dict[str, int] = {}
        for index, identity in ids(document, section):
            if identity in seen:
                yield section, index, _twice(identity, section, seen[identity])
            seen.setdefault(identity, index)
    sizes = {group: document["node"][index].get("count") for index, group in ids(document, "node")}
    for index, group in ids(document, "node"):
        if _is_machine(group, sizes):
            said = _twice(group, "node", places[group.rpartition("-")[0]][1])
            message = f'"{group[:80]}" is the id of another machine, of another group'
            yield "node", index, replace(said, message=message)


def _is_machine(name: str, sizes: Mapping[str, Any]) -> bool:
    """A machine of one of the groups has this name."""
    group, _, number = name.rpartition("-")
    size = sizes.get(group)
    if type(size) is not int or not number.isdecimal() or len(number) > len(str(MOST_MACHINES)):
        return False
    return number == str(int(number)) and 1 <= int(number) <= size


def _twice(identity: str, section: str, first: int) -> Complaint:
    """That an id is taken, by the table of that section and index."""
    message = f'"{identity[:80]}" is the id of another {section}'
    second = (((ROOT, section, first, "id"), "first written here"),)
    return Complaint("duplicate-id", message, ("id",), second=second)


def check_stores(
    services: Sequence[Service], groups: Sequence[NodeGroup], clients: Sequence[Client]
) -> Iterator[tuple[str, str, Complaint]]:
    """(section, id, complaint) for writes that meet no store, coordinators of several machines,
    more copies than machines, and applications that a protocol cannot keep."""
    calls = {service.id: tuple(references(service.steps, "service")) for service in services}
    storing = {
        service.id
        for service in services
        if any(hasattr(step, "store") or hasattr(step, "lookup") for step in service.steps)
    }
    for client in clients:
        if client.writes and not reachable(calls, client.call) & storing:
            message = (
                f'"{client.call}" has no "store" or "lookup" step, nor has a service that it calls'
            )
            mentions = (("service", client.call, "this is asked"),)
            said = Complaint("contradiction", message, ("writes",), mentions=mentions)
            yield "client", client.id, said
        yield from _viewers(services, client, reachable(calls, client.call))
        if client.turns and not client.writes:
            message = 'writes and reads take turns only where "writes" are more than none'
            yield "client", client.id, Complaint("contradiction", message, ("turns",))
    yield from _comparisons(services)
    sizes = {group.id: 1 if group.count is None else group.count for group in groups}
    machines = {
        service.id: sum(sizes.get(group, 1) for group in service.on) for service in services
    }
    for service in services:
        coordinator = getattr(service.replication, "coordinator", None)
        if coordinator is not None and machines.get(coordinator, 1) != 1:
            message = (
                f'a coordinator is one machine, and "{coordinator}" is on {machines[coordinator]}'
            )
            loc = ("replication", "coordinator")
            mentions = (("service", coordinator, "this is the coordinator"),)
            said = Complaint("contradiction", message, loc, mentions=mentions)
            yield "service", service.id, said
        if service.store is not None and hasattr(service.replication, "cannot_keep"):
            message = service.replication.cannot_keep(service.store)
            if message:
                yield "service", service.id, Complaint("contradiction", message, ("replication",))
        where = getattr(service.replication, "copies_on", None) or service.id
        needed = getattr(service.replication, "machines_needed", 0)
        if needed > machines.get(where, needed):
            there = machines[where]
            message = f'this needs {needed} machines, and "{where}" is on {there}'
            yield "service", service.id, Complaint("contradiction", message, ("replication",))


def _viewers(
    services: Sequence[Service], client: Client, behind: Collection[str]
) -> Iterator[tuple[str, str, Complaint]]:
    """Films are watched by users who each do one thing after the other, and read alone."""
    films = [one.id for one in services if one.id in behind and hasattr(one.store, "players")]
    if not films:
        return
    if client.population is None:
        message = f'"{films[0]}" has films: write a "population" of viewers, who ask as they play'
        yield "client", client.id, Complaint("contradiction", message, ("rate",))
    if client.writes:
        message = f'"{films[0]}" has films, which viewers only read'
        yield "client", client.id, Complaint("contradiction", message, ("writes",))
    if len(films) > 1:
        message = f'"{films[0]}" and "{films[1]}" both have films: a viewer watches one of them'
        yield "client", client.id, Complaint("contradiction", message, ("call",))


def _comparisons(services: Sequence[Service]) -> Iterator[tuple[str, str, Complaint]]:
    """Calls that compare with what they read, where there is nothing that could."""
    known = {service.id: service for service in services}
    for service in services:
        for index, step in enumerate(service.steps):
            if getattr(step, "as_", "asked") == "asked":
                continue
            asked = known.get(step.call)
            while asked is not None and hasattr(
                asked.steps[-1] if asked.steps else None, "forward"
            ):
                asked = known.get(asked.steps[-1].forward)
            if asked is None:
                continue
            loc = ("steps", index, "as")
            if not any(hasattr(one, "store") for one in asked.steps):
                message = f'"{asked.id}" has no "store" step, where this could be done'
                mentions = (("service", asked.id, "this one"),)
                said = Complaint("contradiction", message, loc, mentions=mentions)
                yield "service", service.id, said
            elif step.as_ == "compare-and-set" and not _compares(asked):
                message = f'the copies of "{asked.id}" have no order of writes to compare in'
                yield "service", service.id, Complaint("contradiction", message, loc)


def _compares(service: Service) -> bool:
    """The protocol of a store can tell whether a key was written since it was read."""
    protocol = service.replication
    return protocol in (None, "none") or getattr(protocol, "compares", False)


def check_clocks(
    services: Sequence[Service], groups: Sequence[NodeGroup]
) -> Iterator[tuple[str, Complaint]]:
    """(id of a node group, complaint) for clocks that are set by no machine, by several, or by
    themselves."""
    sizes = {group.id: 1 if group.count is None else group.count for group in groups}
    homes = {service.id: service.on for service in services}
    loc = ("clock", "correction", "asks")
    for group in groups:
        if group.clock is None or group.clock.correction is None:
            continue
        asked = group.clock.correction.asks
        machines = sum(sizes.get(home, 1) for home in homes.get(asked, ()))
        if machines != 1:
            message = f'a clock is set by one machine, and "{asked}" is on {machines}'
            mentions = (("service", asked, "this is asked"),)
            yield group.id, Complaint("contradiction", message, loc, mentions=mentions)
        elif group.id in homes[asked]:
            message = f'"{asked}" is on this machine, whose clock cannot be set by itself'
            mentions = (("service", asked, "this is asked"),)
            yield group.id, Complaint("contradiction", message, loc, mentions=mentions)
