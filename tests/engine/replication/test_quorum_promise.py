"""The promise of a strict quorum with logical versions and write-back reads, in random nights; and
that those which promise less are caught."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from random import Random

import pytest

from game.engine.replication.quorum_siblings import Kept, Siblings, Writer
from tests.engine.nights import Night, night
from tests.engine.replication.quorums import (
    KEYED,
    group_after,
    quorum,
    quorum_text,
    unseen,
    verdict_on,
)
from tests.engine.replication.stores import fault, lost, repeated
from tests.engine.replication.test_promise import random_fault

SHAPES = ((3, 2, 2), (3, 1, 3), (3, 3, 1), (4, 2, 3), (5, 3, 3))
"""Machines, and r and w that meet."""
SKEWED = '{ ahead = { law = "uniform", high = "200ms" } }'
VARYING = '{ law = "exponential", mean = "5ms" }'


def random_text(number: int, clock: str = "", **settings: str | int | bool) -> str:
    """Some faults on up to five copies, and many operations on few keys."""
    luck = Random(number)
    machines, r, w = luck.choice(SHAPES)
    copies = [f"db-{one}" for one in range(1, machines + 1)]
    times, longest_ms = luck.choice(((3, 4_000), (20, 700)))
    faults = "".join(random_fault(luck, copies, longest_ms) for _ in range(times))
    return quorum_text(
        faults,
        machines=machines,
        replication=quorum(**{"r": r, "w": w, **settings}),
        rate=60,
        keys=2,
        way=VARYING,
        duration="12s",
        clock=clock,
    )


def random_night(number: int, clock: str = "", **settings: str | int | bool) -> Night:
    """What became of such a night."""
    return night(random_text(number, clock, **settings), number)


def check_promise(numbers: range) -> None:
    """Linearizable, nothing lost, nothing twice, and after the trouble all is well."""
    for number in numbers:
        played = random_night(number)
        verdict = verdict_on(played)
        assert verdict.valid, f"night {number}: {verdict.reason}"
        assert not lost(played), f"night {number} lost writes"
        assert not repeated(played), f"night {number} applied writes twice"
        assert played.good_share(10_700_000) == 1.0, f"night {number} did not recover"


def check_vectors(numbers: range) -> None:
    """Whatever the clocks: nothing lost, no key's write twice, and reads return all that was over,
    or what had seen it; blind writes or not."""
    for number in numbers:
        context = "blind" if number % 8 == 7 else "read"
        text = random_text(number, SKEWED, versions="vectors", context=context)
        group, played = group_after(text, number)
        assert not lost(played), f"night {number} lost writes"
        assert not repeated(played), f"night {number} applied writes twice"
        assert not list(unseen(group, played)), f"night {number} hid writes from reads"
        assert played.good_share(10_700_000) == 1.0, f"night {number} did not recover"


def first(numbers: range, is_broken: Callable[[int], bool]) -> int | None:
    """The first night in which a promise is broken."""
    return next((number for number in numbers if is_broken(number)), None)


def first_hiding(numbers: range, r: int, w: int) -> int | None:
    """The first night with vectors in which a read misses what was over."""
    texts = {number: random_text(number, versions="vectors", r=r, w=w) for number in numbers}
    return first(numbers, lambda number: any(unseen(*group_after(texts[number], number))))


def first_losing(numbers: range, clock: str = "", **settings: str | int | bool) -> int | None:
    """The first night that loses an acknowledged write."""
    return first(numbers, lambda number: bool(lost(random_night(number, clock, **settings))))


def first_caught(numbers: range, clock: str = "", **settings: str | int | bool) -> int | None:
    """The first night whose history is not linearizable."""
    return first(
        numbers, lambda number: verdict_on(random_night(number, clock, **settings)).invalid
    )


def test_a_key_is_linearizable_whatever_crashes_pauses_and_does_to_the_network() -> None:
    check_promise(range(100))


@pytest.mark.soak
def test_a_key_is_linearizable_in_many_nights() -> None:
    check_promise(range(1_000, 3_000))


def test_with_vectors_no_write_is_lost_and_none_is_hidden_whatever_the_clocks_say() -> None:
    check_vectors(range(100))


@pytest.mark.soak
def test_with_vectors_no_write_is_lost_in_many_nights() -> None:
    check_vectors(range(1_000, 3_000))


# What promises less, and how many nights it takes to see that


def test_quorums_that_do_not_meet_are_caught_in_one_night() -> None:
    assert first_caught(range(1), r=1, w=1) == 0
    assert first_losing(range(1), r=1, w=1) == 0
    assert first_hiding(range(1), r=1, w=1) == 0


def test_repair_in_the_background_is_not_taken_for_linearizable_in_three_nights() -> None:
    assert first_caught(range(3), repair="background") is not None


def test_the_checker_shows_the_inversion_that_repair_in_the_background_lets_through() -> None:
    """No more is wrong than that some messages of one copy are slow: a read sees a write that is
    under way, and one that begins after it does not."""
    slow = fault("delay", "db-1", "1s", "3s", 'by = "60ms"\nshare = 0.5\nto = ["db-2", "db-3"]')
    text = quorum_text(slow, replication=quorum(repair="background"), rate=200, keys=1)
    verdict = verdict_on(night(text))
    reads = [one for one in verdict.witness if one.function == "read"]

    assert verdict.invalid
    assert any(
        one.completed is not None and one.completed < other.invoked and one.output != other.output
        for one, other in pairwise(reads)
    )
    assert verdict_on(night(text.replace("background", "write-back"))).valid


def test_the_last_writer_by_clocks_that_differ_is_caught_in_one_night() -> None:
    """The same night with vectors, or with counters, is a good one."""
    assert first_caught(range(1), SKEWED, versions="last-writer-wins") == 0
    assert first_losing(range(1), SKEWED, versions="last-writer-wins") == 0
    assert first_losing(range(2), SKEWED, versions="vectors") is None
    assert first_caught(range(20), SKEWED) is None


def test_no_keys_under_requests_that_come_twice_are_caught_in_six_nights() -> None:
    def is_broken(number: int) -> bool:
        return bool(repeated(night(random_text(number).replace(KEYED, ""), number)))

    assert first(range(6), is_broken) is not None


def test_vectors_under_a_name_that_a_wiped_disk_forgot_are_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its next writes pass for old ones that others have seen, and go."""
    wipe = fault("wipe", "db-1", "3s", more='down = "200ms"')

    def is_broken(number: int) -> bool:
        how = quorum(versions="vectors")
        return bool(lost(night(quorum_text(wipe, replication=how, keys=5), number)))

    def forget(writer: Writer) -> None:
        writer.count = 0
        writer.latest.clear()

    assert first(range(3), is_broken) is None
    monkeypatch.setattr(Writer, "wiped", forget)
    assert first(range(3), is_broken) is not None


def test_vectors_that_are_sent_without_what_stands_beside_them_are_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An entry of a vector then counts writes that who sends it has never seen."""
    add = Writer.add

    def alone(writer: Writer, key: int, write: tuple[int, int], seen: Kept) -> Siblings:
        all_of_it = add(writer, key, write, seen)
        return Siblings(tuple(one for one in all_of_it.all if one.version.operation == write[0]))

    monkeypatch.setattr(Writer, "add", alone)
    assert first_losing(range(5), versions="vectors") is not None
