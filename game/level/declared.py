"""Where the things of a level are declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from game.level.problems import Loc
from game.level.sections import ids

Declared = Callable[[str, str], Loc | None]
"""(what it is, as in `Surroundings.known`; id) to the path of its id."""

_PLACES = ("region", "zone", "node", "client")
SECTIONS_OF: Mapping[str, tuple[str, ...]] = {
    "region": ("region",),
    "own-region": ("region",),
    "zone": ("zone",),
    "group": ("node",),
    "node": ("node",),
    "machine": ("node",),
    "caller": ("node", "client"),
    "place": _PLACES,
    "target": (*_PLACES, "service", "link"),
    "policy": ("policy",),
    "service": ("service",),
    "client": ("client",),
    "link": ("link",),
    "fault": ("fault",),
    "measure": ("measure",),
    "time": ("measure",),
    "membership": ("membership",),
    "goal": ("goal",),
    "control": ("control",),
}
"""What may be referred to, and the sections that declare it."""


def declared_in(document: Mapping[str, Any]) -> Declared:
    """The declarations of a document. A machine of a group is declared by its group."""
    found: dict[tuple[str, str], Loc] = {}
    for section in dict.fromkeys(name for names in SECTIONS_OF.values() for name in names):
        for index, identity in ids(document, section):
            found.setdefault((section, identity), (section, index, "id"))

    def declared(what: str, identity: str) -> Loc | None:
        for section in SECTIONS_OF.get(what, ()):
            group = identity.rpartition("-")[0] if section == "node" else ""
            loc = found.get((section, identity)) or found.get((section, group))
            if loc is not None:
                return loc
        return None

    return declared
