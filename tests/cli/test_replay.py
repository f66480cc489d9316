"""The file of a run that broke the engine: written, read, and never trusted."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.cli.exits import WrongUse
from game.cli.replay import SUFFIX, Replay, is_replay, read_replay, write_replay

REPLAY = Replay(
    level_path="/somewhere/night.toml",
    level_text='format = 1\ntitle = "Größe"\n',
    plan={"servers": "2"},
    without=("crash",),
    seed=2**64 - 1,
    engine=1,
    time_us=12_000_001,
    error="a message arrived before it was sent",
)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = write_replay(REPLAY, tmp_path)
    assert path.name == f"night-{2**64 - 1}{SUFFIX}"
    assert is_replay(str(path))
    assert read_replay(path) == REPLAY


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("level_text", 3),
        ("plan", ["servers", "2"]),
        ("plan", {"servers": 2}),
        ("without", "crash"),
        ("seed", -1),
        ("seed", 2**64),
        ("seed", True),
        ("engine", "1"),
        ("time_us", 1.5),
        ("error", None),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, key: str, value: object) -> None:
    path = tmp_path / f"x{SUFFIX}"
    path.write_text(json.dumps({**asdict(REPLAY), key: value}))
    with pytest.raises(WrongUse, match=f"its {key} is not"):
        read_replay(path)


def test_a_file_that_is_not_there_gets_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="cannot open"):
        read_replay(tmp_path / f"none{SUFFIX}")


@given(data=st.binary(max_size=200))
def test_no_bytes_give_a_traceback(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / f"noise{SUFFIX}"
    path.write_bytes(data)
    with pytest.raises(WrongUse, match="is no replay file"):
        read_replay(path)


def test_deep_nesting_gives_no_traceback(tmp_path: Path) -> None:
    path = tmp_path / f"deep{SUFFIX}"
    path.write_text("[" * 100_000)
    with pytest.raises(WrongUse, match="is no replay file"):
        read_replay(path)
