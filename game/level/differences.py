"""What is different between two levels, for those who play them: by ids, in the words of a file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from game.level.identity import WORDS, WORDS_OF_ENTRIES, WORDS_OF_TABLES
from game.level.model import Level
from game.level.sections import SYSTEM_SECTIONS

LONGEST_VALUE = 120
GROUPS = dict.fromkeys(SYSTEM_SECTIONS, "system") | {
    "fault": "faults",
    "control": "controls",
    "goal": "goals",
    "measure": "measures",
    "seeds": "seeds",
    "window": "window",
    "prices": "prices",
}
"""What a part of a level is to a player; other sections stand for themselves, other keys for the
level."""
ABSENT = "-"


@dataclass(frozen=True, slots=True)
class Difference:
    """One key, or one table, that is not the same."""

    group: str
    """`goals`, `controls`, `choices`, `faults`, `system`, `prices`, `seeds`, `window`, `level`,
    `words`, or the name of another section."""
    where: str
    """Such as `goal answered: at_least`."""
    old: str
    """As in a file, or "-" for what was not there; of words always ""."""
    new: str

    @property
    def words_only(self) -> bool:
        """It changes no run and no score."""
        return self.group == "words"


def differences(before: Level, after: Level) -> tuple[Difference, ...]:
    """All differences, in the order of the files' sections; words are named and not shown."""
    old, new = _whole(before), _whole(after)
    return tuple(
        found
        for key in dict.fromkeys((*old, *new))
        if old.get(key) != new.get(key)
        for found in _of_key(key, old.get(key), new.get(key))
    )


def _whole(level: Level) -> dict[str, Any]:
    """The document, with what a level need not write and that players see."""
    return {"id": level.id, "kind": level.kind, "seeds": list(level.seeds), **level.document}


def _of_key(key: str, old: Any, new: Any) -> Iterator[Difference]:
    if key in WORDS:
        yield Difference("words", key, "", "")
    elif _is_section(old) or _is_section(new):
        yield from _of_section(key, old or [], new or [])
    else:
        yield from _of_values(GROUPS.get(key, "level"), key, old, new)


def _is_section(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _of_section(section: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Difference]:
    before, after = _by_id(old), _by_id(new)
    group = GROUPS.get(section, section)
    words = WORDS_OF_TABLES.get(section, frozenset())
    if before == after:
        # Nothing else than the order is left; of links the last that matches holds.
        yield Difference(group, f"{section}: order", ", ".join(before), ", ".join(after))
    for identity in dict.fromkeys((*before, *after)):
        where = f"{section} {identity}"
        was, now = before.get(identity), after.get(identity)
        if was is None or now is None:
            yield Difference(group, where, _shown(was), _shown(now))
            continue
        for key in dict.fromkeys((*was, *now)):
            if was.get(key) == now.get(key):
                continue
            if key in words or _same_but_words(section, key, was.get(key), now.get(key)):
                yield Difference("words", f"{where}: {key}", "", "")
            elif key == "choices":
                yield from _of_choices(where, was.get(key, []), now.get(key, []))
            else:
                yield from _of_values(group, f"{where}: {key}", was.get(key), now.get(key))


def _same_but_words(section: str, key: str, old: Any, new: Any) -> bool:
    """Whether two lists inside tables differ in nothing but the words of their entries."""
    words = WORDS_OF_ENTRIES.get(section, {}).get(key)
    if words is None or key == "choices" or not (_is_section(old) and _is_section(new)):
        return False
    before, after = (
        [{name: value for name, value in entry.items() if name not in words} for entry in entries]
        for entries in (old, new)
    )
    return before == after


def _by_id(tables: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Tables by their ids; those without one by what they join, else by their place."""
    found: dict[str, Mapping[str, Any]] = {}
    for number, table in enumerate(tables, start=1):
        joined = f"{table.get('from')} - {table.get('to')}" if "from" in table else ""
        name = str(table.get("id") or joined or number)
        found[name if name not in found else f"{name} ({number})"] = table
    return found


def _of_choices(where: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Difference]:
    before = {choice["label"]: choice for choice in old}
    after = {choice["label"]: choice for choice in new}
    for label in dict.fromkeys((*before, *after)):
        was, now = before.get(label), after.get(label)
        place = f"{where}: choice {label}"
        if was is None or now is None or was.get("value") != now.get("value"):
            values = [None if one is None else one.get("value", label) for one in (was, now)]
            yield Difference("choices", place, *map(_shown, values))
        elif was != now:
            yield Difference("words", f"{place}: says", "", "")
    if list(before) != list(after) and before.keys() == after.keys():
        place = f"{where}: order of choices"
        yield Difference("choices", place, ", ".join(before), ", ".join(after))


def _of_values(group: str, where: str, old: Any, new: Any) -> Iterator[Difference]:
    """One difference for a value, one for each key of a table."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            if old.get(key) != new.get(key):
                yield from _of_values(group, f"{where}.{key}", old.get(key), new.get(key))
    else:
        yield Difference(group, where, _shown(old), _shown(new))


def _shown(value: Any) -> str:
    """A value in a few words."""
    if value is None:
        return ABSENT
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 3]}..."
