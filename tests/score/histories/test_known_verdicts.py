"""P12: every history with a known verdict gets it.

They are no part of the project: `NINELIVES_HISTORIES` names their folder, which else stands beside
the project's in `shared/histories`.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from game.score.consistency.linearizable import check_linearizable
from game.score.consistency.models import MODELS
from game.score.histories.read import read_history

BESIDE = Path(__file__).parents[4] / "shared" / "histories"
FOLDER = Path(os.environ.get("NINELIVES_HISTORIES", BESIDE))
KNOWN = FOLDER / "verdicts.csv"
WORDS = {"yes": "valid", "no": "invalid"}

pytestmark = pytest.mark.skipif(not KNOWN.exists(), reason=f"there is no {KNOWN}")


def rows() -> list[tuple[str, str, str]]:
    """File, model and verdict of each."""
    if not KNOWN.exists():
        return []
    with KNOWN.open(encoding="utf-8", newline="") as file:
        return [
            (
                row["file"],
                "cas-register" if row["model"].startswith("cas-register") else "kv-append",
                WORDS[row["linearizable"]],
            )
            for row in csv.DictReader(file)
        ]


def test_there_are_55() -> None:
    assert len(rows()) == 55


@pytest.mark.parametrize(("file", "model", "verdict"), rows())
def test_a_known_verdict(file: str, model: str, verdict: str) -> None:
    history, object_ = read_history(FOLDER / file, MODELS[model])
    found = check_linearizable(history, object_)
    assert found.answer == verdict
    assert bool(found.witness) == found.invalid


ALL = """
import resource, sys
from tests.score.histories.test_known_verdicts import rows, test_a_known_verdict
for row in rows():
    test_a_known_verdict(*row)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in other units there")
def test_all_of_them_take_under_30_s_and_1_gb() -> None:
    began = time.process_time()
    done = subprocess.run(
        [sys.executable, "-c", ALL], capture_output=True, text=True, check=True, timeout=30
    )
    assert time.process_time() - began < 30
    assert int(done.stdout) < 1 << 20
