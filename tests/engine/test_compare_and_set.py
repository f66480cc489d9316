"""Compare and set: a write that takes effect only if nobody else has written since."""

from __future__ import annotations

import pytest

from game.engine.causes import Cause
from game.engine.kinds import load_kinds
from game.engine.log import Log
from game.engine.run import simulate
from game.level.read import read_level_bytes
from game.score.consistency.anomalies import find_anomalies
from tests.engine.faults.towns import fault
from tests.engine.nights import HEAD, Night, night, system_of
from tests.engine.replication.stores import primary_backup
from tests.engine.test_fast_path import check_both_ways

READ = '{ call = "row", as = "read", policy = "inner" }'
WRITE = '{ call = "row", policy = "inner" }'
COMPARE = '{ call = "row", as = "compare-and-set", policy = "inner" }'
PAIR = primary_backup()
RAFT = '{ kind = "raft" }'


def town(
    *steps: str,
    replication: str = "",
    inner: str = "",
    outer: str = "",
    more: str = "",
    rate: int = 40,
) -> str:
    """People who change one row by way of an agent; what they have read is 20 ms old by then."""
    replication = f"replication = {replication}\n" if replication else ""
    return f"""
duration = "12s"
event_budget = 1000000

[[node]]
id = "agents"

[[node]]
id = "db"
count = {3 if replication else 1}

[[node]]
id = "judge"

[[link]]
from = "*"
to = "*"
latency = "1ms"

[[link]]
from = "agents"
to = "db"
latency = {{ law = "exponential", mean = "10ms" }}

[[policy]]
id = "inner"
{inner}

[[policy]]
id = "outer"
{outer}

[[service]]
id = "agent"
on = "agents"
steps = [{", ".join(steps)}]

[[service]]
id = "row"
on = "db"
store = "register"
{replication}steps = [{{ store = "50us" }}]

[[service]]
id = "court"
on = "judge"

[[client]]
id = "people"
call = "agent"
policy = "outer"
rate = {rate}
writes = 1
deadline = "2s"
{more}"""


AGAIN = 'retry = { attempts = 20, backoff = "fixed", base = "20ms", jitter = "equal" }\n'


def built_on(log: Log) -> list[tuple[int, int]]:
    """(writer, whose write it had read last) of each write that took effect, in their order."""
    seen = dict(zip(log.reads.column("operation"), log.reads.column("writer"), strict=True))
    return [(operation, seen[operation]) for operation in log.effects.column("operation")]


def lost_updates(log: Log) -> int:
    """Writes that were not built on the one before them."""
    pairs = built_on(log)
    before = [-1, *(operation for operation, _ in pairs)]
    return sum(seen != newest for (_, seen), newest in zip(pairs, before, strict=False))


def test_who_reads_and_then_writes_loses_what_came_between() -> None:
    played = night(town(READ, WRITE))

    assert set(played.causes()) == {"none"}
    assert lost_updates(played.log) > 50


def test_a_register_of_updates_is_held_to_lose_none_of_them() -> None:
    """What was gone over counts once; what nobody was told is done does not count."""
    for write, loses in ((WRITE, True), (COMPARE, False)):
        text = town(READ, write, outer=AGAIN).replace(
            'store = "register"', 'store = { kind = "register", updates = true }'
        )
        played = night(text)
        found = find_anomalies(system_of(text), played.log)

        assert {one.cause for one in found} == ({Cause.LOST_WRITE} if loses else set())
        assert (len(found) > 50) == loses


@pytest.mark.parametrize(
    ("replication", "inner"),
    [("", ""), (PAIR, 'balancer = "leader-aware"\n'), (RAFT, 'balancer = "leader-aware"\n')],
)
def test_who_compares_loses_nothing_and_is_refused_now_and_then(
    replication: str, inner: str
) -> None:
    inner += "idempotency_key = true\nretry = {}\n" if replication else ""
    played = night(town(READ, COMPARE, replication=replication, inner=inner))

    assert lost_updates(played.log) == 0
    assert {"none", "dependency"} <= set(played.causes(1_000_000))
    refused = [row for row in played.attempts() if row.cause.word == "refused"]
    assert len(refused) > 50
    assert len(played.log.effects) == played.causes()["none"]


def test_who_begins_again_with_the_read_succeeds_in_the_end() -> None:
    played = night(town(READ, COMPARE, outer=AGAIN))

    assert played.good_share(0) > 0.99
    assert lost_updates(played.log) == 0


def test_who_tries_again_with_what_it_had_read_does_not() -> None:
    played = night(town(READ, COMPARE, inner=AGAIN))

    assert played.causes()["dependency"] > 50


def test_reads_of_others_are_left_alone() -> None:
    played = night(town(READ, COMPARE).replace("writes = 1\n", "writes = 0\n"))

    assert set(played.causes()) == {"none"}
    assert len(played.log.effects) == 0


@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("replication", [PAIR, RAFT])
def test_lost_answers_and_crashes_lose_no_update_and_repeat_none(
    replication: str, seed: int
) -> None:
    inner = 'balancer = "leader-aware"\nidempotency_key = true\nattempt_timeout = "100ms"\n'
    inner += 'retry = { attempts = 3, on = ["timeout", "no-leader"] }\n'
    trouble = fault("loss", target="db", share=0.1) + fault("duplicate", target="db", share=0.2)
    trouble += fault("crash", at="3s", lasts="2s", target="db-1")
    text = town(READ, COMPARE, replication=replication, inner=inner, outer=AGAIN, more=trouble)
    log = simulate(system_of(text), seed)

    assert log.verdict == "", log.error
    written = list(log.effects.column("operation"))
    assert len(written) == len(set(written)) > 100
    good = {row.operation for row in Night(log).operations() if not row.cause}
    assert good <= set(written)
    assert_a_chain(log)


def test_a_replayed_comparison_changes_nothing() -> None:
    attack = fault("replayed", from_="judge", target="db", to="agents")
    played = night(town(READ, COMPARE, more=attack))
    blind = night(town(WRITE, more=attack))

    assert len(set(blind.log.effects.column("operation"))) < len(blind.log.effects)
    assert len(set(played.log.effects.column("operation"))) == len(played.log.effects)


@pytest.mark.parametrize("inner", ["", 'hedge = { after = "10ms" }\n'])
def test_it_does_the_same_on_the_fast_path_and_off_it(inner: str) -> None:
    text = town(READ, COMPARE, inner=inner, outer=AGAIN, rate=80)

    check_both_ways(system_of(text))
    assert (
        simulate(system_of(text), 2).digest() == simulate(system_of(text), 2, trace=True).digest()
    )


@pytest.mark.parametrize("seed", range(1, 4))
def test_with_hedged_reads_nothing_is_lost(seed: int) -> None:
    text = town(READ, COMPARE, inner='hedge = { after = "5ms" }\n', outer=AGAIN)
    log = simulate(
        system_of(
            text.replace('as = "compare-and-set", policy = "inner"', 'as = "compare-and-set"')
        ),
        seed,
    )
    assert_a_chain(log)


def assert_a_chain(log: Log) -> None:
    """Each write that took effect had read the one before it, whatever else it had read."""
    reads: dict[int, set[int]] = {}
    for operation, _, _, writer in log.reads.rows():
        reads.setdefault(operation, set()).add(writer)
    before = -1
    for operation in log.effects.column("operation"):
        assert before in reads[operation]
        before = operation


@pytest.mark.parametrize(
    ("steps", "replication", "said"),
    [
        ((COMPARE,), "", "nothing to compare with: an earlier step must be"),
        ((COMPARE, READ), "", "nothing to compare with"),
        ((READ.replace("}", ", fan_out = 2 }"), COMPARE), "", '"read" is for one answer'),
        ((READ.replace("}", ", background = true }"),), "", '"read" is for one answer'),
        (
            (READ, COMPARE),
            '{ kind = "quorum", n = 3, r = 2, w = 2 }',
            'the copies of "row" have no order of writes to compare in',
        ),
        (('{ call = "court", as = "read" }',), "", '"court" has no "store" step'),
        (('{ call = "row", as = "write" }',), "", "this value is not allowed"),
        (
            ('{ call = {}, as = "read" }', '{ call = {}, as = "compare-and-set" }'),
            "",
            "the name of a service is wanted here, not a table",
        ),
    ],
)
def test_what_cannot_be_compared_is_said(
    steps: tuple[str, ...], replication: str, said: str
) -> None:
    text = HEAD + town(*steps, replication=replication)
    level, problems = read_level_bytes(text.encode(), "night.toml", load_kinds())

    assert level is None
    assert said in str(problems), str(problems)
