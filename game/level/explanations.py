"""What each code means: its cause, an example that is wrong and the same one put right.

Each is a file `assets/diagnostics/CODE.toml`. An example is a snippet of a level: `whole` puts it
into `assets/diagnostics/level.toml`, where its keys and sections take the place of what is there.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import game
from game.level.codes import CODES, Code

LEVEL = "level"
PLAN = "plan"
MANY = "{many}"
EXAMPLE_ID = "example"
"""The id of the level that the examples make."""
CONTROL = """
[[control]]
id = "machines"
label = "Machines"
family = "redundancy"
sets = "node.web.count"
default = 2
choices = [2, 3]
"""
"""What the examples of plans choose for."""

_HEADER = re.compile(r"\[+([a-z_]+)[^\]]*\]+\s*$")
_KEY = re.compile(r"([a-z_]+)\s*=")


@dataclass(frozen=True, slots=True)
class Explanation:
    """One code, explained."""

    code: Code
    cause: str
    wrong: str
    """A snippet that gives this code and no other."""
    right: str
    """A snippet that gives none."""
    file: str = LEVEL
    """What the snippets are of: a level, or a plan."""
    many_shown: str = ""
    """What stands in the wrong snippet for what is too much to show."""
    many: str = ""

    @property
    def wrong_shown(self) -> str:
        """The wrong snippet for people."""
        return self.wrong.replace(MANY, self.many_shown)

    @property
    def wrong_written(self) -> str:
        """The wrong snippet as a file would hold it."""
        return self.wrong.replace(MANY, self.many)


def _folder() -> Path:
    """Where the files lie: inside an installed wheel, else beside the package."""
    package = Path(game.__file__).parent
    installed = package / "_data" / "assets" / "diagnostics"
    return installed if installed.is_dir() else package.parent / "assets" / "diagnostics"


def explanation(code: Code) -> Explanation:
    """The explanation of a code."""
    table = tomllib.loads((_folder() / f"{code.code}.toml").read_text("utf-8"))
    many = table.get("many", {})
    return Explanation(
        code=code,
        cause=table["cause"].strip(),
        wrong=table["wrong"].strip(),
        right=table["right"].strip(),
        file=table.get("file", LEVEL),
        many_shown=many.get("shown", ""),
        many=many.get("text", "") * many.get("times", 0),
    )


def code_of(word: str) -> Code | None:
    """The code that a word means: `E021`, `e021` or `unknown-kind`."""
    name = word.lower().replace("_", "-")
    return next((code for code in CODES.values() if name in (code.code.lower(), code.name)), None)


def whole(snippet: str) -> str:
    """The level that a snippet of one makes."""
    text = (_folder() / "level.toml").read_text("utf-8")
    own = list(_blocks(snippet))
    names = {name for name, _ in own}
    keys = {match[1] for line in own[0][1] if (match := _KEY.match(line))}
    kept = [
        line
        for name, lines in _blocks(text)
        if not name or name not in names
        for line in lines
        if name or not ((match := _KEY.match(line)) and match[1] in keys)
    ]
    top = own[0][1]
    tables = [line for _, lines in own[1:] for line in lines]
    return "\n".join((*top, *kept, *tables)) + "\n"


def _blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """(section, lines) of each table; the first one has no name."""
    name = ""
    lines: list[str] = []
    for line in text.split("\n"):
        if match := _HEADER.match(line):
            yield name, lines
            name, lines = match[1], []
        lines.append(line)
    yield name, lines
