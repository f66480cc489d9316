"""The colours of the night and of the day.

Blue, orange, yellow and vermilion that most colour-blind eyes tell apart (Okabe and Ito, "Color
Universal Design", 2008).
"""

from __future__ import annotations

from textual.theme import Theme

NIGHT = Theme(
    name="night",
    primary="#56b4e9",
    secondary="#7d8fb3",
    accent="#f0e442",
    warning="#e69f00",
    error="#ff7f50",
    success="#3fc39b",
    foreground="#d5dcea",
    background="#0d1320",
    surface="#121a2b",
    panel="#1a2540",
    dark=True,
    variables={
        "footer-background": "#121a2b",
        "footer-key-foreground": "#f0e442",
        "footer-description-foreground": "#aab6cf",
    },
)
DAY = Theme(
    name="day",
    primary="#0072b2",
    secondary="#5b6b86",
    accent="#8a4b00",
    warning="#b35c00",
    error="#b83a00",
    success="#00795a",
    foreground="#1b2333",
    background="#f6f7fa",
    surface="#eceff5",
    panel="#dfe4ee",
    dark=False,
)
THEMES = (NIGHT, DAY)
LIGHT_COLOURS = ("7", "15")
"""What a terminal with a light background says after the last semicolon of COLORFGBG."""


def theme_for(colorfgbg: str) -> str:
    """The theme that suits the terminal's background, as far as it tells."""
    return DAY.name if colorfgbg.rpartition(";")[2] in LIGHT_COLOURS else NIGHT.name
