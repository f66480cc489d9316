"""Level three: lost by its trap, read, understood, and won."""

from __future__ import annotations

from pathlib import Path

from game.level.campaign import read_campaign
from game.tui.app import NineLives
from game.tui.screens.codex import CodexScreen
from game.tui.screens.post_mortem import PostMortemScreen
from tests.tui.driving import post_mortem, until_read, watch_to_the_end
from tests.tui.real_levels import keys_between, proofs_of, read_card
from tests.tui.screen_text import screen_text

THIRD = read_campaign()[0].levels[2]


async def test_the_trap_tells_why_and_the_lesson_wins(tmp_path: Path) -> None:
    level = read_card(THIRD)
    proofs = proofs_of(THIRD, level)
    app = NineLives(THIRD.file, data_dir=tmp_path, live=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_read(pilot)
        await until_read(pilot)
        assert THIRD.title in screen_text(app)
        keys = keys_between(level, proofs["default"], proofs["eager"])
        await pilot.press("enter", *keys, "enter")
        await watch_to_the_end(pilot)

        text = screen_text(app)
        assert "The night is lost." in text
        told = post_mortem(pilot).told
        assert told.causes[0].word == "queue-full"
        assert any("retries" in look.words for look in told.look_at)
        await pilot.press("pagedown")
        assert "queue-full" in text + screen_text(app)

        await pilot.press("k")
        await until_read(pilot)
        assert isinstance(app.screen, CodexScreen)
        await pilot.press("escape")
        assert isinstance(app.screen, PostMortemScreen)

        keys = keys_between(level, proofs["eager"], proofs["reference"])
        await pilot.press("c", *keys, "enter")
        await watch_to_the_end(pilot)
        assert "Passed: the service held.   ★ ★ ★" in screen_text(app)
