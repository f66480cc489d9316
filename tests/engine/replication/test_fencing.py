"""Split brain: without fencing a primary that was deposed goes on beside the next one."""

from __future__ import annotations

from bisect import bisect_right

from game.engine.log import Change
from tests.engine.nights import Night
from tests.engine.replication.chains import cut_off_night


def split(played: Night) -> int:
    """Operations that one copy answered well after another one, which leads since, had answered."""
    log = played.log
    grants = [
        (time_us, log.stations[station][1])
        for time_us, change, station, _ in log.changes.rows()
        if change == Change.EPOCH_GRANTED
    ]
    times = [time_us for time_us, _ in grants]
    led_us: dict[int, int] = {}
    found = 0
    served = [row for row in played.attempts() if row.served_us >= 0 and not row.cause]
    for row in sorted(served, key=lambda row: row.served_us):
        place = log.stations[row.station][1]
        number = bisect_right(times, row.served_us) - 1
        leader = grants[number][1] if number >= 0 else log.stations[0][1]
        if place == leader:
            led_us[number] = row.served_us
        elif number in led_us:
            found += 1
    return found


def night(number: int, fencing: bool) -> Night:
    """Copies are cut off from the others, but not from the users."""
    return cut_off_night(number, "", kind="primary-backup", mode="async", fencing=fencing)


def test_no_fencing_is_caught_in_the_first_nights() -> None:
    caught = [number for number in range(5) if split(night(number, fencing=False))]
    assert caught[0] < 3


def test_with_fencing_one_primary_answers_at_a_time() -> None:
    assert [split(night(number, fencing=True)) for number in range(5)] == [0] * 5
