from collections.abc import Collection
from concurrent.futures import Executor, ThreadPoolExecutor

import pytest

from game.engine.log import Log
from game.engine.registry import REGISTRY
from game.level.model import System
from game.level.plan import Plan
from game.score import batch
from game.score.batch import play
from tests.score.night import MS, a_level, availability, with_latencies

LEVEL = a_level(availability(0.9))
PLAN = Plan("mine", ())
SEEDS = (9, 4, 7)


@pytest.fixture(autouse=True)
def nights(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, Collection[str]]]:
    """Runs that need no engine: a seed of n makes n good operations. Returns what was run."""
    ran: list[tuple[int, Collection[str]]] = []

    def simulate(_system: System, seed: int, *, without: Collection[str] = ()) -> Log:
        ran.append((seed, without))
        return with_latencies([MS] * seed, seed=seed)

    monkeypatch.setattr(batch, "simulate", simulate)
    monkeypatch.setattr(batch, "system_with", lambda level, _plan, _registry: level.system)
    return ran


def test_seeds_are_played_and_kept_in_the_order_given() -> None:
    card = play(LEVEL, PLAN, SEEDS, REGISTRY)
    assert [one.seed for one in card.seeds] == list(SEEDS)
    assert card.operations == sum(SEEDS)


def test_an_executor_changes_nothing_but_the_waiting() -> None:
    pool: Executor
    with ThreadPoolExecutor(2) as pool:
        assert play(LEVEL, PLAN, SEEDS, REGISTRY, executor=pool) == play(
            LEVEL, PLAN, SEEDS, REGISTRY
        )


def test_faults_to_leave_out_reach_every_run(nights: list[tuple[int, Collection[str]]]) -> None:
    play(LEVEL, PLAN, SEEDS, REGISTRY, without={"slow", "crash"})
    assert nights == [(seed, ("crash", "slow")) for seed in SEEDS]


def test_no_seed_is_a_programmers_error() -> None:
    with pytest.raises(AssertionError, match="needs a run"):
        play(LEVEL, PLAN, (), REGISTRY)
