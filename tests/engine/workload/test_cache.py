"""Caches: what is kept, what goes, and what a hit saves."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.engine.attempt import BLOCKED
from game.engine.run import Run, simulate
from game.engine.workload.cache import EVICTIONS, Cache
from game.score.histories.recorded import history_of_log
from game.score.scorecard import score_run
from tests.engine.nights import KINDS, MS, SECOND, Night, level_of, night, system_of

SHOP = """
duration = "20s"

[[node]]
id = "front"

[[node]]
id = "back"

[[service]]
id = "shop"
on = "front"
store = { kind = "cache", capacity = 3 }
steps = [{ lookup = "100us" }, { call = "db" }]

[[service]]
id = "db"
on = "back"
store = "register"
steps = [{ store = "5ms" }]

[[client]]
id = "people"
call = "shop"
rate = 50
keys = 3
deadline = "500ms"

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""


def counts(played: Night) -> tuple[int, int, int]:
    """Hits, misses and evictions."""
    totals = played.log.totals
    return tuple(totals[f"cache-{word}:shop"] for word in ("hit", "miss", "eviction"))  # type: ignore[return-value]


def asked_behind(played: Night) -> list[int]:
    """The operations that went to the database, in order."""
    return [row.operation for row in played.attempts() if row.depth == 1]


def test_each_key_is_asked_for_once_while_all_find_room() -> None:
    played = night(SHOP)

    hits, misses, evictions = counts(played)
    assert evictions == 0
    assert misses == len(asked_behind(played))
    assert 3 <= misses < 8
    assert hits + misses == len(played.operations())


def test_a_hit_takes_only_the_time_to_look_it_up() -> None:
    played = night(SHOP)

    behind = set(asked_behind(played))
    served = {
        row.operation: row.served_us - row.started_us
        for row in played.attempts()
        if row.depth == 0 and row.started_us == row.arrived_us
    }
    quick = [served_us for operation, served_us in served.items() if operation not in behind]
    assert sorted(quick)[len(quick) // 2] == 100
    assert all(served[operation] >= 5 * MS for operation in behind if operation in served)


def test_the_memory_goes_with_a_crash() -> None:
    crash = '[[fault]]\nkind = "crash"\ntarget = "front"\nat = "10s"\nfor = "1s"\n'
    whole, broken = night(SHOP), night(SHOP + crash)

    again = {row.key for row in broken.operations(11 * SECOND)}
    assert again == {0, 1, 2}
    assert counts(broken)[1] >= counts(whole)[1] + 3


def test_an_answer_that_is_too_old_is_asked_for_anew() -> None:
    text = SHOP.replace("capacity = 3", 'capacity = 3, ttl = "2s"').replace("keys = 3", "keys = 1")
    played = night(text)

    asked = [row.served_us for row in played.attempts() if row.depth == 1]
    apart = [after - before for before, after in pairwise(asked)]
    later = [us for us in apart if us > SECOND]
    assert min(later) >= 2 * SECOND
    assert len(later) in (8, 9)


def test_a_write_goes_through_and_its_key_is_asked_for_anew() -> None:
    text = SHOP.replace("keys = 3", 'keys = 1\nwrites = "10%"').replace("rate = 50", "rate = 5")
    played = night(text)

    rows = played.operations()
    behind = set(asked_behind(played))
    assert {row.operation for row in rows if row.write} <= behind
    for before, after in pairwise(rows):
        if before.ended_us < after.invoked_us and not after.write:
            assert (after.operation in behind) == bool(before.write)
    hits, misses, _ = counts(played)
    assert hits + misses == sum(not row.write for row in rows)


def test_what_failed_is_not_kept() -> None:
    crash = '[[fault]]\nkind = "crash"\ntarget = "back"\nat = "0s"\nfor = "10s"\n'
    played = night(SHOP + crash)

    assert {row.cause.word for row in played.operations(0, 9 * SECOND)} == {"dependency"}
    assert counts(played)[0] > 100


def test_every_machine_has_a_cache_of_its_own() -> None:
    two = SHOP.replace('id = "front"', 'id = "front"\ncount = 2').replace(
        "keys = 3", 'keys = 3\npolicy = "keyed"'
    )
    two += '[[policy]]\nid = "keyed"\nbalancer = "round-robin"\n'
    by_turns, by_key = night(two), night(two.replace("round-robin", "rendezvous"))

    assert counts(by_turns)[1] > counts(by_key)[1]


def test_counts_can_be_measured_by_name() -> None:
    asked = ("hit", "miss", "eviction")
    text = SHOP.replace("keys = 3", "keys = 9")
    text += "".join(f'[[measure]]\nid = "{word}"\ncount = "cache-{word}"\n' for word in asked)
    level = level_of(text)
    log = simulate(level.system, 1)

    measured = score_run(level, level.system, log).measures
    assert tuple(measured[word] for word in asked) == counts(Night(log))


@pytest.mark.parametrize("evict", EVICTIONS)
def test_a_seed_has_one_digest(evict: str) -> None:
    text = SHOP.replace("capacity = 3", f'capacity = 2, evict = "{evict}"')
    text = text.replace("keys = 3", "keys = 9")

    assert night(text).log.digest() == night(text).log.digest()
    assert counts(night(text))[2] > (2 if evict == "lfu" else 100)


Asked = st.lists(st.integers(0, 9), max_size=200)


@given(asked=Asked, capacity=st.integers(1, 8), evict=st.sampled_from(sorted(EVICTIONS)))
def test_no_cache_keeps_more_than_it_has_room_for(
    asked: list[int], capacity: int, evict: str
) -> None:
    memory = EVICTIONS[evict](capacity)
    evictions = puts = 0
    for luck, key in enumerate(asked):
        memory.asked(key)
        if key not in memory.kept:
            before = set(memory.kept)
            evictions += memory.put(key, luck, luck * 7919)
            puts += key in memory.kept
            assert len(before - set(memory.kept)) <= 1
        assert len(memory.kept) <= capacity
    assert puts - evictions == len(memory.kept)
    if evict != "lfu":
        assert len(memory.kept) == min(capacity, len(set(asked)))


@given(asked=Asked, capacity=st.integers(1, 8))
def test_lru_keeps_the_keys_that_were_asked_for_last(asked: list[int], capacity: int) -> None:
    memory = EVICTIONS["lru"](capacity)
    for key in asked:
        memory.asked(key)
        if key not in memory.kept:
            memory.put(key, 0, 0)
    last = list(dict.fromkeys(reversed(asked)))[:capacity]
    assert list(memory.kept) == last[::-1]


@given(asked=Asked, capacity=st.integers(1, 8))
def test_lfu_keeps_none_that_was_asked_for_less_often_than_one_that_it_does_not(
    asked: list[int], capacity: int
) -> None:
    memory = EVICTIONS["lfu"](capacity)
    for key in asked:
        memory.asked(key)
        if key not in memory.kept:
            memory.put(key, 0, 0)
    for gone in set(asked) - set(memory.kept):
        assert all(asked.count(gone) <= asked.count(one) for one in memory.kept)


def test_lookup_and_cache_need_each_other() -> None:
    for before, after, message in (
        ('store = { kind = "cache", capacity = 3 }', "", "needs a cache"),
        ('store = "register"', 'store = { kind = "cache", capacity = 3 }', "needs a store"),
        ("lookup", "store", "needs a store"),
        ('{ call = "db" }', '{ lookup = "1ms" }', 'one "lookup" is enough'),
        ('{ call = "db" }', '{ forward = "db" }', "never learns its answer"),
        ("capacity = 3 }", 'capacity = 3 }\nreplication = "none"', "a cache has no copies"),
        (", capacity = 3", "", "capacity"),
        ("capacity = 3", 'capacity = 3, evict = "mru"', "lru"),
    ):
        assert before in SHOP
        with pytest.raises(AssertionError, match=message):
            system_of(SHOP.replace(before, after))


def test_a_cache_has_as_many_parts_as_it_has_ideas() -> None:
    parts = KINDS.kinds["application"]["cache"].parts
    assert parts(Cache(capacity=3)) == 1
    assert parts(Cache(capacity=3, ttl=SECOND)) == 2


ALONE = SHOP.replace('{ call = "db" }', '{ wait = "5ms" }')


def test_writes_to_a_cache_alone_make_it_forget_and_are_not_lost() -> None:
    """Also beside a service whose own writes are kept."""
    text = ALONE.replace("keys = 3", "keys = 3\nwrites = 0.3")
    savers = text.split("[[client]]")[1].split("[[goal]]")[0]
    savers = savers.replace('"people"', '"savers"').replace('"shop"', '"db"')
    level = level_of(f"{text}\n[[client]]{savers}")
    log = simulate(level.system, 1)
    hits, misses, _ = counts(Night(log))
    assert hits / (hits + misses) == pytest.approx(0.7, abs=0.05)
    measured = score_run(level, level.system, log, parts=0).measures
    assert (measured["lost_writes"], measured["availability"]) == (0, 1)


DOWN = '[[fault]]\nkind = "crash"\ntarget = "back"\nat = "8s"\nfor = "8s"\n'
OLD = 'capacity = 3, ttl = "2s", stale_if_error = "3s"'


def test_an_old_answer_is_given_where_asking_fails_but_not_for_long() -> None:
    """The last answer came in the 2 s before 8 s; it is given until 5 s after it came."""
    played = night(SHOP.replace("capacity = 3", OLD).replace("keys = 3", "keys = 1") + DOWN)
    put_us = max(row.ended_us for row in played.attempts(0, 8 * SECOND) if row.depth == 1)
    end_us = put_us + 5 * SECOND

    assert played.causes(0, end_us - 10 * MS) == {
        "none": len(played.operations(0, end_us - 10 * MS))
    }
    assert set(played.causes(end_us + 10 * MS, 15 * SECOND)) == {"dependency"}
    late = played.operations(put_us + 2 * SECOND, end_us - 10 * MS)
    assert played.log.totals["cache-stale:shop"] == pytest.approx(len(late), abs=2)
    plain = night(SHOP.replace("capacity = 3", 'capacity = 3, ttl = "2s"') + DOWN)
    assert "cache-stale:shop" not in plain.log.totals
    assert played.good_share(8 * SECOND) > plain.good_share(8 * SECOND) + 0.1


def test_old_answers_need_an_end_of_their_time() -> None:
    with pytest.raises(AssertionError, match='"stale_if_error" needs a "ttl"'):
        system_of(SHOP.replace("capacity = 3", 'capacity = 3, stale_if_error = "3s"'))


CROWD = SHOP.replace("rate = 50\nkeys = 3", "rate = 2000").replace("5ms", "40ms")
CROWD = CROWD.replace('"front"\n', '"front"\ncount = 3\n', 1).replace(
    "steps", "workers = 500\nsteps"
)
CROWD = CROWD.replace('id = "back"', 'id = "back"\ncores = 8')
TOGETHER = 'capacity = 3, ttl = "2s", coalesce = "300ms"'


def crowd(cache: str, more: str = "") -> Night:
    return night(f"event_budget = 3_000_000\n{CROWD.replace('capacity = 3', cache)}{more}")


def test_when_a_hot_key_ends_each_machine_asks_once() -> None:
    alone, together = crowd('capacity = 3, ttl = "2s"'), crowd(TOGETHER)

    assert len(asked_behind(together)) <= 3 * 10
    assert len(asked_behind(alone)) > 10 * len(asked_behind(together))
    assert together.good_share(0) == 1
    hits, misses, _ = counts(together)
    assert hits + misses == len(together.operations())
    assert together.log.totals["cache-coalesced:shop"] == misses - len(asked_behind(together))


@pytest.mark.parametrize(
    ("fault", "policy"),
    [
        ('kind = "crash"\ntarget = "back"', ""),
        ('kind = "crash"\ntarget = "back"\nwhat = "host"', 'attempt_timeout = "50ms"'),
        ('kind = "crash"\ntarget = "back"\nwhat = "host"', ""),
        ('kind = "crash"\ntarget = "front"', ""),
        ('kind = "crash"\ntarget = "front-1"\nwhat = "host"', 'attempt_timeout = "50ms"'),
        ('kind = "pause"\ntarget = "front"', ""),
        ('kind = "pause"\ntarget = "back"', 'cancel = true\nattempt_timeout = "45ms"'),
        ('kind = "loss"\ntarget = "back"\nshare = 0.5', ""),
        ('kind = "loss"\ntarget = "back"\nshare = 0.5', "propagate_deadline = true"),
        (
            'kind = "slow"\ntarget = "back"\nfactor = 9.0',
            "propagate_deadline = true\ncancel = true",
        ),
        ('kind = "duplicate"\ntarget = "front"\nshare = 0.5', 'hedge = { after = "10ms" }'),
    ],
)
def test_nobody_hangs_or_is_lost_who_waits_for_anothers_answer(fault: str, policy: str) -> None:
    """Whatever happens to the one that asks: all have ended once the fault is over, and none is
    left at a station."""
    text = CROWD.replace("capacity = 3", TOGETHER.replace('"2s"', '"50ms"'))
    text = text.replace("rate = 2000", 'rate = 300\npolicy = "all"').replace(
        '{ call = "db" }', '{ call = "db", policy = "all" }'
    )
    text += f'[[policy]]\nid = "all"\n{policy}\n'
    text += f'[[fault]]\n{fault}\nat = "5s"\nfor = "4s"\n'
    run = Run(system_of("event_budget = 3_000_000\n" + text), 1)
    run.advance(20 * SECOND)
    played = Night(run.log)

    assert (run.log.verdict, run.log.error) == ("", "")
    assert set(played.causes(11 * SECOND)) == {"none"}
    assert "unfinished" not in played.causes()
    own = Counter(row.operation for row in played.attempts() if row.depth == 0)
    assert set(own) == {row.operation for row in played.operations()}
    for station in run.world.stations_of["shop"]:
        flights = station.steps[1].flights  # type: ignore[attr-defined]
        assert set(flights.flight_of) | set(flights.led_by) <= set(station.inside)
        assert sum(one.phase == BLOCKED for one in station.inside) <= 200


BEHIND = SHOP.replace('store = "register"', 'store = { kind = "register", stale_after = "1s" }')
BEHIND = BEHIND.replace('"front"\n', '"front"\ncount = 2\n', 1).replace(
    "keys = 3", "keys = 3\nwrites = 0.05"
)


def stale_reads(text: str) -> int:
    level = level_of(text)
    log = simulate(level.system, 1)
    assert log.verdict == "", log.error
    found = score_run(level, level.system, log, parts=0).measures["stale_reads"]
    assert isinstance(found, int)
    return found


def test_a_read_through_a_cache_is_as_old_as_what_was_put_in() -> None:
    """What one machine keeps, it does not hear that another one has written."""
    for ttl, together in (("5s", ""), ("5s", ', coalesce = "1s"'), ("5s", ', evict = "lfu"')):
        assert (
            stale_reads(BEHIND.replace("capacity = 3", f'capacity = 3, ttl = "{ttl}"{together}'))
            > 20
        )
    for ttl in ("500ms", "900ms"):
        assert stale_reads(BEHIND.replace("capacity = 3", f'capacity = 3, ttl = "{ttl}"')) == 0
    lone = BEHIND.replace("count = 2\n", "")
    assert (
        stale_reads(lone.replace("capacity = 3", 'capacity = 3, ttl = "5s", coalesce = "1s"')) == 0
    )


def test_what_a_cache_behind_a_cache_answers_is_the_stores_too() -> None:
    middle = """
[[service]]
id = "middle"
on = "back"
store = { kind = "cache", capacity = 3, ttl = "5s" }
steps = [{ lookup = "100us" }, { call = "db" }]
"""
    text = BEHIND.replace("[[client]]", f"{middle}\n[[client]]").replace(
        "capacity = 3 }", 'capacity = 3, ttl = "5s" }'
    )
    text = text.replace(
        '{ call = "db" }]\n\n[[service]]\nid = "db"',
        '{ call = "middle" }]\n\n[[service]]\nid = "db"',
    )
    log = night(text).log
    caches = {log.stations[row[3]][0] for row in log.hits.rows()}
    stores = {log.stations[row[2]][0] for row in log.hits.rows()}
    assert (caches, stores) == ({"shop", "middle"}, {"db"})
    assert stale_reads(text) > 20


def test_users_see_through_a_cache_what_they_have_written_themselves_or_not() -> None:
    text = BEHIND.replace('{ kind = "register", stale_after = "1s" }', '"session"')
    text = text.replace("rate = 50", 'population = 10\nthink = "200ms"')
    text = text.replace("capacity = 3", 'capacity = 3, ttl = "5s"')
    sticky = text.replace("keys = 3", 'keys = 3\npolicy = "own"')
    sticky += '[[policy]]\nid = "own"\nbalancer = "sticky"\n'
    assert stale_reads(text) > 5
    assert stale_reads(sticky) < stale_reads(text)


def test_a_state_machine_is_read_through_a_cache_too() -> None:
    text = BEHIND.replace('{ kind = "register", stale_after = "1s" }', '"counter"')
    log = night(text).log
    history = history_of_log(log, "db")
    hits = set(log.hits.column("operation"))
    read = [one for one in history.operations if one.number in hits]
    assert len(read) == len(hits) > 300
    assert all(one.ok and isinstance(one.output, int) for one in read)
