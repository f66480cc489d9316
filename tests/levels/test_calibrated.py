"""Every level of the campaign, calibrated: nothing that its author must look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from game.engine.kinds import load_kinds
from game.level.find import find_levels
from game.proof.calibration import calibrate, complaints
from game.proof.prove import open_level


@pytest.mark.soak
@pytest.mark.parametrize("path", find_levels(), ids=lambda path: path.stem)
def test_a_level_has_nothing_that_its_author_must_look_at(path: Path) -> None:
    assert list(complaints(calibrate(open_level(path, load_kinds()).case))) == []
