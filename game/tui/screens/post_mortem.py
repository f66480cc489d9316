"""Why the night went as it did: verdict, cause, evidence, next step."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from game.score.nines import nines
from game.score.scorecard import PASSED
from game.score.words import nines_words, target_words
from game.tui.keeping import NOT_SAVED, SAVED
from game.tui.screens.page import Page
from game.tui.watch import fault_spans
from game.tui.widgets.timeline import Timeline
from game.tui.widgets.title_bar import TitleBar
from game.tui.words import moment, paragraphs

if TYPE_CHECKING:
    from game.explain import PostMortem
    from game.explain.ledger import GoalTold, MeasureTold
    from game.level.campaign import LevelCard
    from game.score.scorecard import Scorecard
    from game.tui.screens.operate import OperateScreen
    from game.tui.session import Finished

STARS_MOST = 3
LINKS_MOST = 3


class MomentLine(Static):
    """The moment that is pointed at on the timeline; a click goes there."""


class PostMortemScreen(Page):
    """The night that was watched, explained; the other nights are judged behind it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "plan", "Plan", tooltip="Change the plan"),
        Binding("r", "again", "Again", tooltip="The same night from its beginning"),
        Binding("n", "night", "Next night", tooltip="The next of the graded nights"),
        Binding("N", "new_night", "A new night", show=False),
        Binding("w", "worst", "Worst night", tooltip="The night that the plan stood worst"),
        Binding("l", "level", "Next level"),
        Binding("k", "codex(0)", "Codex", tooltip="The page about what failed"),
        Binding("enter", "there", "Watch that moment", show=False),
        Binding("up", "scroll(-1)", "Scroll up", show=False),
        Binding("down", "scroll(1)", "Scroll down", show=False),
        Binding("pageup", "scroll(-10)", "Page up", show=False),
        Binding("pagedown", "scroll(10)", "More", key_display="pgdn"),
        Binding("left", "app.focus_previous", "Button before", show=False),
        Binding("right", "app.focus_next", "Next button", show=False),
    ]
    ABOUT = (
        "Which goals held, which were lost and when, and why requests failed. A plan is passed "
        "when every goal holds in each of the graded nights. On the timeline, left and right go "
        "from moment to moment, and enter watches the one that is pointed at."
    )

    def __init__(self, finished: Finished, operate: OperateScreen) -> None:
        super().__init__(classes="-crowded")
        self.finished = finished
        self.session = finished.session
        self.score = finished.score
        self.operate = operate
        self.told: PostMortem = self.session.simulator.explain(
            self.session.level, finished.grading.system, finished.log, finished.score
        )
        self._moment = self._first_moment()
        pages = dict.fromkeys(page for look in self.told.look_at for page in look.codex)
        self._pages = tuple(pages)[:LINKS_MOST]

    @property
    def card(self) -> Scorecard | None:
        """All graded nights, once each is judged."""
        return self.finished.card

    @property
    def passed(self) -> bool:
        """Every goal holds in every graded night, as far as is known."""
        return self.card is not None and self.card.stars > 0

    def body(self) -> ComposeResult:
        """Headline and timeline, then the sections in two columns where there is room."""
        yield TitleBar(f"{self.session.level.title}  {self.game.glyphs.separator}  post-mortem")
        with VerticalScroll(id="verdict", can_focus=False):
            yield Static("", id="headline")
            yield Timeline(self.game.glyphs, id="timeline")
            yield MomentLine("", id="moment")
            with Vertical(id="evidence"):
                yield _section("Goals", "goals")
                yield _section("Why requests failed", "causes")
                with Vertical(id="next", classes="section"):
                    yield Static("", id="next-words")
                    with Horizontal(id="links"):
                        for index, page in enumerate(self._pages):
                            yield Button(_title(page), name=f"codex({index})", compact=True)
                yield _section("", "lesson")
                yield _section("What happened", "story")
                yield _section("All nights", "nights")
                yield _section("What the number means", "nines")
        with Horizontal(classes="buttons"):
            yield Button("Next level", name="level", id="level", compact=True)
            yield Button("Change the plan", name="plan", id="plan", compact=True)
            yield Button("Same night again", name="again", id="again", compact=True)
            yield Button("Next night", name="night", id="night", compact=True)
            yield Button("Watch the worst", name="worst", id="worst", compact=True)

    def fill(self) -> None:
        """Show all that is known by now."""
        told = self.told
        self.query_one("#next", Vertical).border_title = "Where to look"
        self.query_one("#goals-words", Static).update(self._goals())
        self.query_one("#causes-words", Static).update(self._causes())
        self.query_one("#story-words", Static).update(Content("\n").join(map(Content, told.story)))
        self.query_one("#nines-words", Static).update(self._nines())
        self.query_one("#next-words", Static).update(self._where_to_look())
        self.query_one("#links").display = bool(self._pages)
        self._point()
        self._show_judged()

    def on_news(self, finished: Finished) -> None:
        """A night more was judged, or the run was saved."""
        if finished.grading is self.finished.grading:
            self._show_judged()
            self.show_banner()

    @on(events.ScreenResume)
    def _show_what_was_judged(self) -> None:
        """Nights were judged while another screen was in front."""
        if self.is_whole:
            self._show_judged()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only keys that mean something now are shown."""
        if action == "worst":
            return self._worst() is not None
        if action == "level":
            return self.passed and self._next_level() is not None
        if action == "codex":
            return bool(self._pages)
        if action == "there":
            return isinstance(self.focused, Timeline) and bool(self.told.moments)
        return True

    # Ways on

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

    def action_new_night(self) -> None:
        """A night that nobody has seen."""
        self.app.pop_screen()
        self.operate.action_new_night()

    def action_worst(self) -> None:
        """The night in which the plan stood worst."""
        worst = self._worst()
        if worst is not None:
            self.session.seed = worst
            self.action_again()

    def action_level(self) -> None:
        """The level after this one."""
        card = self._next_level()
        if card is not None:
            self.game.open_level(card)

    def action_codex(self, index: int) -> None:
        """A page about what failed here."""
        self.game.open_codex(self._pages[index])

    def action_there(self) -> None:
        """Watch the moment that is pointed at."""
        self.app.pop_screen()
        self.operate.look_at(self.told.moments[self._moment].time_us)

    def action_scroll(self, rows: int) -> None:
        """Scroll a post-mortem that is longer than the window."""
        self.query_one("#verdict").scroll_relative(y=rows, animate=False)

    async def on_button_pressed(self, event: Button.Pressed) -> None:
        """Each button does what its key does."""
        await self.run_action(event.button.name or "")

    def on_timeline_looked(self, message: Timeline.Looked) -> None:
        """From moment to moment, or to the one nearest to a click."""
        message.stop()
        moments = self.told.moments
        if not moments:
            return
        if message.steps:
            self._moment = min(len(moments) - 1, max(0, self._moment + message.steps))
        else:
            self._moment = min(
                range(len(moments)), key=lambda n: abs(moments[n].time_us - message.time_us)
            )
        self._point()

    def on_click(self, event: events.Click) -> None:
        """A click on the words of a moment watches it."""
        if isinstance(event.widget, MomentLine) and self.told.moments:
            self.action_there()

    def _worst(self) -> int | None:
        if self.card is None or len(self.card.seeds) < 2:
            return None
        seed = self.card.worst_seed.seed
        return None if seed == self.score.seed or self.passed else seed

    def _next_level(self) -> LevelCard | None:
        cards = [card for chapter in self.game.campaign for card in chapter.levels]
        after = [n + 1 for n, card in enumerate(cards) if card.id == self.session.level.id]
        return cards[after[0]] if after and after[0] < len(cards) else None

    # What is shown

    def _first_moment(self) -> int:
        """The moment at which the first goal was lost, else the first of all."""
        kinds = [moment.kind for moment in self.told.moments]
        return kinds.index("goal-lost") if "goal-lost" in kinds else 0

    def _show_judged(self) -> None:
        self.query_one("#headline", Static).update(self._headline())
        self.query_one("#nights-words", Static).update(self._nights())
        self.query_one("#worst", Button).display = self._worst() is not None
        self.query_one("#level", Button).display = bool(self.check_action("level", ()))
        lesson = self.query_one("#lesson")
        title, words = self._lesson()
        lesson.border_title = title
        lesson.display = bool(words)
        self.query_one("#lesson-words", Static).update(paragraphs(words))
        if self.passed:
            self.query_one("#evidence").move_child(lesson, after=self.query_one("#goals"))
        self.query_one(TitleBar).show(self._kept())
        here = self.query_one("#plan")
        if self.check_action("level", ()):
            here = self.query_one("#level")
        if self.focused is None or (here.id == "level" and self.focused.id == "plan"):
            here.focus(scroll_visible=False)
        for button in self.query(Button):
            button.set_class(button is here, "-first")
        self.refresh_bindings()

    def _kept(self) -> Content:
        glyphs, kept = self.game.glyphs, self.finished.kept
        if kept == SAVED:
            return Content.assemble((glyphs.good, "$success"), " saved")
        if kept == NOT_SAVED:
            return Content.assemble((glyphs.bad, "$error"), " not saved")
        return Content.styled(f"{kept}{glyphs.dots}" if kept else "", "$text-muted")

    def _point(self) -> None:
        """The timeline, and the moment that is pointed at."""
        log, glyphs, moments = self.finished.log, self.game.glyphs, self.told.moments
        watch = self.operate.watched
        pointed = moments[self._moment] if moments else None
        self.query_one("#timeline", Timeline).show(
            log.duration_us,
            pointed.time_us if pointed else None,
            log.ended_us,
            fault_spans(log),
            watch.seconds if watch is not None else (),
            [one.time_us for one in moments],
        )
        words = self.query_one("#moment", MomentLine)
        words.display = pointed is not None
        if pointed is not None:
            words.update(
                Content.assemble(
                    (f"{glyphs.back_arrow} {self._moment + 1} of {len(moments)} {glyphs.arrow}  "),
                    (f"{moment(pointed.time_us)}  {pointed.words}", "bold"),
                    (f"   {glyphs.playing} watch it", "$text-muted"),
                )
            )

    def _headline(self) -> Content:
        glyphs, told = self.game.glyphs, self.told
        first: tuple[str, str] | Content
        if self.score.error or self.score.verdict not in (PASSED, "failed"):
            return Content.assemble(
                ("The night was broken off.", "bold $error"), f"\n{told.headline}"
            )
        if self.card is None:
            done = len(self.session.level.seeds) - len(self.finished.grading.missing)
            judged = f"   {done} of {len(self.session.level.seeds)} nights judged {glyphs.dots}"
            first = (
                (f"{glyphs.good} This night is won.", "bold $success")
                if self.score.stars
                else (f"{glyphs.bad} The night is lost.", "bold $error")
            )
            return Content.assemble(first, (judged, "$text-muted"), f"\n{told.headline}")
        if self.passed:
            stars = glyphs.star * self.card.stars + glyphs.no_star * (STARS_MOST - self.card.stars)
            return Content.assemble(
                (f"{glyphs.good} Passed: the service held.", "bold $success"),
                "   ",
                (" ".join(stars), "bold $warning"),
                *(f"\n{glyphs.star} New record, {words}" for words in self.finished.records),
                f"\n{self._what_next_star()}",
            )
        if self.score.stars:
            return Content.assemble(
                (f"{glyphs.bad} This night is won, but not all of them.", "bold $error"),
                f"\n{self._which_was_worst()}",
            )
        return Content.assemble(
            (f"{glyphs.bad} The night is lost.", "bold $error"), f"\n{told.headline}"
        )

    def _which_was_worst(self) -> str:
        assert self.card is not None
        number = self.session.level.seeds.index(self.card.worst_seed.seed) + 1
        return f"The plan stood worst in night {number}. Watch it to see why."

    def _what_next_star(self) -> str:
        assert self.card is not None
        nights = f"It held in all {len(self.card.seeds)} nights."
        wanting = [goal for goal in self.card.goals if not goal.met]
        if not wanting:
            return f"{nights} There is nothing left to win here but records."
        goal = min(wanting, key=lambda goal: goal.stars)
        return f"{nights} Star {goal.stars} asks for more: {goal.id}, {target_words(goal)}."

    def _goals(self) -> Content:
        goals = sorted(self.told.goals, key=lambda goal: goal.stars)
        others = [one for one in self.told.measures if not one.is_goal]
        names = [*(goal.id for goal in goals), *(one.id for one in others)]
        width = max(map(len, names), default=0)
        rows = [self._goal(goal, width) for goal in goals]
        return Content("\n").join([*rows, *(self._measure(one, width) for one in others)])

    def _measure(self, measure: MeasureTold, width: int) -> Content:
        """Name, what was measured, and what that means: nothing was asked for."""
        return Content.assemble(
            f"{'':6}{measure.id:<{width}}  ",
            (f"{measure.measured:<14}", "bold"),
            (f"  {measure.says}", "$text-muted"),
        )

    def _goal(self, goal: GoalTold, width: int) -> Content:
        """Star, name, what was measured, what was asked for, and when it was lost."""
        glyphs = self.game.glyphs
        sign = (glyphs.good, "$success") if goal.met else (glyphs.bad, "$error")
        when = f", lost at {moment(goal.lost_at_us)}" if goal.lost_at_us is not None else ""
        return Content.assemble(
            sign,
            " ",
            ((glyphs.star * goal.stars).ljust(4), "$warning"),
            f"{goal.id:<{width}}  ",
            (f"{goal.measured:<14}", "bold" if goal.met else "bold $error"),
            f"  {goal.asks_for}",
            (when, "$error"),
        )

    def _causes(self) -> Content:
        score = self.score
        bad = score.operations - score.good
        if not bad:
            return Content(f"None did: all {score.operations:,} were answered in time.")
        rows = [Content(f"{bad:,} of the {score.operations:,} that count:")]
        for cause in self.told.causes:
            rows.append(
                Content.assemble(
                    (f"{cause.count:>6,} ", "bold"),
                    (cause.word, "bold $error"),
                    f"  {cause.meaning}",
                    (f" (blame: {cause.fault})" if cause.fault else "", "$text-muted"),
                )
            )
        blamed = {cause.fault for cause in self.told.causes}
        rows += [
            Content.styled(f"{fault.id}: {fault.says}", "$text-muted")
            for fault in self.finished.grading.system.faults
            if fault.id in blamed and fault.says
        ]
        return Content("\n").join(rows)

    def _where_to_look(self) -> Content:
        sign = self.game.glyphs.arrow
        rows = [Content.assemble((f"{sign} ", "$accent"), look.words) for look in self.told.look_at]
        return Content("\n").join([*rows, Content.styled(self.told.next_step, "bold")])

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
        scores = self.finished.grading.scores
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
        row = Content("    ").join(parts)
        if self.score.seed in self.session.level.seeds:
            return row
        return row + Content.styled("\nThe night that you saw is none of them.", "$text-muted")

    def _lesson(self) -> tuple[str, str]:
        if self.passed:
            return "What you have seen", self.session.level.debrief
        hint = self.session.hint()
        return ("A hint", hint) if hint and not self.score.stars else ("", "")


def _section(title: str, name: str) -> Vertical:
    section = Vertical(Static("", id=f"{name}-words"), id=name, classes="section")
    section.border_title = title
    return section


def _title(page: str) -> str:
    from game.explain.codex import codex_page

    found = codex_page(page)
    return f"Codex: {found.title if found else page}"
