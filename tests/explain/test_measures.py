"""A level's own measures: what a goal on one asked for, when it was lost, and what is near."""

from __future__ import annotations

from game.explain.bearing import controls_of
from game.explain.clue import Clue
from game.explain.clues import clues_of
from game.explain.nearness import parts_near
from tests.engine.nights import level_of, system_of
from tests.explain.runs import CRASH, facts, shop, told

WAITED = """
[[measure]]
id = "people-p99"
from = { event = "operation", client = "people" }
to = { event = "operation-good", client = "people" }
same = "operation"
take = "p99"
in_window = true
says = "how long people waited."

[[goal]]
id = "soon"
measure = "people-p99"
at_most = "100ms"
"""
DOWN = """
[[measure]]
id = "downs"
count = { event = "node-down", node = "web" }

[[goal]]
id = "standing"
measure = "downs"
at_most = 0
"""
SERVED = """
[[measure]]
id = "served"
count = { event = "attempt-served", service = "shop" }

[[goal]]
id = "many"
measure = "served"
at_least = 10000
"""
OTHERS = """
[[node]]
id = "far"

[[service]]
id = "papers"
on = "far"
steps = [{ cpu = "1ms" }]

[[client]]
id = "readers"
call = "papers"
gap = "1s"

[[control]]
id = "far"
family = "capacity"
label = "Far"
sets = "node.far.cores"
default = "1"
choices = [{ label = "1", value = 1 }, { label = "2", value = 2 }]

[[control]]
id = "web"
family = "capacity"
label = "Web"
sets = "node.web.speed"
default = "1"
choices = [{ label = "1", value = 1 }, { label = "2", value = 2 }]

[[control]]
id = "people"
family = "workload"
label = "People"
sets = "client.people.deadline"
default = "500 ms"
choices = [{ label = "500 ms", value = "500ms" }, { label = "1 s", value = "1s" }]
"""


def about(text: str) -> Clue:
    """The clue about a level's own measure."""
    (clue,) = [one for one in clues_of(facts(text)) if one.codex == ("measures",)]
    return clue


def test_a_goal_on_times_says_how_many_were_longer_and_how_many_did_not_end() -> None:
    text = shop(CRASH, WAITED)
    found = facts(text)
    failed = len(found.failures)
    assert failed
    assert about(text).words == (
        f"people-p99 (how long people waited) was never for {failed} of {len(found.valid)}, and "
        f"soon asks for at most 100 ms: {failed} of {len(found.valid)} times were longer."
    )


def test_a_goal_on_times_is_lost_when_one_too_many_is_too_long() -> None:
    found = facts(shop(CRASH, WAITED))
    (goal,) = found.score.goals
    allowed = len(found.valid) - -(-len(found.valid) * 99 // 100)
    moments = sorted(one.invoked_us + 100_000 for one in found.failures)
    assert goal.lost_at_us == moments[allowed]
    post = told(shop(CRASH, WAITED))
    assert any("the goal soon was lost" in line for line in post.story)
    assert [one.kind for one in post.moments].count("goal-lost") == 1


def test_a_goal_on_a_count_is_lost_with_the_first_event_that_is_too_many() -> None:
    text = shop(CRASH, DOWN)
    assert [goal.lost_at_us for goal in facts(text).score.goals] == [5_000_000]
    assert about(text).words == "downs was 1, and standing asks for at most 0."


def test_what_must_be_many_is_only_known_at_the_end() -> None:
    text = shop(SERVED)
    assert [goal.lost_at_us for goal in facts(text).score.goals] == [None]
    assert about(text).words.endswith("and many asks for at least 10,000.")


def test_a_goal_that_was_met_is_no_clue_and_was_not_lost() -> None:
    found = facts(shop(DOWN))
    assert clues_of(found) == ()
    assert [goal.lost_at_us for goal in found.score.goals] == [None]


def test_it_points_at_controls_of_what_the_measure_is_about_the_nearest_first() -> None:
    by_client, by_service = (shop(one, OTHERS) for one in (CRASH + WAITED, SERVED))
    assert [one.id for one in controls_of(level_of(by_client), about(by_client))] == [
        "people",
        "web",
    ]
    served = controls_of(level_of(by_service), about(by_service))
    assert {one.id for one in served} == {"web", "people"}


def test_a_policy_that_two_go_by_does_not_make_them_near() -> None:
    system = system_of(shop(OTHERS))
    near = parts_near(system, [("client", "people")])
    assert near[:2] == ("client.people", "service.shop")
    assert {"node.web", "policy.plain"} < set(near)
    assert not {"client.readers", "node.far"} & set(near)
