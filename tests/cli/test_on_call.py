"""A plan that was made while one night ran is played by the command line on all graded nights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from game.cli import main
from game.engine.kinds import load_kinds
from game.engine.log import Change
from game.engine.run import Run, simulate
from game.level.model import Level
from game.level.plan import default_plan, system_with, write_plan
from game.level.read import read_level
from tests.templates import TEMPLATES

PATH = TEMPLATES / "on-call.toml"
STEP_US = 100_000


def acted_live(level: Level) -> Run:
    """The first graded night, in which somebody orders machines soon after the first alarm."""
    run = Run(system_with(level, default_plan(level), load_kinds()), level.seeds[0])
    ordered = False
    while not run.done:
        run.advance(run.now_us + STEP_US)
        rung = Change.ALARM_FIRED in run.log.changes.column("change")
        if rung and not ordered and not run.done:
            run.order("machines", "5")
            ordered = True
    assert ordered
    return run


@pytest.fixture
def level() -> Level:
    """A small level on call."""
    return read_level(PATH, load_kinds())


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """What `run --json` says."""
    main(["run", str(PATH), *words, "--json"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_plan_made_live_keeps_its_digest_and_plays_on_every_graded_night(
    level: Level, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = acted_live(level)
    assert run.plan is not None
    file = tmp_path / "plan.toml"
    file.write_text(write_plan(run.plan, level), encoding="utf-8")
    first, again = (told(capsys, "--plan", str(file)) for _ in range(2))
    nights = {night["seed"]: night["digest"] for night in first["seeds"]}
    assert tuple(nights) == level.seeds
    assert nights[level.seeds[0]] == run.log.digest()
    assert first["digest"] == again["digest"]
    system = system_with(level, run.plan, load_kinds())
    assert nights == {seed: simulate(system, seed).digest() for seed in level.seeds}
    (change,) = first["changes"]
    assert (change["control"], change["value"]) == ("machines", "5")


def test_the_same_change_may_be_written_on_the_command_line(
    level: Level, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = acted_live(level)
    assert run.plan is not None
    (change,) = run.plan.changes
    file = tmp_path / "plan.toml"
    file.write_text(write_plan(run.plan, level), encoding="utf-8")
    order = f"{change.alarm}+{change.delay}us:{change.control}={change.value}"
    assert told(capsys, "--change", order)["digest"] == told(capsys, "--plan", str(file))["digest"]
