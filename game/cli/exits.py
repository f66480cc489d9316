"""What a command says by its exit code, and the error that becomes one."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes; scripts rely on them."""

    GOOD = 0
    NO = 1
    """The answer is no: a level lost, a check failed."""
    WRONG_USE = 2
    """Wrong options, or input that cannot be opened or read."""
    TRY_AGAIN = 3
    """Nothing is wrong with the question, but now it could not be answered."""
    INTERRUPTED = 130
    """Ctrl-C."""
    NOBODY_READS = 141
    """The reader of a pipe went away."""


class WrongUse(Exception):
    """One sentence for the person at the keyboard; exit code 2."""


class TryAgain(Exception):
    """One sentence for the person at the keyboard; exit code 3."""
