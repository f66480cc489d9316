"""How one frame of a run is drawn on a canvas: boxes, lines, and messages on their way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from game.engine.frame import Frame, MessageView, NodeView
from game.engine.log import Fate, MessageKind
from game.level.model import System
from game.tui.canvas import Canvas
from game.tui.glyphs import EAST, NORTH, SOUTH, WEST, GlyphSet
from game.tui.layout import LINE, Box, Cell, MapLayout, node_names

CROWD = 80
"""More messages than this are shown as density."""


class Ink(IntEnum):
    """What a cell means; the widget gives each its style."""

    PLAIN = 0
    LINE = 1
    BOX = 2
    NAME = 3
    QUIET = 4
    UP = 5
    SLOW = 6
    DOWN = 7
    QUEUE = 8
    BUSY = 9
    SELECTED = 10
    REQUEST = 11
    AGAIN = 12
    ANSWER = 13
    REFUSAL = 14
    PROBE = 15
    LOST = 16


STATE_INKS: Mapping[str, Ink] = {
    "up": Ink.UP,
    "ready": Ink.QUIET,
    "slow": Ink.SLOW,
    "paused": Ink.SLOW,
    "down": Ink.DOWN,
    "off": Ink.DOWN,
}


@dataclass(frozen=True, slots=True)
class Capacity:
    """What one machine can do: requests in service, requests that wait, and its speed."""

    workers: int
    queue: int
    speed: float


def capacities(system: System) -> dict[str, Capacity]:
    """The capacity of each node, over all services on it."""
    found: dict[str, Capacity] = {}
    for group in system.nodes:
        services = [service for service in system.services if group.id in service.on]
        capacity = Capacity(
            sum(service.workers for service in services),
            sum(service.queue for service in services),
            group.speed,
        )
        found.update(dict.fromkeys(node_names(group), capacity))
    return found


@dataclass(frozen=True, slots=True)
class Scene:
    """All that stays the same while a run is drawn."""

    layout: MapLayout
    glyphs: GlyphSet
    capacity: Mapping[str, Capacity]
    rates: Mapping[str, str]
    """What a client asks for, in words, such as "50 a second"."""
    still: bool = False
    """Reduced motion: counts on the lines in place of moving messages."""


def client_rates(system: System) -> dict[str, str]:
    """What each client asks for, in words."""
    return {
        client.id: f"{client.rate:g} a second"
        if client.rate is not None
        else f"{client.population} people"
        for client in system.clients
    }


def background(scene: Scene) -> Canvas:
    """The lines along which calls are made, and those on which answers come back."""
    layout = scene.layout
    canvas = Canvas(layout.width, layout.height)
    bits: dict[Cell, int] = {}
    ends: dict[Cell, str] = {}
    back = tuple((target, source) for source, target in layout.calls)
    for source, target in layout.ties:
        if path := layout.path(source, target):
            _join(bits, path, layout.boxes[source], layout.boxes[target])
    for source, target in (*layout.calls, *back):
        path = layout.path(source, target)
        if not path:
            continue
        start, end = layout.boxes[source], layout.boxes[target]
        _join(bits, path, start, end)
        ends[path[-1]] = scene.glyphs.arrow if end.x > path[-1][0] else scene.glyphs.back_arrow
    for (x, y), sides in bits.items():
        canvas.put(x, y, scene.glyphs.lines[sides], Ink.LINE)
    for (x, y), sign in ends.items():
        canvas.put(x, y, sign, Ink.LINE)
    return canvas


def paint(scene: Scene, lines: Canvas, frame: Frame | None, selected: str | None) -> Canvas:
    """One moment on a copy of the background; without a frame everything stands ready."""
    canvas = lines.copy()
    if frame is not None:
        if scene.still:
            _counts(scene, canvas, frame.messages)
        elif len(frame.messages) > CROWD:
            _crowd(scene, canvas, frame.messages)
        else:
            _messages(scene, canvas, frame.messages)
    views = {view.name: view for view in frame.nodes} if frame is not None else {}
    alone = sum(box.is_client for box in scene.layout.boxes.values()) == 1
    for box in scene.layout.boxes.values():
        chosen = box.name == selected
        if box.is_client:
            _client(scene, canvas, box, frame if alone else None, chosen)
        else:
            _node(scene, canvas, box, views.get(box.name), chosen)
    return canvas


def legend(glyphs: GlyphSet) -> tuple[tuple[str, Ink, str], ...]:
    """(sign, ink, words) of everything that moves."""
    return (
        (glyphs.request, Ink.REQUEST, "request"),
        (glyphs.answer, Ink.ANSWER, "answer"),
        (glyphs.again, Ink.AGAIN, "retry"),
        (glyphs.refusal, Ink.REFUSAL, "refused"),
        (glyphs.lost, Ink.LOST, "lost"),
        (glyphs.probe, Ink.PROBE, "probe"),
    )


def describe(scene: Scene, name: str, frame: Frame | None) -> str:
    """One place in a sentence, for the player who points at it."""
    if name in scene.rates:
        return f"{name}: asks for {scene.rates[name]}"
    capacity = scene.capacity[name]
    view = next((view for view in frame.nodes if view.name == name), None) if frame else None
    if view is None:
        holds = f"serves {capacity.workers} at once, {capacity.queue} more may wait"
        return f"{name}: {holds}, speed {capacity.speed:g}x"
    parts = [
        view.state,
        f"serving {view.serving} of {capacity.workers}",
        f"{view.queued} of {capacity.queue} waiting",
        *(f"{fact} {value}" for fact, value in view.facts),
    ]
    return f"{name}: {', '.join(parts)}"


def _join(bits: dict[Cell, int], path: tuple[Cell, ...], start: Box, end: Box) -> None:
    """Mark on which sides the line goes on, in each cell of a path and towards its boxes."""
    for (x, y), (next_x, next_y) in pairwise(path):
        if next_x != x:
            here, there = (EAST, WEST) if next_x > x else (WEST, EAST)
        else:
            here, there = (SOUTH, NORTH) if next_y > y else (NORTH, SOUTH)
        bits[x, y] = bits.get((x, y), 0) | here
        bits[next_x, next_y] = bits.get((next_x, next_y), 0) | there
    for cell, box in ((path[0], start), (path[-1], end)):
        bits[cell] = bits.get(cell, 0) | (EAST if box.x > cell[0] else WEST)


def _sign(glyphs: GlyphSet, message: MessageView) -> tuple[str, Ink]:
    if message.fate != Fate.ARRIVED and message.progress >= 0.5:
        return glyphs.lost, Ink.LOST
    if message.kind == MessageKind.REQUEST:
        return (glyphs.again, Ink.AGAIN) if message.again else (glyphs.request, Ink.REQUEST)
    if message.kind == MessageKind.ANSWER:
        return glyphs.answer, Ink.ANSWER
    if message.kind == MessageKind.REFUSAL:
        return glyphs.refusal, Ink.REFUSAL
    if message.kind == MessageKind.PROBE:
        return glyphs.probe, Ink.PROBE
    return glyphs.order, Ink.PROBE


def _cell(layout: MapLayout, message: MessageView) -> Cell | None:
    """Where a message is; one that is lost goes no further than half way."""
    path = layout.path(message.source, message.target)
    if not path:
        return None
    progress = message.progress
    if message.fate != Fate.ARRIVED:
        progress = min(progress, 0.5)
    return path[min(len(path) - 1, int(progress * len(path)))]


def _messages(scene: Scene, canvas: Canvas, messages: Iterable[MessageView]) -> None:
    for message in messages:
        cell = _cell(scene.layout, message)
        if cell is not None:
            sign, ink = _sign(scene.glyphs, message)
            canvas.put(*cell, sign, ink)


def _crowd(scene: Scene, canvas: Canvas, messages: Iterable[MessageView]) -> None:
    """How many messages share a cell; the gravest of them gives the ink."""
    cells: dict[Cell, tuple[int, Ink]] = {}
    for message in messages:
        cell = _cell(scene.layout, message)
        if cell is not None:
            count, ink = cells.get(cell, (0, Ink.REQUEST))
            cells[cell] = (count + 1, max(ink, _sign(scene.glyphs, message)[1]))
    for cell, (count, ink) in cells.items():
        sign = scene.glyphs.density[min(count.bit_length(), 4) - 1]
        canvas.put(*cell, sign, ink)


def _counts(scene: Scene, canvas: Canvas, messages: Iterable[MessageView]) -> None:
    """The number of messages on each line, near the place where they go to."""
    counts: dict[tuple[str, str], int] = {}
    for message in messages:
        pair = message.source, message.target
        counts[pair] = counts.get(pair, 0) + 1
    for (source, target), count in counts.items():
        path = scene.layout.path(source, target)
        if path:
            x, y = path[len(path) * 3 // 4]
            forth = (source, target) in scene.layout.calls
            canvas.write(x, y, str(count), Ink.REQUEST if forth else Ink.ANSWER)


def _frame_box(scene: Scene, canvas: Canvas, box: Box, ink: Ink, chosen: bool) -> None:
    glyphs = scene.glyphs
    corners = glyphs.heavy_corners if chosen else glyphs.corners
    sides = (
        glyphs.heavy_sides if chosen else glyphs.lines[EAST | WEST] + glyphs.lines[NORTH | SOUTH]
    )
    across, down = sides[0], sides[1]
    edge = Ink.SELECTED if chosen else ink
    bottom = box.y + box.height - 1
    inner = box.width - 2
    canvas.write(box.x, box.y, corners[0] + across * inner + corners[1], edge)
    canvas.write(box.x, bottom, corners[2] + across * inner + corners[3], edge)
    for y in range(box.y + 1, bottom):
        canvas.write(box.x, y, down + " " * inner + down, edge)
    name = box.name if len(box.name) <= inner - 2 else box.name[: inner - 2]
    canvas.write(box.x + 1, box.y, f" {name} ", Ink.NAME)


def _client(scene: Scene, canvas: Canvas, box: Box, frame: Frame | None, chosen: bool) -> None:
    rate = scene.rates[box.name]
    if box.height == 1:
        text = f"{box.name}  {rate}"
        if len(text) > box.width:
            text = f"{box.name} {rate.replace(' a second', '/s')}"
        text = text[: box.width].rjust(box.width)
        canvas.write(box.x, box.y, text, Ink.SELECTED if chosen else Ink.NAME)
        return
    _frame_box(scene, canvas, box, Ink.BOX, chosen)
    inner = box.width - 4
    if frame is None or box.height == 3:
        row = box.y + box.height // 2
        canvas.write(box.x + 2, row, rate[:inner].center(inner).rstrip(), Ink.QUIET)
        return
    canvas.write(box.x + 2, box.y + 1, f"asks {rate}"[:inner], Ink.QUIET)
    good, failed = frame.recent_good, frame.recent_ended - frame.recent_good
    canvas.write(box.x + 2, box.y + 2, f"{scene.glyphs.good} {good} good"[:inner], Ink.UP)
    ink = Ink.DOWN if failed else Ink.QUIET
    canvas.write(box.x + 2, box.y + 3, f"{scene.glyphs.bad} {failed} failed"[:inner], ink)


def _node_line(scene: Scene, canvas: Canvas, box: Box, view: NodeView | None, ink: Ink) -> None:
    """A machine in one row: its state, its name, and its queue where there is room for it."""
    glyphs, capacity = scene.glyphs, scene.capacity[box.name]
    wide = box.width >= LINE.width
    state = view.state if view is not None else "ready"
    sign = glyphs.state(state) if view is not None else glyphs.separator
    if view is not None and ("role", "primary") in view.facts:
        sign = glyphs.star
    text = f"{sign} {state} {box.name}" if wide else f"{sign} {box.name}"
    canvas.write(box.x, box.y, text[: box.width].ljust(box.width), ink)
    if view is None:
        return
    number = f"{view.queued:>4}" if wide else f"q{view.queued}"
    canvas.write(box.right - len(number), box.y, number, Ink.PLAIN)
    length = box.width - len(text) - len(number) - 2
    if wide and length > 2:
        share = view.queued / capacity.queue if capacity.queue else 0.0
        length = min(length, 8)
        canvas.write(box.right - len(number) - length, box.y, glyphs.bar(share, length), Ink.QUEUE)


def _node(scene: Scene, canvas: Canvas, box: Box, view: NodeView | None, chosen: bool) -> None:
    glyphs = scene.glyphs
    state = view.state if view is not None else "ready"
    ink = STATE_INKS.get(state, Ink.PLAIN)
    word = f"{glyphs.state(state)} {state}" if view is not None else state
    capacity = scene.capacity[box.name]
    queued = view.queued if view is not None else 0
    serving = view.serving if view is not None else 0
    share = queued / capacity.queue if capacity.queue else 0.0
    if box.height == 1:
        _node_line(scene, canvas, box, view, Ink.SELECTED if chosen else ink)
        return
    _frame_box(scene, canvas, box, Ink.BOX if ink in (Ink.UP, Ink.QUIET) else ink, chosen)
    inner = box.width - 4
    canvas.write(box.x + 2, box.y + 1, word, ink)
    if view is not None and ("role", "primary") in view.facts:
        leads = f"{glyphs.star} primary" if box.height > 3 else glyphs.star
        row = box.y + 1 if box.height > 3 else box.y
        canvas.write(box.right - 2 - len(leads), row, leads, Ink.NAME)
    if view is None:
        if box.height > 3:
            canvas.write(box.x + 2, box.y + 2, f"{capacity.workers} at once"[:inner], Ink.QUIET)
            speed = f"speed {capacity.speed:g}x"
            canvas.write(box.x + 2, box.y + 3, speed[:inner], Ink.QUIET)
        return
    if box.height == 3:
        width = max(0, inner - len(word) - 5)
        canvas.write(box.x + 3 + len(word), box.y + 1, glyphs.bar(share, width), Ink.QUEUE)
        canvas.write(box.right - 2 - 4, box.y + 1, f"{queued:>4}", Ink.PLAIN)
        canvas.write(box.x + 2, box.y + 2, f" serving {serving} ", Ink.QUIET)
        return
    busy = serving / capacity.workers if capacity.workers else 0.0
    for row, label, part, count, bar in (
        (2, "queue", share, queued, Ink.QUEUE),
        (3, "busy ", busy, serving, Ink.BUSY),
    ):
        canvas.write(box.x + 2, box.y + row, label, Ink.QUIET)
        canvas.write(box.x + 8, box.y + row, glyphs.bar(part, inner - 11), bar)
        canvas.write(box.right - 2 - 4, box.y + row, f"{count:>4}", Ink.PLAIN)
