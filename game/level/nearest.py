"""Did you mean: the right word that is most like a wrong one.

Likeness is the optimal string alignment distance (Damerau 1964, "A technique for computer detection
and correction of spelling errors": insertions, deletions, replacements, and neighbours that changed
places), with case, separators and plurals folded. Words come from hostile files, so that everything
here is bounded: long words and far candidates are not compared at all.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from itertools import islice

LISTED = 14
"""Right words that are listed."""
LONGEST = 64
"""Characters of a word that is compared; longer ones are like none."""
MOST_CANDIDATES = 500
MOST_COMPARED = 12
"""Candidates that are compared letter by letter: those that share the most letters."""
LEAST_BEGINNING = 3
"""Letters with which a word may be the beginning of the right one."""


def nearest(word: str, allowed: Collection[str]) -> str:
    """The allowed word that is most like `word`, or ""."""
    if not word or len(word) > LONGEST:
        return ""
    return _nearest(word, tuple(islice(allowed, MOST_CANDIDATES)))


@lru_cache(maxsize=4096)
def _nearest(word: str, allowed: tuple[str, ...]) -> str:
    folded = _fold(word)
    letters = _letters(folded)
    near: list[tuple[int, int, str, str]] = []
    for index, (candidate, other, its_letters) in enumerate(_prepared(allowed)):
        if abs(len(candidate) - len(word)) > 6:
            continue
        if other == folded:
            return candidate
        near.append(((letters ^ its_letters).bit_count(), index, other, candidate))
    found: list[tuple[int, bool, int, int, str]] = []
    for _, index, other, candidate in sorted(near)[:MOST_COMPARED]:
        most = _allowed_distance(max(len(folded), len(other)))
        distance = _distance(folded, other, most)
        if distance <= most:
            apart = abs(len(other) - len(folded))
            found.append((distance, other[:1] != folded[:1], apart, index, candidate))
    return min(found)[-1] if found else _begun(folded, allowed)


@lru_cache(maxsize=64)
def _prepared(allowed: tuple[str, ...]) -> tuple[tuple[str, str, int], ...]:
    """The candidates as they are, folded, and as letters: many wrong words meet the same ones."""
    folded = ((candidate, _fold(candidate)) for candidate in allowed)
    return tuple((candidate, other, _letters(other)) for candidate, other in folded)


def _begun(folded: str, allowed: tuple[str, ...]) -> str:
    """The one word that begins so, or with which the word begins, or ""."""
    if len(folded) < LEAST_BEGINNING:
        return ""
    begun = [
        candidate
        for candidate, other, _ in _prepared(allowed)
        if other.startswith(folded) or (len(other) >= LEAST_BEGINNING and folded.startswith(other))
    ]
    return begun[0] if len(begun) == 1 else ""


def _fold(word: str) -> str:
    """What of a word is compared first: no case, one separator, no plural."""
    word = word.lower().replace("_", "-").replace(" ", "-")
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and len(word) > 3 else word


def _letters(word: str) -> int:
    """The letters of a word as a set of bits."""
    bits = 0
    for char in set(word):
        bits |= 1 << (ord(char) & 63)
    return bits


def _allowed_distance(length: int) -> int:
    """Mistakes with which a word of this length is still taken for another."""
    return 0 if length < 2 else 1 if length < 5 else 2 if length < 9 else 3


def _distance(one: str, other: str, most: int) -> int:
    """The distance between two words, or more than `most` if it is more."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        two_before, before, row = before, row, [i] + [most + 1] * len(other)
        for j in range(max(1, i - most), min(len(other), i + most) + 1):
            same = letter == other[j - 1]
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (not same))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == other[j - 1]:
                least = min(least, two_before[j - 2] + 1)
            row[j] = least
        if min(row) > most:
            return most + 1
    return row[-1]


def listed(words: Collection[str]) -> str:
    """The words with commas; of many only the first."""
    shown = [word or '""' for word in islice(words, LISTED)]
    return ", ".join(shown) + (", ..." if len(words) > LISTED else "")
