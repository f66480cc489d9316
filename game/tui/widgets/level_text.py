"""The text of a level, with what is wrong with it beside the line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.style import Style
from textual.widgets import TextArea
from textual.widgets.text_area import TextAreaTheme

if TYPE_CHECKING:
    from game.level.problems import Problem

BESIDE = 70
"""Characters of a message that stand beside its line; the whole of it is in the list."""
INKS = {
    "property": "primary",
    "toml.type": "accent",
    "string": "success",
    "number": "warning",
    "float": "warning",
    "boolean": "warning",
    "comment": "secondary",
    "punctuation.bracket": "accent",
    "toml.error": "error",
}
"""By what tree-sitter calls a piece of TOML: the colour of the game's theme."""


class LevelText(TextArea):
    """TOML in colours. Where something is wrong the place is underlined and the words follow."""

    def __init__(
        self,
        text: str,
        *,
        id: str | None = None,  # noqa: A002
        read_only: bool = False,
    ) -> None:
        super().__init__(
            text,
            language="toml",
            soft_wrap=False,
            tab_behavior="focus",
            show_line_numbers=True,
            max_checkpoints=500,
            read_only=read_only,
            id=id,
        )
        self.indent_width = 2
        self._marks: dict[int, list[Problem]] = {}
        self._bad = "x"

    def on_mount(self) -> None:
        """In the game's own colours, whichever those are."""
        self.colour()
        self.app.theme_changed_signal.subscribe(self, lambda _: self.colour())

    def colour(self) -> None:
        """Take the colours of the theme of now."""
        colours = self.app.theme_variables
        styles = {name: Style(color=colours[ink]) for name, ink in INKS.items()}
        self.register_theme(TextAreaTheme(name="css", syntax_styles=styles))
        self.theme = "css"

    def mark(self, problems: Sequence[Problem], bad: str) -> None:
        """Show these problems beside their lines, behind that sign."""
        marks: dict[int, list[Problem]] = defaultdict(list)
        for problem in problems:
            marks[problem.line - 1].append(problem)
        self._marks = dict(marks)
        self._bad = bad
        self._line_cache.clear()
        self.refresh()

    def get_line(self, line_index: int) -> Any:
        """The line, with its marks."""
        line = super().get_line(line_index)
        for problem in self._marks.get(line_index, ()):
            start = problem.column - 1
            line.stylize("underline bold", start, start + problem.length)
        for problem in self._marks.get(line_index, ())[:1]:
            style = self._ink("error" if problem.severity == "error" else "warning")
            words = problem.message[:BESIDE]
            line.append(f"   {self._bad} {words}", style)
        return line

    def _ink(self, name: str) -> str:
        return f"bold {self.app.theme_variables[name]}"

    def go_to(self, problem: Problem) -> None:
        """Put the cursor where a problem is."""
        self.focus()
        self.move_cursor((problem.line - 1, problem.column - 1), center=True)
