"""Levels of the lab written anew: other names, other time. The result is read as any file is."""

from __future__ import annotations

import re
from collections.abc import Mapping

from game.engine.kinds import load_kinds
from game.lab.scenario import LEVELS
from game.level.model import Level
from game.level.read import read_level_bytes

_DURATION = re.compile(r'"([0-9.]+)(us|ms|s|m|h)"')
_RATE = re.compile(r"\b(rate|budget_floor) = ([0-9_.]+)")


def rewritten(name: str, text: str) -> Level:
    """The level in a text that was made out of the lab's level of that name."""
    level, problems = read_level_bytes(text.encode(), f"{name}.toml", load_kinds(), graded=True)
    assert level is not None, str(problems)
    return level


def slower(name: str, factor: int) -> Level:
    """The level with every time `factor` times as long, and every rate so much smaller."""

    def longer(match: re.Match[str]) -> str:
        return f'"{float(match[1]) * factor:.10g}{match[2]}"'

    def rarer(match: re.Match[str]) -> str:
        return f"{match[1]} = {float(match[2]) / factor:.17g}"

    text = (LEVELS / f"{name}.toml").read_text("utf-8")
    return rewritten(name, _RATE.sub(rarer, _DURATION.sub(longer, text)))


def renamed(name: str, names: Mapping[str, str]) -> Level:
    """The level with other names, also of the machines of a group; names may change places."""
    words = re.compile(rf"\"({'|'.join(map(re.escape, names))})((?:-[0-9]+)?)\"")
    text = (LEVELS / f"{name}.toml").read_text("utf-8")
    return rewritten(name, words.sub(lambda match: f'"{names[match[1]]}{match[2]}"', text))
