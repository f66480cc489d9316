"""From the words on the command line to one command, and from its errors to exit codes."""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any

from game.cli.arguments import Command, Parser, add_commands, add_data_dir, one_of
from game.cli.exits import Exit, TryAgain, WrongUse
from game.cli.words import complain

COMMANDS: Mapping[str, Command] = {
    "play": Command("open the game, straight at a level or a pack", "play:fill"),
    "run": Command("simulate a plan and score it", "run:fill"),
    "explain": Command("the post-mortem of a run, in words", "explain:fill"),
    "level": Command("check, prove and pack levels", "level:fill"),
    "lab": Command("published results against the engine", "lab:fill"),
    "bench": Command("how fast the engine is here", "bench:fill"),
    "codex": Command("look a word up, or list all pages", "codex:fill"),
    "saves": Command("where the saves are; take them along", "saves:fill"),
}
WITH_ACTIONS = ("level", "saves")
"""Commands whose modules have a table of ACTIONS."""


FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})
"""What a stream that takes no more says; an error of a named file is told where it is opened."""


class PrintVersion(argparse.Action):
    """--version, which looks at the installed distribution only when asked."""

    def __call__(self, *_: Any) -> None:
        from importlib.metadata import PackageNotFoundError, version

        from game.engine.identity import ENGINE

        try:
            told = version("ninelives")
        except PackageNotFoundError:
            told = "from a checkout"
        print(f"ninelives {told}, engine {ENGINE}")
        raise SystemExit(Exit.GOOD)


def make_parser() -> Parser:
    """The parser of all commands. Cheap: a command is imported when it is named."""
    parser = Parser(
        prog="ninelives",
        description="A terminal game that teaches distributed systems. Without a command: the game "
        "itself.",
        epilog="LEVEL is an id, a file or a folder. Exit codes: 0 good, 1 the answer is no, "
        "2 wrong use or unreadable input, 3 try again.",
    )
    parser.add_argument(
        "--version", action=PrintVersion, nargs=0, help="the version and its engine"
    )
    add_data_dir(parser)
    parser.set_defaults(command=open_game, level=None)
    add_commands(parser, COMMANDS, title="commands", metavar="COMMAND")
    return parser


def open_game(options: argparse.Namespace) -> int:
    """The game itself."""
    from game.cli.play import play

    return play(options)


def check_command(words: Sequence[str]) -> None:
    """A wrong command gets the nearest right one, which argparse does not tell."""
    known: Iterable[str] = COMMANDS
    kind = "command"
    for word in words[:2]:
        if word.startswith("-"):
            return
        if word not in known:
            raise WrongUse(one_of(kind, word, known))
        if word not in WITH_ACTIONS:
            return
        known, kind = import_module(f"game.cli.{word}").ACTIONS, "action"


def never_fail_to_print() -> None:
    """A terminal that cannot show a character gets a question mark, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def answer(words: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    check_command(words)
    try:
        options = make_parser().parse_args(words, argparse.Namespace(data_dir=None))
        code = int(options.command(options))
    except SystemExit as done:
        code = int(done.code or 0)
    sys.stdout.flush()
    return code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. `arguments`: default `sys.argv[1:]`."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 it lives as long as the process
    if sys.stdout is None:
        complain("stdout is closed, so that no answer could be given")
        return Exit.WRONG_USE
    never_fail_to_print()
    try:
        return answer(sys.argv[1:] if arguments is None else arguments)
    except WrongUse as error:
        complain(str(error))
        return Exit.WRONG_USE
    except TryAgain as error:
        complain(str(error))
        return Exit.TRY_AGAIN
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        drop_output()
        return Exit.NOBODY_READS
    except OSError as error:
        if error.filename is not None or error.errno not in FULL:
            raise
        drop_output()
        complain(f"the output cannot be written: {error.strerror}")
        return Exit.WRONG_USE


def drop_output() -> None:
    """Python flushes stdout once more at its end: give it somewhere to go."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
