"""Every file of a kind is found without being named anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

import game.engine
from game.engine.kinds import PACKAGES, load_kinds
from game.level.registry import Kind

KINDS = [kind for kind in load_kinds() if kind.family != "checker"]
ENGINE = Path(game.engine.__file__).parent


def test_loading_twice_changes_nothing() -> None:
    assert [kind for kind in load_kinds() if kind.family != "checker"] == KINDS


def test_the_families_are_there() -> None:
    assert {kind.family for kind in KINDS} == {
        "application",
        "balancer",
        "detector",
        "discipline",
        "event",
        "fault",
        "law",
        "mechanism",
        "protocol",
        "scheduling",
        "step",
    }


def test_every_file_that_registers_a_kind_was_imported() -> None:
    imported = {kind.record.__module__.rpartition(".")[2] for kind in KINDS}
    for package in PACKAGES:
        for file in (ENGINE / package).glob("*.py"):
            if "@REGISTRY.register" in file.read_text(encoding="utf-8"):
                assert file.stem in imported


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.family}-{kind.name}")
def test_every_kind_explains_itself_in_one_sentence(kind: Kind) -> None:
    assert 10 < len(kind.says) < 100
    assert kind.record.__doc__
