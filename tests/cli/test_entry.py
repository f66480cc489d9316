"""The command line from outside: help, versions, wrong words, and how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from game.cli import main
from game.cli.exits import Exit

NIGHT = Path(__file__).parent / "night.toml"


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr."""
    code = main(list(words))
    told = capsys.readouterr()
    return code, told.out, told.err


@pytest.mark.parametrize(
    "words",
    [(), ("play",), ("run",), ("level",), ("level", "check"), ("level", "test"), ("lab",)],
)
def test_every_command_has_help(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    code, out, err = answer(capsys, *words, "--help")
    assert (code, err) == (Exit.GOOD, "")
    assert out.startswith(f"usage: {' '.join(['ninelives', *words])} ")


def test_the_version_names_the_engine(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = answer(capsys, "--version")
    assert code == Exit.GOOD
    assert out.startswith("ninelives ")
    assert ", engine " in out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["rum"], 'there is no command "rum"; did you mean "run"?'),
        (["level", "tets"], 'there is no action "tets"; did you mean "test"?'),
        (["level"], "ACTION"),
        (["run"], "LEVEL"),
        (["run", "x", "--seeds", "5-"], '"5-" is no list of seeds'),
        (["run", "x", "--seed", "1", "--seeds", "1-2"], "not allowed with"),
        (["run", "x", "--jobs", "0"], "from 1 to 256"),
        (["run", "x", "--set", "servers"], "write CONTROL=VALUE"),
        (["run", "x", "--sed", "1"], "--sed"),
        (["lab", "--seed-base", "-1"], "--seed-base"),
    ],
)
def test_wrong_use_gets_one_sentence_and_code_2(
    capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    code, out, err = answer(capsys, *words)
    assert (code, out) == (Exit.WRONG_USE, "")
    assert says in err
    assert err.startswith("ninelives: ")
    assert err.count("\n") == 1


def test_control_characters_never_reach_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    _, _, err = answer(capsys, "\x1b[31mrun")
    assert "\x1b" not in err


def test_the_game_without_a_terminal_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = answer(capsys, "play")
    assert code == Exit.WRONG_USE
    assert "needs a terminal" in err


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "game", "--help"],
        stdout=writer,
        stderr=subprocess.PIPE,
        env={name: text for name, text in os.environ.items() if name != "PYTHONUNBUFFERED"},
        check=False,
    )
    os.close(writer)
    assert done.stderr == b""
    assert done.returncode == Exit.NOBODY_READS


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full here")
@pytest.mark.parametrize(
    "words", [["--version"], ["codex", "--json"], ["run", str(NIGHT), "--json"]]
)
def test_output_that_cannot_be_written_gets_one_sentence(words: list[str]) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "game", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            text=True,
        )
    assert done.stderr == "ninelives: the output cannot be written: No space left on device\n"
    assert done.returncode == Exit.WRONG_USE


@pytest.mark.skipif(os.name != "posix", reason="closes a stream as a shell does")
@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-"])
def test_a_closed_stdout_gets_one_sentence(closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" -m game --version {closed}', sys.executable],
        capture_output=True,
        check=False,
        text=True,
    )
    said = "ninelives: stdout is closed, so that no answer could be given\n"
    assert done.stderr == ("" if "2>" in closed else said)
    assert done.returncode == Exit.WRONG_USE


def test_ctrl_c_is_quiet(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_options: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("game.cli.bench.bench", interrupted)
    code, out, err = answer(capsys, "bench")
    assert (code, out, err) == (Exit.INTERRUPTED, "", "")


def test_help_is_fast() -> None:
    def processor_seconds() -> float:
        before = os.times()
        subprocess.run([sys.executable, "-m", "game", "--help"], check=True, capture_output=True)
        after = os.times()
        spent = after.children_user + after.children_system
        return spent - before.children_user - before.children_system

    # Processor time, since a busy machine must not fail a test; `bench` looks at the clock.
    assert min(processor_seconds() for _ in range(5)) < 0.150
