"""Watching a run: never ahead of the playhead, and without changing it."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from game.engine.frame import Frame
from game.engine.log import Change, Log
from game.level.model import Fault
from game.tui.clock import SPEEDS
from game.tui.watch import FaultSpan, Slicer, Watch, fault_spans, script
from tests.tui.fake import DIES_US, DURATION_US, LIVES_US, FakeRun, fake_frame, fake_system


def picture(log: Log, time_us: int, _linger_us: int) -> Frame:
    return fake_frame(log, time_us)


def fake_watch(machines: int = 1) -> Watch:
    return Watch(FakeRun(fake_system(machines), seed=1), picture, DURATION_US)


def test_the_run_is_never_ahead_of_the_playhead() -> None:
    watch = fake_watch()
    for _ in range(20):
        watch.tick(66_000)

        assert watch.run.now_us == watch.clock.playhead_us == watch.frame.time_us


def test_a_slice_ends_when_its_time_is_spent() -> None:
    slicer = Slicer(FakeRun(fake_system(1), seed=1))

    assert not slicer.advance(DURATION_US, budget_us=0)
    assert slicer.run.now_us == 0


def test_slices_come_to_the_end() -> None:
    slicer = Slicer(FakeRun(fake_system(1), seed=1))
    while not slicer.advance(DURATION_US, budget_us=500):
        assert slicer.run.now_us < DURATION_US

    assert slicer.run.done


def test_a_step_goes_on_a_little_and_stands_still() -> None:
    watch = fake_watch()
    watch.tick(1_000_000)
    watch.step()

    assert watch.clock.playhead_us == 1_010_000
    assert not watch.tick(500_000)


def test_looking_back_shows_the_past_and_simulates_nothing() -> None:
    watch = fake_watch()
    watch.tick(5_000_000)
    watch.seek(2_000_000)

    assert watch.frame.time_us == 2_000_000
    assert watch.run.now_us == 5_000_000


def test_trends_have_one_value_a_second_at_any_speed() -> None:
    slow, fast = fake_watch(), fake_watch()
    for _ in range(300):
        slow.tick(100_000)
    fast.clock.hurry()
    fast.tick(0)

    assert len(slow.seconds) == 30
    assert slow.seconds == fast.seconds
    assert slow.seconds[14].failed == 40


def test_a_note_is_kept_once_and_in_order() -> None:
    watch = fake_watch()
    for _ in range(300):
        watch.tick(100_000)

    assert [time_us for time_us, _ in watch.notes] == [DIES_US, LIVES_US]


def test_spans_of_faults_follow_the_log() -> None:
    watch = fake_watch()
    watch.tick(15_000_000)
    assert watch.fault_spans() == [FaultSpan("crash", DIES_US, None)]

    watch.tick(10_000_000)
    assert watch.fault_spans() == [FaultSpan("crash", DIES_US, LIVES_US)]


def test_overlapping_spans_of_one_fault_end_in_turn() -> None:
    log = FakeRun(fake_system(1), seed=1).log
    for time_us, change in (
        (1, Change.FAULT_BEGAN),
        (2, Change.FAULT_BEGAN),
        (5, Change.FAULT_ENDED),
    ):
        log.changes.append((time_us, change, 0, 0))

    assert fault_spans(log) == [FaultSpan("crash", 1, 5), FaultSpan("crash", 2, None)]


def test_the_script_tells_only_what_is_to_come_and_is_not_drawn() -> None:
    faults = (
        Fault(id="late", what=None, at=9, for_=1),
        Fault(id="early", what=None, at=1),
        Fault(id="drawn", what=None, every=None),
    )

    assert script(faults) == [FaultSpan("early", 1, None), FaultSpan("late", 9, 10)]
    assert script(faults, after_us=1) == [FaultSpan("late", 9, 10)]


ACTS: dict[str, Callable[[Watch], object]] = {
    "tick": lambda watch: watch.tick(400_000),
    "pause": lambda watch: watch.clock.toggle(),
    "faster": lambda watch: watch.clock.faster(),
    "slower": lambda watch: watch.clock.slower(),
    "step": lambda watch: watch.step(),
    "look back": lambda watch: watch.seek(1_000_000),
}


@settings(max_examples=25)
@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=30))
def test_however_it_is_watched_the_night_is_the_same(acts: list[str]) -> None:
    watched, plain = fake_watch(), FakeRun(fake_system(1), seed=1)
    for act in acts:
        ACTS[act](watched)
        assert watched.clock.speed in SPEEDS
    watched.clock.hurry()
    while not watched.over:
        watched.tick(0)
    plain.advance(DURATION_US)

    assert watched.run.log.digest() == plain.log.digest()


def test_a_run_that_breaks_off_is_over_where_it_stopped() -> None:
    class Costly(FakeRun):
        """Spends its budget after two seconds."""

        @property
        def done(self) -> bool:
            return self.now_us >= 2_000_000

        def advance(self, until_us: int) -> None:
            super().advance(min(until_us, 2_000_000))
            if self.done:
                self.log.verdict = "too-expensive"

    watch = Watch(Costly(fake_system(1), seed=1), picture, DURATION_US)
    for _ in range(40):
        watch.tick(100_000)

    assert watch.over
    assert watch.clock.playhead_us == 2_000_000
