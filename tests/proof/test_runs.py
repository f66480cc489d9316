from __future__ import annotations

import pytest

from game.level.plan import default_plan
from game.proof.plans import set_to
from game.proof.played import Extent, Job, missed
from game.proof.runs import EngineFailed, Runs
from tests.proof.fakes import FAST, UP, FakePlayer, Night, level, proven


def test_a_run_is_played_once_whatever_its_plan_is_called() -> None:
    of = level()
    player = FakePlayer(of, proven)
    runs = Runs(player)
    plan = default_plan(of)

    first = runs.whole(plan, (1, 2, 1))
    again = runs.whole(set_to(plan, {}, "another name"), (2, 1))

    assert [run.seed for run in first] == [1, 2, 1]
    assert again == [first[1], first[0]]
    assert runs.played == len(player.jobs) == 2


def test_a_whole_run_answers_for_a_decided_one_but_not_the_other_way_round() -> None:
    of = level()
    player = FakePlayer(of, proven)
    runs = Runs(player)
    plan = default_plan(of)

    runs.whole(plan, (1,))
    runs.decided([plan], 1)
    runs.decided([plan], 2)
    runs.whole(plan, (2,))

    assert [(job.seed, job.extent) for job in player.jobs] == [
        (1, Extent.WHOLE),
        (2, Extent.DECIDED),
        (2, Extent.WHOLE),
    ]


def test_runs_decided_by_different_stars_are_different_runs() -> None:
    of = level()
    player = FakePlayer(of, proven)
    runs = Runs(player)

    runs.decided([default_plan(of)], 1, stars=1)
    runs.decided([default_plan(of)], 1, stars=3)

    assert len(player.jobs) == 2


def test_an_engine_error_is_never_taken_for_a_result() -> None:
    of = level()
    runs = Runs(FakePlayer(of, lambda _settings, _seed: Night(verdict="engine-error")))

    with pytest.raises(EngineFailed, match="a broken assertion"):
        runs.one(default_plan(of), 1)


def test_of_a_stopped_run_only_what_was_out_of_reach_counts_as_missed() -> None:
    of = level(goals=(UP, FAST))
    player = FakePlayer(of, lambda _settings, _seed: Night(failures=50, p99_ms=None))
    run = player([Job(default_plan(of), 1)])[0]
    stopped = type(run)(
        **{
            **{name: getattr(run, name) for name in run.__slots__},
            "lost": ("up",),
            "stopped_us": 5,
        }
    )

    assert missed(run, of.goals) == (UP, FAST)
    assert missed(stopped, of.goals) == (UP,)
