"""Faults that come and go by a law."""

from game.engine.log import Change
from tests.engine.faults.towns import PAIR
from tests.engine.nights import night

OFTEN = 'every = { law = "exponential", mean = "1s" }\nlasts = "200ms"\n'
ZONES = '\n[[zone]]\nid = "north"\n\n[[zone]]\nid = "south"\n'


def test_a_group_is_struck_machine_by_machine() -> None:
    played = night(PAIR + f'[[fault]]\nkind = "crash"\ntarget = "web"\n{OFTEN}')

    began = played.changes(Change.FAULT_BEGAN)
    assert {value for _, _, value in began} == {0, 1}
    downs = played.changes(Change.NODE_DOWN)
    assert [time_us for time_us, _, _ in downs] == [time_us for time_us, _, _ in began]
    assert {name for _, name, _ in downs} == {"web-1", "web-2"}


def test_a_zone_is_struck_as_a_whole() -> None:
    town = PAIR.replace("count = 2\n", 'count = 2\nzones = ["south"]\n') + ZONES
    played = night(town + f'[[fault]]\nkind = "zone-outage"\ntarget = "south"\n{OFTEN}')

    downs = played.changes(Change.NODE_DOWN)
    times = [time_us for time_us, _, _ in downs]
    assert times[::2] == times[1::2]
    assert [name for _, name, _ in downs[:2]] == ["web-1", "web-2"]


def test_the_night_of_one_machine_does_not_hang_on_how_many_there_are() -> None:
    law = f'[[fault]]\nkind = "crash"\ntarget = "web"\n{OFTEN}'

    def first_machine(count: int) -> list[int]:
        played = night(PAIR.replace("count = 2", f"count = {count}") + law)
        return [time for time, name, _ in played.changes(Change.NODE_DOWN) if name == "web-1"]

    assert first_machine(2) == first_machine(5)


def test_a_fault_is_at_work_until_the_last_of_its_strikes_is_over() -> None:
    law = '[[fault]]\nkind = "slow"\nfactor = 2\ntarget = "web"\nevery = "1s"\nlasts = "3s"\n'
    played = night(PAIR + law)

    assert len(played.changes(Change.FAULT_BEGAN)) == len(played.changes(Change.FAULT_ENDED)) + 2
