"""The registry of kinds: one entry for each balancer, fault, law, protocol, step and so on.

A *kind* is one file elsewhere in the code. It registers a frozen record of its parameters here;
the reader of levels is handed a `Registry` and so needs to import no kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

Record = TypeVar("Record", bound=type[Any])


def no_parts(_record: Any) -> int:
    """The number of moving parts of something plain: none."""
    return 0


@dataclass(frozen=True, slots=True)
class Kind:
    """What the rest of the program may know of a kind without importing it."""

    family: str
    """`application`, `balancer`, `checker`, `detector`, `discipline`, `event`, `fault`, `law`,
    `mechanism`, `protocol`, `scheduling` or `step`."""
    name: str
    """The word that a level file uses, for example `round-robin`."""
    record: type[Any]
    """A frozen dataclass: its fields are the parameters that a level may give."""
    says: str
    """One sentence for the reference and the screen."""
    codex: str
    """The id of the codex page that explains it."""
    causes: tuple[str, ...] = ()
    """The causes of failure that it can give."""
    facts: tuple[str, ...] = ()
    """The names of the facts that it shows of a node."""
    parts: Callable[[Any], int] = no_parts
    """The number of moving parts that a record of this kind adds to a plan."""
    targets: tuple[str, ...] | None = None
    """What a fault of this kind is aimed at: some of `node` (a machine or a group), `zone`,
    `region`, `client`, `service`, `link`. It then needs a target. () means that it takes none,
    None that it may be aimed at anything or nothing."""


@dataclass(slots=True)
class Registry:
    """Kinds by family and name. Order of registration is kept, for stable messages."""

    kinds: dict[str, dict[str, Kind]] = field(default_factory=dict)

    def register(
        self,
        family: str,
        name: str,
        *,
        says: str,
        codex: str = "",
        causes: tuple[str, ...] = (),
        facts: tuple[str, ...] = (),
        parts: Callable[[Any], int] = no_parts,
        targets: tuple[str, ...] | None = None,
    ) -> Callable[[Record], Record]:
        """Class decorator: register the decorated record as kind `name` of `family`."""

        def decorate(record: Record) -> Record:
            named = self.kinds.setdefault(family, {})
            assert name not in named, f"{family} {name!r} is registered twice"
            named[name] = Kind(
                family, name, record, says, codex or name, causes, facts, parts, targets
            )
            return record

        return decorate

    def get(self, family: str, name: str) -> Kind | None:
        """The kind of that name, or None."""
        return self.kinds.get(family, {}).get(name)

    def names(self, family: str) -> tuple[str, ...]:
        """All names of a family, sorted."""
        return tuple(sorted(self.kinds.get(family, {})))

    def kind_of(self, family: str, record: object) -> Kind:
        """The kind whose record type this is."""
        for kind in self.kinds.get(family, {}).values():
            if kind.record is type(record):
                return kind
        raise AssertionError(f"{type(record).__name__} is no {family}")

    def __iter__(self) -> Iterator[Kind]:
        return self.imported()

    def imported(self) -> Iterator[Kind]:
        """The kinds that were imported, among which are those of all records that anybody has."""
        for named in self.kinds.values():
            yield from named.values()

    def copy(self) -> Registry:
        """An independent registry with the same kinds (tests add toys to a copy)."""
        return Registry({family: dict(named) for family, named in self.kinds.items()})
