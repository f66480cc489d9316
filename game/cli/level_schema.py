"""`ninelives level schema`: the JSON Schemas for editors."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from game.cli import arguments
from game.cli.exits import Exit, WrongUse
from game.cli.words import clean


def add_to(actions: Any) -> None:
    """Add `level schema`."""
    parser = actions.add_parser(
        "schema",
        help="what may be written, for editors",
        description="Print the JSON Schema of levels, or of NAME: level, proofs, plan or pack. "
        "It is made from the kinds that this program knows.",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="level, proofs, plan or pack")
    parser.add_argument("--write", action="store_true", help="write all of them to their files")
    parser.set_defaults(command=schema)


def schema(options: argparse.Namespace) -> int:
    """Print one, or write all."""
    from game.engine.kinds import load_kinds
    from game.level.schema import SCHEMAS, schema_file, schema_text

    registry = load_kinds()
    texts = {name: (schema_file(name), schema_text(name, registry)) for name in SCHEMAS}
    if options.write:
        for path, text in texts.values():
            write(path, text)
        return Exit.GOOD
    name = options.name or "level"
    if name not in texts:
        raise WrongUse(f"{arguments.one_of('schema', name, texts)}.")
    print(texts[name][1], end="")
    return Exit.GOOD


def write(path: Path, text: str) -> None:
    """Write one file, and say so."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise WrongUse(f"{path} cannot be written: {error.strerror}.") from None
    print(f"{clean(str(path))} is up to date", file=sys.stderr)
