"""Versions: who does not understand whom, and what there is to diagnose about it."""

from __future__ import annotations

from game.explain.looks_at_versions import refused_by
from tests.explain.levels import plan_facts, plan_told

WRONG = (("order", "registers first"), ("asks", "who answers soonest"), ("diagnosis", "overload"))


def test_a_mix_of_versions_points_to_the_order_in_which_they_came() -> None:
    found = plan_told("since-noon", ("diagnosis", "versions"))
    assert "by machines that ran the old version" in found.look_at[0].words
    assert found.look_at[0].controls == ("order",)
    assert found.look_at[0].codex == ("version-mix",)
    assert found.next_step.startswith("Missing for the first star: served. Look at A new version")


def test_machines_with_another_version_are_not_told_as_gone_all_at_once() -> None:
    found = plan_told("since-noon", ("diagnosis", "versions"))
    said = " ".join((*(look.words for look in found.look_at), *found.story))
    assert "all in one zone" not in said
    assert "at once" not in said
    assert "No caller took" not in said


def test_all_who_refuse_what_is_new_ran_the_old_version() -> None:
    facts = plan_facts("since-noon", ("diagnosis", "versions"))
    refused = refused_by(facts, 0)
    assert refused
    assert not any(new for _, _, new in refused)


def test_what_was_mended_by_luck_is_still_to_be_named() -> None:
    found = plan_told("since-noon", *WRONG)
    assert "Mended, but not named" in found.next_step
    assert "that failed" not in found.next_step


def test_what_is_neither_mended_nor_named_is_asked_for_by_its_failures() -> None:
    found = plan_told("since-noon", ("diagnosis", "overload"))
    assert found.next_step.endswith("what do those have in common that failed?")
