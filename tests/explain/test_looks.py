"""Clues about trust, caches, clocks, round trips and those who watch each other."""

from __future__ import annotations

import re

from game.explain.looks_at_trips import Trip, _chain
from game.explain.looks_at_trust import checked_at, done_twice_by_copies
from tests.explain.levels import plan_facts, proof_told

FOX = "the-fox-next-door"
STAMPS = (("counters-look", "a stamp"), ("register-looks", "a stamp"))


def test_copies_that_were_let_in_are_told_by_how_old_they_were() -> None:
    facts = plan_facts(FOX, *STAMPS, ("memory", "are known for 4 s"))
    copies = done_twice_by_copies(facts)["counter"]
    assert all(one.copy and not one.refused for one in copies)
    words = proof_told(FOX, "a-memory-and-no-date").look_at[0].words
    assert words.startswith(f"{len({one.operation for one in copies})} operations took effect twi")
    assert words.endswith("whatever their date, and knows each for 4 s.")


def test_what_a_copy_did_is_not_told_of_who_forges() -> None:
    for proof in ("a-stamp-is-a-stamp", "a-date-and-no-memory", "a-memory-and-no-date"):
        found = proof_told(FOX, proof)
        assert "fox-at-the-register" not in " ".join(look.words for look in found.look_at)
        assert "because of" not in found.headline
        assert any("because of echo. They ended" in line for line in found.story)
        assert all("register-looks" not in look.controls for look in found.look_at)


def test_honest_requests_with_a_wrong_date_are_not_to_be_asked_again() -> None:
    found = proof_told(FOX, "to-the-millisecond")
    assert "nobody asked again" not in " ".join(look.words for look in found.look_at)
    facts = plan_facts(FOX, *STAMPS, ("date", "may be 200 ms off"))
    honest = set(facts.log.operations.column("operation"))
    came = [one for one in checked_at(facts, "counter") if not one.copy]
    refused = [one for one in came if one.refused and one.operation in honest]
    assert f"refused {len(refused):,} honest requests" in found.look_at[0].words


def test_an_answer_that_was_thrown_away_is_told_with_how_long_it_was_kept() -> None:
    for proof, kept in (("a-cache-will-do", "3 s"), ("fail-fast", "1 ms")):
        (look,) = (
            one for one in proof_told("a-bad-star", proof).look_at if "for want of" in one.words
        )
        assert f"it keeps one for {kept}," in look.words
        assert look.controls == ("shelf",)


def test_who_has_something_to_fall_back_on_is_not_told_to_keep_it() -> None:
    for proof in ("an-old-one-some-day", "patience-alone"):
        found = proof_told("a-bad-star", proof)
        assert not any("for want of" in look.words for look in found.look_at)


def test_answers_that_are_too_old_are_followed_to_their_cache() -> None:
    look = proof_told("an-ocean-away", "never-ask-again").look_at[0]
    assert "the cache of rules-kept-for-good, which keeps one for good" in look.words
    assert look.controls[0] == "rules"


def test_round_trips_are_counted_one_after_the_other() -> None:
    look = proof_told("an-ocean-away", "an-ocean-away").look_at[0]
    assert "of visitors made 12 or more round trips one after the other" in look.words
    assert look.controls == ("cards", "rules")
    assert look.codex[0] == "round-trips"


def test_calls_side_by_side_are_one_round_trip() -> None:
    side_by_side = [Trip(0, 10, 8, "card"), Trip(0, 11, 8, "card")]
    then, near = Trip(11, 20, 7, "rules"), Trip(20, 30, 1, "shop")
    assert _chain([*side_by_side, then, near]) == [side_by_side[0], then]


def test_who_watches_each_other_is_told_where_that_fills_the_link() -> None:
    for proof in ("how-are-you", "more-houses", "too-much-of-a-good-thing"):
        look = proof_told("how-are-you", proof).look_at[0]
        assert "what members of village sent to know who is there" in look.words
        assert look.controls[0] == "watching"


def test_clocks_are_told_as_wrong_as_they_were_while_somebody_asked() -> None:
    """Before that, all of them were set."""
    look = proof_told("a-quarter-to", "once-a-second").look_at[0]
    (worst_ms,) = re.findall(r"the worst was ([\d.]+) ms wrong", look.words)
    assert 4 < float(worst_ms) <= 11
    assert look.controls[0] == "clocks"


def test_a_bound_that_is_missing_goes_before_clocks_that_are_set() -> None:
    assert proof_told("a-quarter-to", "set-them-right").look_at[0].controls[0] == "newer"


def test_too_few_that_are_left_are_told_before_their_queues() -> None:
    two = proof_told("all-eggs", "half-of-six").look_at[0]
    assert two.words.startswith("zone-outage struck 3 of 6 machines of kittens, those in zone a,")
    assert two.controls[0] == "zones"
    three = proof_told("all-eggs", "no-headroom").look_at[0]
    assert three.controls[0] == "servers"


def test_requests_that_come_after_they_were_given_up_are_told() -> None:
    look = proof_told("the-last-pigeon", "the-last-pigeon").look_at[0]
    assert "a request came and was done that its caller had given up" in look.words
    assert look.controls[0] == "note"
