"""The command line: a thin caller of the functions that the screen and a contest call too."""

from game.cli.entry import main

__all__ = ["main"]
