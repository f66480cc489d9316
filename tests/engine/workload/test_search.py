"""Search: how much of the index an answer is made of, and what is promised about that."""

from __future__ import annotations

import pytest

from game.engine.run import simulate
from game.score.consistency.anomalies import find_anomalies
from game.score.consistency.thin_answer import shares_of
from game.score.scorecard import score_run
from tests.engine.nights import MS, SECOND, Night, level_of, night, system_of

INDEX = """
duration = "20s"

[[node]]
id = "leaf"
count = 10

[[node]]
id = "root"
count = 2

[[policy]]
id = "all"
attempt_timeout = "300ms"

[[service]]
id = "index"
on = "leaf"
store = { kind = "search", at_least = "80%" }
steps = [{ cpu = "5ms" }]

[[service]]
id = "search"
on = "root"
steps = [{ call = "index", fan_out = 10, policy = "all" }]

[[client]]
id = "people"
call = "search"
policy = "all"
rate = 20

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""
SLOW = '[[fault]]\nkind = "slow"\ntarget = ["leaf-1", "leaf-2", "leaf-3"]\nfactor = 9.0\n'
SLOW += 'at = "10s"\nfor = "5s"\n'
PARTLY = INDEX.replace("fan_out = 10", 'fan_out = 10, partial = { after = "30ms", at_least = 2 }')


def wrong_values(text: str) -> int:
    level = level_of(text)
    log = simulate(level.system, 1)
    assert log.verdict == "", log.error
    found = score_run(level, level.system, log, parts=0).measures["wrong_values"]
    assert isinstance(found, int)
    return found


def found_in(played: Night, since_us: int = 0, until_us: int = 1 << 62) -> set[int]:
    shares = shares_of(played.log, "index")
    return {
        shares[row.operation].found
        for row in played.operations(since_us, until_us)
        if not row.cause
    }


def test_whoever_waits_for_all_has_all_of_the_index() -> None:
    for text in (INDEX, INDEX + SLOW, PARTLY):
        assert found_in(night(text)) == {10}
        assert wrong_values(text) == 0


def test_an_answer_without_the_slow_parts_is_thinner_than_was_promised() -> None:
    """Three of ten machines take too long: seven answer in time, and eight were promised."""
    played = night(PARTLY + SLOW)
    slow = (10 * SECOND, 15 * SECOND - 100 * MS)
    bad = [row.operation for row in played.operations(*slow)]

    assert found_in(played, *slow) == {7}
    anomalies = find_anomalies(system_of(PARTLY + SLOW), played.log)
    assert set(bad) <= {one.operation for one in anomalies}
    assert {(one.cause.word, one.blame) for one in anomalies} == {("wrong-value", 0)}
    assert wrong_values(PARTLY + SLOW) == len(anomalies)
    assert wrong_values((PARTLY + SLOW).replace("80%", "70%")) == 0


def test_the_mean_share_can_be_measured() -> None:
    measure = '[[measure]]\nid = "share"\ncount = "index-part-found"\nper_hundred = "index-part"\n'
    measure += '[[goal]]\nid = "whole"\nmeasure = "share"\nat_least = 95\n'
    level = level_of(PARTLY + SLOW + measure)
    log = simulate(level.system, 1)
    card = score_run(level, level.system, log, parts=0)
    shares = [one.share for one in shares_of(log, "index").values()]

    assert card.measures["share"] == pytest.approx(100 * sum(shares) / len(shares))
    assert 90 < (card.measures["share"] or 0) < 95
    assert [goal.met for goal in card.goals if goal.id == "whole"] == [False]


def test_clients_may_put_the_answer_together_themselves() -> None:
    own = 'call = "index"\nfan_out = 10\npartial = { after = "30ms", at_least = 2 }'
    text = (INDEX + SLOW).replace('call = "search"', own)

    assert found_in(night(text)) >= {7, 10}
    assert wrong_values(text) > 50


def test_who_asks_one_machine_has_one_part() -> None:
    text = INDEX.replace('call = "search"', 'call = "index"')
    assert found_in(night(text)) == {1}
    assert wrong_values(text) == len(night(text).operations())
    assert wrong_values(text.replace("count = 10", "count = 1")) == 0


def test_a_machine_that_is_asked_twice_gives_one_part() -> None:
    """Two machines are down and out of rotation, so that others are asked in their place."""
    down = '[[fault]]\nkind = "crash"\ntarget = ["leaf-1", "leaf-2"]\nat = "5s"\nfor = "5s"\n'
    text = INDEX.replace('"300ms"', '"300ms"\nhealth = { interval = "200ms" }') + down
    text = text.replace("80%", "90%")

    assert found_in(night(text), 7 * SECOND, 9 * SECOND) == {8}
    assert wrong_values(text) > 50


def test_what_a_cache_has_kept_of_a_thin_answer_stays_thin() -> None:
    front = """
[[service]]
id = "front"
on = "root"
store = { kind = "cache", capacity = 5 }
steps = [{ lookup = "100us" }, { call = "search", policy = "all" }]
"""
    text = (PARTLY + SLOW).replace("[[client]]", f"{front}\n[[client]]")
    text = text.replace('call = "search"\npolicy = "all"\nrate', 'call = "front"\nrate')
    text = text.replace('"10s"', '"0s"')
    played = night(text)

    assert played.log.totals["cache-hit:front"] > 300
    assert found_in(played, 6 * SECOND) == {7}
    assert wrong_values(text) == len(played.operations())


def test_hedged_parts_are_those_of_the_machines_that_answered() -> None:
    text = PARTLY.replace('"300ms"', '"300ms"\nhedge = { after = "10ms" }') + SLOW
    slow = (10 * SECOND, 15 * SECOND - 100 * MS)
    assert max(found_in(night(text), *slow)) <= 7


def test_an_index_has_no_copies_and_no_store_step() -> None:
    for before, after, message in (
        ('"80%" }', '"80%" }\nreplication = "none"', "an index has no copies"),
        ('cpu = "5ms"', 'store = "5ms"', "needs a store"),
        ('"80%"', '"180%"', "at_least"),
    ):
        with pytest.raises(AssertionError, match=message):
            system_of(INDEX.replace(before, after))


def test_a_seed_has_one_digest_whoever_looks() -> None:
    assert night(PARTLY + SLOW).log.digest() == night(PARTLY + SLOW, trace=True).log.digest()
