"""The story: true sentences with the Log's own numbers, in order of time."""

from __future__ import annotations

import re

import pytest

from game.engine.causes import Cause
from game.engine.run import simulate
from tests.engine.nights import level_of
from tests.explain.levels import plan_told
from tests.explain.runs import CRASH, GOAL, HEALTH, explained, facts, shop, told

STORM = """
[[policy]]
id = "plain"
attempt_timeout = "100ms"
retry = { attempts = 3 }

[[fault]]
kind = "pause"
target = "web"
at = "5s"
for = "1s"
"""


def story(*parts: str, machines: int = 2, gap: str = "100ms") -> str:
    """All sentences of a night."""
    return "\n".join(told(shop(*parts, machines=machines, gap=gap)).story)


def test_the_outage_of_the_only_machine_is_told_from_its_first_failure_to_its_last() -> None:
    text = story(CRASH, machines=1)
    assert "At 5 s crash began at web-1: the machine is down" in text
    assert (
        "Users saw failures from 5 s to 9.9 s, for 4.9 s: all 50 operations that ended then failed."
        " The first came 2 ms after crash began. The cause of all was refused."
        " All go back to crash."
    ) in text
    assert (
        "crash was over at 10 s; 50 operations failed because of it, none that was asked later."
    ) in text


def test_the_numbers_of_an_outage_are_those_of_the_log() -> None:
    found = facts(shop(CRASH))
    log = found.log
    causes = log.operations.column("cause")
    ends = log.operations.column("ended_us")
    failed = [end for end, cause in zip(ends, causes, strict=True) if cause != Cause.NONE]
    (outage,) = found.outages
    assert (outage.first_us, outage.last_us) == (min(failed), max(failed))
    assert outage.failed == len(failed)
    assert outage.ended == sum(min(failed) <= end <= max(failed) for end in ends)


def test_half_of_the_requests_fail_until_somebody_notices() -> None:
    text = story(CRASH)
    assert "25 of the 49 operations that ended then failed" in text
    assert (
        "No caller took web-1 out of rotation while crash lasted: 25 requests went there all the "
        "same."
    ) in text


def test_who_noticed_is_told_with_the_time_that_it_took() -> None:
    text = story(CRASH, HEALTH)
    match = re.search(r"people took web-1 out of rotation at (\S+) s, (\S+) ms after crash", text)
    assert match is not None
    assert float(match[1]) * 1000 - 5000 == round(float(match[2]), -1)
    assert "No caller" not in text


def test_what_was_sent_to_a_machine_that_was_out_is_counted() -> None:
    panic = HEALTH + "panic_threshold = 0.1\n"
    text = story(CRASH, panic, machines=1)
    match = re.search(r"people sent web-1 (\d+) more requests all the same: too few", text)
    assert match is not None
    assert 0 < int(match[1]) < 50


def test_a_goal_that_was_lost_has_its_moment() -> None:
    result = told(shop(CRASH, GOAL))
    moment = result.goals[0].lost_at_us
    assert moment is not None
    assert f"At {moment / 1e6:.1f} s the goal up was lost (at least 99 %;" in "\n".join(
        result.story
    )


def test_a_backlog_that_outlives_its_fault_is_told_with_the_share_of_retries() -> None:
    found = facts(shop(STORM, machines=1, gap="7ms"))
    later = [one for one in found.operations if one.failed and one.invoked_us > 6_000_000]
    text = story(STORM, machines=1, gap="7ms")
    assert (
        f"pause was over at 6 s. {len(later):,} operations asked after that still failed because "
        "of it"
    ) in text
    assert "a backlog outlived the fault" in text
    again = re.search(r"Of all requests sent then, (\d+) % were retries, against (\d+) %", text)
    assert again is not None
    assert int(again[1]) > 50 > int(again[2])
    assert "was wasted: nobody waited for the answer" in text
    assert "more operations failed outside what counts" in text


def test_operations_that_a_retry_saved_are_counted() -> None:
    retry = '\n[[policy]]\nid = "plain"\nretry = { attempts = 1 }\n'
    text = story(CRASH, retry)
    assert "No user saw a failure, in spite of crash." in text
    assert "25 good operations had been asked again by the client." in text


def test_a_machine_that_boots_after_the_end_of_the_fault_is_still_missed() -> None:
    text = story(CRASH, machines=1).replace("\n", " ")
    slow = told(shop(CRASH, machines=1).replace("count = 1", 'count = 1\nboot = "2s"'))
    assert "The machine was up again" not in text
    assert "The machine was up again 2 s after the end of crash." in "\n".join(slow.story)


def test_sentences_stand_in_order_of_time() -> None:
    lines = told(shop(CRASH, GOAL, machines=1)).story
    times = [float(match[1]) for line in lines if (match := re.match(r"At ([\d.]+) s", line))]
    assert times == sorted(times)
    assert len(times) >= 2


def test_a_night_without_faults_says_so_and_nothing_more() -> None:
    assert told(shop()).story == (
        "What counts is what was asked from 0 s to 19.5 s: 195 operations, and all of them were "
        "good.",
        "No fault struck.",
    )


def test_a_fault_that_was_left_out_did_not_strike() -> None:
    result = told(shop(CRASH), without=["crash"])
    assert "Left out of this run: crash." in result.story
    assert "No fault struck." in result.story
    assert result.moments == ()


def test_a_fault_without_an_end_goes_on() -> None:
    text = story(CRASH.replace('for = "5s"', ""))
    assert "crash still went on at the end." in text
    assert "was over" not in text


def test_failures_that_no_fault_began_are_not_blamed_on_one() -> None:
    result = told(shop(gap="1ms"))
    text = "\n".join(result.story)
    assert "No fault is to blame for them." in text
    assert result.headline.endswith("all without a fault.")


def test_a_fault_that_comes_often_is_told_in_one_sentence() -> None:
    wear = """
[[fault]]
kind = "crash"
target = "web"
every = { law = "exponential", mean = "2s" }
lasts = "200ms"
"""
    result = told(shop(wear))
    began = [moment for moment in result.moments if moment.kind == "fault-began"]
    assert len(began) > 3
    lines = [line for line in result.story if "crash struck" in line]
    assert len(lines) == 1
    assert f"struck {len(began)} times at web-1 and web-2" in lines[0]


def test_several_faults_share_the_blame() -> None:
    second = CRASH.replace("web-1", "web-2").replace('"5s"', '"12s"', 1)
    result = told(shop(CRASH, second))
    assert "because of crash and" in result.headline
    assert "because of crash-2" in result.headline
    assert sum(cause.count for cause in result.causes) == 50


def test_machines_that_were_taken_out_without_a_fault_are_named() -> None:
    eager = '\n[[policy]]\nid = "plain"\nhealth = { interval = "1s", timeout = "1ms", fall = 1 }\n'
    text = story(eager)
    assert "though no fault was at work on it" in text


def test_a_breaker_that_opened_is_told_once() -> None:
    breaker = '\n[[policy]]\nid = "plain"\nbreaker = { minimum = 5 }\n'
    lines = told(shop(CRASH, breaker, machines=1)).story
    assert sum("The circuit breaker of people opened at" in line for line in lines) == 1


def test_a_run_that_was_too_expensive_says_where_it_broke_off() -> None:
    level = level_of(shop(GOAL).replace('"20s"', '"20s"\nevent_budget = 300'))
    log = simulate(level.system, 1)
    result = explained(level, log)
    assert result.headline.startswith(f"Broken off at {log.ended_us / 1e6:.2f} s")
    assert "all of the 300 events that the level allows" in result.story[-1]
    assert "before it could be judged" in result.goals[0].words


def test_an_engine_error_is_the_games_own_fault() -> None:
    level = level_of(shop(GOAL))
    log = simulate(level.system, 1)
    log.verdict, log.error = "engine-error", "AssertionError: a broken promise (at 20000000 us)"
    result = explained(level, log)
    assert "no fault of the plan" in result.headline
    assert result.story[-1].endswith("a broken promise (at 20000000 us)")


def test_writes_that_were_lost_are_told_though_nobody_saw_it() -> None:
    text = """
[[fault]]
kind = "wipe"
target = "web-1"
at = "5s"
"""
    store = shop(text, machines=1)
    store = store.replace(
        'steps = [{ cpu = "5ms" }]', 'store = "register"\nsteps = [{ store = "1ms" }]'
    )
    store = store.replace('deadline = "500ms"', 'deadline = "500ms"\nwrites = 1.0')
    result = told(store)
    lost = [line for line in result.story if "came to lost-write" in line]
    assert len(lost) == 1
    assert "because of wipe" in lost[0]
    assert result.look_at[0].codex[0] == "lost-write"


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ("", "no message gets from the target to the other side, or back."),
        ('from = "people"', "no message gets from the target to people, or back."),
        (
            'one_way = "out"',
            "no message gets out of the target to the other side; those that come in get through.",
        ),
        (
            'one_way = "in"\nfrom = ["people", "web-2"]',
            "no message gets in to the target from people and web-2; those that go out get "
            "through.",
        ),
    ],
)
@pytest.mark.parametrize("often", [False, True])
def test_a_partition_is_told_as_the_one_that_it_is(parameters: str, says: str, often: bool) -> None:
    when = 'every = "2s"\nlasts = "100ms"\n' if often else 'at = "5s"\nfor = "5s"\n'
    cut = f'\n[[fault]]\nkind = "partition"\ntarget = "web-1"\n{when}{parameters}\n'
    (line,) = (line for line in told(shop(cut)).story if "no message gets" in line)
    assert line.endswith(f": {says}")


def test_an_author_has_the_last_word_on_a_fault() -> None:
    cut = CRASH.replace('kind = "crash"', 'kind = "partition"\nsays = "A digger."')
    assert "partition began at web-1: A digger." in story(cut)


def test_what_a_later_fault_did_to_the_machine_is_not_told_of_the_first_one() -> None:
    breaker = '\n[[policy]]\nid = "plain"\nbreaker = { minimum = 5, open_for = "3s" }\n'
    later = CRASH.replace('at = "5s"\nfor = "5s"', 'at = "14s"\nfor = "1s"')
    lines = told(shop(CRASH, later, breaker, machines=1)).story
    (line,) = [line for line in lines if line.startswith("crash was over")]
    assert "asked after that still failed because of it" in line
    assert "was up again" not in line


def test_steps_of_the_load_are_told_with_what_was_counted() -> None:
    steps = '{ at = "10s", times = 3 }, { at = "15s", times = 1 }, { at = "18s", times = 0 }'
    lines = told(shop().replace("deadline =", f"load = [{steps}]\ndeadline =", 1)).story
    assert (
        "From 10 s on people asked 3 times as much as at first: 30 operations a second were "
        "counted, after 9.9."
    ) in lines
    story = "\n".join(lines)
    assert "From 15 s on people asked as much as at first again: 10 operations" in story
    assert "From 18 s on people asked nothing any more: 0 operations" in story


def test_a_load_that_chance_made_smaller_is_not_told_as_the_same() -> None:
    (line,) = (one for one in plan_told("the-new-camera").story if "12 s on admirers" in one)
    assert "as much as at first" not in line
    assert line.endswith("17 operations a second were counted, after 0, and 24 at first.")
