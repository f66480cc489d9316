"""Several faults at once: each is told by its own part."""

from __future__ import annotations

from tests.explain.levels import proof_told
from tests.explain.runs import CRASH, shop, told
from tests.levels.playing import proofs_of

GULL = "a-day-as-a-gull"
REFERENCE = next(one.id for one in proofs_of(GULL) if one.role == "reference")


def test_no_single_attack_is_blamed_for_what_several_did_together() -> None:
    found = proof_told(GULL, REFERENCE)
    assert "while cut, cut-2 and echo were at work together" in found.headline
    assert "because of" not in found.headline
    assert any("They go back to cut, cut-2 and echo, together." in line for line in found.story)


def test_each_of_several_attacks_is_told_by_what_it_did_to_requests() -> None:
    (line,) = (one for one in proof_told(GULL, REFERENCE).story if "What each did" in one)
    parts = dict(part.split(": ", 1) for part in line.split("requests: ")[1].split("; "))
    assert parts.keys() == {"cut", "cut-2", "echo"}
    assert "did not get there" in parts["cut"]
    assert "did not get there" in parts["cut-2"]
    assert parts["echo"].endswith("came once more.")


def test_an_attacker_who_won_is_sent_to_a_smaller_budget_and_not_to_fewer_parts() -> None:
    next_step = proof_told(GULL, REFERENCE).next_step
    assert next_step == "Every goal was met. Try it with a smaller budget, or on another seed."


def test_who_has_foreseen_all_is_not_told_to_save_money() -> None:
    reference = next(one.id for one in proofs_of("the-new-camera") if one.role == "reference")
    assert proof_told("the-new-camera", reference).next_step == "Every goal was met."


def test_a_fault_alone_is_not_told_as_one_of_several() -> None:
    found = told(shop(CRASH, machines=1))
    assert not any("together" in line for line in (*found.story, found.headline))
