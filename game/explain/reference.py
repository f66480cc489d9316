"""The reference for those who write levels: pages in Markdown, made from the records, the registry,
the causes and the measures. `ninelives level schema --reference --write` writes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from game.engine.causes import MEANINGS, Cause
from game.explain.codex import codex_page
from game.explain.reference_keys import (
    PAGE_OF_FAMILY,
    anchor,
    cell,
    keys_table,
    page_of,
    paragraphs,
    tables_in,
)
from game.level.annotations import Surroundings
from game.level.campaign import DATA
from game.level.keys import keys_of_record, needs_keys
from game.level.level_kinds import LEVEL_KINDS
from game.level.model import ENDS, FAMILIES, PAIRS, TAKES, Fault
from game.level.monitors import WATCHED
from game.level.pack import Pack
from game.level.plan import PlanFile
from game.level.proofs import VERDICT_OF_ROLE, ProofTable
from game.level.read import Header
from game.level.records import RecordErrors, read_record
from game.level.registry import Kind, Registry
from game.level.schema import sentence
from game.level.sections import SECTIONS
from game.level.units import BYTES_PER_UNIT, TIMES_PER_YEAR, US_PER_UNIT
from game.score.measures import MEASURES

FOLDER = DATA / "levels" / "reference"
MADE = "<!-- Made by `ninelives level schema --reference --write`; change the source instead. -->"
FAMILY_SAYS: Mapping[str, str] = {
    "application": 'What a service keeps: `store = "NAME"`, or a table with `kind`.',
    "balancer": 'Whom a caller asks: `balancer = "NAME"` of a policy, or a table with `kind`.',
    "checker": "What the score finds in a finished night: broken promises. No level writes these; "
    "stores are held to them.",
    "detector": 'How machines watch each other: `detector = "NAME"` of a membership, or a table '
    "with `kind`.",
    "discipline": 'Who in a queue is next: `discipline = "NAME"` of a service, or a table with '
    "`kind`.",
    "event": "What a level's own measures count, and take times between: a name, or a table with "
    "`event` and what the event must be about.",
    "fault": "What goes wrong: a `[[fault]]` with `kind`. Its own keys stand beside those that "
    "every fault has.",
    "law": 'How long something takes: a duration such as "5ms", or a table with `law`.',
    "mechanism": "What callers and services do against trouble: a table under the key that is "
    "named like it, with `_` for `-`.",
    "protocol": 'How copies are kept alike: `replication = "NAME"` of a service, or a table with '
    "`kind`.",
    "scheduling": 'How requests share the cores of a machine: `scheduling = "NAME"` of a node '
    "group.",
    "step": "What a request needs: `steps` of a service is a list of tables, each with one of "
    "these keys.",
}
CONTROL_FAMILY_SAYS: Mapping[str, str] = {
    "admission": "who is let in, and who is turned away",
    "capacity": "how much can be done at once; it buys",
    "consistency": "what may be read, and when",
    "network": "ways between machines",
    "placement": "what runs where",
    "redundancy": "more of what can fail; it buys",
    "replication": "copies of data; it buys",
    "resilience": "what callers do against trouble",
    "routing": "whom callers ask",
    "timeouts": "how long one waits, and what one does then",
    "workload": "what is asked for",
}
assert tuple(CONTROL_FAMILY_SAYS) == FAMILIES, "each family of controls is described"


def reference_pages(registry: Registry) -> dict[Path, str]:
    """All pages by their files."""
    families = sorted({kind.family for kind in registry})
    pages: dict[str, list[str]] = {
        "README.md": [*_index(families)],
        "level.md": [*_level()],
        "files.md": [*_files()],
        "controls.md": [*_controls()],
        "causes.md": [*_causes(registry)],
        "measures.md": [*_measures()],
        **{page_of(family): [*_family(family, registry)] for family in families},
    }
    return {
        FOLDER / name: "\n".join([MADE, "", *lines]).rstrip("\n") + "\n"
        for name, lines in pages.items()
    }


def _index(families: list[str]) -> Iterator[str]:
    yield from (
        "# Reference",
        "",
        "All that a level may say. How to begin: [the guide](../README.md).",
        "",
    )
    yield from (
        "* [level.md](level.md): every table of a level, and its keys",
        "* [files.md](files.md): proofs, plans and packs",
        "* [controls.md](controls.md): families of controls, and their paths",
        "* [measures.md](measures.md): what goals may be set on, and a level's own measures",
        "* [causes.md](causes.md): why an operation was not good",
    )
    for family in families:
        page = page_of(family)
        said = FAMILY_SAYS.get(family, "").split(":")[0].split(". ")[0].rstrip(".")
        yield f"* [{page}]({page}){': ' if said else ''}{said[:1].lower()}{said[1:]}"
    yield from ("", "## Units", "", "| what | how it is written | units |", "|---|---|---|")
    for what, how, units in (
        ("a duration", '"250ms", "1.5s"', US_PER_UNIT),
        ("a size", '"4KiB"', BYTES_PER_UNIT),
        ("a share", '"5%" or 0.05', ("%",)),
        ("an amount of money", '"0.10" or 0.1', ()),
        ("a frequency", '"1/month"', [f"/{unit}" for unit in TIMES_PER_YEAR]),
    ):
        yield f"| {what} | {how} | {', '.join(f'`{unit}`' for unit in units)} |"
    yield from (
        "",
        "A name has 1 to 64 of `a-z 0-9 . _ -` and begins with a letter or digit. A machine of a "
        "group with a `count` is named after it, with a number from 1 on: `web-1`.",
    )


def _level() -> Iterator[str]:
    yield from ("# A level", "", "## The head of the file", "")
    yield from keys_table(Header)
    yield from (
        "### Kinds of level",
        "",
        "| `kind` | what the player does | needs |",
        "|---|---|---|",
    )
    for kind in LEVEL_KINDS.values():
        needs = (
            *(f"`[[{part}]]`" for part in kind.sections),
            *(f"`{part}`" for part in (*kind.keys, *kind.needs)),
        )
        yield f'| `"{kind.name}"` | {cell(sentence(kind.says))} | {", ".join(needs)} |'
    yield ""
    told = set()
    for section, one in SECTIONS.items():
        yield from (f"## `[[{section}]]`", "", *paragraphs(one.record))
        flat = "what" in {key.name for key in keys_of_record(one.record)}
        if flat:
            yield from ("Beside these it has `kind` and the keys of its [kind](faults.md).", "")
        yield from keys_table(one.record, but=("what",) if flat else ())
        for inner in tables_in(one.record):
            if inner not in told:
                told.add(inner)
                yield from _inner(inner)
    for inner in tables_in(Header):
        yield from _inner(inner)


def _inner(record: type[Any]) -> Iterator[str]:
    yield from (f"### {record.__name__}", "", *paragraphs(record), *keys_table(record))


def _files() -> Iterator[str]:
    yield from ("# Files beside a level", "")
    for title, says, record in (
        ("Proofs", "`NAME.proofs.toml`, beside `NAME.toml`: a list of `[[proof]]`.", ProofTable),
        ("A plan", "What `--plan FILE` reads.", PlanFile),
        ("A pack", "`pack.toml`, in a folder of levels.", Pack),
    ):
        yield from (f"## {title}", "", says, "", *paragraphs(record), *keys_table(record))
        if record is ProofTable:
            roles = ", ".join(f"`{role}` {due}" for role, due in VERDICT_OF_ROLE.items())
            yield from (f"By its role a proof {roles}.", "")
        for inner in tables_in(record):
            yield from _inner(inner)


def _controls() -> Iterator[str]:
    yield from (
        "# Controls",
        "",
        "The keys of a `[[control]]`: [level.md](level.md#control).",
        "",
        "`sets` is one path or several: SECTION.ID.KEY, with numbers from 0 on for places in "
        "lists: `node.web.count`, `policy.web.retry`, `service.shop.steps.0.cpu`. A choice "
        "without a `value` takes the key away.",
        "",
        "## Families",
        "",
        "The rules of `level test` set what buys to its maximum; all else they leave alone.",
        "",
        "| `family` | what the control is about |",
        "|---|---|",
    )
    for family in FAMILIES:
        yield f"| `{family}` | {CONTROL_FAMILY_SAYS[family]} |"


def _causes(registry: Registry) -> Iterator[str]:
    yield from (
        "# Causes",
        "",
        "Each operation that is not good has exactly one of these. Traps name one.",
        "",
        "| cause | what it means | given by |",
        "|---|---|---|",
    )
    for cause in Cause:
        if cause is Cause.NONE:
            continue
        by = [
            f"[{kind.name}]({page_of(kind.family)}#{anchor(kind.name)})"
            for kind in _by_name(registry)
            if cause.word in kind.causes and kind.family != "application"
        ]
        yield f"| `{cause.word}` | {cell(MEANINGS[cause])} | {', '.join(by)} |"


def _measures() -> Iterator[str]:
    yield from (
        "# Measures",
        "",
        "What a `[[goal]]` may be set on. For `_ms` a duration may be written, for a share a "
        "percentage.",
        "",
        "| measure | unit | what it says |",
        "|---|---|---|",
    )
    for measure in MEASURES.values():
        yield f"| `{measure.name}` | {measure.unit.value or 'a number'} | {cell(measure.says)} |"
    yield from (
        "",
        "## A level's own",
        "",
        "A `[[measure]]` counts [events](events.md), or takes times from one to another. Its keys: "
        "[level.md](level.md#measure).",
        "",
        f"* `take` makes one number of several times: {_listed(TAKES)}.",
        f"* `until` is which of the events that come after ends a time: {_listed(ENDS)}.",
        f"* `same` is what both must be about, where it is written: {_listed(PAIRS)}.",
        "",
        "## What a monitor watches",
        "",
        "| `measure` of a `[[monitor]]` | needs | unit | what it says |",
        "|---|---|---|---|",
    )
    for name, one in WATCHED.items():
        yield f"| `{name}` | `{one.of}` | {one.unit} | {cell(one.says)} |"


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _family(family: str, registry: Registry) -> Iterator[str]:
    title = PAGE_OF_FAMILY.get(family, family)
    yield from (f"# {title[:1].upper()}{title[1:]}", "")
    if family in FAMILY_SAYS:
        yield from (FAMILY_SAYS[family], "")
    if family == "fault":
        yield from ("What every fault has:", "", *keys_table(Fault, but=("what",)))
    kinds = [kind for kind in _by_name(registry) if kind.family == family]
    yield from ("| name | what it is |", "|---|---|")
    yield from (f"| [{kind.name}](#{anchor(kind.name)}) | {cell(kind.says)} |" for kind in kinds)
    yield ""
    told: set[type[Any]] = set()
    for kind in kinds:
        yield from (f"## {kind.name}", "", sentence(kind.says), "", *paragraphs(kind.record))
        yield from _facts_of(kind, registry)
        yield from keys_table(kind.record)
        told |= {*tables_in(kind.record)}
    for inner in sorted(told, key=lambda record: record.__name__):
        yield from _inner(inner)


def _facts_of(kind: Kind, registry: Registry) -> Iterator[str]:
    """What the registry knows of a kind, as a list."""
    lines = []
    if codex_page(kind.codex) is not None:
        page = f"../../assets/codex/{kind.codex}.md"
        lines.append(f"* Codex: [`ninelives codex {kind.codex}`]({page})")
    if kind.targets is not None:
        lines.append(f"* Aimed at: {' or '.join(kind.targets) or 'nothing: it takes no target'}")
    if kind.causes:
        links = (f"[{cause}](causes.md)" for cause in kind.causes)
        lines.append(f"* Causes: {', '.join(links)}")
    if kind.facts:
        lines.append(f"* Shows of a machine: {', '.join(kind.facts)}")
    parts = _parts(kind, registry)
    if parts:
        lines.append(f"* Moving parts, with every key at its default: {parts}")
    if lines:
        yield from (*lines, "")


def _parts(kind: Kind, registry: Registry) -> int | None:
    """The moving parts of the plainest record of a kind; None where a level must say more of it."""
    if needs_keys(kind.record):
        return None
    try:
        record = read_record(kind.record, {}, Surroundings(registry, {}))
    except RecordErrors:
        return None
    return kind.parts(record)


def _by_name(registry: Registry) -> list[Kind]:
    return sorted(registry, key=lambda kind: (kind.family, kind.name))
