"""The screen as text. The one place that knows private names of textual (8.2.8)."""

from __future__ import annotations

from textual.app import App


def screen_text(app: App[int]) -> str:
    """What the terminal shows, a line a row, without blanks at the ends of lines."""
    strips = app.screen._compositor.render_strips()
    rows = ("".join(segment.text for segment in strip).rstrip() for strip in strips)
    return "\n".join(rows) + "\n"
