"""The codex: one page a concept, mechanism or fault, each a file under `assets/codex/`.

The first line of a page is `# Title`, the next one with text is its summary, `*in one sentence*`.
Its id is its file's name.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import game

ID = re.compile(r"[a-z0-9][a-z0-9-]*")
LONGEST_TERM = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the index."""

    id: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page."""

    id: str
    title: str
    summary: str
    body: str
    """Markdown, without the title and the summary."""


def codex_folder() -> Path:
    """Where the pages lie: inside an installed wheel, else beside the package."""
    package = Path(game.__file__).parent
    installed = package / "_data" / "assets" / "codex"
    return installed if installed.is_dir() else package.parent / "assets" / "codex"


@cache
def codex_index() -> tuple[Entry, ...]:
    """All pages in order of their titles. Read once, and never again."""
    pages = _pages().values()
    found = [Entry(page.id, page.title, page.summary) for page in pages]
    return tuple(sorted(found, key=lambda entry: (entry.title.lower(), entry.id)))


def codex_page(page_id: str) -> Page | None:
    """The page with that id, or None."""
    return _pages().get(page_id)


def find_page(term: str) -> Page | None:
    """The page that a term means: an id, a title, the beginning of one, or the nearest word."""
    wanted = _plain(term[:LONGEST_TERM])
    if not wanted:
        return None
    names = _names()
    if wanted in names:
        return _pages()[names[wanted]]
    beginning = sorted(name for name in names if name.startswith(wanted))
    inside = sorted((name for name in names if wanted in name), key=len)
    near = difflib.get_close_matches(wanted, names, n=1)
    found = [*beginning[:1], *inside[:1], *near]
    return _pages()[names[found[0]]] if found else _most_about(wanted)


def _most_about(words: str) -> Page | None:
    """The page that says these words most often, if one does."""
    pages = _pages().values()
    told = {
        page.id: f" {_plain(f'{page.summary} {page.body}')} ".count(f" {words} ") for page in pages
    }
    most = max(told, key=lambda page_id: told[page_id], default="")
    return _pages()[most] if most and told[most] else None


def nearest_pages(term: str, most: int = 3) -> tuple[str, ...]:
    """Ids of the pages that come nearest to a term; for a sentence about what was not found."""
    names = _names()
    near = difflib.get_close_matches(_plain(term[:LONGEST_TERM]), names, n=most, cutoff=0.4)
    return tuple(dict.fromkeys(names[name] for name in near))


def read_page(page_id: str, text: str) -> Page:
    """The page in a text. Raises ValueError, in one sentence, for one that lacks its head."""
    lines = text.strip().splitlines()
    if not lines or not lines[0].startswith("# "):
        raise ValueError(f'codex page "{page_id}" does not begin with "# Title"')
    rest = "\n".join(lines[1:]).strip()
    summary, _, body = rest.partition("\n\n")
    summary = " ".join(summary.split())
    if len(summary) < 3 or not (summary.startswith("*") and summary.endswith("*")):
        raise ValueError(f'codex page "{page_id}" has no *summary* below its title')
    return Page(page_id, lines[0][2:].strip(), summary.strip("*"), body.strip())


@cache
def _pages() -> dict[str, Page]:
    files = sorted(path for path in codex_folder().glob("*.md") if ID.fullmatch(path.stem))
    return {path.stem: read_page(path.stem, path.read_text("utf-8")) for path in files}


@cache
def _names() -> dict[str, str]:
    """Plain words to the id of the page that they mean; ids go before titles."""
    names = {_plain(page.title): page.id for page in _pages().values()}
    return names | {_plain(page_id): page_id for page_id in _pages()}


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))
