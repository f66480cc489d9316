"""What the engine promises to be true, one sentence a test."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from game.engine.log import AttemptKind, Change
from game.engine.run import Run
from tests.engine.faults.towns import CHAIN, ONE, PAIR, fault
from tests.engine.nights import MS, SECOND, Attempt, Night, night, system_of

SEEDS = st.integers(min_value=0, max_value=2**63 - 1)

# Crashes

BUSY = (
    ONE.replace("steps", "workers = 1\nsteps")
    .replace('cpu = "2ms"', 'cpu = "60ms"')
    .replace('deadline = "500ms"', 'deadline = "5s"')
)
"""One machine that patient clients ask six times as often as it can answer."""


@pytest.mark.parametrize(("what", "silent"), [("process", False), ("host", True)])
def test_a_crash_kills_queued_and_running_work(what: str, silent: bool) -> None:
    played = night(BUSY + fault("crash", target="web", what=what))

    inside = [row for row in played.attempts() if row.cause.word == "died-with-node"]
    assert sum(row.started_us >= 0 for row in inside) == 1
    assert sum(row.started_us < 0 for row in inside) > 30
    assert all(row.served_us < 0 for row in inside)
    if silent:
        assert all(row.ended_us == row.sent_us + 5 * SECOND for row in inside)
    else:
        assert {row.ended_us for row in inside} == {2 * SECOND + 250}


def test_a_machine_that_comes_back_begins_with_an_empty_queue() -> None:
    played = night(BUSY + fault("crash", lasts="1s", target="web"))

    first = next(row for row in played.attempts(3 * SECOND) if row.started_us >= 0)
    assert first.started_us == first.arrived_us


# Nobody knows by magic

WATCHED = """
[[policy]]
id = "plain"
health = { interval = "200ms", timeout = "100ms", fall = 3, rise = 2 }
"""


def test_a_balancer_keeps_sending_to_a_dead_machine_until_it_has_learned() -> None:
    played = night(PAIR + WATCHED + fault("crash", target="web-1", what="host"))

    [(out_us, who, node)] = played.changes(Change.TARGET_OUT)
    assert (who, node) == ("shop", 0)
    # The third probe after the crash fails: two to three intervals and a timeout.
    assert 2 * SECOND + 500 * MS <= out_us <= 2 * SECOND + 700 * MS
    asked = [row.sent_us for row in played.attempts(2 * SECOND) if played.node_of(row) == "web-1"]
    ignorant = [sent_us for sent_us in asked if sent_us < 5 * SECOND]
    assert len(ignorant) > 20
    assert max(ignorant) < out_us


def test_a_balancer_learns_only_by_asking_that_a_machine_is_back() -> None:
    played = night(PAIR + WATCHED + fault("crash", target="web-1", what="host"))

    [(back_us, _, _)] = played.changes(Change.TARGET_BACK)
    assert 5 * SECOND + 200 * MS <= back_us <= 5 * SECOND + 400 * MS + MS


def test_a_balancer_without_health_checks_never_learns() -> None:
    played = night(PAIR + fault("crash", target="web-1", what="host"))

    during = played.attempts(2 * SECOND, 5 * SECOND)
    assert sum(played.node_of(row) == "web-1" for row in during) == len(during) // 2
    assert played.good_share(2 * SECOND + MS, 4 * SECOND) == pytest.approx(0.5, abs=0.01)


def test_a_one_way_partition_looks_alive_to_one_side() -> None:
    played = night(CHAIN + fault("partition", target="db", one_way="out"))

    inner = [row for row in played.attempts(2 * SECOND, 4 * SECOND) if row.depth == 1]
    assert all(row.served_us - row.arrived_us == 2 * MS for row in inner)
    assert {row.cause.word for row in inner} == {"unreachable"}


def test_a_slow_machine_still_answers_its_health_checks() -> None:
    played = night(PAIR + WATCHED + fault("slow", target="web-1", factor=100))

    assert played.changes(Change.TARGET_OUT) == []
    assert played.good_share(2 * SECOND, 5 * SECOND) < 0.6


# Time

SLOW_WAY = '\n[[link]]\nfrom = "web"\nto = "shop"\nlatency = "499ms"\none_way = true\n'


def test_a_late_answer_is_not_good() -> None:
    played = night(ONE + SLOW_WAY)

    assert set(played.causes()) == {"late-answer"}
    assert all(row.served_us >= 0 and row.wasted for row in played.attempts(0, 9 * SECOND))


def test_an_answer_in_the_last_microsecond_is_in_time() -> None:
    in_time = SLOW_WAY.replace('"499ms"', '"497750us"')

    assert set(night(ONE + in_time).causes()) == {"none"}
    assert set(night(ONE + in_time.replace("497750", "497751")).causes()) == {"late-answer"}


HASTY = """
[[policy]]
id = "plain"
attempt_timeout = "10ms"
cancel = {cancel}
"""
SLUGGISH = ONE.replace('cpu = "2ms"', 'cpu = "30ms"').replace('gap = "10ms"', 'gap = "40ms"')


def test_a_timeout_does_not_stop_the_work_which_is_then_wasted() -> None:
    played = night(SLUGGISH + HASTY.format(cancel="false"))

    assert set(played.causes()) == {"served-too-slowly"}
    assert all(row.served_us - row.started_us == 30 * MS for row in played.attempts())
    assert all(row.wasted for row in played.attempts())


def test_a_timeout_stops_the_work_where_cancellation_is_on() -> None:
    played = night(SLUGGISH + HASTY.format(cancel="true"))
    attempts = played.attempts()

    assert set(played.causes()) == {"served-too-slowly"}
    assert all(row.served_us < 0 and row.wasted for row in attempts)
    # Each had its core for the 10 ms of patience, half a round trip being spent on either way.
    assert played.log.totals["busy_us"] == len(attempts) * 10 * MS


BOUNDED = """
[[policy]]
id = "plain"
deadline = "20ms"
attempt_timeout = "9ms"
retry = { attempts = 5 }
"""


def test_the_deadline_of_a_policy_is_for_all_attempts_together() -> None:
    played = night(ONE + BOUNDED + fault("crash", at="0s", lasts="10s", target="web", what="host"))

    assert {row.ended_us - row.invoked_us for row in played.operations()} == {20 * MS}
    assert {row.attempts for row in played.operations()} == {3}


def test_a_callee_that_knows_of_the_deadline_asks_nobody_after_it() -> None:
    hurry = CHAIN.replace("steps = [{ call", 'steps = [{ wait = "30ms" }, { call').replace(
        'deadline = "500ms"', 'deadline = "20ms"'
    )
    told = hurry + '\n[[policy]]\nid = "plain"\npropagate_deadline = true\n'

    assert any(row.depth for row in night(hurry).attempts())
    assert not any(row.depth for row in night(told).attempts())


def test_a_callee_that_knows_of_the_deadline_waits_no_longer_itself() -> None:
    stuck = CHAIN.replace('attempt_timeout = "100ms"', "") + fault(
        "crash", target="db", what="host"
    )
    told = stuck + '\n[[policy]]\nid = "plain"\npropagate_deadline = true\n'

    def waited(played: Night) -> set[int]:
        inner = [row for row in played.attempts(3 * SECOND, 4 * SECOND) if row.depth == 1]
        return {row.ended_us - row.sent_us for row in inner if row.ended_us >= 0}

    assert waited(night(stuck)) == set()
    assert waited(night(told)) == {500 * MS - 250}


# Waiting for others

CROWDED = CHAIN.replace('attempt_timeout = "100ms"', 'deadline = "1h"').replace(
    'on = "web"\n', 'on = "web"\nworkers = 8\nqueue = 8\n'
)


def test_a_slow_dependency_eats_the_slots_of_its_caller() -> None:
    run = Run(system_of(CROWDED + fault("slow", target="db", factor=100)), 1)
    run.advance(10 * SECOND)
    played = Night(run.log)

    web = [row for row in played.attempts(3 * SECOND, 5 * SECOND) if row.depth == 0]
    refused = [row for row in web if row.cause.word == "queue-full"]
    assert len(refused) > len(web) / 2
    assert run.world.nodes[0].cores.busy_us == 0
    assert {row.blame for row in refused} == {0}


METASTABLE = """
duration = "80s"

[[node]]
id = "server"
inbox = 10_000

[[service]]
id = "api"
on = "server"
workers = 1
queue = {queue}
steps = [{{ cpu = {{ law = "exponential", mean = "3333us" }} }}]

[[policy]]
id = "stubborn"
attempt_timeout = "1s"
retry = {{ attempts = 1{budget} }}

[[client]]
id = "users"
call = "api"
policy = "stubborn"
rate = {rate}
deadline = "2s"

[[fault]]
kind = "pause"
target = "server"
at = "10s"
for = "10s"
"""
"""Bronson et al., Metastable Failures in Distributed Systems, HotOS 2021: 300 requests a second at
most, a pause of 10 s, and one retry after 1 s."""


def metastable(rate: int, queue: int = 10_000, budget: str = "") -> Night:
    return night(METASTABLE.format(rate=rate, queue=queue, budget=budget))


def recovered_s(played: Night) -> int | None:
    """Seconds from the end of the pause until 99 % of a second's operations were good."""
    for second in range(20, 77):
        if played.good_share(second * SECOND, (second + 1) * SECOND) >= 0.99:
            return second - 20
    return None


def test_with_retries_below_capacity_a_paused_service_recovers_in_the_end() -> None:
    recovered = recovered_s(metastable(120))

    assert recovered is not None
    assert 25 <= recovered <= 42


def test_with_retries_above_capacity_a_paused_service_stays_down() -> None:
    played = metastable(200)

    assert recovered_s(played) is None
    assert played.good_share(30 * SECOND) < 0.01


def test_with_a_retry_budget_a_paused_service_recovers() -> None:
    recovered = recovered_s(metastable(200, budget=", budget = 0.1"))

    assert recovered is not None
    assert recovered <= 45


def test_with_a_queue_shorter_than_the_patience_a_paused_service_recovers_at_once() -> None:
    recovered = recovered_s(metastable(200, queue=250))

    assert recovered is not None
    assert recovered <= 2


def test_the_failures_of_a_backlog_are_blamed_on_the_fault_that_began_it() -> None:
    played = metastable(200)

    assert played.changes(Change.FAULT_ENDED) == [(20 * SECOND, "pause", -1)]
    late = [row for row in played.operations(40 * SECOND) if row.cause]
    assert len(late) > 5000
    assert {row.blame for row in late} == {0}


def test_failures_from_before_a_fault_are_not_blamed_on_it() -> None:
    played = night(BUSY + fault("slow", at="4s", target="web", factor=2))

    failed = [row for row in played.operations() if row.cause and row.ended_us < 4 * SECOND]
    assert len(failed) > 50
    assert {row.blame for row in failed} == {-1}


# Pauses

SLOW_CHAIN = CHAIN + '\n[[link]]\nfrom = "web"\nto = "db"\nlatency = "20ms"\n'


def test_after_a_pause_timers_that_were_due_fire_first_in_due_order() -> None:
    played = night(SLOW_CHAIN + fault("pause", lasts="150ms", target="web"))
    resumed_us = 2 * SECOND + 150 * MS

    rows = [row for row in played.log.attempts.rows() if row[2] == 1 and row[8] == resumed_us]
    sent = [row[4] for row in rows]
    # Their answers were in the inbox by then, but the patience of web was over.
    assert len(sent) >= 3
    assert all(row[9] for row in rows)
    assert sent == sorted(sent)


def test_after_a_pause_the_inbox_is_read_before_patience_is_over() -> None:
    played = night(SLOW_CHAIN + fault("pause", lasts="50ms", target="web"))

    assert set(played.causes()) == {"none"}
    resumed_us = 2 * SECOND + 50 * MS
    assert sum(row[2] == 1 and row[8] == resumed_us for row in played.log.attempts.rows()) >= 3


# Luck

LUCKY = """
duration = "4s"

[[node]]
id = "web"
count = 3

[[link]]
from = "shop"
to = "web"
latency = { law = "exponential", mean = "2ms" }

[[service]]
id = "front"
on = "web"
workers = 1
steps = [{ cpu = { law = "exponential", mean = "12ms" } }]

[[policy]]
id = "plain"
balancer = "power-of-two"
attempt_timeout = "80ms"
%s

[[client]]
id = "shop"
call = "front"
rate = 100
keys = 20
deadline = "400ms"

[[fault]]
kind = "crash"
target = "web"
every = { law = "exponential", mean = "2s" }
lasts = "200ms"
"""


@pytest.mark.parametrize(
    "addition",
    [
        "retry = { attempts = 1 }",
        'retry = { attempts = 3, backoff = "exponential", base = "5ms", jitter = "full" }',
        'hedge = { after = "20ms", cancel = true }',
        'health = { interval = "50ms" }',
    ],
)
@settings(max_examples=8)
@given(seed=SEEDS)
def test_one_more_mechanism_changes_no_luck_of_any_other_operation(
    addition: str, seed: int
) -> None:
    plain, other = night(LUCKY % "", seed), night(LUCKY % addition, seed)

    assert [(row.invoked_us, row.key) for row in plain.operations()] == [
        (row.invoked_us, row.key) for row in other.operations()
    ]
    assert plain.changes(Change.NODE_DOWN) == other.changes(Change.NODE_DOWN)
    ways, works = 0, 0
    for one, two in zip(first_attempts(plain), first_attempts(other), strict=True):
        if min(one.arrived_us, two.arrived_us) >= 0:
            ways += 1
            assert one.arrived_us - one.sent_us == two.arrived_us - two.sent_us
        if min(one.served_us, two.served_us) >= 0:
            works += 1
            assert one.served_us - one.started_us == two.served_us - two.started_us
    assert ways > 200
    assert works > 150


def first_attempts(played: Night) -> list[Attempt]:
    found = [row for row in played.attempts() if row.kind == AttemptKind.FIRST]
    return sorted(found, key=lambda row: row.operation)


LOSSLESS = """
[[link]]
from = "shop"
to = "web"
latency = { law = "exponential", mean = "2ms" }
loss = 0.0
duplicate = 0.0
"""


@pytest.mark.parametrize(
    "inert",
    [
        "retry = { attempts = 0 }",
        'hedge = { after = "1h" }',
        "breaker = { failures = 1.0, minimum = 1_000_000 }",
        "panic_threshold = 0.0" + LOSSLESS,
    ],
)
def test_what_cannot_act_changes_nothing(inert: str) -> None:
    plain, other = night(LUCKY % ""), night(LUCKY % inert)

    assert len(plain.operations()) > 300
    assert other.log.digest() == plain.log.digest()


# The ledger

WILD = (
    LUCKY
    + '\n[[zone]]\nid = "a"\n'
    + "".join(
        f'\n[[fault]]\nkind = "{kind}"\n{keys}\nevery = {{ law = "exponential", mean = "1s" }}\n'
        f'lasts = {{ law = "exponential", mean = "300ms" }}\n'
        for kind, keys in {
            "restart": 'target = "web"\ndown = "100ms"',
            "wipe": 'target = "web"\ndown = "100ms"',
            "pause": 'target = "web"',
            "slow": 'target = "web"\nfactor = 3',
            "drain": 'target = "web"',
            "partition": 'target = "web"\none_way = "out"',
            "loss": 'target = "shop"\nshare = 0.1',
            "delay": 'target = "web"\nby = "20ms"',
            "duplicate": 'target = "web"\nshare = 0.3',
            "reorder": 'target = "web"\nby = { law = "uniform", low = "0ms", high = "30ms" }',
            "bandwidth": 'target = "web"\nlimit = "100KiB"',
            "zone-outage": 'target = "a"',
            "load-spike": "times = 2",
            "hot-key": "share = 0.5",
            "retry-happy": "attempts = 2",
        }.items()
    )
)
EQUIPPED = """retry = { attempts = 2, backoff = "fixed", base = "10ms", budget = 0.5 }
hedge = { after = "20ms", tied = true }
health = { interval = "100ms" }
outliers = {}
breaker = {}
cancel = true
idempotency_key = true"""


@settings(max_examples=12)
@given(seed=SEEDS, equipment=st.sampled_from(["", EQUIPPED]))
def test_causes_add_up_in_the_wildest_night(seed: int, equipment: str) -> None:
    played = night(WILD % equipment, seed)
    operations = played.operations()

    assert [row.operation for row in operations] == list(range(len(operations)))
    made = [0] * len(operations)
    for attempt in played.attempts():
        if attempt.depth == 0 and attempt.kind != AttemptKind.COPY:
            made[attempt.operation] += 1
    assert made == [row.attempts for row in operations]
    for row in operations:
        assert row.ended_us == -1 or row.ended_us <= row.invoked_us + 400 * MS
        assert (row.cause.word == "unfinished") == (row.ended_us == -1)


@settings(max_examples=6)
@given(seed=SEEDS)
def test_watching_the_wildest_night_changes_nothing(seed: int) -> None:
    system = system_of(WILD % EQUIPPED)
    whole, sliced = Run(system, seed), Run(system, seed, trace=True)
    whole.advance(4 * SECOND)
    while not sliced.done:
        sliced.advance(sliced.now_us + MS)

    assert whole.log.verdict == ""
    assert whole.log.digest() == sliced.log.digest()
