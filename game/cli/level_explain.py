"""`ninelives level explain`: what a code of `level check` means, with an example."""

from __future__ import annotations

import argparse
from typing import Any

from game.cli import arguments
from game.cli.arguments import Parser
from game.cli.data import json_text, print_json
from game.cli.exits import Exit, WrongUse


def fill(parser: Parser) -> None:
    """What `level explain` takes."""
    parser.description = (
        "Explain a code that `level check` reports: its cause, a wrong example and a "
        "right one. Without a code: the list of all codes."
    )
    parser.add_argument("code", nargs="?", metavar="CODE", help="such as E021 or unknown-kind")
    arguments.add_json(parser)
    parser.set_defaults(command=explain)


def explain(options: argparse.Namespace) -> int:
    """One code, or the list."""
    from game.level.codes import CODES
    from game.level.explanations import code_of, explanation

    if options.code is None:
        told = [
            {"code": one.code, "name": one.name, "severity": one.severity, "says": one.says}
            for one in CODES.values()
        ]
        lines = [f"{one.code}  {one.name:18} {one.says}" for one in CODES.values()]
        print(json_text(told) if options.json else "\n".join(lines))
        return Exit.GOOD
    code = code_of(options.code)
    if code is None:
        codes = list(CODES.values())
        raise WrongUse(arguments.one_of("code", options.code, _known(options.code, codes)))
    found = explanation(code)
    if options.json:
        table = {
            "code": code.code,
            "name": code.name,
            "severity": code.severity,
            "says": code.says,
            "cause": found.cause,
            "wrong": found.wrong_shown,
            "right": found.right,
        }
        print_json(table)
        return Exit.GOOD
    print(f"{code.code}: {code.name} ({code.severity})\n\n{code.says}\n\n{found.cause}")
    for title, text in (("Wrong", found.wrong_shown), ("Right", found.right)):
        print(f"\n{title}:\n")
        print("\n".join(f"    {line}".rstrip() for line in text.split("\n")))
    return Exit.GOOD


def _known(word: str, codes: list[Any]) -> list[str]:
    """What may be written instead of a wrong word of this shape: codes, or names."""
    if any(char.isdigit() for char in word):
        return [code.code for code in codes]
    return [code.name for code in codes]
