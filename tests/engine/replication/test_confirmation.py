"""How a copy makes sure that it was not deposed: by an answer to a later question, or a lease."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from game.engine.clocks.clock import LocalClock
from game.engine.replication.chain import Chain
from game.engine.replication.chain_letters import Forward
from game.engine.replication.confirmation import Confirmation
from game.engine.run import Run
from tests.engine.nights import MS, SECOND, system_of
from tests.engine.replication.chains import chain
from tests.engine.replication.stores import LEADER, store_text

LEASE_US = 100 * MS


@dataclass
class Asker:
    """A confirmation on a node of an idle run, with what it did."""

    run: Run
    confirmation: Confirmation[str]
    sent_us: list[int] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)


def asker() -> Asker:
    """It begins at 1 s, with no lease."""
    run = Run(system_of(store_text(machines=3, replication=chain(), policy=LEADER)), 1)
    run.advance(SECOND)
    made: Asker

    def beat() -> None:
        made.sent_us.append(made.confirmation.stamp())

    def go_on(read: str) -> None:
        made.answered.append(read)

    made = Asker(run, Confirmation(run.world.nodes[0], LEASE_US, beat, go_on))
    return made


def test_a_read_is_answered_by_a_heartbeat_that_was_sent_after_it_came() -> None:
    one = asker()
    early_us = one.confirmation.stamp()
    one.confirmation.ask("read")
    one.confirmation.confirm(early_us)
    assert one.answered == []
    one.confirmation.confirm(one.sent_us[0])
    assert one.answered == ["read"]


def test_one_question_is_out_at_a_time_and_later_reads_wait_for_the_next() -> None:
    one = asker()
    for read in ("first", "second", "third"):
        one.confirmation.ask(read)
    assert len(one.sent_us) == 1
    one.confirmation.confirm(one.sent_us[0])
    assert one.answered == ["first"]
    one.confirmation.confirm(one.sent_us[1])
    assert one.answered == ["first", "second", "third"]


def test_a_question_without_an_answer_is_repeated_and_any_of_the_answers_will_do() -> None:
    one = asker()
    one.confirmation.ask("read")
    one.run.advance(SECOND + 250 * MS)
    assert len(one.sent_us) == 3
    one.confirmation.confirm(one.sent_us[1])
    assert one.answered == ["read"]
    one.run.advance(SECOND + 500 * MS)
    assert len(one.sent_us) == 3


def test_a_crash_forgets_reads_and_lease() -> None:
    one = asker()
    one.confirmation.ask("read")
    one.confirmation.extend(one.sent_us[0])
    assert one.confirmation.is_leased()
    one.confirmation.crashed()
    assert not one.confirmation.is_leased()
    one.confirmation.confirm(one.sent_us[0])
    assert one.answered == []


@pytest.mark.parametrize(("ppm", "leased_ms"), [(0.0, 100), (500_000.0, 67), (-500_000.0, 200)])
def test_a_lease_lasts_by_the_clock_of_its_holder(ppm: float, leased_ms: int) -> None:
    one = asker()
    node = one.run.world.nodes[0]
    node.clock = LocalClock()
    node.clock.drift(node.kernel.now, 0, ppm)
    one.confirmation.extend(one.confirmation.stamp())
    one.run.advance(SECOND + leased_ms * MS - MS)
    assert one.confirmation.is_leased()
    one.run.advance(SECOND + leased_ms * MS + MS)
    assert not one.confirmation.is_leased()


def test_a_new_tail_serves_when_the_copy_before_it_knows_of_it() -> None:
    """Until then that one may still answer reads under its lease as the tail."""
    run = Run(system_of(store_text(machines=3, replication=chain(), policy=LEADER)), 1)
    run.advance(SECOND)
    group = run.world.replications[0]
    assert isinstance(group, Chain)
    tail = group.copies[2]
    tail.linked = False
    assert not tail.is_working_tail()
    tail.forwarded(Forward(tail.epoch, 1, len(tail.journal), ()))
    assert tail.is_working_tail()
