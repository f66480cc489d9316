from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from game.engine.kinds import load_kinds
from game.level.changes import Change
from game.level.plan import Plan
from game.level.templates import template_of
from game.proof.calibration import Calibration, calibrate, complaints
from game.proof.calibration_plans import Quality, try_plans
from game.proof.calibration_winners import worth
from game.proof.calibration_words import WIDTH, calibration_json, calibration_lines, plan_json
from game.proof.prove import open_level
from game.proof.rule import Case
from tests.proof.fakes import (
    OPERATIONS,
    REPLICAS,
    SIZE,
    WAIT,
    Night,
    Nights,
    case,
    control,
    level,
    proven,
)

SOUND = Path(__file__).parent / "levels" / "sound.toml"


def found_in(nights: Nights = proven, judged: Case | None = None, plans: int = 200) -> Calibration:
    return calibrate(judged or case(nights=nights), plans)


def test_where_there_are_few_plans_all_are_played_and_the_share_is_exact() -> None:
    share = found_in().shares[0]

    # Safe with 3 or 6 replicas that are waited for shortly, at any of three sizes.
    assert (share.wins, share.tried, share.plans) == (6, 36, 36)
    assert share.low == share.high == 6 / 36


def test_of_many_plans_a_sample_is_played_with_an_interval() -> None:
    of = level([*(control(f"c{n}", *range(6)) for n in range(3)), REPLICAS, SIZE, WAIT])
    share = found_in(judged=case(of), plans=60).shares[0]

    assert share.tried == 60
    assert share.plans == 6**3 * 36
    assert share.low < share.value < share.high
    assert share.low < 1 / 6 < share.high


def test_the_same_number_draws_the_same_plans_and_another_one_others() -> None:
    of = level([*(control(f"c{n}", *range(6)) for n in range(3)), REPLICAS, SIZE, WAIT])

    def told(base: int) -> str:
        table = calibration_json(calibrate(case(of), 40, base))
        del table["speed"]
        return json.dumps(table)

    assert told(1) == told(1)
    assert told(1) != told(2)


def test_shares_are_told_for_each_star() -> None:
    # Two stars cost at most 4: three replicas of size 1.
    assert [share.wins for share in found_in().shares] == [6, 1]


def test_a_plan_whose_verdict_differs_between_seeds_wins_by_luck() -> None:
    def fickle(settings: Mapping[str, str], seed: int) -> Night:
        night = proven(settings, seed)
        return (
            replace(night, failures=0, p99_ms=9) if settings["size"] == "4" and seed == 2 else night
        )

    found = found_in(fickle)

    assert len(found.lucky) == 10
    assert {one.won_on for one in found.lucky} == {(2,)}


def test_the_winners_that_stand_out_are_found() -> None:
    best = found_in().best

    assert best is not None
    assert dict(best.cheapest.plan.values) == {"replicas": "3", "size": "1", "wait": "short"}
    assert worth(best.dearest).cost_per_hour == 24
    assert set(best.changed) == {"replicas", "wait"}
    assert [worth(one).cost_per_hour for one in best.pareto] == [3, 6, 12]


def test_every_winner_is_beaten_by_one_of_the_front_or_on_it() -> None:
    judged = case()
    best = calibrate(judged).best
    assert best is not None

    winners = [one for one in try_plans(judged, judged.domain.all()) if one.wins]

    front = [worth(one) for one in best.pareto]
    assert all(any(good.none_worse(worth(one)) for good in front) for one in winners)
    assert not any(one.beats(other) for one in front for other in front)


def test_a_plan_beats_another_one_that_is_worse_in_one_thing_and_better_in_none() -> None:
    plain = Quality(0.99, 100.0, 4.0, 2)

    assert replace(plain, moving_parts=1).beats(plain)
    assert not plain.beats(plain)
    assert not replace(plain, p99_ms=None, cost_per_hour=1.0).beats(plain)
    assert plain.beats(replace(plain, p99_ms=None))


def test_one_control_at_a_time_shows_what_each_choice_does() -> None:
    effects = found_in().controls.from_reference

    wait = {effect.choice: effect for effect in effects if effect.control == "wait"}
    assert [(name, one.stars, one.own) for name, one in wait.items()] == [
        ("long", 0, False),
        ("short", 2, True),
        ("none", 0, False),
    ]
    quality = wait["long"].quality
    assert quality is not None
    assert quality.availability == 1 - 500 / OPERATIONS


def test_a_control_that_changes_nothing_is_named_and_must_be_looked_at() -> None:
    of = level((REPLICAS, SIZE, WAIT, control("paint", "red", "blue")))

    found = found_in(judged=case(of))

    assert found.controls.idle == ("paint",)
    assert any("'paint' changes no measure" in said for said in complaints(found))


def test_choices_that_no_winner_has_and_choices_that_are_never_better_are_named() -> None:
    controls = found_in().controls

    assert ("replicas", "2") in controls.never_wins
    assert ("wait", "short") not in controls.never_wins
    assert ("replicas", "6", "3") in [
        (one.control, one.choice, one.by) for one in controls.dominated
    ]


def test_a_level_that_too_many_plans_win_must_be_looked_at() -> None:
    easy = found_in(lambda _settings, _seed: Night(failures=1))

    assert easy.band == "tutorial"
    assert any("100 % of the plans win" in said for said in complaints(easy))
    assert not list(complaints(found_in()))


def test_a_level_that_nobody_wins_must_be_looked_at() -> None:
    found = found_in(lambda _settings, _seed: Night(failures=900))

    assert found.best is None
    assert found.band == "not to be won"
    assert any("no plan wins" in said for said in complaints(found))
    assert calibration_json(found)["winners"] is None


def test_each_suggested_threshold_has_a_witness_with_room_and_is_missed_by_some_winner() -> None:
    judged = case()
    best = calibrate(judged).best
    assert best is not None
    assert {one.measure for one in best.suggestions} >= {"p99_ms", "cost_per_hour"}

    for one in best.suggestions:
        quality = worth(try_plans(judged, [one.witness])[0])
        if one.measure == "p99_ms":
            assert quality.p99_ms is not None
            assert one.at_most is not None
            assert quality.p99_ms <= 0.7 * one.at_most
        if one.measure == "cost_per_hour":
            assert quality.cost_per_hour == one.at_most
        if one.measure == "availability":
            assert one.at_least is not None
            assert 1 - quality.availability <= 0.7 * (1 - one.at_least) + 1e-9
        assert 0 < one.met_by < one.winners
    for measure in ("availability", "p99_ms", "cost_per_hour", "moving_parts"):
        met_by = [one.met_by for one in best.suggestions if one.measure == measure]
        assert met_by == sorted(set(met_by), reverse=True)


def test_plans_that_give_up_win_nothing_and_are_counted() -> None:
    def dear(settings: Mapping[str, str], seed: int) -> Night:
        night = proven(settings, seed)
        return replace(night, verdict="too-expensive") if settings["size"] == "4" else night

    found = found_in(dear)

    assert found.gave_up == 12
    assert found.shares[0].wins == 4


def test_a_level_without_a_reference_can_be_calibrated() -> None:
    found = found_in(judged=case(named=()))

    assert found.shares[0].wins == 6
    assert found.controls.from_reference == ()


@pytest.mark.parametrize("nights", [proven, lambda _settings, _seed: Night(failures=900)])
def test_a_calibration_is_told_in_eighty_columns_and_as_plain_json(nights: Nights) -> None:
    found = found_in(nights)

    assert max(map(len, calibration_lines(found))) <= WIDTH
    assert json.loads(json.dumps(calibration_json(found), allow_nan=False))["level"] == "fake"


def test_a_real_level_is_calibrated_with_its_events_and_times() -> None:
    found = calibrate(open_level(SOUND, load_kinds()).case)

    assert found.shares[0].tried == found.shares[0].plans == 24
    assert found.best is not None
    assert dict(found.best.nearest.plan.values)["machines"] == "2"
    assert found.speed.events > 100
    assert found.speed.median_s > 0


def test_where_the_player_attacks_winners_are_told_by_their_attacks() -> None:
    found = calibrate(open_level(template_of("nemesis"), load_kinds()).case, 2)
    lines = list(calibration_lines(found))
    best = found.best
    assert best is not None
    assert len(best.changed) == len(best.nearest.plan.attacks) > 0
    text = "\n".join(lines)
    assert f"nearest winner, {len(best.changed)} attacks from the default: attacks for " in text
    assert "an hour" not in text
    assert "one at a time" not in text, "there is no control"
    assert {one.measure for one in best.suggestions} <= {"attack_cost"}
    told = calibration_json(found)["winners"]["nearest"]
    assert len(told["attacks"]) == len(best.changed) == len(told["changed"])


def test_of_attackers_one_that_pays_less_for_more_harm_beats_another() -> None:
    plain = Quality(0.6, 100.0, 4.0, 2, attack_cost=8)

    assert replace(plain, attack_cost=7).beats(plain)
    assert replace(plain, availability=0.5, p99_ms=None).beats(plain)
    assert not replace(plain, p99_ms=None).beats(plain)


def test_what_a_plan_changes_during_the_run_is_data_too() -> None:
    change = Change(alarm="errors", delay=1_500_000, control="size", value="4")
    plan = Plan("", (("size", "1"),), changes=(change,))

    assert plan_json(plan) == {
        "controls": {"size": "1"},
        "changes": [
            {"alarm": "errors", "delay_us": 1_500_000, "control": "size", "value": "4"},
        ],
    }
    assert plan_json(replace(plan, changes=())) == {"controls": {"size": "1"}}
