"""Words on stderr."""

from __future__ import annotations

import sys


def clean(text: str) -> str:
    """The text without control characters of whatever it quotes; line ends stay."""
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)


def complain(sentence: str) -> None:
    """One sentence on stderr."""
    print(f"ninelives: {clean(sentence)}", file=sys.stderr)
