"""The codex: every page is whole, every kind has one, and a term finds its page."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from game.engine.kinds import load_kinds
from game.explain.codex import (
    codex_folder,
    codex_index,
    codex_page,
    find_page,
    nearest_pages,
    read_page,
)
from game.explain.words import lasting
from game.level.model import Client, Policy
from game.score.consistency.anomalies import load_checkers

CONCEPTS = (
    "redundancy",
    "nines",
    "health",
    "timeouts",
    "retry",
    "gray-failure",
    "availability-zones",
    "replication",
    "failover",
    "split-brain",
    "failure-detection",
    "overload",
    "tail-latency",
    "cost",
    "moving-parts",
    "causes",
    "littles-law",
    "distributed-system",
)
CLOCKS = ("connect_timeout", "attempt_timeout", "deadline")
GENERATED = re.compile(r"<!-- (\w+): begin -->.*?<!-- \1: end -->", re.DOTALL)
"""What a program writes into a page is no prose."""
IDS = [entry.id for entry in codex_index()]


def test_every_kind_that_is_registered_has_a_page() -> None:
    load_kinds()
    wanted = {kind.codex: f"{kind.family} {kind.name}" for kind in load_checkers()}
    assert {page: kind for page, kind in wanted.items() if codex_page(page) is None} == {}


@pytest.mark.parametrize("concept", CONCEPTS)
def test_the_ideas_of_the_first_chapter_have_pages(concept: str) -> None:
    assert codex_page(concept) is not None


@pytest.mark.parametrize("page_id", IDS)
def test_a_page_is_short_and_names_its_published_source(page_id: str) -> None:
    page = codex_page(page_id)
    assert page is not None
    assert page.title
    assert page.summary.endswith(".")
    assert "**Sources.**" in page.body
    assert re.search(r"\b(19|20)\d\d\b|documentation|Amazon Builders' Library", page.body)
    prose = GENERATED.sub("", page.body)
    assert 10 <= len(prose.splitlines()) <= 40
    words = len(prose.split())
    assert 120 <= words <= 420


@pytest.mark.parametrize("page_id", IDS)
def test_a_page_is_no_wider_than_a_screen_of_text_files(page_id: str) -> None:
    text = (codex_folder() / f"{page_id}.md").read_text("utf-8")
    assert max(map(len, text.splitlines())) <= 125
    assert text.isprintable() or all(c.isprintable() or c == "\n" for c in text)


def test_the_page_on_timeouts_tells_the_clocks_that_there_are() -> None:
    page = codex_page("timeouts")
    assert page is not None
    clocks = {field.name: field.default for field in fields(Policy) if field.name in CLOCKS}
    assert clocks == dict.fromkeys(CLOCKS)
    text = " ".join(page.body.split())
    of_policy = text[text.index("A policy has three clocks") : text.index("The fourth clock")]
    assert re.findall(r"`(\w+)`", of_policy) == list(CLOCKS)
    patience_us = Client(id="people", call="shop").deadline
    assert f"a client has a `deadline` of its own, {lasting(patience_us)} unless" in text


def test_the_index_is_in_order_of_titles_and_complete() -> None:
    titles = [entry.title.lower() for entry in codex_index()]
    assert titles == sorted(titles)
    assert len(set(titles)) == len(titles) == len(list(codex_folder().glob("*.md")))


@pytest.mark.parametrize(
    ("term", "page_id"),
    [
        ("retry", "retry"),
        ("Retries", "retry"),
        ("HEALTH CHECKS", "health"),
        ("gray", "gray-failure"),
        ("zones", "availability-zones"),
        ("braker", "breaker"),
        ("metastable", "retry-storm"),
        ("zipf", "hot-key"),
        ("split brain", "split-brain"),
    ],
)
def test_a_term_finds_its_page(term: str, page_id: str) -> None:
    page = find_page(term)
    assert page is not None
    assert page.id == page_id


@pytest.mark.parametrize("term", ["", "  ", "!?", "qwxzk", "x" * 10_000])
def test_what_means_nothing_finds_nothing(term: str) -> None:
    assert find_page(term) is None


def test_what_is_not_found_has_neighbours() -> None:
    assert "replication" in nearest_pages("replycate")


@pytest.mark.parametrize("text", ["", "Title", "# Title", "# Title\n\nPlain.\n", "# T\n\n**\n"])
def test_a_page_without_its_head_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match='codex page "x"'):
        read_page("x", text)
