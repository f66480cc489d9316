"""Histories say what clients did and saw, and honest stores are never accused."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from game.engine.log import Log
from game.engine.run import simulate
from game.level.model import System
from game.score.consistency.anomalies import find_anomalies
from game.score.consistency.history import History
from game.score.consistency.linearizable import check_linearizable
from game.score.consistency.models import MODELS
from game.score.histories.read import history_in
from game.score.histories.recorded import history_of_log
from game.score.histories.write import write_history
from tests.engine.nights import system_of

REGISTER = MODELS["register"]


def town(
    store: str = '"register"',
    *,
    policy: str = "",
    loop: str = 'population = 6\nthink = "10ms"',
    more: str = "",
    work: str = "80us",
    machines: int = 1,
    latency: str = '"1ms"',
    keys: int = 3,
) -> str:
    """One store, some users, and what a test adds."""
    return f"""
duration = "6s"
[[node]]
id = "db"
count = {machines}
[[node]]
id = "judge"
[[node]]
id = "web"
[[link]]
from = "*"
to = "*"
latency = {latency}
[[policy]]
id = "careful"
{policy}
[[service]]
id = "shop"
on = "db"
store = {store}
steps = [{{ store = "{work}" }}]
[[client]]
id = "users"
call = "shop"
policy = "careful"
{loop}
keys = {keys}
writes = 0.5
{more}"""


def fault(kind: str, at: str = "2s", length: str = "2s", more: str = "") -> str:
    return f'[[fault]]\nkind = "{kind}"\ntarget = "db"\nat = "{at}"\nfor = "{length}"\n{more}\n'


def played(text: str) -> tuple[System, Log]:
    system = system_of(text)
    log = simulate(system, 1)
    assert not log.verdict, log.error
    return system, log


def whole(history: History) -> bool:
    """Whether each operation ends after it began, and each process does one thing at a time."""
    for operations in history.by_process().values():
        last = -1
        for one in operations:
            if one.invoked <= last:
                return False
            last = one.invoked if one.completed is None else one.completed
            if last < one.invoked:
                return False
    return True


@pytest.mark.parametrize("protocol", ["", '\nreplication = "quorum"', '\nreplication = "raft"'])
def test_an_honest_session_store_is_not_accused_by_users_who_find_nothing_there(
    protocol: str,
) -> None:
    """Whatever comes first, and in whatever order writes come to the copies."""
    machines = 3 if protocol else 1
    text = town(
        f'"session"{protocol}',
        machines=machines,
        latency='{ law = "exponential", mean = "5ms" }',
        policy='balancer = "leader-aware"\nretry = { attempts = 4 }\nidempotency_key = true',
    )
    system, log = played(text)

    assert not find_anomalies(system, log)
    assert check_linearizable(history_of_log(log), REGISTER).valid


@pytest.mark.parametrize(
    "text",
    [
        town(policy='breaker = {}\nattempt_timeout = "50ms"', more=fault("crash")),
        town(
            work="0us",
            latency='"0us"',
            loop='population = 4\nthink = { law = "exponential", mean = "1us" }',
        ).replace('"6s"', '"1020ms"'),
        town(
            work="1us",
            latency='"0us"',
            loop='population = 4\nthink = { law = "exponential", mean = "2us" }',
            policy="rate_limit = { rate = 2000 }",
        ).replace('"6s"', '"1100ms"'),
    ],
    ids=["refused at once", "answered at once", "mostly refused at once"],
)
def test_what_takes_no_time_begins_before_it_ends_and_comes_back_from_a_file(text: str) -> None:
    _, log = played(text)
    history = history_of_log(log)
    file = io.StringIO()
    write_history(history, Path("a.edn"), file)
    again, _ = history_in(file.getvalue(), "a.edn", REGISTER)

    assert len(history) > 200
    assert whole(history)
    assert len(again) == len(history)
    assert check_linearizable(history, REGISTER).valid


ORDERS = """
[[service]]
id = "orders"
on = "judge"
store = "register"
steps = [{ store = "80us" }]
[[service]]
id = "front"
on = "web"
steps = [STEPS]
[[client]]
id = "buyers"
call = "front"
population = 3
think = "10ms"
keys = 3
writes = 0.5
"""
FRESH = '{ kind = "register", stale_after = "0ms" }'


def test_who_reads_one_store_and_writes_another_writes_that_one_alone() -> None:
    steps = '{ call = "shop", as = "read" }, { call = "orders" }'
    text = town(FRESH, more=ORDERS.replace("STEPS", steps))
    system, log = played(text)

    assert not find_anomalies(system, log)
    assert check_linearizable(history_of_log(log, "shop"), REGISTER).valid
    functions = {one.function for one in history_of_log(log, "orders").operations}
    assert functions == {"read", "write"}


def test_what_is_asked_for_in_the_background_is_nobodys_answer() -> None:
    """The way there is longer than the operation."""
    steps = '{ call = "shop", background = true }, { cpu = "1ms" }'
    far = '[[link]]\nfrom = "web"\nto = "db"\nlatency = "60ms"\n'
    text = town(FRESH, more=ORDERS.replace("STEPS", steps) + far)
    system, log = played(text)
    ends = dict(zip(*(log.operations.column(n) for n in ("operation", "ended_us")), strict=True))

    assert sum(time_us > ends[one] for one, time_us, *_ in log.reads.rows()) > 100
    assert not find_anomalies(system, log)
    assert check_linearizable(history_of_log(log, "shop"), REGISTER).valid


def test_nobody_is_promised_a_session_in_an_open_loop() -> None:
    hasty = """{ kind = "primary-backup", coordinator = "court", mode = "async", reads = "any" }
[[service]]
id = "court"
on = "judge"
"""
    shop = town(f'"session"\nreplication = {hasty}', machines=3, loop="rate = 100")
    head, tail = shop.split('[[service]]\nid = "court"')
    steps = 'steps = [{ store = "80us" }]\n'
    text = head + steps + '[[service]]\nid = "court"' + tail.replace(steps, "", 1)
    system, log = played(text)

    assert {one.cause.word for one in find_anomalies(system, log)} <= {"lost-write"}


def test_a_post_that_comes_late_replies_to_what_its_user_had_seen_when_it_was_sent() -> None:
    late = fault("delay", "1s", "4s", 'by = "200ms"\nshare = 0.2\none_way = "in"')
    text = town('{ kind = "feed", replies = 1.0 }', keys=1, more=late).replace(
        "writes = 0.5", 'writes = 0.3\ndeadline = "50ms"'
    )
    _, log = played(text)
    history = history_of_log(log)
    sent = {one.number: one.invoked_us or 0 for one in history.operations}
    replies = [
        (one.number, one.input[1])
        for one in history.operations
        if one.function == "post" and isinstance(one.input, tuple) and one.input[1] is not None
    ]

    assert len(replies) > 50
    assert all(sent[parent] < sent[reply] for reply, parent in replies)


def test_tied_requests_go_well_with_a_balancer_that_learns_who_leads() -> None:
    """A request that was dropped for its twin knows of no leader."""
    text = town(
        '"register"\nreplication = "raft"\nworkers = 1',
        machines=3,
        work="20ms",
        latency='"20ms"',
        loop="rate = 60",
        policy='balancer = "leader-aware"\nattempt_timeout = "200ms"\n'
        'retry = { attempts = 4, backoff = "fixed", base = "20ms" }\n'
        'hedge = { after = "8ms", tied = true }',
    )
    system = system_of(text)

    assert all(not simulate(system, seed).verdict for seed in range(4))


def test_a_queue_settles_only_what_its_user_surely_has() -> None:
    """Two copies of one request are handed two messages: the user has one of them."""
    queue = '{ kind = "queue", takes = 0.6, lease = "1s" }'
    text = town(queue, policy='hedge = { after = "8ms" }', latency='"5ms"', keys=1)
    _, log = played(text)
    history = history_of_log(log)
    commands = log.commands["shop"]
    had = {one.output for one in history.operations if one.function == "take" and one.ok}
    settled = {
        command.value[1]
        for command in commands.values()
        if command.function == "take" and isinstance(command.value, tuple) and command.value[1]
    }

    assert len(settled) > 50
    assert settled <= had


def test_who_asks_again_has_read_what_it_had_read_before_it_wrote() -> None:
    """Half of the answers to the agent's caller are lost, so that it reads and writes once more."""
    keyed = '[[policy]]\nid = "keyed"\nattempt_timeout = "100ms"\nidempotency_key = true\n'
    agent = """
[[link]]
from = "*"
to = "web"
latency = "1ms"
loss = 0.2
[[service]]
id = "agent"
on = "web"
workers = 1000
steps = [{ call = "shop", as = "read", policy = "keyed" }, { wait = "20ms" },
    { call = "shop", as = "compare-and-set", policy = "keyed" }]
[[client]]
id = "people"
call = "agent"
policy = "careful"
rate = 30
writes = 1
keys = 3
deadline = "2s"
"""
    text = town(
        '{ kind = "register", updates = true }',
        policy='attempt_timeout = "150ms"\nidempotency_key = true\n'
        'retry = { attempts = 5, backoff = "fixed", base = "100ms" }',
        loop="rate = 1",
        more=keyed + agent.replace("},\n    {", "}, {"),
    ).replace('[[client]]\nid = "users"', '[[client]]\nid = "users"\nstarts = "5900ms"')
    system, log = played(text.replace('"6s"', '"16s"').replace("writes = 0.5", "writes = 0"))

    assert sum(log.attempts.column("kind")) > 20
    assert not find_anomalies(system, log)


@pytest.mark.parametrize("patience", ["20ms", "100ms", "10s"])
def test_who_was_given_up_puts_no_old_answer_into_a_cache(patience: str) -> None:
    front = f"""
[[service]]
id = "front"
on = "web"
workers = 1000
store = {{ kind = "cache", capacity = 100, coalesce = "{patience}" }}
steps = [{{ lookup = "10us" }}, {{ call = "shop" }}]
[[client]]
id = "people"
call = "front"
rate = 60
writes = 0.1
keys = 8
deadline = "2s"
"""
    text = town(FRESH, more=front, loop="rate = 1").replace(
        'steps = [{ store = "80us" }]',
        'workers = 1000\nsteps = [{ store = "0ms" }, '
        '{ wait = { law = "uniform", low = "1ms", high = "300ms" } }]',
        1,
    )
    text = text.replace("keys = 3\nwrites = 0.5", "keys = 3\nwrites = 0").replace('"6s"', '"20s"')
    system, log = played(text)

    assert not find_anomalies(system, log)


@pytest.mark.parametrize("more", ["", "\ncancel = true"])
def test_a_message_that_its_taker_has_is_not_lost_whatever_other_copies_were_handed(
    more: str,
) -> None:
    queue = '{ kind = "queue", takes = 0.7, settled = "at-once" }'
    ways = '{ law = "uniform", low = "1ms", high = "8ms" }'
    text = town(queue, policy=f'hedge = {{ after = "4ms" }}{more}', latency=ways)
    system, log = played(text)
    takes = [one for one in history_of_log(log).operations if one.function == "take" and one.ok]
    had = {one.output for one in takes}
    accused = {
        one.operation for one in find_anomalies(system, log) if one.cause.word == "lost-write"
    }

    assert len(accused) > 20
    assert not accused & had
