"""The nearest right word is the one that was meant."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from random import Random

import pytest

from game.engine.kinds import load_kinds
from game.level.find import find_levels
from game.level.model import MEASURES
from game.level.nearest import LONGEST, nearest
from game.level.read import Header, read_level
from game.level.records import toml_keys
from game.level.sections import SECTIONS, ids
from tests.level.typos import TYPOS

SHORTEST = 3
"""Of shorter words, a mistake leaves nothing to go by."""


def real_words() -> Iterator[Collection[str]]:
    """Every list of right words that a level may be held against."""
    registry = load_kinds()
    yield (*toml_keys(Header), *SECTIONS)
    yield MEASURES
    for section in SECTIONS.values():
        yield toml_keys(section.record)
    for family in sorted({kind.family for kind in registry}):
        yield registry.names(family)
    for kind in registry:
        yield toml_keys(kind.record)
    for path in find_levels():
        level = read_level(path, registry)
        for name in SECTIONS:
            yield [identity for _, identity in ids(level.document, name)]


def test_the_suggestion_is_right_for_nine_of_ten_typos() -> None:
    random = Random(21)
    tries = right = 0
    missed: list[str] = []
    for words in real_words():
        for word in words:
            for typo in TYPOS if len(word) >= SHORTEST else ():
                wrong = typo(word, random)
                if wrong in words:
                    continue
                tries += 1
                found = nearest(wrong, words)
                right += found == word
                if found != word:
                    missed.append(f"{typo.__name__}: {wrong} for {word}, not {found}")
    assert tries > 5_000
    assert right / tries >= 0.95, missed[:50]


@pytest.mark.parametrize(
    ("word", "right"),
    [
        ("retries", "retry"),
        ("at-least", "at_least"),
        ("AVAILABILITY", "availability"),
        ("avail", "availability"),
        ("zebra", ""),
        ("", ""),
        ("x" * 10_000, ""),
    ],
)
def test_words_are_folded_before_they_are_compared(word: str, right: str) -> None:
    assert nearest(word, ("retry", "at_least", "availability", "patience")) == right


def test_very_many_very_like_words_are_answered() -> None:
    words = [f"{'a' * (LONGEST - 5)}{number:04}" for number in range(5_000)]
    assert nearest("a" * (LONGEST - 4) + "0010", words) in words
