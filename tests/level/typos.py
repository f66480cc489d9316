"""Typing mistakes, as people make them."""

from __future__ import annotations

import string
from random import Random


def swapped(word: str, random: Random) -> str:
    """Two letters beside each other change places."""
    at = random.randrange(len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def dropped(word: str, random: Random) -> str:
    """A letter is missing."""
    at = random.randrange(len(word))
    return word[:at] + word[at + 1 :]


def doubled(word: str, random: Random) -> str:
    """A letter is there twice."""
    at = random.randrange(len(word))
    return word[:at] + word[at] + word[at:]


def replaced(word: str, random: Random) -> str:
    """A letter is another one."""
    at = random.randrange(len(word))
    return word[:at] + random.choice(string.ascii_lowercase) + word[at + 1 :]


def other_separator(word: str, _random: Random) -> str:
    """_ for -, or the other way round."""
    return word.translate(str.maketrans("_-", "-_"))


def plural(word: str, _random: Random) -> str:
    """More of it, or one of it."""
    return word[:-1] if word.endswith("s") else f"{word}s"


def capital(word: str, _random: Random) -> str:
    """As at the beginning of a sentence."""
    return word.capitalize()


TYPOS = (swapped, dropped, doubled, replaced, other_separator, plural, capital)
