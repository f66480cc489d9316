"""Clues: each sort of trouble is pointed at by its own facts."""

from __future__ import annotations

from game.engine.causes import Cause
from game.explain.clue import Clue
from game.explain.clues import MOST_CLUES, clues_of
from game.explain.codex import codex_page
from game.explain.noticing import sent_while_struck
from tests.explain.runs import CRASH, GOAL, HEALTH, facts, shop

SLOW = """
[[fault]]
kind = "slow"
factor = 100
target = "web-2"
at = "5s"
for = "5s"
"""


def clues(*parts: str, machines: int = 2, gap: str = "100ms") -> tuple[Clue, ...]:
    """Of one night; every page that they point to is there."""
    found = clues_of(facts(shop(*parts, machines=machines, gap=gap)))
    assert all(codex_page(page) is not None for page in pages(found))
    return found


def pages(found: tuple[Clue, ...]) -> set[str]:
    """All codex pages that clues point to."""
    return {page for clue in found for page in clue.codex}


def test_a_quiet_night_gives_no_clue() -> None:
    assert clues() == ()


def test_asking_again_is_no_way_out_where_nobody_else_is_there() -> None:
    found = clues(CRASH, machines=1)
    assert [clue.codex[0] for clue in found] == ["redundancy"]


def test_a_blip_that_is_shorter_than_patience_is_a_matter_of_asking_again() -> None:
    blip = CRASH.replace('for = "5s"', 'for = "400ms"')
    (clue,) = clues(blip, machines=1)
    assert "nobody asked again" in clue.words
    assert "retry" in clue.codex


def test_machines_that_stood_in_one_zone_are_told_to() -> None:
    zones = """
[[zone]]
id = "a"
[[zone]]
id = "b"
[[fault]]
kind = "zone-outage"
target = "a"
at = "5s"
for = "5s"
"""
    (clue,) = clues(zones)
    assert clue.words == "zone-outage struck all 2 machines of shop at once, all in zone a."
    assert clue.codex[0] == "availability-zones"
    assert clue.nodes == ("web-1", "web-2")


def test_all_requests_that_went_to_struck_machines_are_counted() -> None:
    """Those too that came through, and those whose operation a retry saved."""
    loss = CRASH.replace('kind = "crash"', 'kind = "loss"\nshare = 0.7')
    loss = loss.replace('"web-1"', '["web-1", "web-2"]')
    again = '\n[[policy]]\nid = "plain"\nattempt_timeout = "100ms"\nretry = { attempts = 1 }\n'
    for policy in ("", again):
        found = facts(shop(loss, policy, machines=3, gap="20ms"))
        (strike,) = found.strikes
        (clue,) = (clue for clue in clues_of(found) if clue.codex[0] == "health")
        sent = sent_while_struck(found, strike)
        failed = sum(
            one.place in strike.machines
            and strike.covers(one.sent_us)
            and one.cause is not Cause.NONE
            for one in found.requests
        )
        assert clue.words.startswith(
            f"{sent} requests went to web-1 and web-2 during loss, and {failed} of them failed;"
        )
        assert clue.weight <= failed < sent


def test_a_clue_that_counts_some_failures_says_which() -> None:
    found = clues(CRASH, SLOW.replace('target = "web-2"', 'target = "web-2"\nid = "mud"'))
    (early,) = (clue for clue in found if "more than half" in clue.words)
    assert f"{early.weight} operations failed because of crash (refused) with more" in early.words


def test_a_slow_machine_is_not_taken_for_a_dead_one() -> None:
    found = clues(SLOW, HEALTH, gap="20ms")
    assert found[0].words == (
        "web-2 was slow, not gone, and got 50 % of the requests for shop during slow."
    )
    assert found[0].codex[0] == "gray-failure"
    assert "redundancy" not in pages(found)


def test_waiting_for_the_silent_is_told_as_time_on_one_request() -> None:
    silent = CRASH.replace('kind = "crash"', 'kind = "crash"\nwhat = "host"')
    found = clues(silent)
    assert any("spent the whole of their time on one request" in clue.words for clue in found)
    assert "timeouts" in pages(found)


def test_giving_up_on_honest_work_is_told() -> None:
    hasty = '\n[[policy]]\nid = "plain"\nattempt_timeout = "4ms"\n'
    found = clues(hasty)
    assert "a caller gave up first" in found[0].words
    assert found[0].codex == ("timeouts",)


def test_too_much_work_is_told_with_the_machine_that_had_most_of_it() -> None:
    found = clues(machines=1, gap="1ms")
    assert "waited-in-queue" in found[0].words
    assert found[0].nodes == ("web-1",)
    assert found[0].codex[0] == "overload"


def test_a_storm_of_retries_is_told_by_its_share() -> None:
    eager = '\n[[policy]]\nid = "plain"\nattempt_timeout = "50ms"\nretry = { attempts = 3 }\n'
    found = clues(eager, machines=1, gap="4ms")
    assert any("were retries, while requests waited in queues" in one.words for one in found)
    assert "retry-storm" in pages(found)


def test_hedges_that_leave_no_room_are_told_before_the_number_of_machines() -> None:
    hedge = '\n[[policy]]\nid = "plain"\nhedge = { after = "1ms" }\n'
    full = clues(hedge, gap="3ms")
    assert " of the requests in the worst run of failures were hedges," in full[0].words
    assert full[0].words.endswith(" of them for the first time, and could do 400.")
    assert full[0].codex[0] == "hedge"
    assert full[0].fields[0] == "hedge"
    assert full[1].codex[0] == "overload"


def test_hedges_are_not_to_blame_for_what_would_not_have_had_room_without_them() -> None:
    hedge = '\n[[policy]]\nid = "plain"\nhedge = { after = "1ms" }\n'
    assert not any("were hedges" in clue.words for clue in clues(hedge, gap="2ms"))


def test_workers_that_wait_for_a_silent_machine_behind_are_told() -> None:
    text = shop(gap="10ms").replace(
        'steps = [{ cpu = "5ms" }]',
        'workers = 4\nqueue = 4\nsteps = [{ call = "oracle" }]',
    )
    behind = """
[[node]]
id = "oracle"

[[service]]
id = "oracle"
on = "oracle"
steps = [{ cpu = "1ms" }]

[[fault]]
kind = "pause"
target = "oracle"
at = "5s"
for = "5s"
"""
    found = clues_of(facts(text + behind))
    assert "8 requests waited for oracle during pause" in found[0].words
    assert found[0].words.endswith("meanwhile there was no room at shop.")
    assert "attempt_timeout" in found[0].fields


def test_a_breaker_that_kept_callers_out_is_told() -> None:
    breaker = '\n[[policy]]\nid = "plain"\nbreaker = { minimum = 5, open_for = "5s" }\n'
    found = clues(CRASH, breaker, machines=1)
    assert any(clue.codex == ("breaker",) for clue in found)


def test_a_price_that_is_too_high_is_told_once() -> None:
    cost = '\n[[goal]]\nid = "{}"\nmeasure = "cost_per_hour"\nat_most = {}\n'
    found = clues(cost.format("cheap", 0.1), cost.format("cheaper", 0.05))
    assert [clue.words for clue in found] == ["The plan costs more than the goal cheap allows."]


def test_slow_but_good_answers_are_told_where_a_goal_asks_for_speed() -> None:
    quick = '\n[[goal]]\nid = "quick"\nmeasure = "p99_ms"\nat_most = "2ms"\n'
    (clue,) = clues(quick)
    assert clue.words.startswith("195 good operations took longer than the 2 ms of quick")


def test_there_are_never_more_than_a_hint_can_say() -> None:
    found = clues(SLOW, CRASH, GOAL, gap="5ms")
    assert 0 < len(found) <= MOST_CLUES
    assert found[0].weight >= 0.9 * max(clue.weight for clue in found)


def test_wrong_answers_point_to_what_made_them_and_to_trust() -> None:
    store = shop(machines=1).replace("{ cpu =", "{ store =")
    store = store.replace('on = "web"\n', 'on = "web"\nstore = "register"\n')
    forged = (
        '\n[[fault]]\nkind = "forged"\nfrom = "people"\nservice = "shop"\nrate = 5\nat = "5s"\n'
    )
    (clue,) = clues_of(facts(store + forged))

    assert "came to wrong-value" in clue.words
    assert clue.codex == ("forged",)
    assert clue.fields[0] == "authentication"


def test_a_machine_alone_behind_another_service_is_pointed_to() -> None:
    text = shop().replace('{ cpu = "5ms" }', '{ call = "files" }', 1)
    files = """
[[node]]
id = "files"

[[service]]
id = "files"
on = "files"
steps = [{ cpu = "1ms" }]
"""
    found = clues_of(facts(text + files + CRASH.replace('"web-1"', '"files"')))
    assert found[0].words == "files runs on files alone: nobody else was there during crash."


def test_machines_without_zones_are_not_told_by_their_zone() -> None:
    both = CRASH.replace('"web-1"', '["web-1", "web-2"]')
    (clue,) = clues(both)
    assert clue.words == "crash struck all 2 machines of shop at once: nobody else was there."
    assert clue.codex[0] == "redundancy"


def test_asking_again_is_no_storm_where_nothing_stood_in_line() -> None:
    """What is served because little gets there is no limit of the machine."""
    away = CRASH.replace('kind = "crash"', 'kind = "delay"\nby = "300ms"').replace(
        "web-1", "people"
    )
    eager = '\n[[policy]]\nid = "plain"\nattempt_timeout = "50ms"\nretry = { attempts = 6 }\n'
    found = clues(away, eager, machines=1)
    assert found
    assert not any("could do" in clue.words or "in queues" in clue.words for clue in found)
