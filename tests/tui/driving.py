"""Ways to move through the game in tests."""

from __future__ import annotations

from textual.pilot import Pilot

from game.tui.app import NineLives
from game.tui.screens.briefing import BriefingScreen
from game.tui.screens.operate import OperateScreen
from game.tui.screens.post_mortem import PostMortemScreen
from game.tui.session import Session

TICK_US = 100_000
PAUSES_MOST = 100


async def until_read(pilot: Pilot[int]) -> None:
    """Wait for the level to be read behind the briefing, and for all that is being saved."""
    for _ in range(PAUSES_MOST):
        await pilot.pause()
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        if not isinstance(pilot.app.screen, BriefingScreen) or pilot.app.screen.is_ready:
            return


def game(pilot: Pilot[int]) -> NineLives:
    """The app, by its own type."""
    assert isinstance(pilot.app, NineLives)
    return pilot.app


def operate(pilot: Pilot[int]) -> OperateScreen:
    """The screen that must be in front now."""
    screen = pilot.app.screen
    assert isinstance(screen, OperateScreen), screen
    return screen


def post_mortem(pilot: Pilot[int]) -> PostMortemScreen:
    """The screen that must be in front now."""
    screen = pilot.app.screen
    assert isinstance(screen, PostMortemScreen), screen
    return screen


def session(pilot: Pilot[int]) -> Session:
    """What the player has open."""
    return operate(pilot).session


async def watch_until(pilot: Pilot[int], time_us: int) -> None:
    """Let the night go on at its speed until that moment."""
    screen = operate(pilot)
    watched = screen.watched
    assert watched is not None
    while watched.clock.playhead_us < time_us:
        step_us = min(TICK_US, time_us - watched.clock.playhead_us)
        screen.tick(int(step_us / watched.clock.speed) or 1)
    screen.show_moment()
    await pilot.pause()


async def watch_to_the_end(pilot: Pilot[int]) -> None:
    """See the rest of the night at once, and have all nights judged and the run saved."""
    screen = operate(pilot)
    await pilot.press("end")
    while pilot.app.screen is screen:
        screen.tick(TICK_US)
        await pilot.pause()
    await until_judged(pilot)


async def until_judged(pilot: Pilot[int]) -> None:
    """Have all nights judged and the run saved."""
    finished = post_mortem(pilot).finished
    while finished.card is None:
        game(pilot).judge(1_000_000)
    await until_read(pilot)
