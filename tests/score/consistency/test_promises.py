"""Checkers of weaker promises, each with its smallest bad history and the witness of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from game.score.consistency.bank_total import check_bank_total
from game.score.consistency.causal import check_causal
from game.score.consistency.convergence import check_convergence
from game.score.consistency.counter_bounds import check_counter_bounds
from game.score.consistency.double_payment import check_double_payment
from game.score.consistency.feed_order import check_feed_order
from game.score.consistency.history import History, Map, Operation, Outcome, Value
from game.score.consistency.linearizable import check_linearizable
from game.score.consistency.lost_update import check_lost_update
from game.score.consistency.models import MODELS, Register
from game.score.consistency.monotonic_reads import check_monotonic_reads
from game.score.consistency.monotonic_writes import check_monotonic_writes
from game.score.consistency.oversold import check_oversold
from game.score.consistency.read_your_writes import check_read_your_writes
from game.score.consistency.sequential import check_sequential
from game.score.consistency.set_elements import check_set_elements, elements_of
from game.score.consistency.staleness import check_stale_time, check_stale_versions
from game.score.consistency.verdict import Answer, Bounds, Verdict
from game.score.consistency.writes_follow_reads import check_writes_follow_reads
from game.score.histories.recorded import in_lanes
from tests.score.consistency.made import behaved, made, op, told

FAIL = Outcome.FAIL


def seen(verdict: Verdict) -> list[tuple[str, Value]]:
    """The witness of a history that must be wrong."""
    assert verdict.invalid, verdict
    assert verdict.reason
    return told(verdict.witness)


# Sessions


def test_a_process_reads_what_it_wrote_or_something_newer() -> None:
    old, new = op(1, "write", 1, 0, 1), op(2, "write", 2, 2, 3)
    assert seen(check_read_your_writes(made(old, new, op(2, "read", 1, 4, 5)))) == [
        ("write", 1),
        ("write", 2),
        ("read", 1),
    ]
    assert seen(check_read_your_writes(made(new, op(2, "read", None, 4, 5)))) == [
        ("write", 2),
        ("read", None),
    ]
    assert check_read_your_writes(made(old, new, op(3, "read", 1, 4, 5))).valid
    newer = op(3, "write", 3, 4, 5)
    assert check_read_your_writes(made(old, new, newer, op(2, "read", 3, 6, 7))).valid


def test_writes_at_the_same_time_have_an_order_only_where_it_is_known() -> None:
    history = made(op(1, "write", 1, 0, 3), op(2, "write", 2, 1, 2), op(2, "read", 1, 4, 5))
    assert check_read_your_writes(history).valid
    assert check_read_your_writes(history, {None: [2, 1]}).valid
    assert check_read_your_writes(history, {None: [1, 2]}).invalid


def test_a_write_that_is_not_acknowledged_need_not_be_read() -> None:
    unsure = made(op(2, "write", 2, 0), op(2, "read", None, 4, 5))
    failed = made(op(2, "write", 2, 0, 1, outcome=FAIL), op(2, "read", None, 4, 5))
    assert check_read_your_writes(unsure).valid
    assert check_read_your_writes(failed).valid


def test_reads_of_a_process_do_not_get_older() -> None:
    writes = op(1, "write", 1, 0, 1), op(1, "write", 2, 2, 3)
    back = op(2, "read", 2, 4, 5), op(2, "read", 1, 6, 7)
    assert seen(check_monotonic_reads(made(*writes, *back))) == [
        ("write", 1),
        ("write", 2),
        ("read", 2),
        ("read", 1),
    ]
    others = op(2, "read", 2, 4, 5), op(3, "read", 1, 6, 7)
    assert check_monotonic_reads(made(*writes, *others)).valid


def test_writes_of_a_process_keep_their_order() -> None:
    writes = op(1, "write", 1, 0, 1), op(1, "write", 2, 2, 3)
    back = op(2, "read", 2, 4, 5), op(2, "read", 1, 6, 7)
    assert seen(check_monotonic_writes(made(*writes, *back))) == [
        ("write", 1),
        ("read", 2),
        ("read", 1),
    ]
    assert check_monotonic_writes(made(*writes, back[0])).valid
    assert seen(check_monotonic_writes(made(*writes), {None: [2, 1]})) == [
        ("write", 1),
        ("write", 2),
    ]


def test_what_a_writer_had_read_comes_with_what_it_wrote() -> None:
    first = op(1, "write", 1, 0, 1, key="x")
    answer = op(2, "read", 1, 2, 3, key="x"), op(2, "write", 2, 4, 5, key="y")
    late = op(3, "read", 2, 6, 7, key="y"), op(3, "read", None, 8, 9, key="x")
    assert seen(check_writes_follow_reads(made(first, *answer, *late))) == [
        ("read", 1),
        ("write", 2),
        ("read", None),
    ]
    assert check_writes_follow_reads(made(first, *answer, late[1])).valid


@pytest.mark.parametrize(
    "check",
    [
        check_read_your_writes,
        check_monotonic_reads,
        check_monotonic_writes,
        check_writes_follow_reads,
        check_causal,
    ],
)
def test_values_that_are_written_twice_tell_nothing(check: object) -> None:
    assert callable(check)
    history = made(op(1, "write", 1, 0, 1), op(1, "write", 1, 2, 3))
    assert check(history).answer is Answer.UNKNOWN


# Staleness

WRITES = tuple(op(1, "write", value, 2 * value, 2 * value + 1) for value in (1, 2, 3))


def test_staleness_in_time() -> None:
    """2 was acknowledged at 5 ms, and 1 is read at 10 ms."""
    history = made(*WRITES, op(2, "read", 1, 10, 11))
    assert check_stale_time(history, 5000).valid
    assert seen(check_stale_time(history, 4999)) == [("write", 1), ("write", 2), ("read", 1)]
    assert check_stale_time(made(*WRITES, op(2, "read", 3, 99, 100)), 0).valid
    timeless = made(*WRITES, replace(op(2, "read", 1, 10, 11), invoked_us=None))
    assert check_stale_time(timeless, 0).answer is Answer.UNKNOWN


def test_staleness_in_versions() -> None:
    history = made(*WRITES, op(2, "read", 1, 10, 11))
    assert check_stale_versions(history, 3).valid
    assert seen(check_stale_versions(history, 2)) == [
        ("write", 1),
        ("write", 2),
        ("write", 3),
        ("read", 1),
    ]
    assert seen(check_stale_versions(history, 1)) == [("write", 1), ("write", 2), ("read", 1)]


def test_nothing_is_stale_against_a_write_that_may_not_have_been_over() -> None:
    during = made(op(1, "write", 1, 0, 1), op(1, "write", 2, 2, 9), op(2, "read", 1, 5, 6))
    assert check_stale_versions(during, 1).valid
    unsure = made(op(1, "write", 1, 0, 1), op(1, "write", 2, 2), op(2, "read", 1, 5, 6))
    assert check_stale_versions(unsure, 1).valid


# Updates, sets, counters


def test_two_updates_of_one_version() -> None:
    both = op(1, "cas", (0, 1), 0, 3), op(2, "cas", (0, 2), 1, 4)
    assert seen(check_lost_update(made(*both))) == [("cas", (0, 1)), ("cas", (0, 2))]
    assert check_lost_update(made(both[0], op(2, "cas", (0, 2), 1))).valid
    assert check_lost_update(made(both[0], op(2, "cas", (1, 2), 4, 5))).valid
    again = op(3, "write", 0, 5, 6), op(3, "write", 0, 7, 8)
    assert check_lost_update(made(*both, *again)).valid


def test_an_append_that_is_gone() -> None:
    appends = op(1, "append", "x", 0, 1), op(1, "append", "y", 2, 3)
    assert seen(check_lost_update(made(*appends, op(2, "get", "y", 4, 5)))) == [
        ("append", "x"),
        ("get", "y"),
    ]
    assert check_lost_update(made(*appends, op(2, "get", "x", 1, 2))).valid


def test_what_became_of_each_element() -> None:
    def reading(begin: int, *elements: int) -> Operation:
        return op(9, "read", frozenset(elements), begin, begin + 1)

    history = made(
        op(1, "add", 1, 0, 1),
        op(2, "add", 2, 2, 3),
        op(3, "add", 3, 4, 5, outcome=FAIL),
        reading(6, 2, 3, 7),
        reading(8, 1),
        reading(10, 1),
        op(4, "add", 4, 12, 13),
        op(5, "add", 5, 14),
    )
    found = elements_of(history)
    assert {element: told(by) for element, by in found.lost.items()} == {
        2: [("add", 2), ("read", frozenset({1}))],
    }
    assert {element: told(by)[:2] for element, by in found.stale.items()} == {
        1: [("add", 1), ("read", frozenset({2, 3, 7}))],
    }
    assert set(found.never_read) == {4}
    assert {element: len(by) for element, by in found.unexpected.items()} == {3: 2, 7: 1}


def test_a_set_loses_nothing_and_may_be_stale_only_where_that_is_allowed() -> None:
    add = op(1, "add", 1, 0, 1)
    stale = op(2, "read", frozenset(), 2, 3), op(2, "read", frozenset({1}), 4, 5)
    assert check_set_elements(made(add, *stale)).valid
    assert seen(check_set_elements(made(add, *stale), stale_allowed=False)) == [
        ("add", 1),
        ("read", frozenset()),
    ]
    assert seen(check_set_elements(made(add, stale[0]))) == [("add", 1), ("read", frozenset())]


def test_a_counter_stays_in_its_bounds() -> None:
    adds = op(1, "add", 2, 0, 1), op(2, "add", 3, 2, 3), op(3, "add", 5, 4)
    assert check_counter_bounds(made(*adds, op(4, "read", 10, 5, 6))).valid
    low = check_counter_bounds(made(*adds, op(4, "read", 2, 5, 6)))
    assert seen(low) == [("add", 3), ("read", 2)]
    assert low.reason == "2 was read when the counter was at least 3"
    assert seen(check_counter_bounds(made(*adds, op(4, "read", 11, 5, 6)))) == [("read", 11)]
    taken = op(1, "add", -2, 0, 1), op(4, "read", 0, 5, 6)
    assert seen(check_counter_bounds(made(*taken))) == [("add", -2), ("read", 0)]
    failed = op(1, "add", 2, 0, 1, outcome=FAIL)
    assert seen(check_counter_bounds(made(failed, op(4, "read", 2, 5, 6)))) == [("read", 2)]


@given(data=st.data())
def test_a_counter_that_counts_stays_in_its_bounds(data: st.DataObject) -> None:
    assert check_counter_bounds(data.draw(behaved(MODELS["counter"]))).valid


# Money and stock


def test_money_is_conserved() -> None:
    before = op(1, "read", Map.of([("a", 5), ("b", 5)]), 0, 1)
    after = op(1, "read", Map.of([("a", 2), ("b", 9)]), 4, 5)
    assert seen(check_bank_total(made(before, after)))[1] == ("read", after.output)
    assert len(seen(check_bank_total(made(before), total=11))) == 1
    owing = op(1, "read", Map.of([("a", -1), ("b", 11)]), 6, 7)
    assert seen(check_bank_total(made(before, owing))) == [("read", owing.output)]
    assert check_bank_total(made(before, owing), negative_balances=True).valid


def test_nothing_is_paid_twice() -> None:
    pay = op(1, "pay", 7, 0)
    once, twice = op(2, "statement", (7,), 2, 3), op(2, "statement", (7, 8, 7), 4, 5)
    assert check_double_payment(made(pay, once)).valid
    other = op(3, "pay", 8, 1, 2)
    assert seen(check_double_payment(made(pay, other, twice))) == [
        ("pay", 7),
        ("statement", (7, 8, 7)),
    ]
    failed = op(1, "pay", 7, 0, 1, outcome=FAIL)
    assert check_double_payment(made(failed, once)).invalid


def test_nothing_is_sold_that_is_not_there() -> None:
    buys = op(1, "buy", 2, 0, 1), op(2, "buy", 3, 2, 3), op(3, "buy", 1, 4, 5), op(4, "buy", 9, 6)
    assert check_oversold(made(*buys), {None: 6}).valid
    assert seen(check_oversold(made(*buys), {None: 5})) == [
        ("buy", 2),
        ("buy", 3),
        ("buy", 1),
    ]
    assert seen(check_oversold(made(*buys), {None: 2})) == [("buy", 3)]
    more = op(5, "restock", 1, 1)
    assert check_oversold(made(*buys, more), {None: 5}).valid


# Feeds and replicas


def test_a_reply_never_shows_before_its_post() -> None:
    post, reply = op(1, "post", ("p", None), 0, 1), op(2, "post", ("r", "p"), 2, 3)
    assert check_feed_order(made(post, reply, op(3, "read", ("p", "r"), 4, 5))).valid
    assert check_feed_order(made(post, reply, op(3, "read", ("p",), 4, 5))).valid
    for shown in (("r",), ("r", "p")):
        assert seen(check_feed_order(made(post, reply, op(3, "read", shown, 4, 5)))) == [
            ("post", ("p", None)),
            ("post", ("r", "p")),
            ("read", shown),
        ]
    assert seen(check_feed_order(made(op(3, "read", ("x",), 4, 5)))) == [("read", ("x",))]


def test_replicas_are_alike_in_the_end() -> None:
    reads = [op(n, "final-read", 5, 2 * n, 2 * n + 1, node=f"db-{n}") for n in (1, 2)]
    assert check_convergence(made(*reads)).valid
    other = op(3, "final-read", 6, 6, 7, node="db-3")
    verdict = check_convergence(made(*reads, other))
    assert seen(verdict) == [("final-read", 5), ("final-read", 6)]
    assert verdict.reason == "db-1 and db-3 differ"
    elsewhere = replace(other, key="k")
    assert check_convergence(made(*reads, elsewhere)).valid


# Causal and sequential


def test_what_is_known_to_be_replaced_is_not_read() -> None:
    writes = op(1, "write", 1, 0, 1, key="x"), op(1, "write", 2, 2, 3, key="x")
    told_of = op(2, "read", 2, 4, 5, key="x"), op(2, "write", 3, 6, 7, key="y")
    reads = op(3, "read", 3, 8, 9, key="y"), op(3, "read", 1, 10, 11, key="x")
    verdict = check_causal(made(*writes, *told_of, *reads))
    assert seen(verdict) == [
        ("write", 1),
        ("write", 2),
        ("read", 2),
        ("write", 3),
        ("read", 3),
        ("read", 1),
    ]
    assert check_causal(made(*writes, *told_of, reads[1])).valid
    first = replace(reads[1], output=None)
    assert len(seen(check_causal(made(*writes, *told_of, reads[0], first)))) == 5


def test_nothing_comes_of_thin_air_or_of_itself() -> None:
    assert seen(check_causal(made(op(1, "read", 9, 0, 1)))) == [("read", 9)]
    circle = (
        op(1, "read", 2, 0, 1, key="y"),
        op(1, "write", 1, 2, 3, key="x"),
        op(2, "read", 1, 4, 5, key="x"),
        op(2, "write", 2, 6, 7, key="y"),
    )
    assert len(seen(check_causal(made(*circle)))) == 4


def test_processes_may_see_concurrent_writes_in_two_orders_unless_they_must_converge() -> None:
    history = made(
        op(1, "write", 1, 0, 1),
        op(2, "write", 2, 2, 3),
        op(3, "read", 1, 4, 5),
        op(4, "read", 2, 6, 7),
        op(3, "read", 2, 8, 9),
        op(4, "read", 1, 10, 11),
    )
    assert check_causal(history).valid
    convergent = check_causal(history, convergent=True)
    assert {("write", 1), ("write", 2)} <= set(seen(convergent))
    assert check_sequential(history).invalid


def test_a_stale_read_may_be_sequential_but_is_not_linearizable() -> None:
    history = made(op(1, "write", 1, 0, 1), op(2, "read", None, 2, 3))
    assert check_sequential(history).valid
    assert check_linearizable(history, Register()).invalid


def test_two_processes_that_each_miss_the_others_write_are_not_sequential() -> None:
    """Dekker's pattern: causal, and in no single order."""
    history = made(
        op(1, "write", 1, 0, 1, key="x"),
        op(2, "write", 2, 2, 3, key="y"),
        op(1, "read", None, 4, 5, key="y"),
        op(2, "read", None, 6, 7, key="x"),
    )
    assert check_causal(history).valid
    assert len(seen(check_sequential(history))) == 4


def test_a_sequential_search_that_is_too_large_is_unknown() -> None:
    lines = [
        op(process, "write", 100 * process + turn, at, at + 1)
        for process in range(8)
        for turn in range(8)
        for at in [2 * (20 * process + turn)]
    ]
    hard = [
        op(22, "read", 7, 1000, 1001),
        op(22, "read", 107, 1002, 1003),
        op(23, "read", 107, 1004, 1005),
        op(23, "read", 7, 1006, 1007),
    ]
    verdict = check_sequential(made(*lines, *hard), bounds=Bounds(steps=2_000))
    assert verdict.answer is Answer.UNKNOWN


@st.composite
def few_registers(draw: st.DrawFn) -> History:
    """A few processes, two keys, values that are written once, and any answers."""
    values: dict[str, list[Value]] = {"x": [None], "y": [None]}
    plan = draw(
        st.lists(
            st.tuples(st.integers(1, 3), st.sampled_from("xy"), st.booleans(), st.booleans()),
            min_size=1,
            max_size=6,
        )
    )
    for place, (_, key, writes, _) in enumerate(plan):
        if writes:
            values[key].append(place + 1)
    return made(
        *(
            op(process, "write", place + 1, 2 * place, 2 * place + 1 if sure else None, key=key)
            if writes
            else op(
                process,
                "read",
                draw(st.sampled_from(values[key])),
                2 * place,
                2 * place + 1,
                key=key,
            )
            for place, (process, key, writes, sure) in enumerate(plan)
        )
    )


def sequential_by_definition(history: History) -> bool:
    """Some order of all that was, and of some of what may have been."""
    unsure = [one for one in history.operations if not one.ok]
    for mask in range(1 << len(unsure)):
        left_out = {one.number for at, one in enumerate(unsure) if mask >> at & 1}
        chosen = [one for one in history.operations if one.number not in left_out]
        if any(explains(order) for order in permutations(chosen)):
            return True
    return False


def explains(order: tuple[Operation, ...]) -> bool:
    values: dict[Value, Value] = {}
    last: dict[int | str, int] = {}
    for one in order:
        # What is unsure may come at any later time, but not before its process got there.
        if one.ok:
            if last.get(one.process, -1) > one.invoked:
                return False
            last[one.process] = one.invoked
        elif any(
            other.ok and other.process == one.process and other.invoked < one.invoked
            for other in order[order.index(one) + 1 :]
        ):
            return False
        if one.function == "write":
            values[one.key] = one.input
        elif values.get(one.key) != one.output:
            return False
    return True


@settings(max_examples=200)
@given(history=few_registers())
def test_the_sequential_check_agrees_with_the_definition(history: History) -> None:
    assert check_sequential(history).valid == sequential_by_definition(history)


@given(history=few_registers())
def test_what_is_sequential_is_causal(history: History) -> None:
    if check_sequential(history).valid:
        assert check_causal(history, convergent=True).valid


@given(data=st.data())
def test_what_is_linearizable_keeps_every_weaker_promise(data: st.DataObject) -> None:
    alone = data.draw(behaved(Register(), most=12, unique=True))
    timed = [
        replace(one, invoked_us=one.invoked, completed_us=one.completed) for one in alone.operations
    ]
    history = History(tuple(in_lanes(timed)))
    assert check_linearizable(history, Register()).valid
    assert check_sequential(history).valid
    for check in (
        check_causal,
        check_read_your_writes,
        check_monotonic_reads,
        check_monotonic_writes,
        check_writes_follow_reads,
        check_lost_update,
    ):
        assert check(history).valid
    assert check_stale_versions(history, 1).valid
    assert check_stale_time(history, 0).valid
