"""The keys of a table in Markdown: name, what is written, default, meaning."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args, get_origin

from game.level.annotations import (
    FormatNumber,
    KindOf,
    Marker,
    OneOf,
    OneOrMany,
    Reference,
    Switch,
    Table,
)
from game.level.documented import says_of
from game.level.keys import (
    Key,
    item_of,
    keys_of_record,
    length_of,
    marker_of,
    words_of_literal,
)

PAGE_OF_FAMILY = {
    "application": "applications",
    "balancer": "balancers",
    "checker": "checkers",
    "detector": "detectors",
    "discipline": "disciplines",
    "event": "events",
    "fault": "faults",
    "law": "laws",
    "mechanism": "mechanisms",
    "protocol": "protocols",
    "scheduling": "scheduling",
    "step": "steps",
}


def page_of(family: str) -> str:
    """The file of the page of a family."""
    return f"{PAGE_OF_FAMILY.get(family, family)}.md"


def keys_table(record: type[Any], *, but: tuple[str, ...] = ()) -> list[str]:
    """A Markdown table of a record's keys, in their order; no lines where there are none."""
    keys = [key for key in keys_of_record(record) if key.name not in but]
    if not keys:
        return []
    rows = [
        f"| `{key.name}` | {written(key)} | {default(key)} | {cell(key.says)} |" for key in keys
    ]
    return ["| key | what is written | default | what it means |", "|---|---|---|---|", *rows, ""]


def default(key: Key) -> str:
    """The default as it is written; bold where there is none and the key must be there."""
    if key.required:
        return "**needed**"
    return "" if key.default is None else f"`{toml(key.default)}`"


def toml(value: Any) -> str:
    """A default in TOML, which writes plain values as JSON does."""
    return json.dumps(value, ensure_ascii=False)


def written(key: Key) -> str:
    """What may be written, with links to the pages that say more."""
    return cell(words_of(key.hint))


def words_of(hint: Any) -> str:
    """What may be written for a value of this annotation."""
    marker = marker_of(hint)
    if isinstance(marker, OneOrMany):
        return f"{words_of(item_of(hint))}, or a list of such"
    if isinstance(marker, Table):
        name = get_args(hint)[0].__name__
        return f"a table: [{name}](#{name.lower()})"
    if isinstance(marker, KindOf):
        return _of_family(marker)
    if isinstance(marker, OneOf | Switch):
        words = ("true", "false") if isinstance(marker, Switch) else ()
        return ", ".join(f"`{word}`" for word in (*words, *map(toml, marker.words)))
    if isinstance(marker, FormatNumber):
        return f"`{marker.reads}`"
    if isinstance(marker, Reference) and marker.to == "place":
        return 'the id of a place, or `"*"` for all'
    if isinstance(marker, Marker):
        return marker.in_words()
    return _plain(hint)


def _plain(hint: Any) -> str:
    if words := words_of_literal(hint):
        return ", ".join(f"`{toml(word)}`" for word in words)
    if get_origin(hint) is tuple:
        length = length_of(hint)
        item = words_of(get_args(hint)[0])
        return f"a list: {item}" if length is None else f"a list of {length}: {item}"
    if hint is bool:
        return "`true`, `false`"
    if hint is Any:
        return "anything"
    return ", or ".join(words_of(part) for part in get_args(hint))


def _of_family(marker: KindOf) -> str:
    page = page_of(marker.family)
    if marker.name:
        return f"a table: [{marker.name}]({page}#{anchor(marker.name)})"
    link = f"[{marker.family}]({page})"
    article = "an" if marker.family[0] in "aeiou" else "a"
    if marker.shorthand == "name":
        return f"the name of {article} {link}, or a table of one"
    return f"a duration, or a table of {article} {link}" if marker.shorthand else f"a table: {link}"


def tables_in(record: type[Any]) -> Iterator[type[Any]]:
    """The records of tables inside a record's table, each once, those inside them as well."""
    seen: set[type[Any]] = set()
    todo = [record]
    while todo:
        for key in keys_of_record(todo.pop(0)):
            for inner in _tables(key.hint):
                if inner not in seen:
                    seen.add(inner)
                    todo.append(inner)
                    yield inner


def _tables(hint: Any) -> Iterator[type[Any]]:
    if isinstance(marker_of(hint), Table):
        yield get_args(hint)[0]
    else:
        for part in get_args(hint):
            yield from _tables(part)


def paragraphs(record: type[Any]) -> list[str]:
    """What a record says of itself, a paragraph a line."""
    said = says_of(record).split("\n\n")
    return [line for one in said for line in (" ".join(one.split()), "") if one.strip()]


def anchor(heading: str) -> str:
    """The anchor that a heading gets."""
    return heading.lower().replace(" ", "-")


def cell(text: str) -> str:
    """A text that fits into a cell of a table."""
    return text.replace("|", "\\|")
