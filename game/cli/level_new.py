"""`ninelives level new`: a level that can be played and proven at once, to make one's own of."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from game.cli import arguments
from game.cli.arguments import Parser
from game.cli.exits import Exit, WrongUse
from game.cli.words import clean

DESIGN = "design"


def fill(parser: Parser) -> None:
    """What `level new` takes."""
    parser.description = (
        "Write ID.toml and ID.proofs.toml, from a template or from another level. "
        "What is there already is never written over."
    )
    parser.add_argument("id", metavar="ID", help="its name in commands and files")
    begin = parser.add_mutually_exclusive_group()
    begin.add_argument("--from", dest="original", metavar="LEVEL", help="a copy of this level")
    begin.add_argument(
        "--kind", metavar="KIND", help=f"the template of this kind of level (default: {DESIGN})"
    )
    parser.add_argument(
        "-o", dest="folder", metavar="FOLDER", type=Path, default=Path(), help="default: here"
    )
    parser.set_defaults(command=new)


def new(options: argparse.Namespace) -> int:
    """Write the files, and say what to do with them."""
    from game.cli.inputs import told
    from game.level.find import find_level
    from game.level.templates import new_level, template_kinds, template_of, why_no_id, write_new

    if wrong := why_no_id(options.id):
        raise WrongUse(wrong)
    kind = options.kind or DESIGN
    kinds = template_kinds()
    if kind not in kinds:
        raise WrongUse(f"{arguments.one_of('kind of level', kind, kinds)}.")
    with told():
        original = find_level(options.original) if options.original else template_of(kind)
        files = new_level(options.id, original, options.folder)
        write_new(files)
    for path in files:
        print(f"{clean(str(path))} is written")
    level = clean(shlex.quote(str(next(iter(files)))))
    print("\nNext, in this order:")
    for word in ("check", "preview", "test"):
        print(f"  ninelives level {word} {level}")
    return Exit.GOOD
