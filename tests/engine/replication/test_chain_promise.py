"""The promise of a chain in random nights; and that those which promise less are caught."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from game.engine.replication.chain_letters import Forward
from game.engine.replication.chain_link import Link
from game.engine.replication.confirmation import Confirmation
from tests.engine.nights import Night
from tests.engine.replication.chains import (
    cut_off_night,
    is_broken,
    random_night,
    restless_night,
)
from tests.engine.replication.rafts import verdict_on
from tests.engine.replication.stores import lost, repeated

CALM_US = 11_300_000
"""All faults are over since 1.4 s."""


def check_promise(numbers: range) -> None:
    """Linearizable, nothing lost, nothing twice, and all is well in the end."""
    for number in numbers:
        played = random_night(number)
        verdict = verdict_on(played)
        assert verdict.valid, f"night {number}: {verdict.reason}"
        assert not lost(played), f"night {number} lost writes"
        assert not repeated(played), f"night {number} applied writes twice"
        assert played.good_share(CALM_US) == 1.0, f"night {number} did not recover"


def first_caught(play: Callable[[int], Night], numbers: range) -> int | None:
    """The first night in which a promise was broken."""
    return next((number for number in numbers if is_broken(play(number))), None)


def test_a_key_is_linearizable_whatever_crashes_pauses_and_does_to_network_and_clocks() -> None:
    check_promise(range(100))


@pytest.mark.soak
def test_a_key_is_linearizable_in_many_nights() -> None:
    check_promise(range(1_000, 3_000))


def test_copies_that_leave_and_join_all_the_time_keep_the_promise() -> None:
    assert first_caught(restless_night, range(10)) is None


@pytest.mark.soak
def test_copies_that_leave_and_join_keep_the_promise_in_many_nights() -> None:
    assert first_caught(restless_night, range(1_000, 1_500)) is None


def test_a_middle_that_acknowledges_before_the_tail_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    forwarded = Link.forwarded

    def hasty(link: Link, forward: Forward) -> None:
        forwarded(link, forward)
        if link.is_member() and not link.is_tail():
            link._commit(len(link.journal))

    monkeypatch.setattr(Link, "forwarded", hasty)
    assert first_caught(random_night, range(5)) is not None


def test_a_tail_that_does_not_wait_for_the_next_one_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def alone(link: Link) -> bool:
        return link.is_working_tail() and link._grow(len(link.journal))

    monkeypatch.setattr(Link, "_advance", alone)
    assert first_caught(restless_night, range(5)) is not None


@pytest.mark.parametrize("trouble", ["drift", "pause"])
@pytest.mark.parametrize("reads", ["confirmed", "lease"])
def test_a_deposed_tail_answers_nothing_stale(trouble: str, reads: str) -> None:
    caught = first_caught(
        lambda number: cut_off_night(number, trouble, reads=reads, guard=0.2), range(2)
    )
    assert caught is None


def test_a_tail_that_answers_without_making_sure_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Confirmation, "is_leased", lambda confirmation: True)
    caught = first_caught(lambda number: cut_off_night(number, "pause", reads="lease"), range(2))
    assert caught is not None


def test_a_lease_without_a_guard_is_caught_when_clocks_drift() -> None:
    caught = first_caught(
        lambda number: cut_off_night(number, "drift", reads="lease", guard=0.0), range(2)
    )
    assert caught is not None


def test_leases_keep_the_promise_too_while_clocks_differ_little() -> None:
    played = (random_night(number, reads="lease", guard=0.3) for number in range(20))
    assert not any(map(is_broken, played))


def test_reads_of_any_copy_are_not_taken_for_linearizable() -> None:
    assert first_caught(lambda number: random_night(number, reads="any"), range(3)) is not None
