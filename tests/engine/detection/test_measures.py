"""A level can ask how soon deaths are found, how often the living are suspected, what it costs."""

from __future__ import annotations

import pytest

from game.engine.kinds import load_kinds
from game.level.plan import make_plan, system_with
from game.level.read import read_level_bytes
from game.score.parts import moving_parts
from tests.engine.detection.towns import fault, town
from tests.engine.events.nights import count, own, time
from tests.engine.nights import HEAD

SWIM = '{ kind = "swim", suspicion = "3s" }'
CRASH = fault("crash", "web-2", "20s", "20s", what='"host"')
CUT = fault("partition", "web-2", "20s", "20s")
WRONG = '{{ event = "{}", wrong = true }}'
CHOICES = """
[[control]]
id = "detector"
family = "resilience"
label = "Who watches"
sets = "membership.town.detector"
default = "nobody"
choices = [
    { label = "nobody" },
    { label = "heartbeats", value = { kind = "heartbeats", watchers = "gate" } },
    { label = "phi", value = "phi-accrual" },
    { label = "gossip", value = "gossip" },
    { label = "swim", value = "swim" },
    { label = "hasty", value = { kind = "swim", suspicion = "0s" } },
]
"""


def test_the_time_from_a_death_to_its_detection_is_a_measure() -> None:
    same = 'same = "node"\ntake = "first"'
    death = time('"node-down"', '{ event = "member-down", caller = "gate" }', same)
    found_ms = own(town(SWIM, more=CRASH), death)
    suspected_ms = own(town(SWIM, more=CRASH), time('"node-down"', '"suspicion"', same))
    assert found_ms is not None
    assert suspected_ms is not None
    assert 1_000 < suspected_ms < suspected_ms + 2_900 < found_ms < 20_000


@pytest.mark.parametrize("event", ["suspicion", "member-down", "target-out"])
def test_a_suspicion_is_wrong_where_the_other_one_runs(event: str) -> None:
    assert own(town(SWIM, more=CRASH), count(WRONG.format(event))) == 0
    wrong = own(town(SWIM, more=CUT), count(WRONG.format(event)))
    assert wrong
    assert wrong == own(town(SWIM, more=CUT), count(f'"{event}"'))


def test_only_who_was_suspected_objects() -> None:
    assert own(town(SWIM), count('"refutation"')) == 0
    assert own(town(SWIM, more=CRASH), count('{ event = "refutation", node = "web-2" }')) == 1


@pytest.mark.parametrize(
    ("label", "parts"),
    [("nobody", 0), ("heartbeats", 1), ("phi", 2), ("gossip", 2), ("hasty", 3), ("swim", 4)],
)
def test_a_control_chooses_the_detector_and_each_has_its_moving_parts(
    label: str, parts: int
) -> None:
    text = town('"swim"').replace('detector = "swim"\n', "") + CHOICES
    level, problems = read_level_bytes((HEAD + text).encode(), "night.toml", load_kinds())
    assert level is not None, str(problems)
    system = system_with(level, make_plan(level, {"detector": label}), load_kinds())
    assert moving_parts(level, system, load_kinds()) == parts
    assert (system.memberships[0].detector is None) == (label == "nobody")
