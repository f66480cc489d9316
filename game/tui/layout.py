"""Where the boxes of the map stand and which way the lines between them run.

Pure geometry in cells of the terminal: a System and a size go in, boxes and paths come out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from game.level.model import Client, NodeGroup, System

Cell = tuple[int, int]
"""Column and row."""


@dataclass(frozen=True, slots=True)
class BoxSize:
    """One of the ways to draw a box."""

    width: int
    height: int
    row_gap: int
    """Free rows between two boxes of a column, at least."""


TALL = BoxSize(22, 5, 1)
COMPACT = BoxSize(18, 3, 0)
LINE = BoxSize(28, 1, 1)
"""One row with a bar for the queue."""
CHIP = BoxSize(16, 1, 0)
SIZES = (TALL, COMPACT, LINE, CHIP)
LINE_GAP = 5
"""Free columns between two layers, at least."""
LINE_GAP_MOST = 44
SIDE = 2
"""Free columns on the right, for lines between boxes that stand above each other."""
PITCH_SPARE = 3
"""Free rows between two boxes of a column, at most."""


@dataclass(frozen=True, slots=True)
class Box:
    """One place on the map."""

    name: str
    group: str
    """The node group or the client that it belongs to."""
    is_client: bool
    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column after the box."""
        return self.x + self.width

    @property
    def middle(self) -> int:
        """The row in which lines leave and arrive."""
        return self.y + self.height // 2

    def holds(self, x: int, y: int) -> bool:
        """Whether a cell is part of the box."""
        return self.x <= x < self.right and self.y <= y < self.y + self.height


@dataclass(slots=True)
class MapLayout:
    """All boxes by name, and the paths of calls; further paths are found when asked for."""

    width: int
    height: int
    boxes: dict[str, Box]
    calls: tuple[tuple[str, str], ...]
    """Pairs of names: who may call whom. These lines are drawn, with arrows."""
    ties: tuple[tuple[str, str], ...] = ()
    """Pairs of names: copies and their coordinator, who keep in touch beside calls. Plain lines."""
    _paths: dict[tuple[str, str], tuple[Cell, ...]] = field(default_factory=dict)

    def path(self, source: str, target: str) -> tuple[Cell, ...]:
        """The cells from just outside one box to just outside another; empty if one is unknown."""
        known = self._paths.get((source, target))
        if known is None:
            known = self._find(source, target)
            self._paths[source, target] = known
        return known

    def _find(self, source: str, target: str) -> tuple[Cell, ...]:
        start, end = self.boxes.get(source), self.boxes.get(target)
        if start is None or end is None or start is end:
            return ()
        back = (source, target) not in self.calls and (target, source) in self.calls
        if back:
            start, end = end, start
        cells = _way(start, end, back=back and min(start.height, end.height) > 1)
        return tuple(reversed(cells)) if back else cells

    def at(self, x: int, y: int) -> Box | None:
        """The box under a cell."""
        return next((box for box in self.boxes.values() if box.holds(x, y)), None)


def node_names(group: NodeGroup) -> tuple[str, ...]:
    """The names of a group's machines."""
    if group.count is None:
        return (group.id,)
    return tuple(f"{group.id}-{number}" for number in range(1, group.count + 1))


def lay_out(system: System, width: int, height: int) -> MapLayout:
    """Place every client and node of a system on `width` x `height` cells."""
    layers = _layers(system)
    size = _size_that_fits(system, layers, width, height)
    boxes: dict[str, Box] = {}
    columns = _columns(layers, size, height)
    free = width - sum(size.width for _ in columns)
    gaps = max(1, len(columns) - 1)
    gap = max(1, min(LINE_GAP_MOST, (free - 2) // gaps))
    x = max(0, (width - len(columns) * size.width - gap * (len(columns) - 1)) // 2)
    for column in columns:
        _stack(boxes, column, size, x, height)
        x += size.width + gap
    _place_by_hand(boxes, system, size, width, height)
    return MapLayout(width, height, boxes, tuple(_calls(system)), tuple(_ties(system)))


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    group: str
    is_client: bool


def _places(item: Client | NodeGroup) -> list[_Place]:
    if isinstance(item, Client):
        return [_Place(item.id, item.id, True)]
    return [_Place(name, item.id, False) for name in node_names(item)]


def called_services(system: System) -> dict[str, tuple[str, ...]]:
    """Services that each service calls, in order of its steps."""
    return {
        service.id: tuple(
            dict.fromkeys(
                target
                for step in service.steps
                if isinstance(target := getattr(step, "call", None), str)
            )
        )
        for service in system.services
    }


def _layers(system: System) -> list[list[_Place]]:
    """Clients first, then node groups by how many calls away from a client they are."""
    callees = called_services(system)
    depth: dict[str, int] = {}
    waiting = deque((client.call, 1) for client in system.clients)
    while waiting:
        service, level = waiting.popleft()
        if level > depth.get(service, 0) and level <= len(system.services):
            depth[service] = level
            waiting.extend((callee, level + 1) for callee in callees.get(service, ()))
    last = max(depth.values(), default=0)
    layers: list[list[_Place]] = [[] for _ in range(last + 2)]
    for client in system.clients:
        layers[0].extend(_places(client))
    for group in system.nodes:
        levels = [depth[s.id] for s in system.services if group.id in s.on and s.id in depth]
        layers[min(levels, default=last + 1)].extend(_places(group))
    return [layer for layer in layers if layer]


def _size_that_fits(system: System, layers: list[list[_Place]], width: int, height: int) -> BoxSize:
    for size in SIZES:
        tallest = max((len(layer) for layer in layers), default=0)
        wide = len(layers) * size.width + max(0, len(layers) - 1) * LINE_GAP
        if tallest * (size.height + size.row_gap) - size.row_gap <= height and wide <= width:
            return size
    columns = len(_columns(layers, CHIP, height))
    widest = next(
        (
            room
            for gap in (LINE_GAP, 3, 1)
            if (room := (width - gap * (columns - 1)) // columns) > 7
        ),
        max(1, (width - columns + 1) // columns),
    )
    return BoxSize(min(CHIP.width, widest), 1, 0)


def _columns(layers: list[list[_Place]], size: BoxSize, height: int) -> list[list[_Place]]:
    """Layers, each cut into as many columns as its boxes need."""
    most = max(1, height // (size.height + size.row_gap))
    return [layer[start : start + most] for layer in layers for start in range(0, len(layer), most)]


def _stack(boxes: dict[str, Box], column: list[_Place], size: BoxSize, x: int, height: int) -> None:
    """Spread the boxes of a column evenly around the middle row."""
    pitch = min(size.height + PITCH_SPARE, height // max(1, len(column)))
    pitch = max(pitch, size.height)
    y = max(0, (height - pitch * (len(column) - 1) - size.height) // 2)
    for place in column:
        boxes[place.name] = Box(
            place.name, place.group, place.is_client, x, y, size.width, size.height
        )
        y += pitch


def _place_by_hand(
    boxes: dict[str, Box], system: System, size: BoxSize, width: int, height: int
) -> None:
    """Move what has a place of its own (`at`, in percent) there; groups stand in a stack."""
    everything: Iterable[Client | NodeGroup] = (*system.clients, *system.nodes)
    placed = [item for item in everything if item.at is not None]
    lefts = _left_edges([item.at[0] for item in placed if item.at is not None], size, width)
    for item in placed:
        assert item.at is not None
        places = _places(item)
        gap = 1 if len(places) * (size.height + 1) <= height else 0
        tall = len(places) * (size.height + gap) - gap
        x = lefts[item.at[0]]
        y = round(item.at[1] / 100 * height - tall / 2)
        y = min(max(0, y), max(0, height - tall))
        for place in places:
            boxes[place.name] = Box(
                place.name, place.group, place.is_client, x, y, size.width, size.height
            )
            y += size.height + gap


def _left_edges(middles: Iterable[float], size: BoxSize, width: int) -> dict[float, int]:
    """Where the boxes begin whose middles are wanted at these percents of the width.

    Those far enough from each other to be columns of their own are moved apart, as far as there is
    room, so that there is a piece of line to be seen between them.
    """
    edges = {middle: round(middle / 100 * width - size.width / 2) for middle in sorted(middles)}
    columns: list[list[float]] = []
    for middle, x in edges.items():
        if columns and x - edges[columns[-1][0]] < size.width // 2:
            columns[-1].append(middle)
        else:
            columns.append([middle])
    width -= SIDE
    gap = max(0, min(LINE_GAP, (width - len(columns) * size.width) // max(1, len(columns) - 1)))
    least = 0
    for column in columns:
        least = max(least, edges[column[0]])
        edges.update(dict.fromkeys(column, least))
        least += size.width + gap
    most = width - size.width
    for column in reversed(columns):
        most = max(0, min(most, edges[column[0]]))
        edges.update(dict.fromkeys(column, most))
        most -= size.width + gap
    return edges


def _ties(system: System) -> Iterable[tuple[str, str]]:
    """Copies one after the other, and each with the nodes of their coordinator."""
    names = {group.id: node_names(group) for group in system.nodes}
    nodes = {
        service.id: [name for group in service.on for name in names.get(group, ())]
        for service in system.services
    }
    for service in system.services:
        coordinator = getattr(service.replication, "coordinator", None)
        if coordinator is not None:
            yield from pairwise(nodes[service.id])
            for herald in nodes.get(coordinator, ()):
                yield from ((herald, name) for name in nodes[service.id])


def _calls(system: System) -> Iterable[tuple[str, str]]:
    groups: Mapping[str, NodeGroup] = {group.id: group for group in system.nodes}
    nodes_of = {
        service.id: [
            name for group in service.on if group in groups for name in node_names(groups[group])
        ]
        for service in system.services
    }
    pairs: dict[tuple[str, str], None] = {}
    for client in system.clients:
        for node in nodes_of.get(client.call, ()):
            pairs[client.id, node] = None
    for caller, callees in called_services(system).items():
        for callee in callees:
            for source in nodes_of[caller]:
                for target in nodes_of.get(callee, ()):
                    if source != target:
                        pairs[source, target] = None
    return pairs


def _way(start: Box, end: Box, *, back: bool) -> tuple[Cell, ...]:
    """From one box to another, on the lane for calls, or the one below it for what comes back."""
    if end.x >= start.right + 2:
        return _rightward(start, end, back)
    if start.x >= end.right + 2:
        return tuple(reversed(_rightward(end, start, back)))
    return _around(start, end)


def _rightward(start: Box, end: Box, back: bool) -> tuple[Cell, ...]:
    """Out on the right, across at half way, in on the left.

    The lane back turns on the other side of the lane there, so that the two do not cross.
    """
    turn = (start.right + end.x - 1) // 2
    if back:
        turn -= _sign(end.middle - start.middle)
    above, below = start.middle + back, end.middle + back
    return _through((start.right, above), (turn, above), (turn, below), (end.x - 1, below))


def _around(start: Box, end: Box) -> tuple[Cell, ...]:
    """Between boxes that stand above each other: out and in on the right."""
    turn = max(start.right, end.right) + 1
    return _through(
        (start.right, start.middle),
        (turn, start.middle),
        (turn, end.middle),
        (end.right, end.middle),
    )


def _through(*corners: Cell) -> tuple[Cell, ...]:
    """All cells along straight pieces between corners."""
    cells = [corners[0]]
    for x, y in corners[1:]:
        while cells[-1] != (x, y):
            last_x, last_y = cells[-1]
            cells.append((last_x + _sign(x - last_x), last_y + _sign(y - last_y)))
    return tuple(cells)


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
