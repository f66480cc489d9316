"""Set the plan, then watch the night: the map stays where it is, the panel beside it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import perf_counter_ns
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import ContentSwitcher, Static

from game.level.changes import change_text
from game.tui.goal_words import goal_lines
from game.tui.picture import Ink
from game.tui.screens.page import Page
from game.tui.watch import script
from game.tui.widgets.attacks import AttacksPanel
from game.tui.widgets.controls import ControlRow, ControlsPanel
from game.tui.widgets.gauges import Gauges, Targets, targets
from game.tui.widgets.log_panel import LogPanel
from game.tui.widgets.map import TopologyMap
from game.tui.widgets.on_call import ActRow, ChangeRow, OnCallPanel
from game.tui.widgets.timeline import Timeline
from game.tui.widgets.title_bar import TitleBar
from game.tui.words import moment, short_moment, speed_words

if TYPE_CHECKING:
    from game.tui.session import Finished, Session
    from game.tui.watch import Watch

FRAMES_A_SECOND = 15
CALM_FRAMES_A_SECOND = 2
"""With reduced motion, and while the terminal is not looked at."""
LONGEST_TICK_US = 1_000_000
"""After a longer sleep (a suspended program, a closed lid) the night goes on from there."""
PANELS_A_SECOND = 4
HURRY_SLICES = 5
"""Slices a tick when the rest of the night is wanted at once."""
BEHIND_US = 3_000
"""Wall time a tick for the nights that run behind."""
WATCHING = ("slower", "faster", "again", "night", "new_night")


class OperateScreen(Page):
    """Two states: without a watch the plan is being made, with one a night is being seen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "start", "Run the night", key_display="enter", id="start"),
        Binding("space", "pause", "Pause", id="pause"),
        Binding("left_square_bracket", "slower", "Slower", key_display="[", id="slower"),
        Binding("right_square_bracket", "faster", "Faster", key_display="]", id="faster"),
        Binding("full_stop", "step", "Step", key_display=".", id="step"),
        Binding("end", "skip", "End", id="skip", tooltip="See the end of the night at once"),
        Binding("v", "verdict", "Verdict", id="verdict"),
        Binding("r", "again", "Again", id="again", tooltip="The same night from its beginning"),
        Binding("n", "night", "Next", id="night", tooltip="The next of the graded nights"),
        Binding("N", "new_night", "A night that nobody has seen", id="new_night", show=False),
        Binding("u", "undo", "Undo", id="undo", tooltip="Take back the last change of the plan"),
        Binding("d", "defaults", "Defaults", id="defaults", tooltip="The plan you were handed"),
    ]
    ABOUT = (
        "First make your plan: up and down go from control to control, left and right change the "
        "choice. Then run the night and watch. In slow motion (1/16x and below) you see each "
        "message on its way. Left and right on the timeline look back."
    )

    def __init__(self, session: Session) -> None:
        super().__init__(classes="-crowded")
        self.session = session
        self.watched: Watch | None = None
        self._timer: Timer | None = None
        self._last_ns = 0
        self._ticks = 0
        self._finished: Finished | None = None
        self._targets = Targets(None, None, None)
        self._status = Content("")

    def body(self) -> ComposeResult:
        """Map, timeline and log; beside (or below) them the controls, then the gauges."""
        yield TitleBar(self.session.level.title)
        yield from self.desk()

    def desk(self) -> ComposeResult:
        """All but the first row."""
        glyphs, session = self.game.glyphs, self.session
        with Horizontal(id="desk"):
            with Vertical(id="stage"):
                yield TopologyMap(glyphs, still=self.game.still, id="map")
                yield Timeline(glyphs, id="timeline")
                yield LogPanel(id="log")
            with ContentSwitcher(initial="configure", id="side"):
                yield self.plan_panel()
                with Vertical(id="watching", classes="-on-call" if session.level.monitors else ""):
                    yield Gauges(glyphs, id="gauges")
                    yield from self.alarm_panels()
                    yield LogPanel(id="small-log")
                    yield Static("", id="summary")

    def plan_panel(self) -> ControlsPanel:
        """Where the plan is made: with attacks where the level has weapons."""
        panel = AttacksPanel if self.session.level.weapons else ControlsPanel
        return panel(self.session, self.game.glyphs, id="configure")

    def alarm_panels(self) -> Iterator[OnCallPanel]:
        """Where the player acts on alarms: one, on a level that has any."""
        if self.session.level.monitors:
            yield OnCallPanel(self.session.level, self.game.glyphs, id="on-call")

    def on_mount(self) -> None:
        """Show the plan as it is; the clock stands still until the night begins."""
        self._timer = self.set_interval(
            1 / (CALM_FRAMES_A_SECOND if self.game.still else FRAMES_A_SECOND),
            self._on_wall_clock,
            pause=True,
        )

    def fill(self) -> None:
        """Show the plan, or the night where it is."""
        if self.watched is None:
            self._show_plan()
            self.query_one(ControlsPanel).focus_first()
        else:
            self._show_night(self.watched)
            self.give_keys_to_the_night()

    # The two states

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only keys that mean something now are shown."""
        watched = self.watched
        if action in ("start", "undo", "defaults"):
            return watched is None
        if action == "verdict":
            return watched is not None and watched.over
        if action in ("pause", "step", "skip"):
            return watched is not None and not watched.over
        return watched is not None if action in WATCHING else True

    def action_back(self) -> None:
        """From the night to the plan, from the plan to the briefing."""
        if self.watched is None:
            super().action_back()
        else:
            self.to_controls()

    def to_controls(self) -> None:
        """Leave the night; the plan is as it was."""
        self.show_controls()
        self.query_one(ControlsPanel).focus_first()

    def show_controls(self) -> None:
        """The plan in place of a night; the keys stay where they are."""
        self.watched = None
        self._stop()
        self.query_one("#side", ContentSwitcher).current = "configure"
        self.remove_class("-watching")
        self._show_plan()
        self.refresh_bindings()

    def action_start(self) -> None:
        """Begin the chosen night."""
        if self.session.trouble():
            self.notify(self.session.trouble(), severity="error", markup=False)
            return
        watch = self.session.watch()
        watch.clock.speed = self.game.speed
        self.show_watch(watch)
        self.give_keys_to_the_night()

    def give_keys_to_the_night(self) -> None:
        """On call the controls have the keys, else the timeline."""
        self.query_one(Timeline).focus()
        for panel in self.query(OnCallPanel):
            panel.focus_first()

    def show_watch(self, watch: Watch) -> None:
        """Let a night go on from where it is; the keys stay where they are."""
        self.watched = watch
        self._finished = None
        self._ticks = 0
        self._show_night(watch)
        self._go()
        self.call_after_refresh(self.show_moment)
        self.refresh_bindings()

    def _show_night(self, watch: Watch) -> None:
        """Everything that a night needs around it."""
        self.query_one("#side", ContentSwitcher).current = "watching"
        self.add_class("-watching")
        session = self.session
        self._targets = targets(session.level.goals, session.expected_operations(watch))
        self._status = Content("")
        self.query_one(TopologyMap).show_system(session.grading().system)
        self.query_one("#summary", Static).update(self._summary())
        self.show_moment()

    def action_undo(self) -> None:
        """Take back the last change of the plan."""
        if self.session.undo():
            self._plan_changed()
        else:
            self.notify("There is nothing to take back.", timeout=3)

    def action_defaults(self) -> None:
        """The plan as the level hands it over; undo brings the own one back."""
        self.session.reset()
        self._plan_changed()

    def _plan_changed(self) -> None:
        self.query_one(ControlsPanel).show_choices()
        self._show_plan()

    def on_controls_panel_started(self, message: ControlsPanel.Started) -> None:
        """The button does what enter does."""
        message.stop()
        self.action_start()

    def on_control_row_changed(self, message: ControlRow.Changed) -> None:
        """Another choice: the map and the price follow."""
        message.stop()
        if self.watched is None:
            self._show_plan()

    def on_attacks_panel_changed(self, message: AttacksPanel.Changed) -> None:
        """Another attack, or one less: the timeline and the budget follow."""
        message.stop()
        if self.watched is None:
            self._show_plan()

    def on_change_row_dropped(self, message: ChangeRow.Dropped) -> None:
        """One change less in the plan."""
        message.stop()
        if self.watched is None:
            self.session.drop(message.change)
            self._plan_changed()

    def on_act_row_acted(self, message: ActRow.Acted) -> None:
        """Do something while it burns."""
        message.stop()
        self.act(message.control_id, message.label)

    def act(self, control: str, label: str) -> None:
        """Set a control at the playhead, or say why that cannot be."""
        if self.watched is None:
            return
        trouble = self.session.act(self.watched, control, label)
        if trouble:
            self.notify(trouble, severity="warning", timeout=5, markup=False)
        self.show_moment()

    # The clock

    def action_pause(self) -> None:
        """Stand still, or go on."""
        self._with_watch(lambda watch: watch.clock.toggle())
        self._go()

    def action_slower(self) -> None:
        """The next speed down."""
        self._with_watch(lambda watch: watch.clock.slower())
        self._keep_speed()

    def action_faster(self) -> None:
        """The next speed up."""
        self._with_watch(lambda watch: watch.clock.faster())
        self._keep_speed()

    def _keep_speed(self) -> None:
        """The next night goes as fast as this one."""
        if self.watched is not None:
            self.game.speed = self.watched.clock.speed

    def action_step(self) -> None:
        """A single step, then stand still."""
        self._with_watch(lambda watch: watch.step())

    def action_skip(self) -> None:
        """See the end of the night as soon as possible."""
        self._with_watch(lambda watch: watch.clock.hurry())
        self._go()

    def action_again(self) -> None:
        """The same night from its beginning."""
        self.action_start()

    def action_night(self) -> None:
        """The next of the graded nights."""
        self.session.next_night()
        self.action_start()

    def action_new_night(self) -> None:
        """A night that nobody has seen; it counts for nothing."""
        self.session.new_night()
        self.action_start()

    def action_verdict(self) -> None:
        """What came of the night that was watched to its end."""
        if self.watched is None:
            return
        from game.tui.screens.post_mortem import PostMortemScreen

        if self._finished is None:
            self._finished = self.session.finish(self.watched)
            self.game.judge_and_keep(self._finished)
        self._stop()
        self.app.push_screen(PostMortemScreen(self._finished, self))

    def look_at(self, time_us: int) -> None:
        """Stand still at a moment of the night that was watched."""
        self._with_watch(lambda watch: watch.seek(time_us))

    def on_timeline_looked(self, message: Timeline.Looked) -> None:
        """Look at another moment that has been."""
        message.stop()
        self._with_watch(lambda watch: watch.seek(message.time_us))

    def on_screen_suspend(self, _event: events.ScreenSuspend) -> None:
        """Time stands still under another screen."""
        self._stop()

    @on(events.ScreenResume)
    def _go_on(self) -> None:
        """And goes on after it."""
        if self.watched is not None and not self.watched.over:
            self._go()

    def tick(self, wall_us: int) -> None:
        """Let the wall's time go on by so much."""
        watch = self.watched
        if watch is None:
            return
        changed = watch.tick(wall_us)
        for _ in range(HURRY_SLICES if watch.clock.hurried else 0):
            changed = watch.tick(0) or changed
        if not self.session.level.monitors:
            # On call, nobody knows the plan before the night is over.
            self.session.grading().work(BEHIND_US, watched=self.session.seed)
        self._ticks += 1
        if changed:
            self._show_moving()
        if watch.over and self._finished is None:
            self.show_moment()
            self.refresh_bindings()
            self.action_verdict()

    def _on_wall_clock(self) -> None:
        now_ns = perf_counter_ns()
        elapsed_us = min(LONGEST_TICK_US, (now_ns - self._last_ns) // 1000)
        if not self.app.app_focus and elapsed_us < 1_000_000 // CALM_FRAMES_A_SECOND - 10_000:
            return
        self._last_ns = now_ns
        self.tick(elapsed_us)

    def _go(self) -> None:
        self._last_ns = perf_counter_ns()
        if self._timer is not None and self.game.live:
            self._timer.resume()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.pause()

    def _with_watch(self, act: Callable[[Watch], None]) -> None:
        """Do something with the night, then show it."""
        if self.watched is not None:
            act(self.watched)
            self.show_moment()

    # What is shown

    def _show_plan(self) -> None:
        session, stage = self.session, self.query_one(TopologyMap)
        if trouble := session.trouble():
            stage.show_caption(f"{self.game.glyphs.bad} {trouble}", Ink.DOWN)
            stage.show_frame(None)
            return
        grading = session.grading()
        stage.show_caption("Make your plan, then run the night.")
        stage.show_system(grading.system)
        self.query_one(ControlsPanel).show_price(
            *session.simulator.price(session.level, grading.system)
        )
        self.query_one(Timeline).show(
            grading.system.duration, None, 0, script(grading.system.faults), ()
        )
        glyphs = self.game.glyphs
        self.query_one("#log", LogPanel).show_instead(
            "Tonight's goals",
            goal_lines(
                session.level.goals, glyphs.star, session.level.times, session.level.answers
            ),
        )
        self.query_one(TitleBar).show(
            Content.assemble(
                ("make your plan", "bold"),
                f"  {glyphs.separator}  {self._night()}  {glyphs.separator}  "
                f"{short_moment(grading.system.duration)} long",
            )
        )

    def show_moment(self) -> None:
        """Bring everything to the moment of the playhead."""
        if self.watched is None:
            return
        self._show_map(self.watched)
        self._show_panels(self.watched)

    def _show_moving(self) -> None:
        """The map each tick, the panels four times a second."""
        assert self.watched is not None
        self._show_map(self.watched)
        if self.game.still or self._ticks % (FRAMES_A_SECOND // PANELS_A_SECOND) == 0:
            self._show_panels(self.watched)

    def _show_map(self, watch: Watch) -> None:
        """The frame, under a sentence about the faults that are going on."""
        stage = self.query_one(TopologyMap)
        faults = [
            f"{fault.id}: {fault.says.rstrip('.')}" if fault.says else fault.id
            for fault in self.session.grading().system.faults
            if fault.id in watch.frame.faults
        ]
        if faults:
            stage.show_caption(f"{self.game.glyphs.fault} {'; '.join(faults)}", Ink.DOWN)
        else:
            stage.show_caption("")
        stage.show_frame(watch.frame)

    def _summary(self) -> Content:
        """The plan in a few lines, for who wants to see it while the night goes on."""
        lines = [
            Content.assemble(f"{control.label}: ", (self.session.choices[control.id], "bold"))
            for control in self.session.level.controls
        ]
        lines += [Content(attack.key) for attack in self.session.attacks]
        lines += [Content(change_text(change)) for change in self.session.changes]
        return Content("\n").join([Content.styled("Your plan", "bold $primary"), *lines])

    def _show_panels(self, watch: Watch) -> None:
        clock = watch.clock
        for panel in self.query(OnCallPanel):
            panel.show(watch.run.log, clock.playhead_us, watch.run.settings)
        self.query_one(Gauges).show(watch.frame, watch.seconds, self._targets, clock.duration_us)
        spans = watch.fault_spans()
        to_come = script(self.session.grading().system.faults, clock.edge_us)
        self.query_one(Timeline).show(
            clock.duration_us,
            clock.playhead_us,
            clock.edge_us,
            [*spans, *to_come],
            watch.seconds,
        )
        for log in self.query(LogPanel):
            if log.display:
                log.show(watch.notes, clock.playhead_us)
        self._show_status(watch)

    def _show_status(self, watch: Watch) -> None:
        glyphs, clock = self.game.glyphs, watch.clock
        if watch.over and clock.playhead_us >= clock.edge_us:
            state = ("over", "bold")
        elif clock.hurried:
            state = (f"{glyphs.playing * 2} to the end", "bold $accent")
        elif clock.paused:
            state = (f"{glyphs.waiting} paused at {speed_words(clock.speed)}", "bold $warning")
        else:
            state = (f"{glyphs.playing} {speed_words(clock.speed)}", "bold $success")
        status = Content.assemble(
            state,
            f"  {moment(clock.playhead_us)} of {short_moment(clock.duration_us)}"
            f"  {glyphs.separator}  {self._night()}",
        )
        if status != self._status:
            self._status = status
            self.query_one(TitleBar).show(status)

    def _night(self) -> str:
        return self.session.night_words
