"""Load spike: more of the same."""

from tests.engine.faults.towns import ONE, fault
from tests.engine.nights import SECOND, night

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
