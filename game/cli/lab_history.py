"""`ninelives lab history`: a verdict on what clients saw, of this engine or of any system."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from game.cli import arguments
from game.cli.data import print_json
from game.cli.exits import Exit, WrongUse
from game.cli.words import clean

if TYPE_CHECKING:
    from game.score.consistency.history import Operation
    from game.score.consistency.verdict import Verdict

MODELS = ("register", "cas-register", "kv-append", "counter", "set", "bank")


def parser(prog: str) -> arguments.Parser:
    """The parser of this action."""
    found = arguments.Parser(
        prog=prog,
        description="Say whether a history is linearizable: whether each operation can have taken "
        "effect at one moment between its beginning and its end. It reads Jepsen's EDN, Jepsen's "
        "log lines and JSON lines; values [key value] are operations on several objects. A "
        "register starts as nil in log lines, and where nil was read that nobody wrote, else as 0.",
        epilog="Exit codes: 0 valid; 1 invalid, with a witness, or unknown, with the bound that "
        "was hit; 2 the history cannot be read.",
    )
    found.add_argument("file", type=Path, metavar="FILE", help="the history")
    found.add_argument(
        "--model",
        required=True,
        type=known_model,
        metavar="MODEL",
        help=f"what the clients used: {', '.join(MODELS)}",
    )
    arguments.add_json(found)
    found.set_defaults(command=history)
    return found


def known_model(text: str) -> str:
    """The name of a model."""
    if text not in MODELS:
        raise argparse.ArgumentTypeError(arguments.one_of("model", text, MODELS))
    return text


def history(options: argparse.Namespace) -> int:
    """Read, check, and tell."""
    from game.level.problems import Unreadable
    from game.score.consistency.linearizable import check_linearizable
    from game.score.consistency.models import MODELS as KNOWN
    from game.score.histories.read import read_history

    try:
        found, model = read_history(options.file, KNOWN[options.model])
    except Unreadable as error:
        raise WrongUse(str(error)) from None
    verdict = check_linearizable(found, model)
    if options.json:
        print_json(verdict_json(verdict))
    else:
        print(verdict_text(verdict))
    return Exit.GOOD if verdict.valid else Exit.NO


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """The verdict as data; `reason` and `witness` are null where there is nothing to say."""
    return {
        "verdict": str(verdict.answer),
        "operations": verdict.operations,
        "reason": verdict.reason or None,
        "witness": [operation_json(one) for one in verdict.witness] or None,
    }


def operation_json(one: Operation) -> dict[str, Any]:
    """One operation as data, its values as EDN."""
    from game.score.histories.edn import written

    return {
        "number": one.number,
        "line": one.line or None,
        "process": one.process,
        "f": one.function,
        "key": None if one.key is None else written(one.key),
        "input": written(one.input),
        "output": written(one.output) if one.ok else None,
        "type": str(one.outcome),
        "invoked": one.invoked,
        "completed": one.completed,
        "invoked_us": one.invoked_us,
        "completed_us": one.completed_us,
    }


def verdict_text(verdict: Verdict) -> str:
    """The verdict in words."""
    from game.score.consistency.verdict import tell

    lines = [f"{verdict.answer}: {verdict.operations:,} operations"]
    if verdict.reason:
        lines.append(clean(verdict.reason))
    lines += [f"  {when(one)}  {clean(tell(one))}" for one in verdict.witness]
    return "\n".join(lines)


def when(one: Operation) -> str:
    """Where an operation begins in the file, and from when to when it was."""
    if one.invoked_us is None:
        end = "" if one.completed is None else str(one.completed)
        return f"line {one.line:>6}, event {one.invoked} to {end}"
    end = "" if one.completed_us is None else f"{one.completed_us / 1_000_000:.6f} s"
    return f"line {one.line:>6}, {one.invoked_us / 1_000_000:.6f} s to {end}"
