"""Reading a level file: all that is wrong with it in one pass, or the level.

The parts: `source` (text and places), `sections` and `records` (tables to records), `check`
(rules), `controls` (choices, by trying each).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

from game.level.annotations import (
    DurationUs,
    FormatNumber,
    Label,
    MomentUs,
    Name,
    OneOf,
    OneOrMany,
    PositiveCount,
    PositiveDurationUs,
    Prose,
    Surroundings,
    Table,
    TimesPerYear,
    WholeNumber,
)
from game.level.answers import check_answers, implied_controls, implied_goals
from game.level.calls import check_calls
from game.level.check import (
    check_clocks,
    check_ids,
    check_stores,
    read_checked,
)
from game.level.controls import apply, check_controls, check_paths, default_settings
from game.level.declared import declared_in
from game.level.idle import check_idle
from game.level.level_kinds import DESIGN, LEVEL_KINDS, check_kind
from game.level.meant import is_nameless, mend_sections, without_echoes
from game.level.model import (
    DEFAULT_ORDER,
    FAMILIES,
    MOST_BUDGET,
    SECOND_US,
    Control,
    Level,
    Prices,
    Service,
    System,
)
from game.level.problems import RUN_ENDS, Complaint, LevelErrors, Problems
from game.level.questions import check_questions
from game.level.records import RecordErrors, read_record, toml_keys
from game.level.registry import Registry
from game.level.sections import (
    SECTIONS,
    SYSTEM_SECTIONS,
    Document,
    answer_ids,
    completed,
    ids,
    normalise,
    read_table,
    surroundings,
    tables,
)
from game.level.settable import check_on_call, check_open_controls
from game.level.source import Source, load_bytes, read_source
from game.level.units import parse_times_per_year
from game.level.warnings import warnings_of
from game.level.weapons import check_prices, check_weapons

LARGEST_SEED = 2**63 - 1
LARGEST_ORDER = 1000
MOST_REPORTED = 1000
"""Problems after which no more tables are looked into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The keys of a level that stand in no section."""

    format: Annotated[int, FormatNumber()]
    """Always 1: the version of the format."""
    id: Name
    """Its name in commands and records; default: the name of its file."""
    title: Label
    """What the player reads in the list of levels."""
    chapter: Label = ""
    """The title of the chapter that it belongs to."""
    order: Annotated[int, WholeNumber(0, LARGEST_ORDER)] = DEFAULT_ORDER
    """Its place in its chapter."""
    kind: Annotated[str, OneOf("bad-value", "kind of level", tuple(LEVEL_KINDS))] = DESIGN
    """What the player does."""
    teaches: Annotated[tuple[Name, ...], OneOrMany()] = ()
    """Ids of what it teaches."""
    story: Prose = ""
    """What the player reads first."""
    debrief: Prose = ""
    """What is told after the night: what happened, and where it happened in real life."""
    hints: tuple[Prose, ...] = ()
    """Told one after the other, when the player asks."""
    duration: PositiveDurationUs
    """Length of the night."""
    warm_up: MomentUs = 0
    """What happens before this is not measured."""
    recovery: DurationUs = 5 * SECOND_US
    """How long after a fault things may still go wrong: the window ends so long after the last one
    is over."""
    window: tuple[MomentUs, MomentUs] | None = None
    """The part of the night that is measured: begin and end. Default: from one deadline before the
    first fault to `recovery` after the last one; without faults from the warm-up on."""
    seeds: tuple[Annotated[int, WholeNumber(0, LARGEST_SEED)], ...] = (1, 2, 3, 4, 5)
    """The nights on which a plan is graded."""
    how_often: Annotated[str, TimesPerYear()] | None = None
    """How often such a night comes, for the nines of a year: "1/month"."""
    event_budget: PositiveCount = 300_000
    """Events of one run, at most: a run that needs more is too expensive."""
    attack_budget: Annotated[int, WholeNumber(1, MOST_BUDGET)] | None = None
    """What the attacks of a plan may cost together, in a level in which the player attacks."""
    prices: Annotated[Prices, Table()] = field(default_factory=Prices)
    """What bytes cost that leave a zone or a region."""


def read_level(path: Path, registry: Registry) -> Level:
    """The level of a file. Raises LevelErrors with all its problems, or Unreadable."""
    level, problems = read_level_bytes(load_bytes(path), str(path), registry, graded=True)
    if level is None:
        raise LevelErrors(problems)
    return level


def inspect_level(path: Path, registry: Registry) -> tuple[Level | None, Problems]:
    """The level of a file, or None where a problem is an error, and all problems of the file.

    Raises Unreadable.
    """
    return read_level_bytes(load_bytes(path), str(path), registry, graded=True, warned=True)


def read_level_bytes(
    data: bytes, path: str, registry: Registry, *, graded: bool = False, warned: bool = False
) -> tuple[Level | None, Problems]:
    """What `inspect_level` returns, for the bytes of a file. `path` is for messages and the id.

    A level that is graded, as one in a file is, needs a goal. `warned`: with warnings, which only a
    level without errors gets.
    """
    source = read_source(data, path)
    if source.broken:
        return None, source.problems()
    level = _Reading(source, registry, graded).level()
    if level is not None and warned:
        for said in warnings_of(level, registry):
            source.complain(said)
    return level, source.problems()


class _Reading:
    """One pass over one document."""

    def __init__(self, source: Source, registry: Registry, graded: bool) -> None:
        self.source = source
        self.graded = graded
        self.document: Document = source.document
        self.registry = registry
        mend_sections(source, toml_keys(Header))
        normalise(self.document)
        source.declared = declared_in(self.document)
        self.around: Surroundings = surroundings(self.document, registry)
        self.records: dict[str, list[Any]] = {}
        self.nameless: Counter[str] = Counter()
        """Tables by section that lack a usable id, which was told."""

    def level(self) -> Level | None:
        """The level, if nothing is wrong; what is wrong is reported to the source."""
        header = self._header()
        for section in SECTIONS:
            self.records[section] = [*self._section(section)]
        self._whole()
        self.source.reported = without_echoes(self.source.reported, self.nameless)
        if self.source.reported or header is None:
            return None
        return self._built(header)

    def _header(self) -> Header | None:
        table = {key: value for key, value in self.document.items() if key not in SECTIONS}
        table.setdefault("id", Path(self.source.path).stem)
        for said in _check_header(table):
            self.source.complain(said)
        try:
            header: Header = read_record(Header, table, self.around)
        except RecordErrors as errors:
            for said in errors.complaints:
                self.source.complain(self._about_top(said))
            return None
        for said in _check_window(header):
            self.source.complain(said)
        return header

    def _about_top(self, said: Complaint) -> Complaint:
        if said.name == "unknown-key" and len(said.loc) == 1:
            return replace(said, allowed=(*toml_keys(Header), *SECTIONS))
        if said.loc == ("id",) and "id" not in self.document:
            message = "this file's name cannot be the level's id: rename it, or write an id"
            return replace(said, message=message)
        return said

    def _section(self, section: str) -> Iterator[Any]:
        """A record, or None where something is wrong, for each entry."""
        entries = self.document.get(section, [])
        if not isinstance(entries, list):
            self.nameless[section] += 1
            message = f"this is a list of tables: write [[{section}]]"
            self.source.complain(Complaint("wrong-type", message, (section,), on_key=True))
            return
        for index, entry in enumerate(entries):
            if len(self.source.reported) >= MOST_REPORTED:
                yield None
                continue
            if not isinstance(entry, dict):
                self.nameless[section] += 1
                message = f"a table is wanted here: write [[{section}]]"
                self.source.complain(Complaint("wrong-type", message, (section, index)))
                yield None
                continue
            record, complaints = read_checked(section, entry, self.around)
            for said in complaints:
                self._complain(section, index, said)
            self.nameless[section] += any(map(is_nameless, complaints))
            yield record

    def _complain(self, section: str, index: int, said: Complaint) -> None:
        self.source.complain(said.under(section, index))

    def _whole(self) -> None:
        """What only the sections together can show."""
        for said in (*check_kind(self.document), *check_on_call(self.document)):
            self.source.complain(said)
        for section, index, said in check_ids(self.document):
            self._complain(section, index, said)
        services = [service for service in self.records["service"] if service is not None]
        places = {
            service.id: index
            for index, service in enumerate(self.records["service"])
            if service is not None
        }
        for identity, said in check_calls(services, places):
            self._complain("service", places[identity], said)
        for section, identity, said in self._stores(services):
            found = next(n for n, own in ids(self.document, section) if own == identity)
            self._complain(section, found, said)
        for identity, said in self._clocks(services):
            found = next(n for n, own in ids(self.document, "node") if own == identity)
            self._complain("node", found, said)
        for section, index, said in (*check_idle(self.records), *check_weapons(self.records)):
            self._complain(section, index, said)
        for index, said in check_prices(self.document):
            self._complain("weapon", index, said)
        if self.graded and not self.document.get("goal") and not answer_ids(self.document):
            message = "a level needs a goal, or it could not be lost: write [[goal]]"
            self.source.complain(Complaint("missing-key", message))
        controls = [(n, one) for n, one in enumerate(self.records["control"]) if one is not None]
        for index, table in tables(self.document, "control"):
            if self.records["control"][index] is None:
                if (tried := self._triable(index, table)) is not None:
                    controls.append((index, tried))
                    continue
                for said in check_paths(self.document, table.get("sets"), self.around):
                    self._complain("control", index, said)
        controls.sort(key=lambda pair: pair[0])
        for section, index, said in check_answers(self.document, [one for _, one in controls]):
            self._complain(section, index, said)
        for index, said in check_questions(self.document, self.around):
            self._complain("question", index, said)
        for index, said in check_controls(self.document, controls, self.around):
            self._complain("control", index, said)
        for index, said in check_open_controls(self.document, controls, self.around):
            self._complain("control", index, said)

    def _triable(self, index: int, table: dict[str, Any]) -> Control | None:
        """A control with something wrong in its other keys, as far as its choices can be tried."""
        keys = ("sets", "choices", "default", "when")
        kept: dict[str, Any] = {key: table[key] for key in keys if key in table}
        for identity in (table.get("id"), f"control-{index}"):
            stand_in: dict[str, Any] = {"id": identity, "label": "-", "family": FAMILIES[0]}
            try:
                control: Control = read_table("control", {**stand_in, **kept}, self.around)
            except RecordErrors:
                continue
            return control
        return None

    def _stores(self, services: list[Service]) -> Iterator[tuple[str, str, Complaint]]:
        """What is wrong with stores; nothing is said of them where a table cannot be read."""
        groups, clients = self.records["node"], self.records["client"]
        if len(services) == len(self.records["service"]) and None not in (*groups, *clients):
            yield from check_stores(services, groups, clients)

    def _clocks(self, services: list[Service]) -> Iterator[tuple[str, Complaint]]:
        """What is wrong with clocks; nothing is said of them where a table cannot be read."""
        groups = self.records["node"]
        if len(services) == len(self.records["service"]) and None not in groups:
            yield from check_clocks(services, groups)

    def _built(self, header: Header) -> Level:
        document = deepcopy(self.document)
        controls = tuple(self.records["control"])
        default = apply(document, default_settings(document, controls))
        parts: dict[str, Any] = {
            SECTIONS[section].field: completed(
                section, self._records(section, default), self.around
            )
            for section in SYSTEM_SECTIONS
        }
        system = System(
            duration=header.duration,
            warm_up=header.warm_up,
            event_budget=header.event_budget,
            prices=header.prices,
            **parts,
        )
        return Level(
            id=header.id,
            title=header.title,
            chapter=header.chapter,
            order=header.order,
            kind=header.kind,
            teaches=header.teaches,
            story=header.story,
            debrief=header.debrief,
            hints=header.hints,
            system=system,
            document=document,
            controls=(
                *controls,
                *implied_controls(self.records["diagnosis"], self.records["question"]),
            ),
            goals=(*self.records["goal"], *implied_goals(document)),
            measures=tuple(self.records["measure"]),
            monitors=tuple(self.records["monitor"]),
            diagnoses=tuple(self.records["diagnosis"]),
            questions=tuple(self.records["question"]),
            weapons=tuple(self.records["weapon"]),
            attack_budget=header.attack_budget or 0,
            seeds=header.seeds,
            recovery_us=header.recovery,
            window_us=header.window,
            how_often_per_year=parse_times_per_year(header.how_often) if header.how_often else None,
            path=self.source.path,
        )

    def _records(self, section: str, default: Document) -> tuple[Any, ...]:
        """The records of a section with every control at its default."""
        pairs = zip(self.document.get(section, []), default.get(section, []), strict=True)
        return tuple(
            record if after == before else self._again(section, after)
            for record, (before, after) in zip(self.records[section], pairs, strict=True)
        )

    def _again(self, section: str, table: dict[str, Any]) -> Any:
        record, complaints = read_checked(section, table, self.around)
        assert not complaints, complaints
        return record


def _check_header(table: dict[str, Any]) -> Iterator[Complaint]:
    seeds = table.get("seeds")
    if isinstance(seeds, list):
        if not seeds:
            yield Complaint("bad-value", "a level needs a seed", ("seeds",))
        seen: dict[int, int] = {}
        for n, seed in enumerate(seeds):
            if type(seed) is int and seed in seen:
                message = f"seed {seed} is listed twice"
                first = ((("seeds", seen[seed]), "first written here"),)
                yield Complaint("duplicate-id", message, ("seeds", n), second=first)
            elif type(seed) is int:
                seen[seed] = n


def _check_window(header: Header) -> Iterator[Complaint]:
    if header.window is not None and header.window[0] >= header.window[1]:
        yield Complaint("out-of-range", "the window must end after it begins", ("window",))
    if header.warm_up >= header.duration:
        message = "the warm-up must end before the run does"
        yield Complaint("outside-run", message, ("warm_up",), second=RUN_ENDS)
