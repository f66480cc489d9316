"""What an author meant: the document with mistakes about its sections set right.

A section whose name is misspelt, or that has single brackets, is told once and then read as the
section that was meant, so that the mistakes inside it are told and nothing that refers to it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from game.level.declared import SECTIONS_OF
from game.level.problems import Complaint
from game.level.records import toml_keys
from game.level.sections import SECTIONS, Table
from game.level.source import Source
from game.level.spots import Span, Spot


def mend_sections(source: Source, header: Collection[str]) -> None:
    """Report wrong sections, and put their tables where they belong: in the document of the source
    and in its places. `header` are the keys that stand in no section."""
    document = source.document
    for key in [*document]:
        if key in header:
            continue
        said = _misnamed(key, document[key], (*header, *SECTIONS))
        section = key if said is None else said.suggestion
        if section not in SECTIONS:
            continue
        brackets = isinstance(document[key], dict)
        if said is None and brackets:
            message = f"this is a list of tables: write [[{section}]]"
            said = Complaint("wrong-type", message, (key,), on_key=True)
        if said is None or not isinstance(document.get(section, []), list | dict):
            continue
        source.complain(said)
        _move(source, key, section)


def _misnamed(key: str, value: Any, allowed: Collection[str]) -> Complaint | None:
    """That there is no such section, where the key holds what only a section does."""
    tables = value if isinstance(value, list) else [value]
    if key in SECTIONS or not tables or not all(isinstance(one, dict) for one in tables):
        return None
    message = f'unknown key "{key[:80]}"'
    said = Complaint("unknown-key", message, (key,), True, key, allowed, "keys")
    if isinstance(value, dict) and said.suggestion in SECTIONS:
        return replace(said, help=f"write [[{said.suggestion}]]")
    return said


def _move(source: Source, key: str, section: str) -> None:
    """Add the tables at `key` to the list of a section."""
    document, places = source.document, source.root.children
    written, spot = document.pop(key), places.pop(key, Spot())
    there = document.setdefault(section, [])
    list_spot = places.setdefault(section, Spot(spot.key, spot.value, tables=True))
    for table, place in _tables(section, written, spot):
        list_spot.children[len(there)] = place
        there.append(table)


def _tables(section: str, written: Any, spot: Spot) -> Iterator[tuple[Table, Spot]]:
    """The tables, each with its place. Those of `[section.name]` have their name as id."""
    if isinstance(written, list):
        yield from ((table, spot.children.get(n, spot)) for n, table in enumerate(written))
    elif (
        written
        and all(isinstance(one, dict) for one in written.values())
        and not written.keys() & {*toml_keys(SECTIONS[section].record)}
    ):
        for name, table in written.items():
            place = spot.children.get(name, spot)
            place.children.setdefault("id", Spot(place.key, place.key))
            yield {"id": name, **table}, place
    else:
        yield written, spot


_REFERRING = frozenset({"unknown-reference", "unknown-measure", "unknown-path", "bad-choice"})


def without_echoes(
    reported: list[tuple[Span, Complaint]], nameless: Mapping[str, int]
) -> list[tuple[Span, Complaint]]:
    """The complaints without those about words that may be the id of a table that has none.

    `nameless` are the tables of each section whose id is missing or wrong, which was told. Each is
    taken for one of the words that nothing has as id: those that are used most come first.
    """
    words: dict[str, Counter[str]] = {section: Counter() for section in nameless}
    for _, said in sorted(reported, key=lambda entry: entry[0]):
        for section in _sections(said):
            if section in words:
                words[section][_identity(section, said.word)] += 1
    meant = {
        (section, word)
        for section, found in words.items()
        for word, _ in found.most_common(nameless[section])
    }
    return [
        (span, said)
        for span, said in reported
        if not any((section, _identity(section, said.word)) in meant for section in _sections(said))
    ]


def _sections(said: Complaint) -> tuple[str, ...]:
    """Where the thing could be declared that a complaint does not find."""
    if said.name not in _REFERRING or not said.word:
        return ()
    return SECTIONS_OF.get(said.declares, ())


def _identity(section: str, word: str) -> str:
    """The id of the table that a word refers to: a machine is one of its group."""
    group, _, number = word.rpartition("-")
    return group if section == "node" and group and number.isdecimal() else word


def is_nameless(said: Complaint) -> bool:
    """Whether a complaint about a table says that it has no usable id."""
    if said.name == "missing-key":
        return not said.loc and said.word == "id"
    if said.name == "unknown-key":
        return len(said.loc) == 1 and said.suggestion == "id"
    return said.loc == ("id",) and said.name in ("wrong-type", "bad-name")
