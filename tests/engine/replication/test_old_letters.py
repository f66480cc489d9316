"""What the network delivers late changes nothing: letters of an earlier time are known as such."""

from __future__ import annotations

from dataclasses import replace

from game.engine.replication.epochs import NO_EPOCH, Granted
from game.engine.replication.primary_backup import Replicas
from game.engine.replication.shipping import Append, Confirm, Missing, Stream
from game.engine.run import Run
from tests.engine.nights import SECOND, system_of
from tests.engine.replication.stores import LEADER, fault, primary_backup, store_text


def under_way(until_us: int, faults: str = "", *, fencing: bool = True) -> tuple[Run, Replicas]:
    """A run with three copies, advanced, and its copies."""
    replication = primary_backup(fencing=fencing)
    text = store_text(faults, machines=3, policy=LEADER, replication=replication)
    run = Run(system_of(text), 1)
    run.advance(until_us)
    copies = run.world.replications[0]
    assert isinstance(copies, Replicas)
    return run, copies


def test_an_answer_to_an_older_question_cuts_nothing_off() -> None:
    _, group = under_way(2 * SECOND)
    copy = group.copies[1]
    before = len(copy.journal)
    copy.attached = False
    copy.question = 7

    copy.caught_up(Missing(copy.epoch, 0, 6, 0, ()))
    assert (len(copy.journal), copy.attached) == (before, False)
    copy.caught_up(Missing(copy.epoch, 0, 7, before - 1, ()))
    assert (len(copy.journal), copy.attached) == (before - 1, True)


def test_a_copy_that_does_not_know_how_its_journal_fits_takes_no_writes() -> None:
    _, group = under_way(2 * SECOND)
    copy = group.copies[1]
    before = len(copy.journal)
    copy.attached = False

    copy.appended(Append(copy.epoch, 0, before, (copy.journal.entries[0],)))
    assert len(copy.journal) == before


def test_writes_of_an_older_reign_are_refused_and_the_sender_is_told() -> None:
    run, group = under_way(8 * SECOND, fault("crash", "db-1", "2s", "3s"))
    copy = group.copies[2]
    old = replace(copy.epoch, number=1, primary=0, reign=1)
    stray = replace(copy.journal.entries[-1], operation=10**6)
    before = len(copy.journal)
    group.copies[0].epoch = old

    assert copy.epoch.reign > 1
    copy.appended(Append(old, 0, before, (stray,)))
    assert len(copy.journal) == before
    run.advance(8 * SECOND + 2_000)
    assert group.copies[0].epoch == copy.epoch


def test_what_a_copy_confirmed_before_it_was_asked_anew_does_not_count() -> None:
    _, group = under_way(2 * SECOND)
    primary = group.copies[0]
    stream = primary.streams[1]
    stream.epoch, stream.held = 5, 3

    primary.confirmed_by(Confirm(primary.epoch, 1, 50))
    assert stream.held == 3


def test_the_coordinator_listens_to_the_newest_heartbeat_only() -> None:
    run, group = under_way(6 * SECOND, fault("crash", "db-3", "2s", "7s"))
    coordinator = group.coordinator
    assert coordinator is not None
    epoch, newest = coordinator.epoch, coordinator.reports[0]
    assert epoch.members == (0, 1)
    coordinator.heard[2] = run.now_us

    coordinator.hear(replace(newest, sent_us=newest.sent_us - 1, ready=(2,)))
    coordinator.hear(replace(newest, sent_us=newest.sent_us + 1, epoch=NO_EPOCH, sender=2))
    older = replace(epoch, number=epoch.number - 1)
    coordinator.hear(replace(newest, sent_us=newest.sent_us + 2, epoch=older, ready=(2,)))
    assert coordinator.epoch == epoch
    coordinator.hear(replace(newest, sent_us=newest.sent_us + 3, ready=(2,)))
    assert coordinator.epoch.members == (0, 1, 2)


def test_after_a_crash_a_primary_asks_before_it_serves_again() -> None:
    crash = fault("crash", "db-1", "2s", "200ms")
    for fencing in (True, False):
        _, group = under_way(2_201_000, crash, fencing=fencing)
        primary = group.copies[0]
        answered_us = 2_201_000

        assert primary.node.state == 0
        assert not primary.serves()
        primary.told(Granted(primary.epoch, 1_999_000))
        assert not primary.serves()
        primary.told(Granted(primary.epoch, answered_us))
        assert primary.serves()


def test_writes_wait_for_a_copy_that_was_put_forward_until_the_coordinator_knows_better() -> None:
    run, group = under_way(6 * SECOND, fault("crash", "db-3", "2s", "7s"))
    primary = group.copies[0]
    now_us = run.now_us
    stream = Stream(primary.epoch.number, 0, caught_up=True, held=len(primary.journal))
    primary.streams[2] = stream
    assert primary._ready() == (2,)

    primary._withdraw(2, stream)
    assert primary._ready() == ()
    primary.told(Granted(primary.epoch, now_us))
    assert 2 in primary._needed()
    primary.told(Granted(primary.epoch, now_us + 1))
    assert 2 not in primary._needed()
