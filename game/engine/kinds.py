"""All kinds of the engine, found by looking: a new file in a folder needs no edit here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import game.engine
from game.engine.registry import REGISTRY
from game.level.registry import Kind, Registry

MODULES = ("laws", "steps")
PACKAGES = (
    "detection",
    "events",
    "faults",
    "queueing",
    "replication",
    "resilience",
    "routing",
    "workload",
)


def load_kinds() -> Registry:
    """The registry, after every module that may register a kind was imported."""
    for module in MODULES:
        import_module(f"game.engine.{module}")
    for package in PACKAGES:
        folder = import_module(f"game.engine.{package}")
        for name in sorted(module.name for module in iter_modules(folder.__path__)):
            import_module(f"game.engine.{package}.{name}")
    return REGISTRY


_SIGNING_UP = re.compile(r'REGISTRY\.register\((?:\s*"([a-z-]+)",(?:\s*"([a-z0-9-]+)")?)?')


class FoundKinds(Registry):
    """The registry that imports a kind when it is asked for, for who looks at few of them.

    Which file holds which kind is seen in its source. Where a name does not stand there as a
    literal, the file is imported as soon as a kind of its family is missed.
    """

    __slots__ = ("_files", "_others")

    def __init__(self) -> None:
        super().__init__(REGISTRY.kinds)
        self._files: dict[tuple[str, str], str] = {}
        self._others: dict[str, set[str]] = {}
        for module, source in _sources():
            for family, name in _SIGNING_UP.findall(source):
                if name:
                    self._files[family, name] = module
                else:
                    self._others.setdefault(family, set()).add(module)

    def get(self, family: str, name: str) -> Kind | None:
        """The kind of that name, or None."""
        module = self._files.get((family, name))
        if module is not None:
            import_module(module)
        elif name not in self.kinds.get(family, {}):
            self._import_others(family)
        return REGISTRY.get(family, name)

    def names(self, family: str) -> tuple[str, ...]:
        """All names of a family, sorted."""
        self._import_others(family)
        found = {name for of, name in self._files if of == family}
        return tuple(sorted(found.union(self.kinds.get(family, {}))))

    def kind_of(self, family: str, record: object) -> Kind:
        """The kind whose record type this is: one that was imported, since there is a record."""
        return REGISTRY.kind_of(family, record)

    def __iter__(self) -> Iterator[Kind]:
        return iter(load_kinds())

    def copy(self) -> Registry:
        """An independent registry with all kinds."""
        return load_kinds().copy()

    def _import_others(self, family: str) -> None:
        """Import the files that may hold kinds of a family without saying so."""
        for module in sorted(self._others.pop(family, set()) | self._others.pop("", set())):
            import_module(module)


def _sources() -> Iterator[tuple[str, str]]:
    """(name, text) of every module that may register a kind."""
    folder = Path(game.engine.__path__[0])
    for module in MODULES:
        yield f"game.engine.{module}", (folder / f"{module}.py").read_text("utf-8")
    for package in PACKAGES:
        for file in sorted((folder / package).glob("*.py")):
            yield f"game.engine.{package}.{file.stem}", file.read_text("utf-8")


@cache
def find_kinds() -> Registry:
    """All kinds, each imported when it is asked for."""
    return FoundKinds()
