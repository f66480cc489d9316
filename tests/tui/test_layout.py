"""Where boxes stand and lines run."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from game.level.model import Client, NodeGroup, Service, System
from game.tui.layout import COMPACT, LINE, TALL, MapLayout, lay_out, node_names


class Calls:
    """A step that calls a service."""

    def __init__(self, call: str) -> None:
        self.call = call


def chain(*counts: int) -> System:
    """One client, then services that call each other in a row, on so many machines each."""
    names = [f"s{number}" for number in range(len(counts))]
    return System(
        duration=1,
        nodes=tuple(
            NodeGroup(id=name, count=count) for name, count in zip(names, counts, strict=True)
        ),
        services=tuple(
            Service(id=name, on=(name,), steps=(Calls(after),) if after else ())
            for name, after in zip(names, [*names[1:], ""], strict=True)
        ),
        clients=(Client(id="people", call="s0", rate=1),),
    )


def overlaps(layout: MapLayout) -> list[tuple[str, str]]:
    return [
        (one.name, other.name)
        for one, other in combinations(layout.boxes.values(), 2)
        if one.x < other.right
        and other.x < one.right
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    ]


def test_a_group_without_a_count_is_one_machine_of_its_own_name() -> None:
    assert node_names(NodeGroup(id="db")) == ("db",)
    assert node_names(NodeGroup(id="db", count=2)) == ("db-1", "db-2")


def test_layers_follow_the_calls_from_left_to_right() -> None:
    layout = lay_out(chain(1, 1, 1), 120, 30)

    assert [name for name, _ in sorted(layout.boxes.items(), key=lambda item: item[1].x)] == [
        "people",
        "s0-1",
        "s1-1",
        "s2-1",
    ]


def test_boxes_shrink_with_the_room() -> None:
    system = chain(4)

    assert lay_out(system, 120, 30).boxes["s0-1"].height == TALL.height
    assert lay_out(system, 80, 12).boxes["s0-1"].height == COMPACT.height
    assert lay_out(system, 80, 10).boxes["s0-1"].height == LINE.height


def test_a_place_in_the_level_is_kept() -> None:
    system = System(
        duration=1,
        nodes=(NodeGroup(id="db", at=(50, 10)),),
        services=(Service(id="store", on=("db",)),),
        clients=(Client(id="people", call="store", rate=1),),
    )
    box = lay_out(system, 100, 40).boxes["db"]

    assert (box.x + box.width // 2, box.y) == (50, 2)


@given(
    st.lists(st.integers(0, 100), min_size=2, max_size=3, unique=True),
    st.sampled_from([(78, 11), (76, 22), (140, 44)]),
)
def test_places_in_the_level_that_are_columns_keep_room_for_a_line(
    middles: list[int], size: tuple[int, int]
) -> None:
    names = [f"n{number}" for number in range(len(middles))]
    system = System(
        duration=1,
        nodes=tuple(
            NodeGroup(id=name, at=(middle, 50)) for name, middle in zip(names, middles, strict=True)
        ),
        services=tuple(Service(id=name, on=(name,)) for name in names),
    )
    boxes = sorted(lay_out(system, *size).boxes.values(), key=lambda box: box.x)

    assert all(box.x >= 0 and box.right <= size[0] for box in boxes)
    for left, right in pairwise(boxes):
        assert right.x == left.x or right.x >= left.right + 3


def test_answers_have_a_lane_of_their_own() -> None:
    layout = lay_out(chain(1), 80, 20)
    there, back = layout.path("people", "s0-1"), layout.path("s0-1", "people")

    assert not set(there) & set(back)
    assert {x for x, _ in there} == {x for x, _ in back}


def test_between_small_boxes_the_way_back_is_the_way_there() -> None:
    layout = lay_out(chain(12), 80, 20)
    assert layout.boxes["s0-1"].height == 1

    assert layout.path("s0-2", "people") == tuple(reversed(layout.path("people", "s0-2")))


def test_machines_above_each_other_are_joined_at_their_side() -> None:
    layout = lay_out(chain(2), 80, 20)
    path = layout.path("s0-1", "s0-2")

    assert path[0][1] == layout.boxes["s0-1"].middle
    assert path[-1][1] == layout.boxes["s0-2"].middle
    assert not any(box.holds(x, y) for box in layout.boxes.values() for x, y in path)


def test_an_unknown_name_has_no_path() -> None:
    assert lay_out(chain(1), 80, 20).path("people", "nobody") == ()


@given(
    st.lists(st.integers(1, 12), min_size=1, max_size=4),
    st.sampled_from([(80, 10), (76, 22), (140, 44)]),
)
def test_boxes_stand_apart_inside_the_map_and_lines_are_unbroken(
    counts: list[int], size: tuple[int, int]
) -> None:
    width, height = size
    layout = lay_out(chain(*counts), width, height)

    assert overlaps(layout) == []
    assert all(
        box.x >= 0 and box.right <= width and box.y >= 0 and box.y + box.height <= height
        for box in layout.boxes.values()
    )
    for source, target in layout.calls:
        path = layout.path(source, target)
        assert path
        assert all(abs(x - a) + abs(y - b) == 1 for (x, y), (a, b) in pairwise(path))


def test_copies_are_tied_to_each_other_and_to_their_coordinator() -> None:
    class Copies:
        coordinator = "herald"

    system = System(
        duration=1,
        nodes=(NodeGroup(id="king", count=2), NodeGroup(id="herald")),
        services=(
            Service(id="register", on=("king",), replication=Copies()),
            Service(id="herald", on=("herald",)),
        ),
        clients=(Client(id="people", call="register", rate=1),),
    )
    layout = lay_out(system, 100, 30)

    assert layout.ties == (("king-1", "king-2"), ("herald", "king-1"), ("herald", "king-2"))
    assert all(layout.path(*pair) for pair in layout.ties)
    assert all(x < 100 for pair in layout.ties for x, _ in layout.path(*pair))
