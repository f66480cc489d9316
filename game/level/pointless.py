"""Parts of a level that nobody ever meets, whatever the plan: warnings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from game.level.check import read_checked
from game.level.controls import Setting, apply, locate
from game.level.model import Level, System
from game.level.problems import ROOT, Complaint
from game.level.records import entry
from game.level.registry import Registry
from game.level.sections import PLAIN, ids, surroundings
from game.level.variants import InUse, Variants, parts_in_use

Said = Iterator[Complaint]
NEUTRAL: Mapping[str, float] = {"times": 1, "factor": 1, "share": 0}
"""By field of a fault: the value with which it changes nothing."""


def warn_of_pointless(level: Level, registry: Registry, found: Variants | None) -> Said:
    """Faults that hit nothing, controls and choices that change nothing, parts out of use."""
    if found is None:
        return
    yield from _faults_that_hit_nothing(level, found)
    yield from _controls_that_change_nothing(level, found)
    yield from _overwritten(level, registry)
    yield from _out_of_use(level, found)


def _faults_that_hit_nothing(level: Level, found: Variants) -> Said:
    for index, fault in enumerate(level.system.faults):
        for n, target in enumerate(fault.target):
            if not any(_hits(target, one.system, found.in_use) for one in found.all):
                message = f'nobody asks anything of "{target}", under no plan: this hits nothing'
                loc = ("fault", index, "target", n)
                yield Complaint("hits-nothing", message, loc)
        yield from _without_strength(index, found)


def _without_strength(index: int, found: Variants) -> Said:
    for field, value in NEUTRAL.items():
        if all(getattr(one.system.faults[index].what, field, None) == value for one in found.all):
            message = f"with {field} = {value:g} this fault changes nothing"
            yield Complaint("hits-nothing", message, ("fault", index, field))


def _hits(target: str, system: System, in_use: InUse) -> bool:
    """Whether a fault that is aimed there meets anybody who asks or is asked."""
    if any(service.id == target for service in system.services):
        return target in in_use.services
    for group in system.nodes:
        count = 1 if group.count is None else group.count
        if target == group.id:
            return group.id in in_use.groups and count > 0
        number = target.removeprefix(f"{group.id}-")
        if number != target and number.isdecimal():
            return group.id in in_use.groups and 1 <= int(number) <= count
    region_of = {zone.id: zone.region for zone in system.zones}
    if target not in {*region_of, *region_of.values()}:
        return True
    used = {zone for group in system.nodes if group.id in in_use.groups for zone in group.zones}
    used |= {client.zone for client in system.clients if client.zone is not None}
    return any(target in (zone, region_of.get(zone)) for zone in used)


def _controls_that_change_nothing(level: Level, found: Variants) -> Said:
    default = parts_in_use(level.system, found.in_use)
    for index, identity in ids(level.document, "control"):
        control = next(one for one in level.controls if one.id == identity)
        seen = {control.default: default}
        for one in found.all:
            if one.control == identity:
                seen[one.choice] = parts_in_use(one.system, found.in_use)
        if len(seen) < len(control.choices) or _needs_another(level, identity):
            continue
        if all(parts == default for parts in seen.values()):
            message = f'"{identity}" changes nothing: with each choice the system is the same'
            yield Complaint("changes-nothing", message, ("control", index, "choices"))
            continue
        for n, choice in enumerate(control.choices):
            twin = next(
                (one.label for one in control.choices[:n] if seen[one.label] == seen[choice.label]),
                None,
            )
            if twin is not None:
                message = f'"{choice.label}" does what "{twin}" does'
                yield Complaint("changes-nothing", message, ("control", index, "choices", n))


def _overwritten(level: Level, registry: Registry) -> Said:
    """Values that stand in a table, and that a control replaces from the begin by others."""
    around = surroundings(level.document, registry)
    for index, identity in ids(level.document, "control"):
        control = next(one for one in level.controls if one.id == identity)
        default = next(one for one in control.choices if one.label == control.default)
        for text in control.sets:
            path = locate(level.document, text)
            table = level.document[path.section][path.index]
            if not _stands_there(table, path.keys):
                continue
            replaced = apply(level.document, [Setting(path, default.value)])
            written, _ = read_checked(path.section, table, around)
            then, _ = read_checked(path.section, replaced[path.section][path.index], around)
            if written is not None and then is not None and written != then:
                message = f'this is never used: "{identity}" sets it to "{default.label}" at first'
                loc = (path.section, path.index, *path.keys)
                second = (((ROOT, "control", index, "default"), "its default"),)
                yield Complaint("overwritten", message, loc, second=second)


def _stands_there(table: Any, keys: tuple[str | int, ...]) -> bool:
    value = table
    try:
        for key in keys:
            value = entry(value, key)
    except LookupError:
        return False
    return True


def _needs_another(level: Level, identity: str) -> bool:
    """Whether the control writes into what another one puts there, so that it acts with it only."""
    sets = {control.id: control.sets for control in level.controls}
    return any(
        path.startswith(f"{above}.")
        for path in sets[identity]
        for other, paths in sets.items()
        if other != identity
        for above in paths
    )


USED: Mapping[str, tuple[str, Callable[[InUse], frozenset[str]]]] = {
    "policy": ("no client and no step goes by this policy", lambda in_use: in_use.policies),
    "service": ("nobody calls this service", lambda in_use: in_use.services),
    "node": ("nothing that anybody asks runs on these machines", lambda in_use: in_use.groups),
}
"""By section: what is said of what is out of use, and what is in use."""


def _out_of_use(level: Level, found: Variants) -> Said:
    for section, (message, used) in USED.items():
        for index, identity in ids(level.document, section):
            implied = identity == PLAIN and section == "policy"
            if not implied and identity not in used(found.in_use):
                loc: tuple[Any, ...] = (section, index, "id")
                yield Complaint("out-of-use", f"{message}, under no plan", loc)
