"""Games that are killed while they save or mend, and two games that save at once."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

from game.progress import open_progress
from tests.progress.examples import copy_of, numbers, sql, with_runs
from tests.progress.sizes import Size, sized

MOST_BEFORE_A_KILL = 30
"""Runs that are told of before a game is killed, at most."""
MOST_LATER_S = 0.01
"""How long after that it is killed, at most: a save or a backup takes less."""
MOST_MENDING_S = 0.05
"""How long after its start a game that mends is killed, at most: mending takes about half of it."""


def start(folder: Path, first: int, count: int) -> subprocess.Popen[str]:
    """A game that saves runs."""
    words = ["-m", "tests.progress.saver", str(folder), str(first), str(count)]
    return subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True)


def told(lines: str) -> set[int]:
    """The numbers that a game has called saved, of what it said in whole lines."""
    whole = lines[: lines.rfind("\n") + 1].split()
    return {int(word) for word in whole if word.isdecimal()}


def kill_after(game: subprocess.Popen[str], lines: int, later_s: float) -> set[int]:
    """Kill a game after so many lines and a moment. Returns what it has called saved."""
    assert game.stdout is not None
    read = "".join(game.stdout.readline() for _ in range(lines))
    try:
        game.wait(timeout=later_s)
    except subprocess.TimeoutExpired:
        game.kill()
    read += game.stdout.read()
    game.stdout.close()
    game.wait()
    return told(read)


@sized
def test_a_game_that_is_killed_loses_nothing_that_it_called_saved(
    size: Size, tmp_path: Path
) -> None:
    luck = random.Random(9)
    saved: set[int] = set()
    for kill in range(size.kills):
        game = start(tmp_path, 1000 * (kill + 1), 1000)
        lines = luck.randint(1, MOST_BEFORE_A_KILL)
        saved |= kill_after(game, lines, luck.uniform(0, MOST_LATER_S))
        progress = open_progress(tmp_path)
        assert progress.banner == ""
        assert saved <= set(numbers(progress))
    assert len(saved) >= size.kills
    assert numbers(progress) == sorted(set(numbers(progress)))
    assert sql(progress.place.file, "PRAGMA integrity_check") == [("ok",)]
    assert progress.place.set_aside() == []


@sized
def test_a_game_that_is_killed_while_it_mends_loses_nothing_that_could_be_mended(
    size: Size, tmp_path: Path
) -> None:
    luck = random.Random(10)
    good = tmp_path / "good"
    with_runs(good, 45)
    for kill in range(size.kills_of_repairs):
        folder = copy_of(good, f"{kill}")
        file = folder / "progress.sqlite3"
        file.write_bytes(file.read_bytes()[: 4096 * luck.randint(0, 8)])
        game = start(folder, 100, 0)
        kill_after(game, 1, luck.uniform(0, MOST_MENDING_S))
        assert set(numbers(open_progress(folder))) >= set(range(41))


@sized
def test_two_games_that_save_at_once_lose_nothing(size: Size, tmp_path: Path) -> None:
    games = [start(tmp_path, first, size.writes) for first in (1000, 2000)]
    for game in games:
        said, _ = game.communicate()
        assert len(told(said)) == size.writes
        assert said.splitlines()[-1].strip() == "done"
    progress = open_progress(tmp_path)
    assert progress.banner == ""
    expected = [first + number for first in (1000, 2000) for number in range(size.writes)]
    assert sorted(numbers(progress)) == expected
