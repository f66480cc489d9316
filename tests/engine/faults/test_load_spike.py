"""Load spike: more of the same."""

from tests.engine.faults.towns import ONE, fault
from tests.engine.nights import MS, SECOND, night

OTHER = '\n[[client]]\nid = "other"\ncall = "front"\ngap = "100ms"\ndeadline = "500ms"\n'


def test_clients_send_several_times_as_much_while_it_lasts() -> None:
    played = night(ONE + fault("load-spike", times=3))

    assert len(played.operations(SECOND, 2 * SECOND)) == 100
    assert abs(len(played.operations(2 * SECOND, 5 * SECOND)) - 900) <= 1
    assert len(played.operations(6 * SECOND, 7 * SECOND)) == 100


def test_only_the_target_sends_more() -> None:
    played = night(ONE + OTHER + fault("load-spike", target="other", times=3))

    during = played.operations(2 * SECOND, 5 * SECOND)
    assert abs(sum(row.client == 1 for row in during) - 90) <= 1
    assert sum(row.client == 0 for row in during) == 300


def test_two_spikes_multiply() -> None:
    twice = fault("load-spike", times=2)
    played = night(ONE + twice + twice)

    assert abs(len(played.operations(2 * SECOND, 5 * SECOND)) - 1200) <= 1


def test_clients_that_were_silent_go_on_where_they_stopped() -> None:
    silent = '[{ at = "2005ms", times = 0 }, { at = "3s", times = 1 }]'
    played = night(ONE.replace('gap = "10ms"', f'gap = "10ms"\nload = {silent}'))

    invoked = [row.invoked_us for row in played.operations(2 * SECOND, 3100 * MS)]
    assert invoked[:3] == [2 * SECOND, 3005 * MS, 3015 * MS]


def test_a_spike_before_the_first_operation_does_not_bring_it_forward_past_the_start() -> None:
    late = ONE.replace('gap = "10ms"', 'gap = "1s"\nstarts = "4s"')
    played = night(late + fault("load-spike", times=2))

    # Half a second instead of one after the start, and from 5 s on one a second again.
    assert [row.invoked_us for row in played.operations()][:3] == [
        4500 * MS,
        5 * SECOND,
        6 * SECOND,
    ]
