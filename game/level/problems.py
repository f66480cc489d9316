"""What is wrong with a file: complaints about keys and values, and problems with their places."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from game.level.codes import CODES
from game.level.nearest import nearest

SHOWN = 100
"""Problems of one file that are told; of more, only the number is."""
ROOT = "/"
"""A path that begins with it starts at the top of the file, not at the table in question."""

Loc = tuple[str | int, ...]
"""The path of keys and indices to a key or value."""

RUN_ENDS: tuple[tuple[Loc, str], ...] = (((ROOT, "duration"), "the run is this long"),)
"""The second place of what lies after the end of the run."""

_TERMINAL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\U000e0000-\U000e007f]"
)


class Unreadable(Exception):
    """Input that cannot be opened, decoded or is too large; the message is one sentence."""


def clean(text: str) -> str:
    """The text with every character that a terminal might obey replaced."""
    return _TERMINAL.sub("\N{REPLACEMENT CHARACTER}", text.replace("\t", " "))


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something wrong with the value at `loc`, the path of keys and indices in its table."""

    name: str
    message: str
    loc: Loc = ()
    on_key: bool = False
    """It is the key at `loc` that is wrong, not its value."""
    word: str = ""
    """What was written where one of `allowed` was expected."""
    allowed: Collection[str] = field(default=(), compare=False, repr=False)
    """Up to all machines of a level; pydantic takes the `repr` of whatever it is handed."""
    of: str = ""
    """What the allowed words are, in the plural."""
    second: tuple[tuple[Loc, str], ...] = field(default=(), compare=False, repr=False)
    """Other places that matter, and what each is. Paths as `loc`, or from `ROOT`."""
    mentions: tuple[tuple[str, str, str], ...] = field(default=(), compare=False, repr=False)
    """Things whose declarations matter: what it is (as in `Surroundings.known`), id, what to say.
    """
    declares: str = ""
    """What the allowed words are the ids of: the nearest one's declaration is then shown."""
    help: str = field(default="", compare=False)
    """What could be done, if that is clear."""
    meant: str = field(default="", compare=False)
    """The right word, where likeness would not find it."""

    @property
    def suggestion(self) -> str:
        """The right word, or ""."""
        return self.meant or nearest(self.word, self.allowed)

    def under(self, *above: str | int) -> Complaint:
        """The same complaint, seen from the table that holds this one at `above`."""
        second = tuple(
            (loc if loc[:1] == (ROOT,) else (*above, *loc), says) for loc, says in self.second
        )
        return replace(self, loc=(*above, *self.loc), second=second)


@dataclass(frozen=True, slots=True)
class PlaceLabel:
    """A second place that matters: lines and columns count from 1, columns in characters."""

    line: int
    column: int
    length: int
    text: str
    """Such as "declared here"."""
    excerpt: str = ""
    """The line."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong at one place. Lines and columns count from 1, columns in characters."""

    name: str
    message: str
    path: str
    line: int
    column: int
    length: int = 1
    """Characters that the carets underline."""
    excerpt: str = ""
    """The line."""
    suggestion: str = ""
    """The nearest right word, or ""."""
    labels: tuple[PlaceLabel, ...] = ()
    """Second places in the same file."""
    note: str = ""
    help: tuple[str, ...] = ()
    """What could be done, one sentence each."""

    @property
    def code(self) -> str:
        """Its code, such as `E021`."""
        return CODES[self.name].code

    @property
    def severity(self) -> str:
        """`error`, or `warning` where the file is used all the same."""
        return CODES[self.name].severity

    def __str__(self) -> str:
        from game.level.excerpts import problem_lines

        return "\n".join(line.plain for line in problem_lines(self))


class Problems(tuple[Problem, ...]):
    """All problems of one file, in order of their places. Empty where all is well."""

    __slots__ = ()

    def __str__(self) -> str:
        told = [str(problem) for problem in self[:SHOWN]]
        if len(self) > SHOWN:
            told.append(f"and {len(self) - SHOWN} more")
        return "\n\n".join(told)

    @property
    def errors(self) -> Problems:
        """Those that make the file useless."""
        return Problems(one for one in self if one.severity == "error")

    @property
    def warnings(self) -> Problems:
        """Those with which the file is used all the same."""
        return Problems(one for one in self if one.severity == "warning")


class LevelErrors(Exception):
    """A file with problems. `str` is text for people."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = Problems(problems)
        super().__init__(str(self.problems))
