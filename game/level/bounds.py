"""How large a file may be, held before any parser sees it.

One linear pass over the text counts what makes parsers slow: keys, entries of lists, nesting, and
the parts of a dotted key.
"""

from __future__ import annotations

import re

from game.level.problems import Complaint

MOST_BYTES = 64 * 1024
DEEPEST = 16
"""Tables and lists inside one another."""
MOST_KEYS = 2_000
"""Of one file, its `[headers]` and each part of dotted keys among them."""
MOST_PARTS = 32
"""Of one dotted key."""
MOST_ENTRIES = 2_000
"""Of all lists and inline tables of one file."""
LONGEST_LIST = 1_000

_LEXEMES = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\Z)'
    r"|'''.*?(?:'''|\Z)"
    r'|"(?:\\[^\n]|[^"\\\n])*"?'
    r"|'[^'\n]*'?"
    r"|#[^\n]*"
    r"|(?P<header>^[ \t]*\[\[?)"
    r"|[\[\]{}=.,\n]",
    re.DOTALL | re.MULTILINE,
)


def check_bounds(text: str) -> tuple[int, Complaint] | None:
    """(index in the text, complaint) where the text first goes beyond a bound, or None."""
    depth = keys = entries = parts = 0
    for match in _LEXEMES.finditer(text):
        sign = match[0]
        if sign == ".":
            parts += 1
            if parts >= MOST_PARTS:
                return match.start(), _too_many_parts()
        elif sign == "=":
            keys, parts = keys + 1 + parts, 0
        elif sign == ",":
            entries, parts = entries + 1, 0
        elif sign == "\n":
            parts = 0
        elif sign in "]}":
            depth = max(0, depth - 1)
            keys, parts = keys + (parts if depth == 0 else 0), 0
        elif sign[0] in "\"'#":
            continue
        else:
            keys += depth == 0 and match.lastgroup == "header"
            depth, parts = depth + sign.count("[") + sign.count("{"), 0
            if depth > DEEPEST:
                return match.end() - 1, too_deep()
        if keys > MOST_KEYS:
            return match.start(), Complaint("too-long", f"this file has more than {MOST_KEYS} keys")
        if entries > MOST_ENTRIES:
            message = f"the lists of this file have more than {MOST_ENTRIES} entries"
            return match.start(), Complaint("too-long", message)
    return None


def too_deep() -> Complaint:
    """The complaint about what is nested too deep."""
    return Complaint("too-deep", f"this is nested deeper than {DEEPEST}")


def _too_many_parts() -> Complaint:
    return Complaint("too-deep", f"this key has more than {MOST_PARTS} parts")


def too_large() -> Complaint:
    """The complaint about a file of too many bytes."""
    message = f"this file is larger than {MOST_BYTES // 1024} KiB: it ends here for the reader"
    return Complaint("too-large", message)
