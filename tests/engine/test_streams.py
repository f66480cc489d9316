"""Streams are independent of each other, and derived luck belongs to its attempt."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from game.engine.streams import derived_key, derived_luck, mix, stream


def test_a_stream_depends_on_seed_and_name_alone() -> None:
    first = [stream(1, "a").random() for _ in range(3)]

    assert first[0] == first[1] == first[2]
    assert stream(1, "a").random() != stream(2, "a").random()
    assert stream(1, "a").random() != stream(1, "b").random()


def test_a_stream_is_the_same_on_every_python() -> None:
    assert stream(7, "users/gap").random() == 0.807148134621614


def test_mix_is_the_published_function() -> None:
    # The first outputs of SplitMix64 from state 1234567 (Vigna's reference implementation).
    state = 1234567
    outputs = []
    for _ in range(3):
        outputs.append(mix(state))
        state = (state + 0x9E3779B97F4A7C15) % (1 << 64)

    assert outputs == [6457827717110365317, 3203168211198807973, 9817491932198370423]


@given(st.floats(0, 1, exclude_max=True), st.integers(1, 2**64 - 1), st.integers(0, 2**32))
def test_derived_luck_is_a_share_and_repeats(luck: float, key: int, slot: int) -> None:
    value = derived_luck(luck, key, slot)

    assert 0 <= value < 1
    assert value == derived_luck(luck, key, slot)


def test_derived_luck_is_uniform_over_slots_and_attempts() -> None:
    values = sorted(
        derived_luck(0.37, derived_key(0, path, ordinal), slot)
        for path in range(1, 11)
        for ordinal in range(1, 11)
        for slot in range(20)
    )
    furthest = max(abs(value - (rank + 0.5) / 2000) for rank, value in enumerate(values))

    assert len(set(values)) == 2000
    assert furthest < 1.63 / 2000**0.5  # Kolmogorov-Smirnov, 1 %


def test_the_key_of_a_retry_is_never_the_plain_paths() -> None:
    keys = {derived_key(0, path, ordinal) for path in range(1, 50) for ordinal in range(1, 20)}

    assert 0 not in keys
    assert len(keys) == 49 * 19
