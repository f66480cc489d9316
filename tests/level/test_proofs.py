from __future__ import annotations

from pathlib import Path

import pytest

from game.level.plan import make_plan
from game.level.problems import LevelErrors
from game.level.proofs import Proof, proofs_path, read_proofs
from tests.level.toys import NIGHT, level_of, marked

LEVEL = level_of(NIGHT)

GOOD = """\
[[proof]]
id = "plain"
verdict = "loses"
role = "default"
why = "nobody asks again"

[[proof]]
id = "more"
verdict = "wins"
role = "witness"
why = "three are enough"
stars = 2
[proof.controls]
servers = 3

[[proof]]
id = "big"
verdict = "loses"
role = "trap"
why = "size is not safety"
goal = "quick"
cause = "refused"
"""


def test_proofs_lie_beside_their_level() -> None:
    assert proofs_path(Path("a/night.toml")) == Path("a/night.proofs.toml")


def test_proofs_are_plans_with_verdicts(tmp_path: Path) -> None:
    path = tmp_path / "night.proofs.toml"
    path.write_text(GOOD)
    plain, more, big = read_proofs(path, LEVEL).proofs
    assert plain.plan == make_plan(LEVEL, {}, "plain")
    assert more == Proof(
        id="more",
        verdict="wins",
        role="witness",
        why="three are enough",
        stars=2,
        goal=None,
        cause=None,
        plan=make_plan(LEVEL, {"servers": "3"}, "more"),
    )
    assert (big.goal, big.cause) == ("quick", "refused")


def test_all_problems_of_proofs_are_told_with_their_places(tmp_path: Path) -> None:
    path = tmp_path / "night.proofs.toml"
    text = GOOD
    for before, after in (
        ('id = "more"', 'id = "plain"'),
        ('role = "default"', 'role = "defautl"'),
        ("stars = 2", "stars = 4"),
        ("servers = 3", 'servers = "4"\nserver = "3"'),
        ('goal = "quick"', 'goal = "quik"'),
        ('verdict = "loses"\nrole = "trap"', 'verdict = "wins"\nrole = "trap"'),
        ('cause = "refused"', 'because = "refused"'),
    ):
        assert text.count(before) == 1
        text = text.replace(before, after)
    path.write_text(text)
    with pytest.raises(LevelErrors) as caught:
        read_proofs(path, LEVEL)
    assert [(p.code, marked(p), p.suggestion) for p in caught.value.problems] == [
        ("E013", '"defautl"', "default"),
        ("E023", '"plain"', ""),
        ("E014", "4", ""),
        ("E032", '"4"', ""),
        ("E033", "server", "servers"),
        ("E027", '"wins"', ""),
        ("E022", '"quik"', "quick"),
        ("E011", "because", "cause"),
    ]
