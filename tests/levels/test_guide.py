"""The authoring guide: what stands on the page works as it stands there."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

import pytest

from game.cli.entry import make_parser
from game.engine.kinds import load_kinds
from game.level.campaign import LEVELS
from game.level.pack import read_pack
from game.level.read import inspect_level
from game.proof.prove import prove
from game.proof.rules import RULES

GUIDE = (LEVELS / "README.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"<!-- (\S+\.toml) -->\n```toml\n(.*?)```\n", GUIDE, re.DOTALL))
COMMANDS = re.findall(r"^ninelives .*$", GUIDE, re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_example_is_right_and_proven(folder: Path) -> None:
    level, problems = inspect_level(folder / "bad-cable.toml", load_kinds())
    assert level is not None
    assert not problems, str(problems)

    report = prove(folder / "bad-cable.toml", load_kinds(), fresh=True)
    assert report.ok, report


def test_the_pack_of_the_guide_is_one(folder: Path) -> None:
    assert read_pack(folder).id == "my-levels"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_guide_is_one(command: str) -> None:
    words = shlex.split(command)[1:]
    options = make_parser().parse_args(words)
    assert isinstance(options, argparse.Namespace)
    assert callable(options.command)


def test_the_plans_of_the_guide_are_plans_of_its_example(folder: Path) -> None:
    level, _ = inspect_level(folder / "bad-cable.toml", load_kinds())
    assert level is not None
    labels = {one.id: {choice.label for choice in one.choices} for one in level.controls}
    written = re.findall(r'--set "(\w+)=([^"]+)"', GUIDE)
    assert written
    for control, label in written:
        assert label in labels[control]


def test_every_rule_of_all_levels_is_explained() -> None:
    for rule in RULES:
        assert f"`{rule.id}`" in GUIDE or rule.only_for, rule.id


def test_every_link_of_the_guide_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)]+)\)", GUIDE)
    assert "reference/README.md" in links
    for link in links:
        assert (LEVELS / link).is_file(), link
