"""Zone outage: everything inside is silent, and so is everything behind it."""

from game.engine.log import Change
from tests.engine.faults.towns import PAIR, fault
from tests.engine.nights import MS, SECOND, night

ZONES = '\n[[zone]]\nid = "north"\n\n[[zone]]\nid = "south"\n'
TOWN = PAIR.replace("count = 2\n", 'count = 2\nzones = ["north", "south"]\n') + ZONES
INSIDER = '\n[[client]]\nid = "insider"\ncall = "front"\ngap = "10ms"\nzone = "south"\n'


def test_the_machines_of_the_zone_are_silent_and_come_back() -> None:
    played = night(TOWN + fault("zone-outage", target="south"))

    assert played.changes(Change.NODE_DOWN) == [(2 * SECOND, "web-2", 1)]
    assert played.changes(Change.NODE_UP) == [(5 * SECOND, "web-2", 0)]
    during = played.attempts(2 * SECOND + MS, 4 * SECOND)
    assert {played.node_of(row) for row in during if row.cause} == {"web-2"}
    assert {row.cause.word for row in during if row.cause} == {"unreachable"}


def test_whoever_is_in_the_zone_reaches_nobody() -> None:
    played = night(TOWN + INSIDER + fault("zone-outage", target="south"))

    inside = [row for row in played.operations(2 * SECOND, 4 * SECOND) if row.client == 1]
    assert {row.cause.word for row in inside} == {"unreachable"}
    after = [row for row in played.operations(5 * SECOND) if row.client == 1]
    assert {row.cause.word for row in after} == {"none"}
