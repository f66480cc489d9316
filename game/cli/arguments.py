"""Reading options: every mistake becomes one sentence that names what is allowed."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from game.cli.exits import WrongUse

if TYPE_CHECKING:
    from game.level.attacks import Attack
    from game.level.changes import Change

LARGEST_SEED = 2**64 - 1
MOST_SEEDS = 10_000
MOST_JOBS = 256


class Parser(argparse.ArgumentParser):
    """A parser that raises `WrongUse` instead of printing its usage, and allows no short forms."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("allow_abbrev", False)
        super().__init__(*args, **kwargs)
        self.actions_beside: dict[str, Parser] = {}
        """Actions of a command whose first word may be something else as well."""
        self.filled_by = ""
        """The `place` of a command that was not asked for yet."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As any parser does, unless the first word is an action. A command's parser is asked when
        the command is named, and only then learns what the command takes."""
        if self.filled_by:
            module, _, function = self.filled_by.partition(":")
            self.filled_by = ""
            getattr(import_module(f"game.cli.{module}"), function)(self)
        words = list(args) if args is not None else []
        if words and words[0] in self.actions_beside:
            return self.actions_beside[words[0]].parse_known_args(words[1:], namespace)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        raise WrongUse(f"{message} (see {self.prog} --help)")


class Command(NamedTuple):
    """A command, or an action of a group, which is imported when it is named."""

    says: str
    """What the help of all commands says of it."""
    place: str
    """MODULE:FUNCTION. The function is handed the command's parser, and fills it."""


def add_commands(parser: Parser, commands: Mapping[str, Command], **options: Any) -> None:
    """Let a parser take commands; `options` are those of `add_subparsers`."""
    group = parser.add_subparsers(**options)
    for name, command in commands.items():
        group.add_parser(name, help=command.says).filled_by = command.place


def nearest(word: str, words: Iterable[str]) -> str:
    """`; did you mean "..."?` when one of the words is near, else nothing."""
    near = difflib.get_close_matches(word, list(words), n=1)
    return f'; did you mean "{near[0]}"?' if near else ""


def one_of(kind: str, word: str, words: Iterable[str]) -> str:
    """The sentence for a word that is not in the list."""
    known = list(words)
    allowed = ", ".join(known[:20]) + (", ..." if len(known) > 20 else "")
    return f'there is no {kind} "{word}"{nearest(word, known)} (there are: {allowed or "none"})'


def seed(text: str) -> int:
    """One seed: a whole number from 0 to 2^64 - 1."""
    if not re.fullmatch(r"[0-9]{1,20}", text) or int(text) > LARGEST_SEED:
        raise argparse.ArgumentTypeError(
            f'"{text}" is no seed: write a whole number from 0 to 2^64 - 1'
        )
    return int(text)


def seeds(text: str) -> tuple[int, ...]:
    """Seeds as "1-20", "3,5,8" or both; each once, in the order given."""
    found: dict[int, None] = {}
    for part in text.split(","):
        match = re.fullmatch(r"\s*([0-9]{1,20})\s*(?:-\s*([0-9]{1,20})\s*)?", part)
        if match is None:
            raise argparse.ArgumentTypeError(
                f'"{text}" is no list of seeds: write for example 1-20 or 3,5,8'
            )
        first, last = int(match[1]), int(match[2] or match[1])
        if first > last or last > LARGEST_SEED:
            raise argparse.ArgumentTypeError(
                f'"{part.strip()}" is no range of seeds: it must rise, and end by 2^64 - 1'
            )
        if last - first >= MOST_SEEDS or len(found) + last - first >= MOST_SEEDS:
            raise argparse.ArgumentTypeError(
                f'"{text}" asks for more than {MOST_SEEDS:,} seeds at once'
            )
        found.update(dict.fromkeys(range(first, last + 1)))
    return tuple(found)


def jobs(text: str) -> int:
    """How many processes share the work."""
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= MOST_JOBS:
        raise argparse.ArgumentTypeError(
            f'"{text}" is no number of jobs: write a whole number from 1 to {MOST_JOBS}'
        )
    return int(text)


def assignment(text: str) -> tuple[str, str]:
    """CONTROL=VALUE as (control, label of a choice)."""
    control, equals, label = text.partition("=")
    if not equals or not control.strip():
        raise argparse.ArgumentTypeError(f'"{text}" sets nothing: write CONTROL=VALUE')
    return control.strip(), label.strip()


def attack(text: str) -> Attack:
    """One attack: WEAPON:TARGET@TIME."""
    from game.level.attacks import NoAttack, parse_attack

    try:
        return parse_attack(text)
    except NoAttack as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def change(text: str) -> Change:
    """ALARM+DELAY:CONTROL=VALUE, as in `errors+1500ms:breaker=on`."""
    from game.level.changes import NoChange, parse_change

    try:
        return parse_change(text)
    except NoChange as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def add_data_dir(parser: argparse.ArgumentParser) -> None:
    """The option --data-dir. It may stand before a command too, so its default is not set here."""
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=argparse.SUPPRESS,
        metavar="FOLDER",
        help="the folder of the saves (default: NINELIVES_DATA_DIR, else the system's own)",
    )


def add_jobs(parser: argparse.ArgumentParser, default: int | None) -> None:
    """The option --jobs; `default` None means one for each core."""
    told = "one for each core" if default is None else str(default)
    parser.add_argument(
        "--jobs",
        type=jobs,
        default=default,
        metavar="N",
        help=f"processes that share the work (default: {told})",
    )


def add_plan(parser: argparse.ArgumentParser) -> None:
    """`--plan`, `--set` and `--change`: which plan of the level is meant."""
    parser.add_argument("--plan", type=Path, metavar="FILE", help="a plan as the game saves it")
    parser.add_argument(
        "--set",
        dest="settings",
        action="append",
        default=[],
        type=assignment,
        metavar="CONTROL=VALUE",
        help="one choice, by its label; others stay as in the plan",
    )
    parser.add_argument(
        "--change",
        dest="changes",
        action="append",
        default=[],
        type=change,
        metavar="ALARM+DELAY:CONTROL=VALUE",
        help="on a level on call: set a control so long after an alarm, or after the start",
    )
    parser.add_argument(
        "--attack",
        dest="attacks",
        action="append",
        default=[],
        type=attack,
        metavar="WEAPON:TARGET@TIME",
        help="one attack more, where the level is one to attack: cut:a-1@12s",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """The option --json."""
    parser.add_argument("--json", action="store_true", help="data for programs, on stdout")
