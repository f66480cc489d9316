"""The player's saves: every finished run, the progress that follows from them, and settings."""

from game.progress.levels import LevelProgress, Mark
from game.progress.place import data_folder
from game.progress.progress import Progress, open_progress
from game.progress.runs import FinishedRun, SavedRun, finished_run
from game.progress.settings import Settings

__all__ = [
    "FinishedRun",
    "LevelProgress",
    "Mark",
    "Progress",
    "SavedRun",
    "Settings",
    "data_folder",
    "finished_run",
    "open_progress",
]
