"""Applications: copies that apply the same commands in the same order say the same."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from game.engine.run import simulate
from game.score.consistency.anomalies import find_anomalies
from game.score.consistency.bank_total import check_bank_total, total_of
from game.score.consistency.history import History, Outcome
from game.score.consistency.linearizable import check_linearizable
from game.score.consistency.models import MODELS
from game.score.histories.read import read_history
from game.score.histories.recorded import history_of_log
from game.score.histories.write import write_history
from tests.engine.nights import system_of

PROTOCOLS = {
    "none": "",
    "primary-backup": 'replication = { kind = "primary-backup", coordinator = "tower" }',
    "hasty": 'replication = { kind = "primary-backup", coordinator = "tower", mode = "async", '
    'fencing = false, reads = "any", gather = "500ms" }',
    "raft": 'replication = "raft"',
}


def text(
    store: str,
    *,
    protocol: str = "none",
    keys: int = 3,
    extra: str = "",
    users: int = 0,
    balancer: str = "leader-aware",
) -> str:
    """Three copies (one without a protocol), some clients who read and write, and some faults."""
    count = 1 if protocol == "none" else 3
    loop = f'population = {users}\nthink = "20ms"' if users else "rate = 200"
    return f"""
duration = "8s"
[[node]]
id = "tower"
[[node]]
id = "store"
count = {count}
[[policy]]
id = "careful"
balancer = "{balancer}"
attempt_timeout = "300ms"
idempotency_key = true
retry = {{ attempts = 5, backoff = "exponential", base = "20ms" }}
[[service]]
id = "tower"
on = "tower"
[[service]]
id = "store"
on = "store"
steps = [{{ store = "1ms" }}]
store = {store}
{PROTOCOLS[protocol]}
[[client]]
id = "people"
call = "store"
policy = "careful"
{loop}
keys = {keys}
writes = 0.5
deadline = "2s"
{extra}
"""


CRASHES = """
[[fault]]
kind = "crash"
target = "store-1"
at = "2s"
for = "2s"
[[fault]]
kind = "partition"
target = "tower"
at = "5s"
for = "1s"
"""
CUT_OFF = """
[[fault]]
kind = "partition"
target = "store-1"
from = ["store-2", "store-3", "tower"]
at = "500ms"
for = "6s"
"""
"""The first primary is cut off from its coordinator and the others, and not from the clients."""


def played(level: str, seed: int = 1) -> tuple[History, dict[str, int]]:
    """The history of a night, and how often each promise was broken."""
    system = system_of(level)
    log = simulate(system, seed)
    assert not log.verdict, log.error
    return history_of_log(log), Counter(one.cause.word for one in find_anomalies(system, log))


@pytest.mark.parametrize("protocol", ["none", "primary-backup", "raft"])
@pytest.mark.parametrize("store", ["counter", "set"])
def test_an_application_on_careful_copies_is_linearizable(protocol: str, store: str) -> None:
    for seed in range(1, 4):
        level = text(f'"{store}"', protocol=protocol, keys=40, extra=CRASHES)
        history, broken = played(level, seed)

        assert not broken
        assert sum(one.ok and one.function == "read" for one in history.operations) > 200
        assert check_linearizable(history, MODELS[store]).valid


def test_a_set_gives_out_what_its_users_have_seen_in_it() -> None:
    history, broken = played(text('{ kind = "set", removes = 0.5 }', protocol="raft", users=6))
    functions = Counter(one.function for one in history.operations)

    assert not broken
    assert functions["remove"] > 20
    assert check_linearizable(history, MODELS["set"]).valid
    added = {one.input for one in history.operations if one.function == "add"}
    assert all(one.input in added for one in history.operations if one.function == "remove")


def test_a_transfer_of_more_than_there_is_fails_for_certain() -> None:
    history, _ = played(text('{ kind = "ledger", accounts = 2, opening = 10 }', keys=2))
    transfers = Counter(one.outcome for one in history.operations if one.function == "transfer")

    assert transfers[Outcome.FAIL] > 100 < transfers[Outcome.OK]
    assert check_bank_total(history, 20).valid
    reads = [one for one in history.operations if one.ok and one.function == "read"]
    assert len({one.output for one in reads}) > 3


def test_money_is_the_same_sum_on_every_copy_whoever_leads() -> None:
    history, broken = played(
        text('{ kind = "ledger", opening = 1000 }', protocol="hasty", extra=CRASHES)
    )

    assert broken.get("lost-write", 0) > 0
    assert broken.get("wrong-value", 0) == 0
    totals = {total_of(one) for one in history.operations if one.ok and one.function == "read"}
    assert totals == {8_000}


def test_two_primaries_sell_the_same_stock_and_a_group_with_a_majority_does_not() -> None:
    store = '{ kind = "inventory", stock = 150 }'
    level = text(store, protocol="hasty", keys=1, extra=CUT_OFF, balancer="round-robin")
    _, broken = played(level)
    careful, none = played(text(store, protocol="raft", keys=1, extra=CUT_OFF))

    assert broken.get("oversold", 0) > 10
    assert none.get("oversold", 0) == 0
    sold = [one for one in careful.operations if one.function == "buy" and one.ok]
    assert sum(int(str(one.input)) for one in sold) == 150


def test_a_user_of_copies_that_lag_misses_what_it_wrote() -> None:
    lagging, broken = played(text('"session"', protocol="hasty", users=6, balancer="round-robin"))
    _, none = played(text('"session"', protocol="raft", users=6))

    assert broken["stale"] > 5
    assert none.get("stale", 0) == 0
    assert len(lagging.by_process()) >= 6


def test_reads_are_stale_only_beyond_what_was_promised() -> None:
    def stale(after: str) -> int:
        store = f'{{ kind = "register", stale_after = "{after}" }}'
        return played(text(store, protocol="hasty", balancer="round-robin"))[1].get("stale", 0)

    assert stale("0ms") > stale("200ms") > 0
    assert stale("2s") == 0


def test_histories_of_applications_come_back_as_they_were_written(tmp_path: Path) -> None:
    for store, model in (("counter", "counter"), ("set", "set"), ("ledger", "bank")):
        history, _ = played(text(f'"{store}"', protocol="raft", extra=CRASHES))
        for ending in ("edn", "jsonl"):
            file = tmp_path / f"{store}.{ending}"
            with file.open("w") as out:
                write_history(history, file, out)
            again, _ = read_history(file, MODELS[model])
            assert len(again) == len(history)
            assert [one.output for one in again.operations] == [
                one.output for one in history.operations
            ]


def test_a_store_is_judged_by_what_came_to_it_alone() -> None:
    """The other store writes the same keys, and nobody reads there."""
    store = '{ kind = "register", stale_after = "0ms" }'
    other = """
[[service]]
id = "other"
on = "tower"
steps = [{ store = "1ms" }]
store = "register"
[[client]]
id = "writers"
call = "other"
rate = 100
keys = 3
writes = 1
"""
    system = system_of(text(store, extra=other))
    assert not find_anomalies(system, simulate(system, 1))


LOSSES = """
[[fault]]
kind = "loss"
target = "store"
share = 0.2
at = "1s"
for = "5s"
"""


def test_replies_follow_what_their_users_have_seen_on_every_ordered_copy() -> None:
    for protocol in ("raft", "primary-backup"):
        history, broken = played(text('"feed"', protocol=protocol, users=8, extra=CRASHES))
        posts = [one for one in history.operations if one.function == "post" and one.ok]
        replies = [
            one for one in posts if isinstance(one.input, tuple) and one.input[1] is not None
        ]

        assert len(replies) > 20
        assert broken.get("stale", 0) == 0
        numbers = {one.number for one in history.operations}
        assert all(one.input[1] in numbers for one in replies if isinstance(one.input, tuple))


def test_a_reply_to_a_post_that_a_failover_lost_shows_without_it() -> None:
    broken = played(text('"feed"', protocol="hasty", users=8, extra=CRASHES))[1]

    assert broken["lost-write"] > 0 < broken["stale"]


def test_a_queue_hands_out_again_what_was_not_settled() -> None:
    store = '{ kind = "queue", lease = "300ms", takes = 0.6 }'
    history, broken = played(text(store, protocol="raft", users=8, extra=LOSSES + CRASHES))
    system = system_of(text(store, protocol="raft", users=8, extra=LOSSES + CRASHES))
    log = simulate(system, 1)
    commands = log.commands["store"]
    handed = [
        output
        for operation, *_, output in log.outputs
        if commands[operation].function == "take" and output != "refused"
    ]

    assert not broken
    assert len(handed) > len(set(handed)) > 25
    assert len(history) > 300


def test_a_queue_that_forgets_as_it_hands_out_loses_what_does_not_arrive() -> None:
    store = '{ kind = "queue", settled = "at-once", takes = 0.6 }'
    level = text(store, protocol="raft", users=8, extra=LOSSES).replace(
        "attempts = 5", "attempts = 1"
    )

    assert played(level)[1]["lost-write"] > 0
