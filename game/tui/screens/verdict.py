"""What came of the night, why, and what to try: verdict, cause, evidence, next step."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Button, Static

from game.engine.causes import MEANINGS, Cause
from game.score.goals import GoalResult
from game.score.nines import nines
from game.score.scorecard import PASSED, SeedScore
from game.score.words import measure_words, nines_words, target_words
from game.tui.screens.page import Page
from game.tui.widgets.title_bar import TitleBar
from game.tui.words import moment, paragraphs

if TYPE_CHECKING:
    from game.score.scorecard import Scorecard
    from game.tui.screens.operate import OperateScreen
    from game.tui.session import Session

SLICE_US = 8_000
SLICES_A_SECOND = 40
STARS_MOST = 3
CAUSES = {cause.word: cause for cause in Cause}


class VerdictScreen(Page):
    """The score of the night that was watched; the other nights are judged behind it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "plan", "Change the plan"),
        Binding("r", "again", "Again", tooltip="The same night from its beginning"),
        Binding("n", "night", "Next night", tooltip="The next of the graded nights"),
        Binding("w", "worst", "Watch the worst", tooltip="The night that the plan stood worst"),
        Binding("up", "scroll(-1)", "Scroll up", show=False),
        Binding("down", "scroll(1)", "Scroll down", show=False),
        Binding("pageup", "scroll(-10)", "Page up", show=False),
        Binding("pagedown", "scroll(10)", "More", key_display="pgdn"),
        Binding("left", "app.focus_previous", "Button before", show=False),
        Binding("right", "app.focus_next", "Next button", show=False),
    ]
    ABOUT = (
        "Which goals held, which were lost and when, and why requests failed. A plan is passed "
        "when every goal holds in each of the graded nights."
    )

    def __init__(self, session: Session, score: SeedScore, operate: OperateScreen) -> None:
        super().__init__()
        self.session = session
        self.score = score
        self.operate = operate
        self.card: Scorecard | None = None
        self._timer: Timer | None = None

    def body(self) -> ComposeResult:
        """Headline, then the sections in two columns where there is room."""
        title = f"{self.session.level.title}  {self.game.glyphs.separator}  the verdict"
        yield TitleBar(title)
        with VerticalScroll(id="verdict", can_focus=False):
            yield Static("", id="headline")
            with Vertical(id="evidence"):
                yield _section("Goals", self._goals(), "goals")
                yield _section("Why requests failed", self._causes(), "causes")
                yield _section("", Content(""), "lesson")
                yield _section("All nights", Content(""), "nights")
                yield _section("What the number means", self._nines(), "nines")
        with Horizontal(classes="buttons"):
            yield Button("Change the plan", id="plan", variant="primary", compact=True)
            yield Button("Same night again", id="again", compact=True)
            yield Button("Next night", id="night", compact=True)
            yield Button("Watch the worst", id="worst", compact=True)

    def on_mount(self) -> None:
        """Go on judging the other nights while the player reads."""
        super().on_mount()
        self._timer = self.set_interval(1 / SLICES_A_SECOND, self.judge, pause=not self.game.live)
        self._show()
        self.judge()

    def judge(self, budget_us: int = SLICE_US) -> None:
        """Simulate the other nights for about so long; at the end show the whole verdict."""
        if self.card is not None:
            return
        grading = self.session.grading()
        before = grading.missing
        if grading.work(budget_us):
            self.card = grading.card()
            if self._timer is not None:
                self._timer.stop()
        if self.card is not None or grading.missing != before:
            self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The worst night can be watched once it is known and is not the one just seen."""
        if action == "worst":
            return self._worst() is not None
        return True

    def action_plan(self) -> None:
        """Back to the controls."""
        self.app.pop_screen()
        self.operate.to_controls()

    def action_again(self) -> None:
        """The same night once more."""
        self.app.pop_screen()
        self.operate.action_start()

    def action_night(self) -> None:
        """The next night."""
        self.app.pop_screen()
        self.operate.action_night()

    def action_worst(self) -> None:
        """The night in which the plan stood worst."""
        worst = self._worst()
        if worst is not None:
            self.session.seed = worst
            self.action_again()

    def action_scroll(self, rows: int) -> None:
        """Scroll a verdict that is longer than the window."""
        self.query_one("#verdict").scroll_relative(y=rows, animate=False)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Each button does what its key does."""
        getattr(self, f"action_{event.button.id}")()

    @property
    def passed(self) -> bool:
        """Every goal holds in every graded night, as far as is known."""
        return self.card is not None and self.card.stars > 0

    def _worst(self) -> int | None:
        if self.card is None or len(self.card.seeds) < 2:
            return None
        seed = self.card.worst_seed.seed
        return None if seed == self.score.seed or self.passed else seed

    # What is shown

    def _show(self) -> None:
        self.query_one("#headline", Static).update(self._headline())
        self.query_one("#nights-words", Static).update(self._nights())
        worst = self.query_one("#worst", Button)
        worst.display = self._worst() is not None
        lesson = self.query_one("#lesson")
        title, words = self._lesson()
        lesson.border_title = title
        lesson.display = bool(words)
        self.query_one("#lesson-words", Static).update(paragraphs(words))
        here = self.query_one("#again" if self.passed else "#plan")
        if self.focused is None:
            here.focus()
        self.refresh_bindings()

    def _headline(self) -> Content:
        glyphs = self.game.glyphs
        if self.score.error or self.score.verdict not in (PASSED, "failed"):
            words = self.score.error or "The night was too expensive to simulate to its end."
            return Content.assemble(("The night was broken off.", "bold $error"), f"\n{words}")
        if self.card is None:
            done = len(self.session.level.seeds) - len(self.session.grading().missing)
            words = f"{done} of {len(self.session.level.seeds)} nights judged {glyphs.dots}"
            if self.score.stars:
                return Content.assemble(
                    (f"{glyphs.good} This night is won.", "bold $success"), f"\n{words}"
                )
            return Content.assemble(
                (f"{glyphs.bad} The night is lost.", "bold $error"), f"\n{words}"
            )
        if self.passed:
            stars = glyphs.star * self.card.stars + glyphs.no_star * (STARS_MOST - self.card.stars)
            return Content.assemble(
                (f"{glyphs.good} Passed: the service held.", "bold $success"),
                "   ",
                (" ".join(stars), "bold $warning"),
                f"\n{self._what_next_star()}",
            )
        if self.score.stars:
            number = self.session.level.seeds.index(self.card.worst_seed.seed) + 1
            return Content.assemble(
                (f"{glyphs.bad} This night is won, but not all of them.", "bold $error"),
                f"\nThe plan stood worst in night {number}. Watch it to see why.",
            )
        return Content.assemble(
            (f"{glyphs.bad} The night is lost.", "bold $error"), f"\n{self._what_was_lost()}"
        )

    def _what_was_lost(self) -> str:
        """The first goal for a star that did not hold, and when that was sure."""
        lost = next(goal for goal in self.score.goals if goal.stars == 1 and not goal.met)
        says = next(goal.says for goal in self.session.level.goals if goal.id == lost.id)
        name = f'"{says.rstrip(".")}"' if says else lost.id
        if lost.lost_at_us is None:
            return f"The goal {name} did not hold."
        return f"The goal {name} was lost at {moment(lost.lost_at_us)}."

    def _what_next_star(self) -> str:
        assert self.card is not None
        nights = f"It held in all {len(self.card.seeds)} nights."
        wanting = [goal for goal in self.card.goals if not goal.met]
        if not wanting:
            return f"{nights} There is nothing left to win here."
        goal = min(wanting, key=lambda goal: goal.stars)
        return f"{nights} Star {goal.stars} asks for more: {goal.id}, {target_words(goal)}."

    def _goals(self) -> Content:
        goals = sorted(self.score.goals, key=lambda goal: goal.stars)
        width = max((len(goal.id) for goal in goals), default=0)
        return Content("\n").join([self._goal(goal, width) for goal in goals])

    def _goal(self, goal: GoalResult, width: int) -> Content:
        """Star, name, what was measured, what was asked for, and when it was lost."""
        glyphs = self.game.glyphs
        sign = (glyphs.good, "$success") if goal.met else (glyphs.bad, "$error")
        measured = measure_words(goal.measure, goal.measured, self.score.tally)
        when = f", lost at {moment(goal.lost_at_us)}" if goal.lost_at_us is not None else ""
        return Content.assemble(
            sign,
            " ",
            ((glyphs.star * goal.stars).ljust(4), "$warning"),
            f"{goal.id:<{width}}  ",
            (f"{measured:<14}", "bold" if goal.met else "bold $error"),
            f"  {target_words(goal)}",
            (when, "$error"),
        )

    def _causes(self) -> Content:
        score = self.score
        bad = score.operations - score.good
        if not bad:
            return Content(f"None did: all {score.operations:,} were answered in time.")
        rows = [Content(f"{bad:,} of the {score.operations:,} that count:")]
        for word, fault, count in score.blame:
            rows.append(
                Content.assemble(
                    (f"{count:>6,} ", "bold"),
                    (word, "bold $error"),
                    f"  {MEANINGS[CAUSES[word]]}",
                    (f" (blame: {fault})" if fault else "", "$text-muted"),
                )
            )
        blamed = {fault for _, fault, _ in score.blame}
        rows += [
            Content.styled(f"{fault.id}: {fault.says}", "$text-muted")
            for fault in self.session.grading().system.faults
            if fault.id in blamed and fault.says
        ]
        return Content("\n").join(rows)

    def _nines(self) -> Content:
        score, level = self.score, self.session.level
        length_us = score.window_us[1] - score.window_us[0] + 1
        rows: list[Content] = []
        for goal in score.goals:
            if goal.measure == "availability" and goal.at_least and score.operations:
                told = nines(goal.target, score.operations, length_us, level.how_often_per_year)
                share = f"{100 * goal.target:g} % of {score.operations:,}"
                rows.append(Content(f"{share}: {nines_words(told)}."))
        measured = score.measures.get("availability")
        if measured is not None and rows:
            bad = score.operations - score.good
            outage_s = (1 - measured) * length_us / 1_000_000
            rows.append(
                Content(f"This night: {bad:,} failed, as in an outage of {outage_s:.3g} s.")
            )
        return Content("\n").join(rows) if rows else Content("This level asks for no availability.")

    def _nights(self) -> Content:
        glyphs = self.game.glyphs
        scores = self.session.grading().scores
        parts: list[Content] = []
        for number, seed in enumerate(self.session.level.seeds, 1):
            score = scores.get(seed)
            if score is None:
                part = Content.styled(f"{number} {glyphs.dots}", "$text-muted")
            else:
                sign = (glyphs.good, "$success") if score.stars else (glyphs.bad, "$error")
                part = Content.assemble(
                    (str(number), "bold underline" if seed == self.score.seed else ""),
                    " ",
                    sign,
                    (f" {glyphs.star * score.stars}" if score.stars else "", "$warning"),
                )
            parts.append(part)
        return Content("    ").join(parts)

    def _lesson(self) -> tuple[str, str]:
        if self.passed:
            return "What you have seen", self.session.level.debrief
        hint = self.session.hint()
        return ("A hint", hint) if hint and not self.score.stars else ("", "")


def _section(title: str, words: Content, name: str) -> Vertical:
    section = Vertical(Static(words, id=f"{name}-words"), id=name, classes="section")
    section.border_title = title
    return section
