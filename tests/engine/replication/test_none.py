"""A store that nobody copies: on the disk of one machine, and nowhere else."""

from __future__ import annotations

from tests.engine.replication.stores import (
    EAGER,
    KEYED,
    acknowledged,
    effects,
    fault,
    lost,
    repeated,
    store_night,
)

LOSS = fault("loss", "users", "2s", "3s", "share = 0.2")


def test_every_write_of_a_quiet_night_takes_effect_once_and_in_order() -> None:
    played = store_night()

    assert len(acknowledged(played)) == len(played.operations()) > 800
    assert effects(played) == [row.operation for row in played.operations()]
    assert list(played.log.effects.column("key")) == [row.key for row in played.operations()]


def test_what_is_read_has_no_effect() -> None:
    played = store_night(writes=0.3)
    writes = [row.operation for row in played.operations() if row.write]

    assert effects(played) == writes
    assert 0.25 < len(writes) / len(played.operations()) < 0.35


def test_which_operations_write_hangs_on_the_seed_and_not_on_the_night() -> None:
    quiet, stormy = store_night(writes=0.3), store_night(LOSS, writes=0.3, policy=EAGER)

    assert [(row.invoked_us, row.key, row.write) for row in quiet.operations()] == [
        (row.invoked_us, row.key, row.write) for row in stormy.operations()
    ]


def test_a_crash_keeps_what_is_on_the_disk() -> None:
    played = store_night(fault("crash", "db", "4s", "1s"))

    assert not lost(played)
    assert played.causes(4_100_000, 4_900_000) == {
        "refused": len(played.operations(4_100_000, 4_900_000))
    }


def test_a_wipe_loses_it_and_says_by_which_fault() -> None:
    played = store_night(fault("wipe", "db", "4s"))
    gone = lost(played)
    rows = list(played.log.discarded.rows())

    assert gone == {row.operation for row in played.operations(0, 4_000_000 - 1_080)}
    assert {row[0] for row in rows} >= gone
    assert {row[1:] for row in rows} == {(4_000_000, 0, 0)}


def test_a_retry_of_a_write_whose_answer_was_lost_takes_effect_twice() -> None:
    played = store_night(LOSS, policy=EAGER)

    assert len(repeated(played)) > 20


def test_an_idempotency_key_makes_it_take_effect_once() -> None:
    played = store_night(LOSS, policy=KEYED)

    assert not repeated(played)
    assert not lost(played)
    assert any(row.attempts > 1 for row in played.operations())


def test_a_key_is_known_after_a_crash_since_the_journal_is_on_the_disk() -> None:
    patient = KEYED.replace("attempts = 3", "attempts = 20")
    slow_answers = fault("delay", "users", "3s", "3s", 'one_way = "out"\nby = "200ms"')
    played = store_night(slow_answers + fault("crash", "db", "4s", "300ms"), policy=patient)

    assert not repeated(played)


def test_a_retry_that_goes_to_another_machine_is_not_known_there() -> None:
    played = store_night(LOSS, policy=KEYED, machines=2)

    assert len(repeated(played)) > 20
