"""Cards of levels that nobody has checked: told with their places, or shown."""

from __future__ import annotations

import random
import re
from pathlib import Path

from game.level.campaign import LEVELS
from game.level.pack import pack_campaign
from game.level.problems import LevelErrors, Unreadable
from tests.level.packs import PACK_TOML

VALUES = ("3", '"x"', "[]", "{}", "[[1]]", "{a = 1}", "true", "1e308", "[{}]", '["a", 1]', "-1")
SHIPPED = sorted(LEVELS.glob("*/[a-z]*[a-z].toml"))


def mutated(text: str, luck: random.Random) -> str:
    """The level with a few values, headers or keys that are something else."""
    lines = text.split("\n")
    for _ in range(luck.randrange(1, 4)):
        number = luck.randrange(len(lines))
        key, equals, _ = lines[number].partition("=")
        if equals and luck.random() < 0.8:
            lines[number] = f"{key}= {luck.choice(VALUES)}"
        elif lines[number].startswith("[["):
            name = re.sub(r"[^a-z.-]", "", lines[number])
            lines[number] = luck.choice((f"[{name}]", f"[[{name}.{name}]]", "[[choices]]", "[id]"))
        else:
            del lines[number]
    return "\n".join(lines)


def test_levels_that_were_tampered_with_are_shown_or_refused(tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text(PACK_TOML)
    texts = [path.read_text("utf-8") for path in SHIPPED if not path.name.endswith(".proofs.toml")]
    shown, refused = 0, []
    for seed in range(120):
        luck = random.Random(seed)
        (tmp_path / "level.toml").write_text(mutated(luck.choice(texts), luck), "utf-8")
        try:
            pack_campaign(tmp_path)
            shown += 1
        except (LevelErrors, Unreadable) as error:
            refused.append(str(error))
    assert shown
    assert all(refused)
    assert shown + len(refused) == 120
