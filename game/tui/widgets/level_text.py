"""The text of a level, with what is wrong with it beside the line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.widgets import TextArea

if TYPE_CHECKING:
    from game.level.problems import Problem

BESIDE = 70
"""Characters of a message that stand beside its line; the whole of it is in the list."""
THEMES = {True: "monokai", False: "github_light"}
"""By whether the game is dark."""


class LevelText(TextArea):
    """TOML in colours. Where something is wrong the place is underlined and the words follow."""

    def __init__(self, text: str, *, dark: bool, id: str | None = None) -> None:  # noqa: A002
        super().__init__(
            text,
            language="toml",
            theme=THEMES[dark],
            soft_wrap=False,
            tab_behavior="focus",
            show_line_numbers=True,
            max_checkpoints=500,
            id=id,
        )
        self.indent_width = 2
        self._marks: dict[int, list[Problem]] = {}
        self._bad = "x"

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
