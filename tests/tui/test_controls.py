"""The row of choices in a narrow window."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from game.tui.app import NineLives
from game.tui.widgets.controls import window_of
from tests.tui.driving import until_read
from tests.tui.screen_text import screen_text


@given(st.lists(st.integers(1, 30), min_size=1, max_size=12), st.data(), st.integers(1, 80))
def test_the_window_holds_the_chosen_one_and_fits_unless_that_is_too_wide_alone(
    widths: list[int], data: st.DataObject, room: int
) -> None:
    chosen = data.draw(st.integers(0, len(widths) - 1))
    shown = window_of(widths, chosen, room)

    assert chosen in shown
    assert len(shown) == 1 or sum(widths[number] for number in shown) <= room
    for more in (shown.start - 1, shown.stop):
        if 0 <= more < len(widths):
            assert sum(widths[number] for number in shown) + widths[more] > room


async def test_every_choice_tells_what_it_costs_and_means(
    fake_game: Callable[..., NineLives],
) -> None:
    app = fake_game()
    async with app.run_test(size=(120, 40)) as pilot:
        await until_read(pilot)
        await pilot.press("enter")
        text = screen_text(app)
        assert "○ two   +$0.10 an hour" in text
        assert "One is enough while the other is" in text
        assert "Eight times the work" not in text

        await pilot.press("down")
        assert "Eight times the work" in screen_text(app)
        await pilot.resize_terminal(80, 24)
        await pilot.press("up", "right")
        await pilot.pause()
        assert "One is enough while the other is away. (+$0.10 an hour against one)" in screen_text(
            app
        )
