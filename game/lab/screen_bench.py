"""What the screen costs, measured from outside: the game in a terminal of its own.

Only where there are pseudo-terminals and `/proc` (Linux).
"""

from __future__ import annotations

import os
import select
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from time import perf_counter

import game
from game.lab.bench_rows import Benchmark, NotMeasured, Pair, Target
from game.level.find import find_level

PROC = Path("/proc")
COLUMNS, ROWS = 120, 40
STARTS = 5
LIVE_S, IDLE_S = 5.0, 4.0
SETTLE_S = 1.5
WARM_UP_S = 0.5
"""After a screen has appeared: what it reads behind itself is no part of idling."""
LONGEST_S = 30.0
FIRST_SCREEN_MS = 400.0
LIVE_PERCENT = 20.0
IDLE_PERCENT = 1.0
MEMORY_MIB = 70.0
RELOAD_MS = 300.0
SAVED_LEVEL = "try-again"
SAVES = 7
LOOK_APART_S = 0.013
"""Saves come at another moment between two looks at the file each time."""
UNWANTED = ("PYTHONDONTWRITEBYTECODE", "NINELIVES_ASCII", "NO_COLOR", "TEXTUAL_ANIMATIONS")
USABLE = b"Help"
"""The last row, which is drawn last."""


def can_measure() -> bool:
    """Whether this system shows what is asked for."""
    return sys.platform == "linux" and (PROC / "self" / "stat").is_file()


@contextmanager
def ready() -> Iterator[Path]:
    """A folder of its own in which a night was watched once, so that the game is compiled, as it
    is for all but the first game of a player."""
    if not can_measure():
        raise NotMeasured("needs Linux")
    with tempfile.TemporaryDirectory() as folder:
        _watch(Path(folder) / "warm-up", WARM_UP_S)
        yield Path(folder)


def first_screen() -> dict[str, Pair]:
    """From nothing to the first screen that can be used."""
    with ready() as folder:
        first_ms = median(_first_screen_ms(folder / str(number)) for number in range(STARTS))
    return {"first-screen": Pair(first_ms, FIRST_SCREEN_MS)}


def night() -> dict[str, Pair]:
    """A night at 120x40, watched."""
    with ready() as folder:
        percent, memory_mib = _watch(folder / "live", LIVE_S)
    return {"live": Pair(percent, LIVE_PERCENT), "memory": Pair(memory_mib, MEMORY_MIB)}


def idle() -> dict[str, Pair]:
    """The campaign, while nobody touches anything."""
    with ready() as folder:
        return {"idle": Pair(_idle(folder / "idle"), IDLE_PERCENT)}


def reload() -> dict[str, Pair]:
    """From a save of a level's file to the changed level on the screen, while its night goes on."""
    with ready() as folder:
        return {"reload": Pair(median(_reload_ms(folder / "reload")), RELOAD_MS)}


class Terminal:
    """The game behind a pseudo-terminal that somebody reads."""

    def __init__(self, process: subprocess.Popen[bytes], descriptor: int) -> None:
        self.process = process
        self._descriptor = descriptor
        self._seen = b""

    def press(self, keys: bytes) -> None:
        """Send keys."""
        os.write(self._descriptor, keys)

    def read_until(self, done: Callable[[bytes], bool]) -> None:
        """Read what the game writes, until it is enough. Raises TimeoutError."""
        deadline = perf_counter() + LONGEST_S
        while not done(self._seen):
            left = deadline - perf_counter()
            if left <= 0 or self.process.poll() is not None:
                raise TimeoutError("the game does not show what was waited for")
            self._read(left)

    def wait_for(self, words: bytes) -> None:
        """Read until these words come. Raises TimeoutError."""
        self._seen = b""
        self.read_until(lambda seen: words in seen)

    def read_for(self, seconds: float) -> None:
        """Read for so long."""
        deadline = perf_counter() + seconds
        while (left := deadline - perf_counter()) > 0:
            self._seen = b""
            self._read(left)

    def busy_s(self) -> float:
        """Processor time that the game has used."""
        fields = (PROC / str(self.process.pid) / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mib(self) -> float:
        """The most memory that the game has held."""
        status = (PROC / str(self.process.pid) / "status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024

    def _read(self, seconds: float) -> None:
        if select.select([self._descriptor], [], [], min(seconds, 0.1))[0]:
            with suppress(OSError):
                self._seen += os.read(self._descriptor, 65_536)


@contextmanager
def opened(folder: Path, *words: str) -> Iterator[Terminal]:
    """A command of the game in a terminal of its own (default: the game itself), with its saves in
    a folder; it is ended at the end."""
    import fcntl
    import termios

    ours, its = os.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "game", *(words or ("play",)), "--data-dir", str(folder)],
        cwd=Path(game.__file__).parent.parent,
        stdin=its,
        stdout=its,
        stderr=its,
        env={**_surroundings(), "PYTHONPYCACHEPREFIX": str(folder.parent / "compiled")},
        start_new_session=True,
    )
    os.close(its)
    try:
        yield Terminal(process, ours)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        os.close(ours)


def _surroundings() -> dict[str, str]:
    """A terminal with colours; and Python keeps what it compiled, as it does for players."""
    kept = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    return {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor"}


def _first_screen_ms(folder: Path) -> float:
    began = perf_counter()
    with opened(folder) as terminal:
        terminal.wait_for(USABLE)
        return (perf_counter() - began) * 1000


def _watch(folder: Path, seconds: float) -> tuple[float, float]:
    """The share of a core in percent, and the memory in MiB, while a night goes on."""
    with opened(folder) as terminal:
        terminal.wait_for(USABLE)
        terminal.press(b"\r")
        terminal.wait_for(b"Undo")
        terminal.press(b"\r")
        terminal.wait_for(b"Faster")
        terminal.read_for(SETTLE_S)
        return _busy_percent(terminal, seconds), terminal.memory_mib()


def _idle(folder: Path) -> float:
    with opened(folder) as terminal:
        terminal.wait_for(USABLE)
        terminal.read_for(SETTLE_S)
        terminal.press(b"\x1b")
        terminal.wait_for(b"Quit")
        terminal.read_for(SETTLE_S)
        return _busy_percent(terminal, IDLE_S)


def _reload_ms(folder: Path) -> Iterator[float]:
    folder.mkdir()
    file = folder / "level.toml"
    text = find_level(SAVED_LEVEL).read_text(encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    with opened(folder, "level", "preview", str(file)) as terminal:
        terminal.wait_for(b"Undo")
        terminal.press(b"\r")
        terminal.wait_for(b"Faster")
        for number in range(SAVES):
            terminal.read_for(SETTLE_S + number * LOOK_APART_S)
            words = f"Saved{number}times"
            line = next(line for line in text.splitlines() if line.startswith("title ="))
            began = perf_counter()
            file.write_text(text.replace(line, f'title = "{words}"'), encoding="utf-8")
            terminal.wait_for(words.encode())
            yield (perf_counter() - began) * 1000


def _busy_percent(terminal: Terminal, seconds: float) -> float:
    before, began = terminal.busy_s(), perf_counter()
    terminal.read_for(seconds)
    return 100 * (terminal.busy_s() - before) / (perf_counter() - began)


SCREEN = (
    Benchmark(
        first_screen,
        (
            Target(
                id="first-screen",
                title="first usable screen, from nothing",
                unit="ms",
                less_is_better=True,
            ),
        ),
    ),
    Benchmark(
        night,
        (
            Target(
                id="live",
                title="a night at 120x40, of one core",
                unit="%",
                less_is_better=True,
            ),
            Target(
                id="memory",
                title="memory while a night is watched",
                unit="MiB",
                less_is_better=True,
            ),
        ),
    ),
    Benchmark(
        reload,
        (
            Target(
                id="reload",
                title="from a save of a level to its preview, in the middle of a night",
                unit="ms",
                less_is_better=True,
            ),
        ),
    ),
    Benchmark(
        idle,
        (
            Target(
                id="idle",
                title="the campaign, looked at, of one core",
                unit="%",
                less_is_better=True,
            ),
        ),
    ),
)
