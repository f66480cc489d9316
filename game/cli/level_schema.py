"""`ninelives level schema`: the JSON Schemas for editors, and the reference for people."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from game.cli import arguments
from game.cli.arguments import Parser
from game.cli.exits import Exit, WrongUse
from game.cli.words import clean


def fill(parser: Parser) -> None:
    """What `level schema` takes."""
    parser.description = (
        "Print the JSON Schema of levels, or of NAME: level, proofs, plan or pack. "
        "It is made from the kinds that this program knows."
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="level, proofs, plan or pack")
    parser.add_argument(
        "--reference", action="store_true", help="the pages of the reference instead"
    )
    parser.add_argument("--write", action="store_true", help="write all of them to their files")
    parser.set_defaults(command=schema)


def schema(options: argparse.Namespace) -> int:
    """Print one, or write all."""
    texts = pages() if options.reference else schemas()
    if options.write:
        for path, text in texts.values():
            write(path, text)
        return Exit.GOOD
    name = options.name or next(iter(texts))
    if name not in texts:
        what = "page" if options.reference else "schema"
        raise WrongUse(f"{arguments.one_of(what, name, texts)}.")
    print(texts[name][1], end="")
    return Exit.GOOD


def schemas() -> dict[str, tuple[Path, str]]:
    """File and text of each schema, by name."""
    from game.engine.kinds import load_kinds
    from game.level.schema import SCHEMAS, schema_file, schema_text

    registry = load_kinds()
    return {name: (schema_file(name), schema_text(name, registry)) for name in SCHEMAS}


def pages() -> dict[str, tuple[Path, str]]:
    """File and text of each page of the reference, by name."""
    from game.engine.kinds import load_kinds
    from game.explain.reference import reference_pages
    from game.score.consistency.anomalies import load_checkers

    load_kinds()
    return {path.stem: (path, text) for path, text in reference_pages(load_checkers()).items()}


def write(path: Path, text: str) -> None:
    """Write one file, and say so."""
    from game.cli.inputs import told
    from game.level.whole_file import write_whole

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongUse(f"{path} cannot be written: {error.strerror}.") from None
    with told():
        write_whole(path, text.encode())
    print(f"{clean(str(path))} is up to date", file=sys.stderr)
