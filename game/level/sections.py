"""The sections of a level's document: their tables, their ids, and the record of each table.

A *document* is what TOML gave, in normal form: faults have ids, the plain
policy is there, choices are tables with labels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from game.level.annotations import Surroundings, is_name, scalar_label
from game.level.model import (
    ATTACK_COST,
    DIAGNOSIS,
    HERE,
    MEASURES,
    MOST_MACHINES,
    ONLY_REGION,
    ONLY_ZONE,
    Client,
    Control,
    Diagnosis,
    Fault,
    Goal,
    Link,
    Measure,
    Membership,
    Monitor,
    NodeGroup,
    Policy,
    Question,
    Region,
    Service,
    Weapon,
    Zone,
)
from game.level.problems import Complaint
from game.level.records import RecordErrors, read_record, toml_keys
from game.level.registry import Registry
from game.level.units import UnitError, parse_duration

Document = dict[str, Any]
Table = dict[str, Any]

MOST_NODE_NAMES = 10_000
PLAIN = "plain"
"""The policy that every level has."""


@dataclass(frozen=True, slots=True)
class Section:
    """One `[[section]]` of a level."""

    record: type[Any]
    field: str = ""
    """The field of `System` that holds its records; "" where it is no part of the system."""


SECTIONS: dict[str, Section] = {
    "region": Section(Region, "regions"),
    "zone": Section(Zone, "zones"),
    "node": Section(NodeGroup, "nodes"),
    "link": Section(Link, "links"),
    "policy": Section(Policy, "policies"),
    "service": Section(Service, "services"),
    "membership": Section(Membership, "memberships"),
    "client": Section(Client, "clients"),
    "fault": Section(Fault, "faults"),
    "control": Section(Control),
    "monitor": Section(Monitor),
    "diagnosis": Section(Diagnosis),
    "question": Section(Question),
    "weapon": Section(Weapon),
    "measure": Section(Measure),
    "goal": Section(Goal),
}
SYSTEM_SECTIONS = tuple(name for name, section in SECTIONS.items() if section.field)
_COMMON_KEYS = {
    section: frozenset(toml_keys(SECTIONS[section].record)) - {"what"}
    for section in ("fault", "weapon")
}
"""By section whose tables hold a fault of some kind: the keys beside those of the kind."""


def tables(document: Mapping[str, Any], section: str) -> Iterator[tuple[int, Table]]:
    """The tables of a section with their indices, passing over what is no table."""
    entries = document.get(section)
    if isinstance(entries, list):
        yield from ((n, entry) for n, entry in enumerate(entries) if isinstance(entry, dict))


def normalise(document: Document) -> None:
    """Bring a document into normal form, in place."""
    policies = document.setdefault("policy", [])
    if isinstance(policies, list) and PLAIN not in {one for _, one in ids(document, "policy")}:
        policies.append({"id": PLAIN})
    seen: Counter[str] = Counter()
    for _, fault in tables(document, "fault"):
        kind = fault.get("kind")
        word = kind if isinstance(kind, str) and is_name(kind) else "fault"
        seen[word] += 1
        fault.setdefault("id", word if seen[word] == 1 else f"{word}-{seen[word]}")
    for _, control in tables(document, "control"):
        choices = control.get("choices")
        if isinstance(choices, list):
            control["choices"] = [_choice(choice) for choice in choices]
        if isinstance(control.get("default"), bool | int | float):
            control["default"] = scalar_label(control["default"])


def _choice(choice: Any) -> Any:
    if isinstance(choice, bool | int | float | str):
        return {"label": scalar_label(choice), "value": choice}
    if isinstance(choice, dict):
        word = choice.get("label", choice.get("value"))
        if isinstance(word, bool | int | float | str):
            return {**choice, "label": scalar_label(word)}
    return choice


def ids(document: Mapping[str, Any], section: str) -> Iterator[tuple[int, str]]:
    """The ids of a section with the indices of their tables."""
    for index, table in tables(document, section):
        identity = table.get("id")
        if isinstance(identity, str) and identity:
            yield index, identity


def node_names(group: str, count: int | None) -> tuple[str, ...]:
    """The names of the machines of a node group."""
    return (group,) if count is None else tuple(f"{group}-{n}" for n in range(1, count + 1))


def surroundings(document: Document, registry: Registry) -> Surroundings:
    """Everything in a document that a reference may name."""

    def named(section: str) -> dict[str, None]:
        return dict.fromkeys(identity for _, identity in ids(document, section))

    known = {
        "region": named("region") or {HERE: None},
        "own-region": named("region"),
        "zone": named("zone"),
        "group": named("node"),
        "node": dict.fromkeys(_every_node(document)),
        "policy": named("policy") or {PLAIN: None},
        "service": named("service"),
        "client": named("client"),
        "link": named("link"),
        "fault": named("fault"),
        "monitor": named("monitor"),
        "control": named("control"),
        "measure": dict.fromkeys(
            (*MEASURES, *named("measure"), *answer_ids(document), *_of_attacks(document))
        ),
    }
    places = {
        **known["own-region"],
        **known["zone"],
        **known["group"],
        **known["node"],
        **known["client"],
    }
    known["place"] = {**places, "*": None}
    known["target"] = {**places, **known["service"], **known["link"]}
    known["machine"] = {**known["group"], **known["node"]}
    known["caller"] = {**known["machine"], **known["client"]}
    known["time"] = dict.fromkeys(
        (*(name for name in MEASURES if name.endswith("_ms")), *own_times(document))
    )
    return Surroundings(registry, known, _duration(document))


def _of_attacks(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The measure of a level in which the player attacks."""
    return (ATTACK_COST,) if document.get("weapon") else ()


def answer_ids(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of what the player says and does not set, which are measures as well."""
    said = (DIAGNOSIS,) if any(ids(document, "diagnosis")) else ()
    return (*said, *(identity for _, identity in ids(document, "question")))


def own_times(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The level's own measures that are times."""
    return tuple(
        identity
        for index, identity in ids(document, "measure")
        if not {"from", "to"}.isdisjoint(document["measure"][index])
    )


def _duration(document: Document) -> int | None:
    try:
        return parse_duration(document["duration"])
    except (KeyError, TypeError, UnitError):
        return None


def _every_node(document: Document) -> list[str]:
    """Names of machines that exist under some plan: a control may set the size of a group."""
    names: list[str] = []
    offered: dict[str, list[Any]] = {}
    for _, control in tables(document, "control"):
        paths = control.get("sets")
        choices = control.get("choices")
        for path in [paths] if isinstance(paths, str) else paths if isinstance(paths, list) else []:
            if isinstance(path, str) and isinstance(choices, list):
                values = [choice.get("value") for choice in choices if isinstance(choice, dict)]
                offered.setdefault(path, []).extend(values)
    for index, group in ids(document, "node"):
        written = document["node"][index].get("count")
        every = (written, *offered.get(f"node.{group}.count", ()))
        if any(count is None for count in every):
            names.append(group)
        if any(count is not None for count in every):
            names.extend(node_names(group, max(_machines(count) for count in every)))
        if len(names) > MOST_NODE_NAMES:
            break
    return names


def _machines(count: Any) -> int:
    """A group's size; the largest where it is no size, so that its nodes are not missed as well."""
    if count is None:
        return 0
    return count if type(count) is int and 0 <= count <= MOST_MACHINES else MOST_MACHINES


def read_table(section: str, table: Table, around: Surroundings) -> Any:
    """The record of a table; raises RecordErrors."""
    record = SECTIONS[section].record
    common_keys = _COMMON_KEYS.get(section)
    if common_keys is None:
        return read_record(record, table, around)
    common = {key: value for key, value in table.items() if key in common_keys}
    own = {key: value for key, value in table.items() if key not in common_keys}
    try:
        return read_record(record, {**common, "what": own}, around)
    except RecordErrors as errors:
        raise RecordErrors([_flat(said, common_keys) for said in errors.complaints]) from None


def _flat(said: Complaint, common_keys: frozenset[str]) -> Complaint:
    """A complaint about a fault, whose own keys stand in the table itself."""
    if said.loc[:1] != ("what",):
        return said
    if said.name == "unknown-key" and len(said.loc) == 2:
        said = replace(said, allowed=(*said.allowed, *sorted(common_keys)))
    second = tuple((loc[1:] if loc[:1] == ("what",) else loc, text) for loc, text in said.second)
    return replace(said, loc=said.loc[1:], second=second)


def keys_of(section: str, table: Table, registry: Registry) -> tuple[str, ...]:
    """The keys that a table of a section may have."""
    record = SECTIONS[section].record
    if section not in _COMMON_KEYS:
        return toml_keys(record)
    kind = registry.get("fault", str(table.get("kind")))
    own = toml_keys(kind.record) if kind else ()
    return ("kind", *own, *sorted(_COMMON_KEYS[section]))


def completed(section: str, records: tuple[Any, ...], around: Surroundings) -> tuple[Any, ...]:
    """The records of a section with what a level need not write. Indices stay what they were."""
    if section == "region":
        return records or (Region(id=ONLY_REGION),)
    if section == "zone":
        regions = around.known["own-region"]
        records = records or (Zone(id=ONLY_ZONE, region=next(iter(regions), ONLY_REGION)),)
        return tuple(
            zone if zone.region in regions else replace(zone, region=ONLY_REGION)
            for zone in records
        )
    if section == "node":
        zones = (next(iter(around.known["zone"]), ONLY_ZONE),)
        return tuple(group if group.zones else replace(group, zones=zones) for group in records)
    return records
