"""Hostile packs: refused with one sentence, and nothing is written."""

from __future__ import annotations

import gc
import tracemalloc
from hashlib import sha256
from pathlib import Path
from time import perf_counter

import pytest

from game.level.pack_file import MOST_ARCHIVE_BYTES, load_pack_file, read_pack_file
from game.level.pack_folder import write_folder
from game.level.problems import Unreadable, clean
from tests.level.hostile_packs import SORTS, hostile_pack
from tests.level.packs import pack_bytes

MOST_MEMORY_BYTES = 6 * MOST_ARCHIVE_BYTES
SLOWEST_S = 0.1
HONEST_EVERY = 10


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder, with what is in it."""
    return {
        path.relative_to(folder).as_posix(): (
            sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        )
        for path in folder.rglob("*")
    }


def unpack(file: Path, folder: Path) -> None:
    """What `level unpack` does."""
    write_folder(folder, read_pack_file(load_pack_file(file), file.name).files)


def open_packs(count: int, tmp_path: Path) -> list[tuple[float, str]]:
    """Try to unpack so many archives; gives the seconds that each refusal took, and its sort."""
    around = tmp_path / "around"
    around.mkdir()
    (around / "precious.toml").write_text("mine")
    (tmp_path / "outside").mkdir()
    file = tmp_path / "pack.ninelives"
    took: list[tuple[float, str]] = []
    for number in range(count):
        sort, data = hostile_pack(number)
        file.write_bytes(data)
        before = tree(tmp_path)
        began = perf_counter()
        with pytest.raises(Unreadable) as refused:
            unpack(file, around / "target")
        took.append((perf_counter() - began, f"{sort} {number}"))
        assert tree(tmp_path) == before, (sort, number)
        sentence = str(refused.value)
        assert sentence == clean(sentence), (sort, number)
        assert sentence.endswith("."), (sort, number)
        assert "\n" not in sentence, (sort, number)
        assert len(sentence) < 400, (sort, number)
        if number % HONEST_EVERY == 0:
            open_an_honest_one(file, around / f"honest-{number}")
    return took


def open_an_honest_one(file: Path, folder: Path) -> None:
    """One that must not be refused."""
    file.write_bytes(pack_bytes())
    unpack(file, folder)
    assert sorted(tree(folder)) == ["one.toml", "pack.toml", "readme.md", "two.toml"]


def test_hostile_packs_are_refused_and_leave_no_trace(tmp_path: Path) -> None:
    open_packs(50, tmp_path)


@pytest.mark.soak
def test_no_hostile_pack_takes_longer_than_a_tenth_of_a_second(tmp_path: Path) -> None:
    slowest = max(open_packs(500, tmp_path))
    assert slowest[0] < SLOWEST_S, slowest


def test_reading_a_pack_takes_no_more_memory_than_a_few_times_its_largest_size() -> None:
    hostile_pack(0)
    archives = [hostile_pack(number) for number in range(2 * len(SORTS))]
    for sort, data in archives:
        gc.collect()
        tracemalloc.start()
        try:
            with pytest.raises(Unreadable):
                read_pack_file(data, "x.ninelives")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < MOST_MEMORY_BYTES, (sort, peak)
