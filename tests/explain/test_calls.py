"""Calls behind a service: what came of them is told, and points at how they were made."""

from __future__ import annotations

from game.engine.causes import Cause
from game.explain.bearing import controls_of
from game.explain.clue import Clue
from game.explain.clues import clues_of
from tests.engine.nights import level_of
from tests.explain.runs import facts, shop

BEHIND = """
[[node]]
id = "file"
count = 2

[[service]]
id = "files"
on = "file"
steps = [{{ cpu = "5ms" }}]

[[policy]]
id = "inner"
attempt_timeout = "100ms"
{policy}

[[policy]]
id = "outer"

[[control]]
id = "inner"
family = "routing"
label = "Inner"
sets = "policy.inner.{field}"
default = "as it is"
choices = [{{ label = "as it is", value = {value} }}, {{ label = "off" }}]

[[control]]
id = "outer"
family = "timeouts"
label = "Outer"
sets = "policy.outer.retry"
default = "never"
choices = [{{ label = "never" }}, {{ label = "once", value = {{ attempts = 1 }} }}]
"""
STAIRS = """
[[fault]]
id = "stairs"
kind = "delay"
target = "file"
by = "40ms"
at = "5s"
for = "5s"
"""
DEAD = STAIRS.replace('kind = "delay"', 'kind = "crash"\nwhat = "host"').replace(
    'by = "40ms"\n', ""
)
EAGER = '{ interval = "100ms", timeout = "25ms", fall = 1, rise = 1 }'
BREAKER = '{ minimum = 5, window = "1s", open_for = "3s" }'
RETRY = "{ attempts = 3 }"


def night(fault: str, field: str, value: str) -> str:
    """shop asks files, by a policy that has one mechanism."""
    front = shop(gap="20ms").replace(
        'steps = [{ cpu = "5ms" }]', 'steps = [{ call = "files", policy = "inner" }]'
    )
    front = front.replace('call = "shop"\n', 'call = "shop"\npolicy = "outer"\n')
    return front + BEHIND.format(policy=f"{field} = {value}", field=field, value=value) + fault


def only(text: str, words: str) -> Clue:
    (clue,) = [one for one in clues_of(facts(text)) if words in one.words]
    return clue


def pointed_at(text: str, clue: Clue) -> list[str]:
    return [one.id for one in controls_of(level_of(text), clue)]


def test_a_check_that_took_the_living_for_dead_is_pointed_at() -> None:
    text = night(STAIRS, "health", EAGER)
    found = facts(text)
    roots = {found.roots[one.number] for one in found.failures}
    assert {(one.cause, one.caller, one.service) for one in roots} == {
        (Cause.NO_TARGET, "shop", "files")
    }
    clue = only(text, "out of rotation")
    assert clue.words == (
        f"{len(found.failures)} operations failed since a caller had taken all machines of files "
        "out of rotation, of which some were up."
    )
    assert pointed_at(text, clue) == ["inner"]


def test_the_dead_are_not_said_to_be_up() -> None:
    for_good = DEAD.replace('for = "5s"\n', "")
    clue = only(night(for_good, "health", EAGER), "out of rotation")
    assert clue.words.endswith("of files out of rotation.")


def test_a_breaker_behind_a_service_is_pointed_at() -> None:
    text = night(DEAD, "breaker", BREAKER)
    clue = only(text, "circuit breaker that was open")
    assert clue.weight > 100
    assert clue.codex == ("breaker",)
    assert pointed_at(text, clue) == ["inner"]


def test_what_failed_behind_is_told_with_its_causes_and_its_retries() -> None:
    text = night(DEAD, "retry", RETRY)
    clue = only(text, "a service behind the first one")
    assert "requests to files failed (unreachable)" in clue.words
    assert clue.words.endswith("75 % of them asked again.")
    assert clue.fields[:2] == ("retry", "hedge")
    assert pointed_at(text, clue) == ["inner"]
