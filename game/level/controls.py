"""Controls and the paths that they set: `policy.web.retry.attempts`, `service.web.steps.0.cpu`.

A path is SECTION.ID.KEY..., with indices from 0 into lists. Settings are applied to a copy of the
document, shorter paths first, so that a choice may bring a table that another control looks into.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from game.level.annotations import Surroundings
from game.level.calls import check_calls
from game.level.check import read_checked
from game.level.model import Choice, Control, Service
from game.level.problems import ROOT, Complaint, Loc
from game.level.records import entry, unknown_key
from game.level.sections import SYSTEM_SECTIONS, Document, ids, keys_of, tables

_PLURALS = {"policy": "policies"}
MOST_CONTROLS = 64
MOST_CHOICES = 1000
"""In all controls together."""
MOST_WORK = 50_000
"""Characters of tables that the checking of all choices may read."""


@dataclass(frozen=True, slots=True)
class Path:
    """What a control sets: keys inside one table."""

    text: str
    section: str
    index: int
    keys: Loc

    @property
    def table(self) -> tuple[str, int]:
        """The table that it looks into."""
        return self.section, self.index


@dataclass(frozen=True, slots=True)
class Setting:
    """A path and the value that it gets; None takes the key away."""

    path: Path
    value: Any


class PathError(ValueError):
    """A text that is no path into the document."""

    def __init__(self, complaint: Complaint) -> None:
        super().__init__(complaint.message)
        self.complaint = complaint


def locate(document: Document, text: str) -> Path:
    """The path that a text means; raises PathError where its section or id does not exist."""
    section, _, rest = text.partition(".")
    if section not in SYSTEM_SECTIONS:
        message = f'a path is SECTION.ID.KEY, and there is no section "{section}"'
        raise PathError(
            Complaint("unknown-path", message, (), False, section, SYSTEM_SECTIONS, "sections")
        )
    named = {identity: index for index, identity in ids(document, section)}
    owners = [identity for identity in named if rest.startswith(f"{identity}.")]
    if not owners:
        word = rest.split(".")[0]
        message = f'no {section} has the id "{word}", or the path has no key: {text}'
        raise PathError(
            Complaint(
                "unknown-path",
                message,
                word=word,
                allowed=named,
                of=_PLURALS.get(section, f"{section}s"),
                declares=section,
            )
        )
    owner = max(owners, key=len)
    keys = tuple(
        int(part) if part.isdecimal() and part.isascii() and len(part) < 6 else part
        for part in rest[len(owner) + 1 :].split(".")
    )
    if keys[0] == "id" or "" in keys:
        message = "an id cannot be set" if keys[0] == "id" else f"a key is empty: {text}"
        raise PathError(Complaint("unknown-path", message))
    return Path(text, section, named[owner], keys)


def apply(document: Document, settings: Sequence[Setting]) -> Document:
    """A copy of the document with the settings. Only tables that a setting names are copied."""
    changed = dict(document)
    copies: dict[tuple[str, int], Any] = {}
    for setting in settings:
        section, index = setting.path.table
        if changed[section] is document[section]:
            changed[section] = list(document[section])
        if (section, index) not in copies:
            copies[section, index] = changed[section][index] = deepcopy(document[section][index])
    for setting in sorted(settings, key=lambda entry: len(entry.path.keys)):
        _put(copies[setting.path.table], setting.path.keys, setting.value)
    return changed


def _holder(table: Any, keys: Sequence[str | int]) -> Any:
    """The table or list in which the last of `keys` stands, or None."""
    holder = table
    try:
        for key in keys[:-1]:
            holder = entry(holder, key)
    except LookupError:
        return None
    last = keys[-1]
    if isinstance(holder, list):
        return holder if isinstance(last, int) and last < len(holder) else None
    return holder if isinstance(holder, dict) and isinstance(last, str) else None


def _put(table: Any, keys: Sequence[str | int], value: Any) -> None:
    """Set a value; nothing happens where that which it belongs to is not there (off)."""
    holder = _holder(table, keys)
    if holder is None:
        return
    if value is not None:
        holder[keys[-1]] = deepcopy(value)
    elif isinstance(holder, dict):
        holder.pop(keys[-1], None)


@dataclass(frozen=True, slots=True)
class _Usable:
    """A control whose paths and default exist."""

    index: int
    control: Control
    paths: tuple[tuple[int, Path], ...]
    default: Choice


def default_settings(document: Document, controls: Sequence[Control]) -> list[Setting]:
    """Every control at its default. The controls must have been checked."""
    return [
        Setting(locate(document, path), choice.value)
        for control in controls
        for choice in control.choices
        if choice.label == control.default
        for path in control.sets
    ]


def check_controls(
    document: Document, controls: Sequence[tuple[int, Control]], around: Surroundings
) -> Iterator[tuple[int, Complaint]]:
    """(index of the control, complaint) for paths, labels, defaults and choices."""
    count = sum(len(control.choices) for _, control in controls)
    if len(controls) > MOST_CONTROLS or count > MOST_CHOICES:
        message = f"at most {MOST_CONTROLS} controls and {MOST_CHOICES} choices are allowed"
        yield controls[-1][0], Complaint("too-long", message)
        return
    usable: list[_Usable] = []
    for index, control in controls:
        yield from ((index, said) for said in _check_labels(control))
        paths: list[tuple[int, Path]] = []
        for n, text in enumerate(control.sets):
            try:
                paths.append((n, locate(document, text)))
            except PathError as error:
                yield index, replace(error.complaint, loc=("sets", n))
        default = next((one for one in control.choices if one.label == control.default), None)
        if default is not None and len(paths) == len(control.sets):
            usable.append(_Usable(index, control, tuple(paths), default))
        else:
            for path_index, path in paths:
                yield from (
                    (index, said) for said in _no_first_key(document, path_index, path, around)
                )
    clashes = list(_set_twice(usable))
    yield from clashes
    lost = {index for index, _ in clashes}
    usable = [one for one in usable if one.index not in lost]
    work = _work(document, usable)
    if work > MOST_WORK:
        yield usable[0].index, Complaint("too-long", "the choices of this level are too much work")
        return
    if usable:
        yield from _Trial(document, usable, around).run()


def _work(document: Document, usable: Sequence[_Usable]) -> int:
    """Characters of tables that are read when every choice is tried."""
    sizes: dict[tuple[str, int], int] = {}
    for one in usable:
        for _, path in one.paths:
            if path.table not in sizes:
                sizes[path.table] = len(json.dumps(document[path.section][path.index]))
    called = len(json.dumps(document.get("service", [])))
    choices = [
        sizes[path.table] + len(json.dumps(choice.value)) + (called if _calls(path) else 0)
        for one in usable
        for _, path in one.paths
        for choice in one.control.choices
    ]
    return sum(choices)


def _calls(path: Path) -> bool:
    """Setting it may change who calls whom."""
    return path.section == "service" and path.keys[0] == "steps"


def check_paths(document: Document, sets: object, around: Surroundings) -> Iterator[Complaint]:
    """What is wrong with the paths of a control that cannot be tried."""
    for n, text in enumerate(sets if isinstance(sets, list) else [sets]):
        try:
            path = locate(document, text) if isinstance(text, str) else None
        except PathError as error:
            yield replace(error.complaint, loc=("sets", n))
            continue
        if path is not None:
            yield from _no_first_key(document, n, path, around)


def _no_first_key(
    document: Document, n: int, path: Path, around: Surroundings
) -> Iterator[Complaint]:
    """That the table of a path has no such key."""
    allowed = keys_of(path.section, document[path.section][path.index], around.registry)
    if path.keys[0] not in allowed:
        said = unknown_key(path.keys[:1], allowed)
        yield replace(
            said,
            name="unknown-path",
            message=f"{path.text}: {said.message}",
            loc=("sets", n),
            on_key=False,
        )


def _set_twice(usable: Sequence[_Usable]) -> Iterator[tuple[int, Complaint]]:
    """(index of the control, complaint) for what two controls would write, so that one is lost."""
    owners: dict[tuple[tuple[str, int], Loc], str] = {}
    firsts: dict[tuple[tuple[str, int], Loc], Loc] = {}
    for one in usable:
        for n, path in one.paths:
            place = (path.table, path.keys)
            if place in owners:
                message = f'{path.text} is set by control "{owners[place]}" already'
                second = ((firsts[place], "it is set here"),)
                yield one.index, Complaint("contradiction", message, ("sets", n), second=second)
            owners.setdefault(place, one.control.id)
            firsts.setdefault(place, (ROOT, "control", one.index, "sets", n))
    for one in usable:
        for _, path in one.paths:
            for (table, keys), owner in owners.items():
                if table == path.table and keys[: len(path.keys)] == path.keys != keys:
                    inside = keys[len(path.keys) :]
                    yield from _overwritten(one, path, inside, owner, firsts[table, keys])


def _overwritten(
    one: _Usable, path: Path, inside: Loc, owner: str, first: Loc
) -> Iterator[tuple[int, Complaint]]:
    for n, choice in enumerate(one.control.choices):
        holder = _holder(choice.value, inside)
        if isinstance(holder, list) or (isinstance(holder, dict) and inside[-1] in holder):
            name = ".".join(map(str, inside))
            message = (
                f'choice "{choice.label}" of {path.text}: control "{owner}" sets "{name}" in it, '
                "so that this one is never used"
            )
            second = ((first, "it is set here"),)
            loc = ("choices", n, "value")
            yield one.index, Complaint("contradiction", message, loc, second=second)


def _check_labels(control: Control) -> Iterator[Complaint]:
    labels: dict[str, int] = {}
    for n, choice in enumerate(control.choices):
        if choice.label in labels:
            message = f'"{choice.label}" is the label of another choice'
            second = ((("choices", labels[choice.label]), "first written here"),)
            yield Complaint("duplicate-id", message, ("choices", n), second=second)
        labels.setdefault(choice.label, n)
    if not control.choices:
        yield Complaint("bad-value", "a control needs choices", ("choices",))
    elif control.default not in labels:
        message = f'no choice has the label "{control.default}"'
        yield Complaint(
            "unknown-choice",
            message,
            ("default",),
            word=control.default,
            allowed=labels,
            of="choices",
            second=((("choices",), "these are the choices"),),
        )


class _Trial:
    """Applies every choice of every control to the level with the others at their default."""

    def __init__(self, document: Document, usable: list[_Usable], around: Surroundings) -> None:
        self.document = document
        self.usable = usable
        self.around = around
        self.written = {path.table: self._wrong(document, path) for path in self._paths()}
        self.setting: dict[tuple[str, int], list[tuple[_Usable, Path]]] = {}
        for one in usable:
            for _, path in one.paths:
                self.setting.setdefault(path.table, []).append((one, path))
        default = self._with({}, {path.table for path in self._paths()})
        self.default = {path.table: self._wrong(default, path) for path in self._paths()}
        written = {index: self._service(document, index) for index in self._indices(document)}
        self.services = {
            index: record
            if default["service"][index] is document["service"][index]
            else self._service(default, index)
            for index, record in written.items()
        }
        self.circles = self._circles(written) | self._circles(self.services)

    def run(self) -> Iterator[tuple[int, Complaint]]:
        """(index of the control, complaint), each once."""
        told: set[tuple[int, Complaint]] = set()
        for one in self.usable:
            for said in self._check(one):
                if (one.index, said) not in told:
                    told.add((one.index, said))
                    yield one.index, said

    def _paths(self) -> Iterator[Path]:
        return (path for one in self.usable for _, path in one.paths)

    def _wrong(self, document: Document, path: Path) -> set[Complaint]:
        table = document[path.section][path.index]
        return set(read_checked(path.section, table, self.around)[1])

    @staticmethod
    def _indices(document: Document) -> list[int]:
        return [index for index, _ in tables(document, "service")]

    def _service(self, document: Document, index: int) -> Service | None:
        record: Service | None = read_checked("service", document["service"][index], self.around)[0]
        return record

    @staticmethod
    def _circles(services: Mapping[int, Service | None]) -> set[Complaint]:
        known = [service for service in services.values() if service is not None]
        return {said for _, said in check_calls(known)}

    def _circles_with(self, changed: Document, index: int) -> set[Complaint]:
        """What is wrong with the calls, if one service is another and calls others."""
        service, default = self._service(changed, index), self.services[index]
        if service is None or (default is not None and service.steps == default.steps):
            return set()
        return self._circles({**self.services, index: service}) - self.circles

    def _with(self, choices: dict[int, Choice], named: Collection[tuple[str, int]]) -> Document:
        """The document with these choices, others at their default, in the tables named."""
        settings = [
            Setting(path, choices.get(one.index, one.default).value)
            for table in named
            for one, path in self.setting[table]
        ]
        return apply(self.document, settings)

    def _check(self, one: _Usable) -> Iterator[Complaint]:
        missing = set()
        others: dict[int, Choice] = {}
        named = {path.table for _, path in one.paths}
        for n, path in one.paths:
            found = self._others_for(path)
            if found is None:
                missing.add(n)
                message = f"{path.text}: there is nothing there to set"
                yield Complaint("unknown-path", message, ("sets", n))
            else:
                others |= found
        for n, choice in enumerate(one.control.choices):
            changed = self._with({**others, one.index: choice}, named)
            for which, path in one.paths:
                if which not in missing:
                    yield from self._tried(one, path, which, n, changed)

    def _others_for(self, path: Path) -> dict[int, Choice] | None:
        """Choices of other controls with which the path has something to look into."""
        if self._reaches(path, {}):
            return {}
        for other in self.usable:
            if not any(
                above.table == path.table and above.keys == path.keys[: len(above.keys)]
                for _, above in other.paths
                if len(above.keys) < len(path.keys)
            ):
                continue
            for choice in other.control.choices:
                if self._reaches(path, {other.index: choice}):
                    return {other.index: choice}
        return None

    def _reaches(self, path: Path, choices: dict[int, Choice]) -> bool:
        changed = self._with(choices, {path.table})
        return _holder(changed[path.section][path.index], path.keys) is not None

    def _tried(
        self, one: _Usable, path: Path, which: int, n: int, changed: Document
    ) -> Iterator[Complaint]:
        choice = one.control.choices[n]
        known = self.written[path.table]
        if choice is not one.default:
            known = known | self.default[path.table]
        for said in self._wrong(changed, path) - known:
            if not _touches(said.loc, path.keys) or self._is_of_another(said, path):
                continue
            if said.name == "unknown-key" and said.loc == path.keys:
                yield self._no_such_key(path, which)
            else:
                message = f'choice "{choice.label}" of {path.text}: {said.message}'
                below = said.loc[len(path.keys) :]
                loc = ("choices", n, "value", *below)
                yield replace(
                    said, name="bad-choice", message=message, loc=loc, second=self._set_here(path)
                )
        if path.section == "service":
            for said in self._circles_with(changed, path.index):
                message = f'choice "{choice.label}" of {path.text}: {said.message}'
                yield Complaint("bad-choice", message, ("choices", n), second=self._set_here(path))

    @staticmethod
    def _set_here(path: Path) -> tuple[tuple[Loc, str], ...]:
        """What a choice takes the place of, as a second place."""
        return (((ROOT, *path.table, *path.keys), "the choice would stand here"),)

    def _is_of_another(self, said: Complaint, path: Path) -> bool:
        """A path that leads further in was set as well, and is to blame."""
        return any(
            other.table == path.table
            and len(other.keys) > len(path.keys)
            and said.loc[: len(other.keys)] == other.keys
            for other in self._paths()
        )

    def _no_such_key(self, path: Path, which: int) -> Complaint:
        allowed: tuple[str, ...] = ()
        if len(path.keys) == 1:
            table = self.document[path.section][path.index]
            allowed = keys_of(path.section, table, self.around.registry)
        said = unknown_key(path.keys, allowed)
        message = f"{path.text}: {said.message}"
        return replace(
            said, name="unknown-path", message=message, loc=("sets", which), on_key=False
        )


def _touches(loc: tuple[str | int, ...], keys: tuple[str | int, ...]) -> bool:
    """One of the two paths lies inside the other."""
    shared = min(len(loc), len(keys))
    return loc[:shared] == keys[:shared]
