"""One seed, one digest: on every Python, under every hash seed, watched or not, played twice."""

from __future__ import annotations

import pickle
import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from game.engine.kinds import load_kinds
from game.engine.run import Run, simulate
from game.lab.divergence import Circumstances, compare, packages, start_elsewhere
from game.level.model import System
from game.level.read import read_level
from tests.engine.cases import NIGHTS, Case, cases_of, level_files
from tests.engine.many_ways import WAYS
from tests.lab.fickle import ByCount, fickle_shop

OLDEST, NEWEST = 11, 15
"""Python 3.11 to Python 3.15 are looked for."""
HASH_SEEDS = ("0", "1", "random")
NEEDED = "import game.engine.run, sys; print(*sys.version_info[:2], sep='.')"
FEW = ("levels/01-a-machine-you-have-never-heard-of/all-eggs", "lab/storm")
WORKERS = 2
CIRCUMSTANCES_OF = {
    "plain": {},
    "again": {"again": True},
    "watched": {"watched": True},
    "traced": {"watched": True, "trace": True},
}


@pytest.fixture(scope="module")
def system() -> System:
    return read_level(NIGHTS / "kitchen-sink.toml", load_kinds()).system


@pytest.fixture(scope="module")
def digest(system: System) -> str:
    log = simulate(system, 1)

    assert log.verdict == "", log.error
    assert len(log.operations) > 1000
    return log.digest()


@pytest.mark.parametrize("way", WAYS)
def test_whoever_watches_it_is_the_same_night(system: System, digest: str, way: str) -> None:
    assert WAYS[way](system, 1) == digest


def test_a_trace_has_every_attempt(system: System) -> None:
    log = simulate(system, 1, trace=True)

    assert len(log.messages) > len(log.attempts)


def test_a_run_in_slices_of_a_millisecond_is_the_same_run(system: System, digest: str) -> None:
    run = Run(system, 1)
    while not run.done:
        run.advance(run.now_us + 1000)

    assert run.log.digest() == digest


def test_another_seed_is_another_night(system: System, digest: str) -> None:
    assert simulate(system, 2).digest() != digest


def interpreters(folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Version to path of the Pythons that can play, and to why the others cannot."""
    able = {f"3.{sys.version_info.minor}": sys.executable}
    unable: dict[str, str] = {}
    for version in (f"3.{minor}" for minor in range(OLDEST, NEWEST + 1)):
        path = shutil.which(f"python{version}")
        if version in able:
            continue
        if path is None:
            unable[version] = "not on the PATH"
            continue
        probe = start_elsewhere(["-c", NEEDED], Circumstances(path), folder)
        said, trouble = probe.communicate()
        if probe.returncode == 0 and said.strip() == version:
            able[version] = path
        else:
            lines = trouble.strip().splitlines() or [f"is {said.strip()}"]
            unable[version] = next((line for line in lines if "Error" in line), lines[0])
    return able, unable


def play_elsewhere(
    cases: Sequence[Case], circumstances: Circumstances, ways: Sequence[str], folder: Path
) -> list[list[str]]:
    """The digests of all cases, way by way, in a process of their own. `folder` has `jobs`."""
    arguments = ["-m", "tests.engine.many_ways", str(folder / "jobs"), *ways]
    process = start_elsewhere(arguments, circumstances, folder)
    said, trouble = process.communicate()
    assert process.returncode == 0, f"{circumstances}: {trouble}"
    lines = [line.split() for line in said.splitlines()]
    assert [len(line) for line in lines] == [len(ways)] * len(cases), circumstances
    return lines


def compare_everywhere(
    cases: Sequence[Case],
    surroundings: Sequence[tuple[Circumstances, Sequence[str]]],
    folder: Path,
) -> int:
    """Play cases in other processes, each in its circumstances and ways, and here once.

    Gives how many runs were compared with those of here; fails with the first divergence.
    """
    packages(folder)
    (folder / "jobs").write_bytes(pickle.dumps([(case.system, case.seed) for case in cases]))
    with ThreadPoolExecutor(WORKERS) as pool:
        begun = [
            pool.submit(play_elsewhere, cases, circumstances, ways, folder)
            for circumstances, ways in surroundings
        ]
        here = [simulate(case.system, case.seed).digest() for case in cases]
        found = [each.result() for each in begun]
    for (circumstances, ways), lines in zip(surroundings, found, strict=True):
        for case, digest, line in zip(cases, here, lines, strict=True):
            for way, there in zip(ways, line, strict=True):
                if there != digest:
                    pytest.fail(diverging(case, circumstances, way, folder), pytrace=False)
    return sum(len(ways) for _, ways in surroundings) * len(cases)


def diverging(case: Case, circumstances: Circumstances, way: str, folder: Path) -> str:
    """Where a case parts from what it is here."""
    other = Circumstances(circumstances.python, circumstances.hash_seed, **CIRCUMSTANCES_OF[way])
    found = compare(case.system, case.seed, Circumstances(), other, folder)
    where = found or "played alone it is the same: what was played before it matters"
    return f"{case.key}, {way}, on {other}: {where}"


def test_two_hash_seeds_give_the_same_digests(tmp_path: Path) -> None:
    cases = [case for name in FEW for case in cases_of(name)]
    surroundings = [
        (Circumstances(hash_seed="1"), ("plain", "traced")),
        (Circumstances(hash_seed="random"), ("plain", "again")),
    ]

    assert compare_everywhere(cases, surroundings, tmp_path) == 4 * len(cases)


def test_every_python_present_gives_the_same_digests(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    able, unable = interpreters(tmp_path)
    with capsys.disabled():
        print(f"\n{told(able, unable)}")
    cases = list(cases_of("nights/kitchen-sink"))[:1]
    surroundings = [(Circumstances(python, "random"), ("plain",)) for python in able.values()]

    assert compare_everywhere(cases, surroundings, tmp_path) == len(able)


def test_what_a_run_remembers_of_the_last_one_is_named(tmp_path: Path) -> None:
    case = Case("toys/by-count", "default", 1, fickle_shop(ByCount()), "")
    with pytest.raises(pytest.fail.Exception) as failure:
        compare_everywhere([case], [(Circumstances(), ("plain", "again"))], tmp_path)

    said = str(failure.value)
    assert said.startswith("toys/by-count default 1, again, on ")
    assert "the runs part at 0.0" in said
    assert "in OpenLoop.arrived (client users" in said


def told(able: dict[str, str], unable: dict[str, str]) -> str:
    """Which Pythons play, and why others do not."""
    missing = "".join(f"; {version}: {reason}" for version, reason in unable.items())
    return f"digests compared on Python {', '.join(sorted(able))}{missing}"


@pytest.mark.soak
def test_every_level_and_proof_is_the_same_everywhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    able, unable = interpreters(tmp_path)
    cases = [case for name in level_files() for case in cases_of(name)]
    surroundings = [
        (
            Circumstances(python, hash_seed),
            tuple(WAYS) if hash_seed == "random" else ("plain", "traced"),
        )
        for python in able.values()
        for hash_seed in HASH_SEEDS
    ]
    compared = compare_everywhere(cases, surroundings, tmp_path)
    with capsys.disabled():
        seeds = ", ".join(HASH_SEEDS)
        print(f"\n{told(able, unable)}")
        print(f"{compared:,} runs of {len(cases)} cases, PYTHONHASHSEED {seeds}: no divergence")

    assert len(able) >= 3, "the soak wants Python 3.11, 3.12 and 3.13"
