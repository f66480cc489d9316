"""What a plan costs is told by what it was paid for."""

from __future__ import annotations

from game.explain.bills import bill_of, money, sent_across
from game.explain.looks_at_bills import dear
from tests.explain.levels import plan_facts, proof_told
from tests.explain.runs import facts, shop

CHEAP = '\n[[goal]]\nid = "cheap"\nmeasure = "cost_per_hour"\nat_most = 0\n'


def test_a_bill_is_split_into_machines_and_bytes_and_adds_up() -> None:
    found = plan_facts("paid-by-weight")
    bill = bill_of(found)
    assert bill.machines == 4_500_000
    assert bill.between_regions > bill.between_zones > bill.machines
    assert sum(bill) == round((found.score.measures["cost_per_hour"] or 0) * 1_000_000)


def test_what_is_counted_of_requests_and_answers_is_nearly_all_that_is_paid_for() -> None:
    """Health checks are paid for, too, and small."""
    found = plan_facts("paid-by-weight")
    prices, totals = found.system.prices, found.log.totals
    paid = (
        totals["cross_zone_bytes"] * prices.cross_zone_gib
        + totals["cross_region_bytes"] * prices.cross_region_gib
    )
    assert 0.95 * paid < sent_across(found).total() <= 1.05 * paid


def test_bytes_that_cost_more_than_machines_point_to_who_sends_them_where() -> None:
    look = proof_told("paid-by-weight", "paid-by-weight").look_at[0]
    assert "$4.50 for machines" in look.words
    assert look.controls[0] == "asks"
    assert look.controls.index("archives") > look.controls.index("photos")
    assert look.codex[0] == "transport-cost"


def test_machines_that_cost_more_than_bytes_point_to_machines() -> None:
    look = proof_told("paid-by-weight", "more-archives-to-squeeze").look_at[0]
    assert look.controls[0] == "archives"
    assert look.codex[0] == "cost"


def test_where_no_bytes_are_paid_for_the_bill_is_for_machines() -> None:
    clue = dear(facts(shop(CHEAP)), "cheap")
    assert clue.words == "The plan costs more than the goal cheap allows."
    assert clue.codex == ("cost",)


def test_money_has_cents() -> None:
    assert money(28_104_999) == "$28.10"
