"""One seed, one digest: on every Python, under every hash seed, watched or not."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import simpy

import game
from game.engine.frame import frame
from game.engine.kinds import load_kinds
from game.engine.run import Run, simulate
from game.level.model import System
from game.level.read import read_level

LEVEL = Path(__file__).parent / "levels" / "kitchen-sink.toml"
PYTHONS = ("3.11", "3.12", "3.13")
PROGRAM = """
import pickle, sys
from game.engine.run import simulate
with open(sys.argv[1], "rb") as file:
    system = pickle.load(file)
print(" ".join(simulate(system, seed, trace=sys.argv[2] == "trace").digest() for seed in (1, 2)))
"""


@pytest.fixture(scope="module")
def system() -> System:
    return read_level(LEVEL, load_kinds()).system


@pytest.fixture(scope="module")
def digest(system: System) -> str:
    log = simulate(system, 1)

    assert log.verdict == "", log.error
    assert len(log.operations) > 1000
    return log.digest()


def test_a_trace_changes_nothing(system: System, digest: str) -> None:
    traced = simulate(system, 1, trace=True)

    assert traced.digest() == digest
    assert len(traced.messages) > len(traced.attempts)


def test_a_run_in_slices_of_a_millisecond_is_the_same_run(system: System, digest: str) -> None:
    run = Run(system, 1)
    while not run.done:
        run.advance(run.now_us + 1000)

    assert run.log.digest() == digest


def test_looking_changes_nothing(system: System, digest: str) -> None:
    run = Run(system, 1, trace=True)
    while not run.done:
        run.advance(run.now_us + 250_000)
        frame(run.log, run.now_us)
        frame(run.log, run.now_us // 2)

    assert run.log.digest() == digest


def test_another_seed_is_another_night(system: System, digest: str) -> None:
    assert simulate(system, 2).digest() != digest


def interpreters() -> dict[str, str]:
    """Version to path of the Pythons that can be started here, this one included."""
    found = {f"{sys.version_info.major}.{sys.version_info.minor}": sys.executable}
    for version in PYTHONS:
        path = shutil.which(f"python{version}")
        if version in found or path is None:
            continue
        probe = subprocess.run([path, "-c", "pass"], capture_output=True, check=False)
        if probe.returncode == 0:
            found[version] = path
    return found


def digests_elsewhere(
    folder: Path, system: System, python: str, hash_seed: str, trace: str
) -> list[str]:
    """The digests of seeds 1 and 2 in another process, which has simpy and nothing else of ours."""
    packages = folder / "packages"
    if not packages.exists():
        packages.mkdir()
        (packages / "simpy").symlink_to(Path(simpy.__file__).parent)
        (folder / "system").write_bytes(pickle.dumps(system))
    root = Path(game.__file__).parent.parent
    environment = {
        **os.environ,
        "PYTHONHASHSEED": hash_seed,
        "PYTHONPATH": f"{root}{os.pathsep}{packages}",
    }
    done = subprocess.run(
        [python, "-c", PROGRAM, str(folder / "system"), trace],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def compare_everywhere(folder: Path, system: System, versions: dict[str, str]) -> None:
    """Every interpreter, hash seed and trace gives the digests of this process."""
    here = [simulate(system, seed).digest() for seed in (1, 2)]
    for version, python in versions.items():
        for hash_seed, trace in (("0", "plain"), ("1", "trace"), ("random", "plain")):
            there = digests_elsewhere(folder, system, python, hash_seed, trace)
            assert there == here, f"Python {version}, PYTHONHASHSEED {hash_seed}, {trace}"


def test_every_python_present_gives_the_same_digests(
    system: System, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    versions = interpreters()
    with capsys.disabled():
        print(f"\ndigests compared on Python {', '.join(sorted(versions))}")
    compare_everywhere(tmp_path, system, versions)


@pytest.mark.soak
def test_three_pythons_give_the_same_digests(system: System, tmp_path: Path) -> None:
    versions = interpreters()

    assert set(PYTHONS) <= set(versions), f"only found {sorted(versions)}"
    compare_everywhere(tmp_path, system, versions)
