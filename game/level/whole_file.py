"""A file is written whole or not at all: whoever reads it sees the old one or the new one."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from game.level.paths import reason
from game.level.problems import Unreadable, clean

NEW_MODE = 0o666
"""Of a file that was not there; what the system masks is taken away."""


def write_whole(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Put a file in place, whole or not at all. Raises Unreadable, in one sentence.

    A link stays one: the file that it leads to is replaced. The mode stays too. What is no plain
    file, such as a terminal, is written to as it is. `durable`: it outlasts a power cut.
    """
    try:
        mode = _mode(path)
        if mode is not None and not stat.S_ISREG(mode):
            path.write_bytes(data)
        else:
            _replace(Path(os.path.realpath(path)), data, mode, durable)
    except (OSError, ValueError) as error:
        raise Unreadable(f"{clean(str(path))} cannot be written: {reason(error)}.") from None


def _mode(path: Path) -> int | None:
    """Kind and mode of the file that the path leads to; None where there is none yet."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _replace(target: Path, data: bytes, mode: int | None, durable: bool) -> None:
    allowed = NEW_MODE if mode is None else stat.S_IMODE(mode)
    unfinished = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}")
    # Created with the mode that it will have: nobody reads a private file meanwhile.
    number = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, allowed | stat.S_IWUSR)
    try:
        with open(number, "wb") as file:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(number)
        if mode is not None:
            unfinished.chmod(allowed)
        os.replace(unfinished, target)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink()
        raise
