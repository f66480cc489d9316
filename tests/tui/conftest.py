"""An app on a night made of formulas, with all clocks standing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from game.tui.app import NineLives
from tests.tui.fake import FakeSimulator, fake_campaign


class TextFile(SingleFileSnapshotExtension):
    """One readable file for each snapshot."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def text_file(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Compares with a text file beside the tests."""
    return snapshot.use_extension(TextFile)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the developer has set for the terminal does not reach the tests."""
    for name in ("NINELIVES_ASCII", "TEXTUAL_ANIMATIONS", "TEXTUAL_THEME", "COLORFGBG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def fake_game(tmp_path: Path) -> Callable[..., NineLives]:
    """Makes a game on the fake night, in unicode or ASCII, with saves of its own."""

    def make(ascii_only: bool = False, data_dir: Path = tmp_path) -> NineLives:
        return NineLives(
            simulator=FakeSimulator(),
            campaign=fake_campaign(),
            ascii_only=ascii_only,
            data_dir=data_dir,
            live=False,
        )

    return make
