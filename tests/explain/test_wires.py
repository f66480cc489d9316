"""Wires: messages that waited for bandwidth, and what was sent there."""

from __future__ import annotations

from game.engine.log import MessageKind
from game.engine.run import simulate
from game.explain.clues import clues_of
from tests.engine.nights import system_of
from tests.engine.replication.stores import LEADER, primary_backup, store_text
from tests.explain.runs import facts, shop

SECOND = 1_000_000
NARROW = 'to = "*"\nlatency = "1ms"\nbandwidth = "20KiB"\n'
TUBE = """
[[link]]
id = "tube"
from = "db"
to = "db"
latency = "1ms"
bandwidth = "{bandwidth}"
"""


def narrow(gap: str) -> str:
    """Answers of 4 KiB over a link that carries five of them a second."""
    return shop(gap=gap).replace('to = "*"\nlatency = "1ms"\n', NARROW)


def committee(bandwidth: str) -> str:
    """100 writes of 1 KiB a second, which two other copies must have."""
    text = store_text(machines=3, policy=LEADER, replication=primary_backup("sync"))
    return text.replace("[[policy]]", TUBE.format(bandwidth=bandwidth) + "[[policy]]", 1)


def test_what_went_over_a_wire_is_counted_outside_the_digest() -> None:
    log = simulate(system_of(narrow("500ms")), 1)
    digest = log.digest()
    there, back = (log.pipes[0, backwards] for backwards in (False, True))
    assert {*there.sent_bytes, *back.sent_bytes} == {MessageKind.REQUEST, MessageKind.ANSWER}
    assert there.messages + back.messages == len(log.attempts) * 2
    log.pipes.clear()
    assert log.digest() == digest


def test_a_wire_with_room_is_no_clue() -> None:
    assert clues_of(facts(narrow("500ms"))) == ()


def test_answers_that_wait_for_each_other_point_at_the_wire_and_at_what_is_sent() -> None:
    found = clues_of(facts(narrow("100ms")))
    (clue,) = [one for one in found if "bandwidth" in one.codex]
    assert clue.words.startswith("A message on the link from * to * had to wait ")
    assert "it carries 20 KiB a second, and was given 39 KiB. " in clue.words
    assert "of the bytes were answers." in clue.words
    assert "answer" in clue.fields[:3]
    assert clue.services == ("shop",)


def test_writes_that_wait_for_each_other_point_at_the_number_of_copies() -> None:
    found = facts(committee("50KiB"))
    assert all(one.blame < 0 for one in found.failures)
    clue = clues_of(found)[0]
    assert "the link tube had to wait" in clue.words
    assert "writes on their way between copies" in clue.words
    assert "count" in clue.fields
    assert clue.codex == ("bandwidth", "coordination")
    assert not any("bandwidth" in one.codex for one in clues_of(facts(committee("50MiB"))))
