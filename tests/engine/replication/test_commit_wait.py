"""Commit wait: the last writer wins, and is the last one, while no clock is more wrong than the
level allows for."""

from __future__ import annotations

import pytest

from game.level.read import read_level_bytes
from tests.engine.nights import HEAD, KINDS, MS, night
from tests.engine.replication.quorums import quorum, quorum_text, verdict_on
from tests.engine.replication.stores import lost, repeated
from tests.engine.replication.test_quorum_promise import first_caught, random_night

SKEWED = (
    '{ ahead = { law = "uniform", high = "50ms" }, behind = { law = "uniform", high = "50ms" }, '
    "drift_ppm = [100.0, -300.0, 0.0] }"
)
"""In twelve seconds no clock comes to be wrong by more than 50 ms and 12 s * 300 ppm = 3.6 ms."""
WAITS = {"versions": "last-writer-wins", "commit_wait": "54ms"}
HURRIES = {"versions": "last-writer-wins", "commit_wait": "5ms"}
"""Less than clocks differ by."""


def check_promise(numbers: range) -> None:
    """Linearizable, nothing lost, nothing twice, and after the trouble all is well."""
    for number in numbers:
        played = random_night(number, SKEWED, **WAITS)
        verdict = verdict_on(played)
        assert verdict.valid, f"night {number}: {verdict.reason}"
        assert not lost(played), f"night {number} lost writes"
        assert not repeated(played), f"night {number} applied writes twice"
        assert played.good_share(10_700 * MS) == 1.0, f"night {number} did not recover"


def test_with_commit_wait_the_last_writer_wins_and_the_key_is_linearizable() -> None:
    check_promise(range(100))


@pytest.mark.soak
def test_with_commit_wait_the_key_is_linearizable_in_many_nights() -> None:
    check_promise(range(1_000, 3_000))


@pytest.mark.parametrize("settings", [{"versions": "last-writer-wins"}, HURRIES])
def test_no_wait_or_too_short_a_wait_is_caught(settings: dict[str, str]) -> None:
    assert first_caught(range(5), SKEWED, **settings) is not None


def latencies(clock: str = "", **settings: str) -> list[int]:
    """Of writes, one after the other."""
    played = night(quorum_text(replication=quorum(**settings), writes=1.0, rate=5, clock=clock))
    return sorted(row.ended_us - row.invoked_us for row in played.operations() if not row.cause)


def test_a_write_takes_twice_the_error_that_is_allowed_for_or_its_quorum_if_that_takes_longer() -> (
    None
):
    waited = latencies(**WAITS)
    at_once = latencies(versions="last-writer-wins")
    # The way of the client there and back, the work, and the wait.
    assert set(waited) == {2 * MS + 80 + 2 * 54 * MS + 1}
    assert set(at_once) == set(latencies(versions="last-writer-wins", commit_wait="100us"))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"commit_wait": "1ms"}, 'must have versions = "last-writer-wins" for a commit_wait'),
        (
            {"versions": "last-writer-wins", "commit_wait": "250ms"},
            "must have a gives_up that is longer than twice the commit_wait",
        ),
    ],
)
def test_a_wait_that_means_nothing_is_refused(settings: dict[str, str], words: str) -> None:
    text = HEAD + quorum_text(replication=quorum(**settings))
    level, problems = read_level_bytes(text.encode(), "night.toml", KINDS)
    assert level is None
    assert words in str(problems)
