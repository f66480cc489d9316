"""Levels with one mistake each, made from a good one and a seed: what an author's hand may slip to.

Everything but the piece of text that a mutation strikes stays as it was, byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from game.engine.kinds import load_kinds
from game.level.find import find_levels
from game.level.problems import Loc
from game.level.sections import SECTIONS
from game.level.spots import Span
from game.level.units import format_duration
from tests.levels.mutation_sites import Original, Site, original, proofs_of

NOBODY = "nobody-has-this-name"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
MOMENTS = {
    "": ("warm_up", "window"),
    "client": ("starts", "deadline", "at"),
    "fault": ("at", "for"),
}
"""By section (the header: ""): keys whose values are times of the run, or may not be longer."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """A level with one mistake."""

    origin: Original
    sort: str
    loc: Loc
    """Path of what was struck."""
    was: str
    now: str
    data: bytes
    """The text of the level with the mistake."""
    proofs: bytes | None = None
    """The text of its proofs, where these had to be changed as well."""
    line: int = 0
    """Where it was struck."""
    header: bool = False
    """It was the word of a header."""

    def __str__(self) -> str:
        what = f"{self.was} -> {self.now}".replace("\n", " ")
        where = ".".join(str(part) for part in self.loc)
        return f"{self.origin.path.stem}:{self.line}: {self.sort}: {where}: {what}"


Change = tuple[Span, str]
"""A piece of the text, and what takes its place."""
Maker = Callable[[Original, Site, Random], Change | None]


def mutations(origin: Original, sort: str, random: Random) -> Iterator[Mutation]:
    """All places of a level at which a mutation of that sort can strike, one mutation each, in
    random order."""
    if sort == FAULT_OUT:
        yield from _without_faults(origin, random)
        return
    for site in random.sample(origin.sites, len(origin.sites)):
        change = MAKERS[sort](origin, site, random)
        if change is not None:
            yield _struck(origin, sort, site, change)


def _struck(origin: Original, sort: str, site: Site, change: Change) -> Mutation:
    (begin, end), now = change
    return Mutation(
        origin=origin,
        sort=sort,
        loc=site.loc,
        was=origin.data[begin:end].decode(),
        now=now,
        data=origin.data[:begin] + now.encode() + origin.data[end:],
        line=origin.source.place(begin)[0],
        header=site.header,
    )


def _misspelt(origin: Original, site: Site, random: Random) -> Change | None:
    """A slip of the finger in a key, or in a word on which something hangs."""
    word = site.word
    if word is not None and word != "*" and (site.key is None or random.random() < 0.6):
        if site.name == "sets":
            parts = word.split(".")
            n = random.randrange(len(parts))
            parts[n] = _slip(parts[n], random)
            return site.at, _text(".".join(parts))
        return site.at, _text(_slip(word, random))
    if site.key is None:
        return None
    begin, end = site.key
    return site.key, _slip(origin.data[begin:end].decode().strip('"'), random)


def _slip(word: str, random: Random) -> str:
    """The word with two letters swapped, one left out, doubled, another or one more."""
    while True:
        at = random.randrange(len(word))
        slips = [
            word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + random.choice(LETTERS) + word[at + 1 :],
            word + random.choice(LETTERS),
        ]
        slip = random.choice(slips)
        if slip[:1] == word[0] and slip != word and slip not in _words():
            return slip


@cache
def _words() -> frozenset[str]:
    """What some level says somewhere, or might: a slip that hits one of these is no slip."""
    said = {part for path in find_levels() for part in _parts(original(path))}
    return frozenset(said | {*SECTIONS} | {kind.name for kind in load_kinds()})


def _parts(origin: Original) -> Iterator[str]:
    for site in origin.sites:
        yield site.name
        yield from () if site.word is None else (site.word, *site.word.split("."))


def _of_wrong_type(_origin: Original, site: Site, random: Random) -> Change | None:
    """A value that no such key can take."""
    if site.free or site.header:
        return None
    if site.name == "default":
        # The label of a choice, which may be written as a number.
        return site.at, "{ wrong = 1 }"
    # A number is what comes of a lost unit, and some quantities may be written as one.
    quantity = site.quantity is not None
    wrong = ("true", "{ wrong = 1 }") if quantity else _WRONG[type(site.value)]
    return site.at, random.choice(wrong)


_WRONG: dict[type, tuple[str, ...]] = {
    str: ("7", "{ wrong = 1 }"),
    int: ('"several"', "[1]", "true"),
    float: ('"several"', "[0.5]", "true"),
    bool: ('"perhaps"', "7"),
    list: ("7", "true"),
    dict: ("[7]",),
}
"""By what is there. A number in place of a table may be a choice that is its own label."""


def _without_unit(_origin: Original, site: Site, random: Random) -> Change | None:
    """A quantity of which only the number is left, as a number or as text.

    Of a percentage up to 1 % it is left as text only: as a number it is another share.
    """
    found = site.quantity
    if found is None or site.free:
        return None
    number, unit = found[1], found[2]
    as_text = (unit.strip() == "%" and Decimal(number) <= 1) or random.random() < 0.5
    return site.at, _text(number) if as_text else number


def _dangling(origin: Original, site: Site, _random: Random) -> Change | None:
    """A name that nobody has."""
    word = site.word
    if word is None:
        return None
    if site.name == "sets":
        section, _, *rest = word.split(".")
        return site.at, _text(".".join((section, NOBODY, *rest)))
    refers = word in origin.named or site.name == "default" or "mend" in site.loc
    return (site.at, _text(NOBODY)) if refers else None


def _outside_run(origin: Original, site: Site, random: Random) -> Change | None:
    """A time after the end of the run, or before its beginning."""
    moments = MOMENTS.get(site.section if site.section in SECTIONS else "", ())
    if site.name not in moments or not isinstance(site.value, str):
        return None
    after_us = origin.duration_us + random.randint(1, 20) * 500_000
    return site.at, _text(random.choice((format_duration(after_us), f"-{site.value}")))


def _scaled(factor: Decimal) -> Maker:
    def change(_origin: Original, site: Site, _random: Random) -> Change | None:
        if not site.numbered:
            return None
        found = site.quantity
        number = found[1] if found else str(site.value)
        scaled = f"{Decimal(number) * factor:f}"
        scaled = scaled.rstrip("0").rstrip(".") if "." in scaled else scaled
        if isinstance(site.value, float) and "." not in scaled:
            scaled += ".0"
        if Decimal(scaled) == Decimal(number):
            return None
        return site.at, _text(scaled + found[2]) if found else scaled

    return change


def _text(value: str) -> str:
    """A text as TOML."""
    return json.dumps(value, ensure_ascii=False)


FAULT_OUT = "fault taken out"
MAKERS: dict[str, Maker] = {
    "misspelt": _misspelt,
    "wrong type": _of_wrong_type,
    "lost unit": _without_unit,
    "dangling reference": _dangling,
    "time outside the run": _outside_run,
    "number times 100": _scaled(Decimal(100)),
    "number divided by 100": _scaled(Decimal("0.01")),
}
REFUSED = (*MAKERS,)[:5]
"""Sorts that `check` refuses always."""
JUDGED = (*(*MAKERS,)[5:], FAULT_OUT)
"""Sorts that are refused, break a rule, or make another level that is proven."""


def _without_faults(origin: Original, random: Random) -> Iterator[Mutation]:
    """The level without one fault, and without what refers to nothing else: controls that set it,
    diagnoses that mend by these alone, and what proofs say of these."""
    faults = origin.normal.get("fault", [])
    for index in random.sample(range(len(faults)), len(faults)):
        identity = faults[index]["id"]
        controls = [*_controls_of(identity, origin.normal)]
        out = [*origin.table_of(("fault", index))]
        for n, control in controls:
            out += origin.table_of(("control", n))
            out += _mends(origin, control)
        proofs = _proofs_without(origin, {control for _, control in controls})
        line = origin.source.place(out[0][0])[0]
        data = _cut(origin.data, out)
        yield Mutation(origin, FAULT_OUT, ("fault", index), identity, "", data, proofs, line)


def _controls_of(fault: str, document: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Controls that set nothing but that fault."""
    for n, control in enumerate(document.get("control", [])):
        sets = control["sets"] if isinstance(control["sets"], list) else [control["sets"]]
        if all(path.startswith(f"fault.{fault}.") for path in sets):
            yield n, control["id"]


def _mends(origin: Original, control: str) -> Iterator[Span]:
    for n, diagnosis in enumerate(origin.normal.get("diagnosis", [])):
        if [*diagnosis["mend"]] == [control]:
            yield from origin.table_of(("diagnosis", n))


def _proofs_without(origin: Original, controls: set[str]) -> bytes | None:
    """The text of the proofs without what they set of these controls; None: as they are."""
    if not controls:
        return None
    proofs = proofs_of(origin.path)
    out = [
        proofs.line_of(site.key)
        for site in proofs.sites
        if site.key is not None and site.loc[2:3] == ("controls",) and site.loc[-1] in controls
    ]
    return _cut(proofs.data, out)


def _cut(data: bytes, out: list[Span]) -> bytes:
    for begin, end in sorted(out, reverse=True):
        data = data[:begin] + data[end:]
    return data
