"""Whatever a file holds, `check` answers in words, in every format, and soon."""

from __future__ import annotations

import json
import time
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from game.cli.problem_formats import FORMATS
from game.engine.kinds import load_kinds
from game.level.problems import Problems, Unreadable
from game.level.read import read_level_bytes
from tests.level.fuzzed import fuzzed
from tests.level.worst_cases import worst_cases

LONGEST_S = 0.1


def checked(data: bytes, path: str) -> tuple[Problems, float]:
    """What is wrong with the bytes of a file, and the seconds that it took to say so."""
    registry = load_kinds()
    began = time.process_time()
    try:
        level, problems = read_level_bytes(data, path, registry, graded=True, warned=True)
    except Unreadable:
        return Problems(), time.process_time() - began
    text = str(problems)
    took_s = time.process_time() - began
    assert (level is None) == bool(problems.errors)
    assert all(char.isprintable() or char in "\n\xa0" for char in text if ord(char) < 0x300)
    assert list(problems) == sorted(problems, key=lambda one: (one.line, one.column))
    return problems, took_s


def warm_up() -> None:
    """Build what is built once for each kind of table."""
    for number in range(60):
        path, data = fuzzed(number)
        checked(data, str(path))


@pytest.mark.parametrize(
    "count", [1_000, pytest.param(100_000, marks=pytest.mark.soak)], ids=["ci", "soak"]
)
def test_fuzzed_files_are_answered_without_a_traceback(count: int) -> None:
    warm_up()
    slowest_s, slowest = 0.0, b""
    found = 0
    for number in range(count):
        path, data = fuzzed(number)
        problems, took_s = checked(data, str(path))
        found += bool(problems)
        if took_s > slowest_s:
            again_s = min(checked(data, str(path))[1] for _ in range(3))
            if min(took_s, again_s) > slowest_s:
                slowest_s, slowest = min(took_s, again_s), data
    print(f"the slowest of {count}: {slowest_s * 1000:.0f} ms\n{slowest[:2000]!r}")
    assert found > count / 2
    if count > 1_000:
        assert slowest_s < LONGEST_S, slowest


@pytest.mark.parametrize("name", worst_cases())
def test_the_worst_cases_are_answered_in_every_format(name: str) -> None:
    problems, _ = checked(worst_cases()[name].encode(), "worst.toml")
    lines = {}
    for form, tell in FORMATS.items():
        out = StringIO()
        with redirect_stdout(out):
            tell({Path("worst.toml"): problems})
        lines[form] = out.getvalue().splitlines()
    assert len(lines["short"]) == len(lines["github"]) == len(problems)
    assert lines["human"][-1].startswith("worst.toml: ")
    (level,) = json.loads("\n".join(lines["json"]))
    assert len(level["problems"]) == len(problems)
    (run,) = json.loads("\n".join(lines["sarif"]))["runs"]
    assert len(run["results"]) == len(problems)


@pytest.mark.soak
@pytest.mark.parametrize("name", worst_cases())
def test_no_worst_case_takes_long(name: str) -> None:
    data = worst_cases()[name].encode()
    warm_up()
    took_s = min(checked(data, "worst.toml")[1] for _ in range(5))
    assert took_s < LONGEST_S, f"{name}: {took_s * 1000:.0f} ms"
