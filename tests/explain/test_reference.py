"""The reference: up to date, whole, and without a link that leads nowhere."""

from __future__ import annotations

import re
from typing import Any

import pytest

from game.engine.causes import Cause
from game.engine.kinds import load_kinds
from game.explain.reference import FOLDER, reference_pages
from game.explain.reference_keys import page_of
from game.level.model import FAMILIES, MEASURES
from game.level.read import Header
from game.level.records import toml_keys
from game.level.registry import Registry
from game.level.sections import SECTIONS
from game.score.consistency.anomalies import load_checkers


@pytest.fixture(scope="module")
def registry() -> Registry:
    load_kinds()
    return load_checkers()


@pytest.fixture(scope="module")
def pages(registry: Registry) -> dict[str, str]:
    return {path.name: text for path, text in reference_pages(registry).items()}


def test_the_files_are_what_is_made_from_the_registry(pages: dict[str, str]) -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    stale = {name for name in kept | pages if kept.get(name) != pages.get(name)}
    assert stale == set(), "run: ninelives level schema --reference --write"


def test_every_kind_has_a_heading_and_a_sentence_on_its_page(
    pages: dict[str, str], registry: Registry
) -> None:
    for kind in registry:
        page = pages[page_of(kind.family)]
        assert f"\n## {kind.name}\n\n{kind.says[:1].upper()}{kind.says[1:]}" in page


def test_every_key_cause_measure_and_family_is_there(pages: dict[str, str]) -> None:
    records: list[type[Any]] = [Header, *(section.record for section in SECTIONS.values())]
    for record in records:
        for key in toml_keys(record):
            assert f"| `{key}` |" in pages["level.md"] or key == "what"
    for cause in Cause:
        assert f"| `{cause.word}` |" in pages["causes.md"] or cause is Cause.NONE
    for measure in MEASURES:
        assert f"| `{measure}` |" in pages["measures.md"]
    for family in FAMILIES:
        assert f"| `{family}` |" in pages["controls.md"]


def test_every_link_leads_somewhere(pages: dict[str, str]) -> None:
    anchors = {name: {anchor(line) for line in headings(text)} for name, text in pages.items()}
    for name, text in pages.items():
        for target in re.findall(r"\]\(([^)]+)\)", text):
            file, _, place = target.partition("#")
            page = file or name
            if page in pages:
                assert not place or place in anchors[page], f"{name}: {target}"
            else:
                assert (FOLDER / page).resolve().is_file(), f"{name}: {target}"


def headings(text: str) -> list[str]:
    return re.findall(r"^#+ (.*)$", text, re.MULTILINE)


def anchor(heading: str) -> str:
    """As the usual renderers of Markdown make it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_every_row_of_a_table_has_the_cells_of_its_head(pages: dict[str, str]) -> None:
    for name, text in pages.items():
        cells = 0
        for line in text.splitlines():
            bars = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
            cells = cells or bars if bars else 0
            assert bars == cells, f"{name}: {line}"
