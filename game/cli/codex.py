"""`ninelives codex`: the guide, one page a concept, mechanism or fault."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from game.cli import arguments
from game.cli.arguments import Parser
from game.cli.data import print_json
from game.cli.exits import Exit, WrongUse

if TYPE_CHECKING:
    from game.explain.codex import Page


def fill(parser: Parser) -> None:
    """What the command takes."""
    parser.description = "Read the codex page that a term means; without a term, list all pages."
    parser.add_argument("term", metavar="TERM", nargs="*", help="an id, a title, or part of one")
    arguments.add_json(parser)
    parser.set_defaults(command=codex)


def codex(options: argparse.Namespace) -> int:
    """The list, or one page."""
    term = " ".join(options.term).strip()
    if not term:
        print_index(as_json=options.json)
        return Exit.GOOD
    page = page_of(term)
    if options.json:
        from dataclasses import asdict

        print_json(asdict(page))
    else:
        print_page(page)
    return Exit.GOOD


def page_of(term: str) -> Page:
    """The page that a term means. Raises `WrongUse` where there is none."""
    from game.explain.codex import find_page, nearest_pages

    page = find_page(term)
    if page is None:
        near = nearest_pages(term)
        hint = f"; the nearest are: {', '.join(near)}" if near else ""
        raise WrongUse(f'the codex has no page on "{term[:60]}"{hint}')
    return page


def print_index(*, as_json: bool) -> None:
    """All pages: id, title, summary."""
    from game.explain.codex import codex_index

    entries = codex_index()
    if as_json:
        from dataclasses import asdict

        print_json([asdict(entry) for entry in entries])
        return
    from game.cli.console import new_table, stdout_console

    table = new_table(f"The codex, {len(entries)} pages", "term", "what it is")
    for entry in entries:
        table.add_row(entry.id, entry.summary)
    stdout_console().print(table)


def print_page(page: Page) -> None:
    """One page, for a person."""
    from rich.markdown import Markdown
    from rich.padding import Padding
    from rich.text import Text

    from game.cli.console import stdout_console

    console = stdout_console()
    console.print(Text(page.title, "bold"))
    console.print(Text(page.summary, "italic"))
    console.print()
    console.print(Padding(Markdown(page.body), (0, 0)))
