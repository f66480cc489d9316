"""The picture in the README is the game at a fixed moment of a fixed night."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from game.level.campaign import read_campaign
from game.tui.app import NineLives
from tests.tui.driving import until_read, watch_until
from tests.tui.real_levels import keys_between, proofs_of, read_card

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "assets" / "screenshot.svg"
MOMENT_US = 12_300_000
"""The server has fallen over, and the visitors have just found out."""
FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
NAMES = re.compile(r"terminal-\d+")


def without_what_changes(svg: str) -> str:
    """No fonts from elsewhere, and the same names every time."""
    return NAMES.sub("game", FONTS.sub("", svg))


async def test_the_picture_shows_the_game_as_it_is(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    first = read_campaign()[0].levels[0]
    level = read_card(first)
    proofs = proofs_of(first, level)
    app = NineLives(data_dir=tmp_path, ascii_only=False, live=False)
    async with app.run_test(size=(120, 36)) as pilot:
        await until_read(pilot)
        keys = keys_between(level, proofs["default"], proofs["ask-the-other-one"])
        await pilot.press("enter", *keys, "enter")
        await watch_until(pilot, MOMENT_US)
        svg = app.export_screenshot(title="Nine Lives")

    picture = without_what_changes(svg)
    if request.config.getoption("update_snapshots"):
        PICTURE.write_text(picture, encoding="utf-8", newline="\n")
    assert PICTURE.read_text(encoding="utf-8") == picture, "make it: pytest --snapshot-update"


def test_the_readme_shows_it() -> None:
    assert "(assets/screenshot.svg)" in (ROOT / "README.md").read_text(encoding="utf-8")
