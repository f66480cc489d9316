"""One frame on a canvas."""

from __future__ import annotations

from dataclasses import replace

from game.engine.frame import Frame, MessageView, NodeView
from game.engine.log import Fate, MessageKind
from game.tui.canvas import Canvas
from game.tui.glyphs import ASCII
from game.tui.layout import lay_out
from game.tui.picture import (
    CROWD,
    Ink,
    Scene,
    background,
    capacities,
    client_rates,
    describe,
    paint,
)
from tests.tui.fake import FakeRun, fake_frame, fake_system

SYSTEM = fake_system(2)
SCENE = Scene(lay_out(SYSTEM, 78, 14), ASCII, capacities(SYSTEM), client_rates(SYSTEM))
QUIET = replace(fake_frame(FakeRun(SYSTEM, 1).log, 0), messages=())


def message(
    progress: float,
    kind: MessageKind = MessageKind.REQUEST,
    *,
    again: bool = False,
    fate: Fate = Fate.ARRIVED,
) -> MessageView:
    return MessageView("shoppers", "web-1", progress, kind, again, fate, 0)


def painted(frame: Frame | None, scene: Scene = SCENE) -> Canvas:
    return paint(scene, background(scene), frame, None)


def sign_of(view: MessageView) -> tuple[str, int, int]:
    """The sign, and where on its path it stands."""
    canvas, empty = painted(replace(QUIET, messages=(view,))), painted(QUIET)
    path = SCENE.layout.path(view.source, view.target)
    ((y, x, width),) = canvas.changed_spans(empty)
    assert width == 1
    return canvas.signs[y][x], path.index((x, y)), canvas.inks[y][x]


def rows(canvas: Canvas) -> str:
    return "\n".join("".join(row) for row in canvas.signs)


def test_a_message_stands_where_its_progress_says() -> None:
    length = len(SCENE.layout.path("shoppers", "web-1"))
    places = [sign_of(message(progress))[1] for progress in (0.0, 0.5, 0.999)]

    assert places == [0, length // 2, length - 1]


def test_each_kind_of_message_has_its_sign() -> None:
    assert sign_of(message(0.3))[0] == ASCII.request
    assert sign_of(message(0.3, again=True))[0] == ASCII.again
    assert sign_of(message(0.3, MessageKind.ANSWER))[0] == ASCII.answer
    assert sign_of(message(0.3, MessageKind.REFUSAL))[0] == ASCII.refusal
    assert sign_of(message(0.3, MessageKind.PROBE))[0] == ASCII.probe
    assert sign_of(message(0.3, MessageKind.CANCEL))[0] == ASCII.order


def test_a_lost_message_ends_half_way() -> None:
    half = len(SCENE.layout.path("shoppers", "web-1")) // 2

    assert sign_of(message(0.2, fate=Fate.LOST))[0] == ASCII.request
    assert sign_of(message(0.9, fate=Fate.CUT)) == (ASCII.lost, half, Ink.LOST)


def test_a_crowd_is_shown_as_density() -> None:
    crowd = tuple(message(0.3) for _ in range(CROWD + 1))
    text = rows(painted(replace(QUIET, messages=crowd)))

    assert ASCII.request not in text
    assert ASCII.density[3] in text


def test_with_reduced_motion_lines_carry_counts() -> None:
    still = replace(SCENE, still=True)
    frame = replace(QUIET, messages=(message(0.1), message(0.2), message(0.9)))
    before = painted(frame, still)
    after = painted(replace(frame, messages=(message(0.5), message(0.6), message(0.7))), still)

    assert "3" in rows(before).replace(" 3 ", "")
    assert before == after


def test_a_machine_shows_its_state_in_sign_word_and_ink() -> None:
    nodes = (NodeView("web-1", "paused", 0, 0), NodeView("web-2", "up", 0, 0))
    canvas = painted(replace(QUIET, nodes=nodes))
    box = SCENE.layout.boxes["web-1"]
    row = "".join(canvas.signs[box.y + 1])

    assert f"{ASCII.paused} paused" in row
    assert canvas.inks[box.y + 1][box.x + 2] == Ink.SLOW


def test_the_machine_that_leads_says_so() -> None:
    web_1, web_2 = (SCENE.layout.boxes[name] for name in ("web-1", "web-2"))
    leader = NodeView("web-1", "up", 0, 0, (("role", "primary"), ("epoch", "1")))
    backup = NodeView("web-2", "up", 0, 0, (("role", "backup"), ("epoch", "1")))
    canvas = painted(replace(QUIET, nodes=(leader, backup)))

    assert f"{ASCII.star} primary" in "".join(canvas.signs[web_1.y + 1])
    assert "primary" not in "".join(canvas.signs[web_2.y + 1])


def test_before_the_night_everything_stands_ready() -> None:
    assert rows(painted(None)).count("ready") == 2


def test_a_place_is_told_in_words() -> None:
    frame = replace(QUIET, nodes=(NodeView("web-1", "up", 3, 2, (("role", "leader"),)),))

    assert describe(SCENE, "web-1", frame) == (
        "web-1: up, serving 2 of 8, 3 of 40 waiting, role leader"
    )
    assert describe(SCENE, "web-1", None) == "web-1: serves 8 at once, 40 more may wait, speed 1x"
    assert describe(SCENE, "shoppers", frame) == "shoppers: asks for 40 a second"
