"""Did you mean: the right word that is most like a wrong one."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from itertools import islice

LISTED = 14
"""Right words that are listed."""


def nearest(word: str, allowed: Collection[str]) -> str:
    """The allowed word that is most like `word`, or ""."""
    folded = {candidate.lower(): candidate for candidate in islice(allowed, 1000)}
    found = difflib.get_close_matches(word.lower()[:80], folded, n=1, cutoff=0.55)
    return folded[found[0]] if found else ""


def listed(words: Collection[str]) -> str:
    """The words with commas; of many only the first."""
    shown = [word or '""' for word in islice(words, LISTED)]
    return ", ".join(shown) + (", ..." if len(words) > LISTED else "")
