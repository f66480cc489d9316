"""Whatever is pressed, clicked or resized: no exception, and no run that was finished is lost."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.geometry import Offset
from textual.pilot import OutOfBounds, Pilot

from game.progress import open_progress
from game.tui.app import NineLives
from game.tui.screens.operate import OperateScreen
from game.tui.session import Finished
from tests.tui.driving import until_read

MOVES = ["up", "down", "left", "right", "tab", "shift+tab", "home", "end", "pageup", "pagedown"]
SIGNS = ["left_square_bracket", "right_square_bracket", "full_stop", "question_mark", "slash"]
WAYS = ["enter", "enter", "enter", "end", "end", "escape", "space"]
KEYS = (*MOVES, *SIGNS, *WAYS, *"abcdklnrruvwN", "f1", "f2", "f3", "f4", "f5", "ctrl+p", "ctrl+s")
SIZES = ((80, 24), (120, 40), (200, 60), (60, 15), (81, 25))
AT_ONCE = 10

Make = Callable[..., NineLives]


class Monkey:
    """Somebody who does not know what to do, and does it all the time."""

    def __init__(self, app: NineLives, pilot: Pilot[int], seed: int) -> None:
        self.app = app
        self.pilot = pilot
        self.luck = random.Random(seed)

    async def act(self) -> None:
        """A few keys, or a click, or another size; and time goes on."""
        chance = self.luck.random()
        if chance < 0.7:
            await self.pilot.press(*self.luck.choices(KEYS, k=AT_ONCE))
        elif chance < 0.92:
            for _ in range(3):
                await self.click()
        else:
            await self.pilot.resize_terminal(*self.luck.choice(SIZES))
        screen = self.app.screen
        if isinstance(screen, OperateScreen):
            screen.tick(self.luck.randrange(3_000_000))
        self.app.judge(20_000)

    async def click(self) -> None:
        """Anywhere."""
        width, height = self.app.size
        place = Offset(self.luck.randrange(width), self.luck.randrange(height))
        try:
            await self.pilot.click(offset=place)
        except OutOfBounds:
            await self.pilot.pause()


@pytest.mark.parametrize(
    ("seed", "acts"), [(1, 10), pytest.param(2, 130, marks=pytest.mark.soak)], ids=["ci", "soak"]
)
async def test_random_keys_and_clicks_break_nothing_and_lose_no_run(
    fake_game: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, acts: int
) -> None:
    finished: list[Finished] = []

    async def stay(_app: NineLives) -> None:
        """Leaving is tried in another test."""

    def note(app: NineLives, night: Finished) -> None:
        finished.append(night)
        judge_and_keep(app, night)

    judge_and_keep = NineLives.judge_and_keep
    monkeypatch.setattr(NineLives, "action_quit", stay)
    monkeypatch.setattr(NineLives, "judge_and_keep", note)
    app = fake_game()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_read(pilot)
        await pilot.press("enter", "enter", "end")
        while isinstance(app.screen, OperateScreen):
            app.screen.tick(1)
            await pilot.pause()
        monkey = Monkey(app, pilot, seed)
        for _ in range(acts):
            await monkey.act()
        while any(night.card is None for night in finished):
            app.judge(1_000_000)
        await until_read(pilot)

    assert len(open_progress(tmp_path).runs(limit=10_000)) == len(finished)
    assert [night.kept for night in finished] == ["saved"] * len(finished)
