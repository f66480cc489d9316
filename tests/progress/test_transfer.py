"""Exports and imports: nothing is lost, nothing is believed that cannot be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.progress import Progress, open_progress
from game.progress.transfer import NoSaves, Transfer, lines_of, read_lines
from tests.progress.examples import content, finished, numbered, numbers, scorecard, with_runs


def exported(progress: Progress) -> list[bytes]:
    """The lines of an export."""
    return [f"{line}\n".encode() for line in lines_of(*progress.everything())]


def take_in(progress: Progress, lines: list[bytes]) -> int | None:
    """Import lines that must all be good."""
    found = read_lines(lines)
    assert found.refused == []
    return progress.merge(found.runs, found.settings)


def test_what_is_exported_can_be_imported_whole(tmp_path: Path) -> None:
    here, there = with_runs(tmp_path / "here", 5), open_progress(tmp_path / "there")
    here.save(finished(availability=None, p99_ms=None, stars=0, seeds=(2**64 - 1,)))
    here.change("theme", "day")
    assert take_in(there, exported(here)) == 6
    assert [content(run) for run in there.everything()[0]] == [
        content(run) for run in here.everything()[0]
    ]
    assert there.settings() == here.settings()
    assert exported(there) == exported(here)


def test_a_merge_adds_what_is_new_and_keeps_what_is_here(tmp_path: Path) -> None:
    here, there = with_runs(tmp_path / "here", 3), open_progress(tmp_path / "there")
    take_in(there, exported(here))
    there.save(numbered(100))
    here.save(numbered(3))
    there.change("theme", "day")
    here.change("theme", "night")
    here.change("glyphs", "ascii")
    assert take_in(there, exported(here)) == 1
    assert take_in(there, exported(here)) == 0
    assert numbers(there) == [0, 1, 2, 100, 3]
    assert (there.settings().theme, there.settings().glyphs) == ("day", "ascii")
    assert take_in(here, exported(there)) == 1
    assert {run.id for run in here.runs()} == {run.id for run in there.runs()}


def test_the_same_run_twice_in_a_file_is_one_run(tmp_path: Path) -> None:
    lines = exported(with_runs(tmp_path / "here", 1))
    there = open_progress(tmp_path / "there")
    assert take_in(there, [*lines, lines[-1]]) == 1
    assert numbers(there) == [0]


def test_an_import_gives_back_a_scorecard_that_was_lost(tmp_path: Path) -> None:
    here, there = with_runs(tmp_path / "here", 1), open_progress(tmp_path / "there")
    (run,) = here.everything()[0]
    there.merge(read_lines(lines_of_without_scorecard(here)).runs, {})
    take_in(there, exported(here))
    found = there.run(run.id)
    assert found is not None
    assert found.scorecard == run.scorecard


def lines_of_without_scorecard(progress: Progress) -> list[bytes]:
    header, *lines = exported(progress)
    return [
        header,
        *(json.dumps(json.loads(line) | {"scorecard": None}).encode() for line in lines),
    ]


def line(tmp_path: Path) -> dict[str, Any]:
    """A good line of an export."""
    found: dict[str, Any] = json.loads(exported(with_runs(tmp_path, 1))[-1])
    return found


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("run", "x"),
        ("level", "../x"),
        ("title", "\x1b[31m"),
        ("title", "x" * 201),
        ("title", "\ud800"),
        ("level_hash", "0"),
        ("engine", -1),
        ("engine", True),
        ("plan", {"timeout": 5}),
        ("plan", []),
        ("seeds", [2**64]),
        ("seeds", 1),
        ("watched_seed", "1"),
        ("stars", 4),
        ("stars", 1.0),
        ("verdict", "won"),
        ("verdict", []),
        ("availability", "high"),
        ("p99_ms", -1),
        ("cost_per_hour", 1e300),
        ("moving_parts", 10**400),
        ("scorecard", {}),
        ("scorecard", scorecard() | {"error": "\x1b"}),
        ("scorecard", scorecard() | {"goals": 3}),
    ],
)
def test_a_value_that_cannot_be_costs_its_line_alone(
    tmp_path: Path, key: str, value: object
) -> None:
    good = line(tmp_path)
    lines = [{"ninelives": "saves", "format": 1}, good | {key: value}, good]
    found = read_lines(json.dumps(one).encode() for one in lines)
    assert [number for number, _ in found.refused] == [2]
    assert f'"{key}"' in found.refused[0][1]
    assert len(found.runs) == 1


@pytest.mark.parametrize(
    "bad",
    [b"{", b"[]", b"\xff", b"[" * 100_000, b'"' + b"x" * 1_000_001, b'{"setting": "x"}', b"NaN"],
)
def test_a_line_that_cannot_be_read_costs_itself_alone(tmp_path: Path, bad: bytes) -> None:
    header, good = exported(with_runs(tmp_path, 1))
    found = read_lines([header, bad, b"\n", good])
    assert [number for number, _ in found.refused] == [2]
    assert len(found.runs) == 1


@pytest.mark.parametrize(
    "first", [b"", b"{}", b"level = 1", b'{"ninelives": "saves", "format": 9}']
)
def test_another_kind_of_file_is_refused(first: bytes) -> None:
    with pytest.raises(NoSaves):
        read_lines([first])


@given(st.lists(st.binary(max_size=60)))
def test_no_line_makes_a_reader_fail(lines: list[bytes]) -> None:
    found = read_lines([b'{"ninelives": "saves", "format": 1}', *lines])
    assert isinstance(found, Transfer)
    assert found.runs == []
