"""What is loaded when: the floors, seen from outside, in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys

import pytest

from game.cli.entry import COMMANDS
from game.cli.level import ACTIONS


def modules_after(program: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after the program."""
    tail = "\nimport sys; print('\\n' + ' '.join({m.partition('.')[0] for m in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", program + tail], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_the_engine_loads_without_a_screen() -> None:
    loaded = modules_after("from game.engine import kinds, run; kinds.load_kinds()")
    assert "simpy" in loaded
    assert not loaded & {"textual", "rich"}


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["level", "test", "--help"]])
def test_help_needs_neither_the_screen_nor_the_level_model(words: list[str]) -> None:
    loaded = modules_after(f"from game.cli import main; assert main({words!r}) == 0")
    assert "argparse" in loaded
    assert not loaded & {"textual", "rich", "pydantic", "simpy", "tree_sitter"}


@pytest.mark.parametrize("level", ["try-again", "the-king-is-dead", "the-new-camera"])
def test_checking_a_level_needs_no_simulation_and_the_core_of_pydantic_alone(level: str) -> None:
    words = ["level", "check", level]
    loaded = modules_after(f"from game.cli import main; assert main({words!r}) == 0")
    assert "pydantic_core" in loaded
    assert not loaded & {"textual", "rich", "pydantic", "simpy"}


@pytest.mark.parametrize(
    ("words", "its_own"),
    [(["--help"], set()), (["level", "stats", "--help"], {"level", "level_stats"})],
)
def test_a_command_loads_no_other_command(words: list[str], its_own: set[str]) -> None:
    program = f"from game.cli import main; main({words!r}); import sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.splitlines()[-1].split())
    commands = {one.place.partition(":")[0] for one in (*COMMANDS.values(), *ACTIONS.values())}
    assert {name for name in commands if f"game.cli.{name}" in loaded} == its_own


def test_a_night_on_the_screen_loads_only_the_kinds_of_its_level() -> None:
    program = (
        "import sys\n"
        "from game.level.find import find_level\n"
        "from game.tui.simulator import EngineSimulator\n"
        "game = EngineSimulator()\n"
        "level = game.read(find_level('all-eggs'))\n"
        "plan = game.plan(level, {})\n"
        "system = game.system(level, plan)\n"
        "game.price(level, system)\n"
        "run = game.start(system, 1, trace=True)\n"
        "run.advance(system.duration)\n"
        "game.score(level, system, run.log)\n"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "game.engine.faults.zone_outage" in loaded
    assert not loaded & {"game.engine.replication.raft", "game.engine.faults.config_push"}
