"""The post-mortem as a whole: verdict, ledger, where to look, and what it leaves alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from game.engine.causes import MEANINGS
from game.engine.kinds import load_kinds
from game.engine.run import simulate
from game.explain import PostMortem, post_mortem
from game.explain.json import post_mortem_json
from game.level.find import find_level, find_levels
from game.level.plan import default_plan, make_plan, system_with
from game.level.read import read_level
from game.score.scorecard import score_run
from tests.engine.nights import level_of
from tests.explain.runs import CRASH, GOAL, HEALTH, explained, shop, told

KITCHEN_SINK = Path(__file__).parents[1] / "engine" / "levels" / "kitchen-sink.toml"
CONTROLS = """
[[control]]
id = "servers"
family = "redundancy"
label = "How many servers"
sets = "node.web.count"
choices = [1, 2]
default = "1"

[[control]]
id = "speed"
family = "capacity"
label = "How fast"
sets = "node.web.speed"
choices = [1, 2]
default = "1"

[[control]]
id = "asking"
family = "routing"
label = "Who is asked"
sets = "client.people.policy"
choices = ["plain", "watched"]
default = "plain"

[[policy]]
id = "watched"
health = { interval = "1s" }
"""


def played(path: Path, seed: int = 1, **choices: str) -> PostMortem:
    """One run of a level file, explained."""
    level = read_level(path, load_kinds())
    plan = make_plan(level, choices) if choices else default_plan(level)
    system = system_with(level, plan, load_kinds())
    log = simulate(system, seed)
    return post_mortem(level, system, log, score_run(level, system, log))


def check(result: PostMortem) -> None:
    """What holds for any post-mortem of any run."""
    sentences = [result.headline, *result.story, result.next_step]
    sentences += [goal.words for goal in result.goals]
    sentences += [look.words for look in result.look_at]
    for sentence in sentences:
        assert sentence.endswith((".", "!", "?", '"'))
        assert "  " not in sentence
        assert "None" not in sentence
    times = [moment.time_us for moment in result.moments]
    assert times == sorted(times)
    assert all(time_us >= 0 for time_us in times)
    assert sum(cause.share for cause in result.causes) == pytest.approx(
        1.0 if result.causes else 0.0
    )
    assert all(cause.meaning in MEANINGS.values() for cause in result.causes)
    json.dumps(post_mortem_json(result))


@pytest.mark.parametrize("path", [KITCHEN_SINK, *find_levels()], ids=lambda path: path.stem)
def test_every_level_that_there_is_explains_itself(path: Path) -> None:
    check(played(path))


def test_causes_are_those_of_the_scorecard_and_add_up() -> None:
    level = level_of(shop(CRASH, GOAL))
    log = simulate(level.system, 1)
    score = score_run(level, level.system, log)
    result = post_mortem(level, level.system, log, score)
    assert [(one.word, one.fault, one.count) for one in result.causes] == list(score.blame)
    assert sum(one.count for one in result.causes) == score.operations - score.good
    assert (result.verdict, result.stars, result.seed) == (score.verdict, score.stars, 1)


def test_explaining_changes_nothing_and_says_the_same_again() -> None:
    level = level_of(shop(CRASH, HEALTH, GOAL))
    log = simulate(level.system, 3)
    digest = log.digest()
    assert explained(level, log) == explained(level, log)
    assert log.digest() == digest
    assert explained(level, simulate(level.system, 3, trace=True)) == explained(level, log)


def test_the_headline_names_missed_goals_and_faults() -> None:
    headline = told(shop(CRASH, GOAL)).headline
    assert headline == "Failed (up): 25 of 106 operations failed, all because of crash."


def test_goals_are_told_with_what_was_asked_for_and_measured() -> None:
    cost = '\n[[goal]]\nid = "cheap"\nmeasure = "cost_per_hour"\nat_most = 0.1\n'
    up, cheap = told(shop(CRASH, GOAL, cost)).goals
    assert (up.asks_for, up.measured, up.met) == ("at least 99 %", "76.42 %", False)
    assert up.words.startswith("up was missed: 76.42 %, where at least 99 % was asked for. It was")
    assert cheap.lost_at_us is None
    assert "cheap was missed: $0.20 an hour" in cheap.words


def test_the_next_step_points_at_the_control_that_the_facts_speak_of() -> None:
    result = told(shop(CRASH, GOAL, CONTROLS, machines=1))
    look = result.look_at[0]
    assert look.words == "shop runs on web-1 alone: nobody else was there during crash."
    assert (look.controls, look.families) == (("servers",), ("redundancy",))
    assert look.nodes == ("web-1",)
    assert result.next_step == (
        "Missing for the first star: up. Look at How many servers and the codex page “Redundancy”."
    )


def goal(name: str, measure: str, target: str, stars: int) -> str:
    """One goal with a ceiling, as text."""
    return (
        f'\n[[goal]]\nid = "{name}"\nmeasure = "{measure}"\nat_most = {target}\nstars = {stars}\n'
    )


AGAIN = '\n[[policy]]\nid = "plain"\nattempt_timeout = "50ms"\nretry = { attempts = 1 }\n'
TWO_SERVERS = CONTROLS.replace('default = "1"', 'default = "2"', 1)
SILENT = CRASH + 'what = "host"\n'


@pytest.mark.parametrize(
    ("first", "second", "page", "controls"),
    [
        ("cheap", "quick", "Cost", ["servers", "speed"]),
        ("simple", "quick", "Moving parts", ["asking"]),
        ("quick", "cheap", "Health checks", ["asking", "servers", "speed"]),
    ],
)
def test_the_advice_serves_the_goal_that_it_names(
    first: str, second: str, page: str, controls: list[str]
) -> None:
    asks = {
        "cheap": ("cost_per_hour", "0.1"),
        "simple": ("moving_parts", "0"),
        "quick": ("p99_ms", '"20ms"'),
    }
    goals = [goal(first, *asks[first], 1), goal(second, *asks[second], 2)]
    for order in (goals, goals[::-1]):
        result = told(shop(SILENT, AGAIN, TWO_SERVERS, *order))
        assert result.next_step.startswith(f"Missing for the first star: {first}. Look at ")
        assert result.next_step.endswith(f"the codex page “{page}”.")
        assert list(result.look_at[0].controls) == controls


def test_moving_parts_are_told_with_the_controls_that_they_come_from() -> None:
    health = """
[[control]]
id = "check"
family = "routing"
label = "Check"
sets = "policy.plain.health"
default = "often"
choices = [{ label = "often", value = { interval = "1s" } }, { label = "never" }]
"""
    plain = AGAIN.replace('attempt_timeout = "50ms"\nretry = { attempts = 1 }\n', "")
    (look,) = told(shop(plain, health, goal("simple", "moving_parts", "0", 1))).look_at
    assert look.words == "The plan has more moving parts than the goal simple allows: Check (1)."
    assert look.controls == ("check",)


def test_writes_that_are_gone_come_first_where_a_goal_forbids_them() -> None:
    wipe = CRASH.replace('kind = "crash"', 'kind = "wipe"').replace('for = "5s"\n', "")
    text = shop(wipe, goal("kept", "lost_writes", "0", 1), goal("cheap", "cost_per_hour", "0.1", 2))
    text = text.replace(
        'steps = [{ cpu = "5ms" }]', 'store = "register"\nsteps = [{ store = "1ms" }]'
    ).replace('deadline = "500ms"', 'deadline = "500ms"\nwrites = 1.0')
    result = told(text.replace("count = 2", "count = 1"))
    assert result.look_at[0].codex[0] == "lost-write"
    assert result.next_step.startswith("Missing for the first star: kept. Look at the codex page")


def test_no_advice_is_better_than_one_for_another_goal() -> None:
    result = told(shop(CRASH, CONTROLS, goal("terse", "messages", "1", 1)))
    assert result.look_at
    assert result.next_step == "Missing for the first star: terse."


def test_where_nothing_was_asked_again_slowness_is_a_matter_of_capacity() -> None:
    result = told(shop(CONTROLS, goal("quick", "p99_ms", '"2ms"', 1)))
    assert result.look_at[0].controls == ("servers", "speed", "asking")
    assert result.next_step.endswith(
        "How many servers, How fast and the codex page “Tail latency”."
    )


def test_a_control_that_chooses_a_policy_is_found_by_what_policies_differ_in() -> None:
    result = told(shop(CRASH, GOAL, CONTROLS.replace('default = "1"', 'default = "2"', 1)))
    asked_the_dead = result.look_at[0]
    assert "25 requests went to web-1 during crash, and failed" in asked_the_dead.words
    assert asked_the_dead.controls == ("asking",)
    asked_once = result.look_at[1]
    assert "nobody asked again" in asked_once.words
    assert asked_once.controls == ()


def test_nothing_is_left_to_say_where_every_goal_was_met() -> None:
    result = told(shop(GOAL))
    assert result.look_at == ()
    assert result.next_step.startswith("Every goal was met.")
    assert result.headline == "Passed with 1 star: all 195 operations were good."


def test_a_night_in_which_nothing_was_asked_meets_no_goal_and_says_why() -> None:
    late = shop(GOAL).replace('deadline = "500ms"', 'deadline = "500ms"\nstarts = "10s"')
    result = told('window = ["0s", "1s"]\n' + late)
    assert result.headline == (
        "Failed (up): nothing was asked in the part of the night that counts."
    )
    assert result.story[0].endswith("and nothing was asked then.")
    check(result)


def test_level_one_is_explained_by_its_lesson() -> None:
    path = find_level("one-of-everything")
    lost = played(path, 2)
    assert lost.look_at[0].controls == ("servers",)
    assert "redundancy" in lost.look_at[0].codex
    half = played(path, 2, servers="2")
    assert {"health", "retry"} <= {control for look in half.look_at for control in look.controls}
    quick = played(path, 1, servers="2", retry="ask once more")
    assert quick.next_step.startswith("Missing for star 3: quick. Look at Health check")
    won = played(path, 2, servers="2", health="every 250 ms", retry="ask once more")
    assert won.headline.startswith("Passed with 3 stars")
    assert "No user saw a failure, in spite of crash." in won.story
