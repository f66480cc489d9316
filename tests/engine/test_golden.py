"""The digests of one wild night are what they were: whoever changes them raises ENGINE.

After an intended change: `python -m tests.engine.test_golden` writes the new ones.
"""

from __future__ import annotations

import json
from pathlib import Path

from game.engine.identity import ENGINE
from game.engine.kinds import load_kinds
from game.engine.run import simulate
from game.level.read import read_level

HERE = Path(__file__).parent
LEVEL = HERE / "levels" / "kitchen-sink.toml"
GOLDEN = HERE / "golden.json"


def digests() -> dict[str, object]:
    """The engine's number and the digest of each seed."""
    system = read_level(LEVEL, load_kinds()).system
    return {
        "engine": ENGINE,
        "digests": {str(seed): simulate(system, seed).digest() for seed in (1, 2, 3)},
    }


def test_the_wild_night_has_the_digests_that_it_had() -> None:
    assert digests() == json.loads(GOLDEN.read_text(encoding="utf-8"))


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(digests(), indent=2) + "\n", encoding="utf-8")
