from __future__ import annotations

from pathlib import Path

import pytest

from game.level.identity import file_hash, level_hash, plan_hash
from game.level.plan import default_plan, make_plan
from tests.level.toys import NIGHT, level_of, with_lines

LEVEL = level_of(NIGHT)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# A shop", "# Another shop"),
        ('title = "A night"', 'title = "Another night"\nid = "other"'),
        ('chapter = "Lab"', 'chapter = "One"\norder = 3\ndebrief = "So."'),
        ("Two lines", "Three lines"),
        ('hints = ["look", "look again"]', "hints = []"),
        ('says = "Again."', 'says = "And again."'),
        ('label = "Servers"', 'label = "Machines"'),
        ("at = [70, 50.5]", "at = [1, 1]"),
        ("format = 1", "format = 1 # one"),
        ("\n", "\r\n"),
        ("choices = [2, 3]", 'choices = [{ label = "2", value = 2 }, 3]'),
        ('id = "disk"\ncores = 4', 'cores = 4\nid = "disk"'),
    ],
)
def test_words_change_no_identity(before: str, after: str) -> None:
    level = level_of(NIGHT.replace(before, after))
    assert level_hash(level) == level_hash(LEVEL)
    assert plan_hash(level, default_plan(level)) == plan_hash(LEVEL, default_plan(LEVEL))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('duration = "60s"', 'duration = "61s"'),
        ('warm_up = "2s"', 'warm_up = "2s"\nseeds = [7]'),
        ('warm_up = "2s"', 'warm_up = "2s"\nrecovery = "1s"'),
        ('window = ["5s", "50s"]', ""),
        ('cross_zone_gib = "0.01"', 'cross_zone_gib = "0.02"'),
        ("rate = 100\n", "rate = 101\n"),
        ('at_least = "99%"', 'at_least = "98%"'),
        ("stars = 2", "stars = 3"),
        ("choices = [2, 3]", "choices = [2, 4]"),
        ('at = "40s"', 'at = "41s"'),
    ],
)
def test_what_changes_a_run_or_its_score_changes_the_identity(before: str, after: str) -> None:
    assert level_hash(level_of(with_lines(NIGHT, (before, after)))) != level_hash(LEVEL)


def test_a_plan_s_identity_is_its_choices_not_its_name() -> None:
    plan = make_plan(LEVEL, {"servers": "3"}, "a")
    assert plan_hash(LEVEL, plan) == plan_hash(LEVEL, make_plan(LEVEL, {"servers": "3"}, "b"))
    assert plan_hash(LEVEL, plan) != plan_hash(LEVEL, default_plan(LEVEL))


def test_line_ends_do_not_change_the_hash_of_a_file(tmp_path: Path) -> None:
    unix, windows = tmp_path / "unix", tmp_path / "windows"
    unix.write_bytes(b"a\nb\n")
    windows.write_bytes(b"a\r\nb\r\n")
    assert file_hash(unix) == file_hash(windows)
