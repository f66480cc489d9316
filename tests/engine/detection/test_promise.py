"""The promise of every detector in random nights: in the end, whoever stopped for good
is taken for dead by all that live (strong completeness), and nobody else is (accuracy in the end);
Chandra and Toueg, JACM 43(2), 1996, section 2. Detectors that promise less are caught."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from game.engine.detection.beats import BeatMember
from game.engine.detection.membership import Member
from game.engine.detection.swim_member import SwimMember
from game.engine.log import Change
from tests.engine.detection.towns import fault, play
from tests.engine.nights import Night

DETECTORS = {
    "heartbeats": '{ kind = "heartbeats", interval = "500ms", timeout = "1800ms" }',
    "phi-accrual": '{ kind = "phi-accrual", interval = "500ms", window = 50 }',
    "swim": '{ kind = "swim", period = "500ms", suspicion = "2s", selection = "random" }',
    "gossip": '{ kind = "gossip", interval = "500ms", fail_after = "10s" }',
}
DOOMED = "web-5"
MACHINES = ("gate", "web-1", "web-2", "web-3", "web-4", "web-5")
TROUBLES: dict[str, tuple[str, dict[str, str]]] = {
    "host": ("crash", {"what": '"host"'}),
    "process": ("crash", {"what": '"process"'}),
    "pause": ("pause", {}),
    "partition": ("partition", {}),
    "one-way": ("partition", {"one_way": '"out"'}),
    "loss": ("loss", {"share": "0.5"}),
    "duplicate": ("duplicate", {"share": "0.5"}),
    "reorder": ("reorder", {"share": "0.5", "by": '"2s"'}),
    "delay": ("delay", {"by": '"300ms"'}),
    "drift": ("clock-drift", {"ppm": "50000"}),
}
ROTATION = (Change.TARGET_OUT, Change.TARGET_BACK, Change.NODE_DOWN)


def random_night(detector: str, number: int) -> Night:
    """Six faults in the first 30 s, some at once; then one machine dies for good."""
    luck = Random(f"{detector}/{number}")
    script = ""
    for _ in range(6):
        kind, fields = TROUBLES[luck.choice(list(TROUBLES))]
        at_s = luck.randrange(2, 24)
        lasts = f"{luck.randrange(1, 30 - at_s)}s"
        script += fault(kind, luck.choice(MACHINES), f"{at_s}s", lasts, **fields)
    if luck.random() < 0.3:
        script += fault("wipe", luck.choice(MACHINES), f"{luck.randrange(2, 24)}s")
    script += fault("crash", DOOMED, "32s", what='"host"')
    return play(DETECTORS[detector], seed=number, machines=5, duration="75s", rate=1.0, more=script)


def wrong_beliefs(played: Night) -> set[tuple[str, str]]:
    """(who, of whom) of those beliefs that are wrong when all is over."""
    places = played.log.places
    believed: set[tuple[str, str]] = set()
    for _, change, place, value in played.log.changes.rows():
        if change == Change.MEMBER_DOWN:
            believed.add((places[place], places[value]))
        elif change == Change.MEMBER_UP:
            believed.discard((places[place], places[value]))
        elif change == Change.NODE_DOWN:
            believed = {pair for pair in believed if pair[0] != places[place]}
    right = {(who, DOOMED) for who in MACHINES if who != DOOMED}
    return believed ^ right


def out_of_rotation(played: Night) -> set[str]:
    """Whom the gate leaves out in the end."""
    out: set[str] = set()
    for _, change, place, value in played.log.changes.rows():
        if change in ROTATION and played.log.places[place] == "gate":
            if change == Change.NODE_DOWN:
                out.clear()
            elif change == Change.TARGET_OUT:
                out.add(played.log.places[value])
            else:
                out.discard(played.log.places[value])
    return out


def check_promise(detector: str, numbers: range) -> None:
    for number in numbers:
        played = random_night(detector, number)
        assert wrong_beliefs(played) == set(), f"night {number}"
        assert out_of_rotation(played) == {DOOMED}, f"night {number}"


def first_caught(detector: str, numbers: range) -> int | None:
    """The first night in which somebody believes something wrong in the end."""
    return next((n for n in numbers if wrong_beliefs(random_night(detector, n))), None)


@pytest.mark.parametrize("detector", DETECTORS)
def test_in_the_end_the_dead_are_known_and_the_living_are_trusted(detector: str) -> None:
    check_promise(detector, range(25))


@pytest.mark.soak
@pytest.mark.parametrize("detector", DETECTORS)
def test_the_dead_are_known_and_the_living_are_trusted_in_many_nights(detector: str) -> None:
    check_promise(detector, range(1_000, 1_500))


def silent(*_: object) -> None:
    """Does nothing."""


@pytest.mark.parametrize(
    ("detector", "owner", "name", "broken", "nights"),
    [
        ("swim", SwimMember, "_hear_of_itself", silent, 10),
        ("swim", SwimMember, "_condemn", silent, 1),
        ("heartbeats", BeatMember, "_watch", silent, 1),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_detector_that_leaves_something_out_is_caught(
    detector: str,
    owner: type,
    name: str,
    broken: Callable[..., None],
    nights: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(owner, name, broken)
    caught = first_caught(detector, range(nights))
    assert caught is not None


@pytest.mark.parametrize("detector", ["swim", "gossip"])
def test_halves_that_never_try_the_dead_again_stay_apart(
    detector: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def divided_night() -> Night:
        cut = fault("partition", "web-2", "5s", "20s") + fault(
            "crash", DOOMED, "30s", what='"host"'
        )
        return play(DETECTORS[detector], machines=5, duration="75s", rate=1.0, more=cut)

    assert wrong_beliefs(divided_night()) == set()
    monkeypatch.setattr(Member, "dead_one_to_try", silent)
    apart = wrong_beliefs(divided_night())
    assert {("gate", "web-2"), ("web-2", "gate")} <= apart
