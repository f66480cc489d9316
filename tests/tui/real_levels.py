"""Levels of the campaign with their proofs, and the keys that make a proof's plan."""

from __future__ import annotations

from game.level.campaign import LevelCard, read_campaign
from game.level.model import Level
from game.level.proofs import Proof, read_proofs
from game.tui.simulator import EngineSimulator

FIRST = read_campaign()[0].levels[0]


def read_card(card: LevelCard) -> Level:
    """The level of a card."""
    return EngineSimulator().read(card.file)


def proofs_of(card: LevelCard, level: Level) -> dict[str, Proof]:
    """The level's proofs by their ids, and the reference under that word too."""
    path = card.file.with_name(f"{card.file.stem}.proofs.toml")
    proofs = read_proofs(path, level).proofs
    roles = {proof.role: proof for proof in proofs if proof.role in ("default", "reference")}
    return {proof.id: proof for proof in proofs} | roles


def keys_between(level: Level, before: Proof, after: Proof) -> list[str]:
    """The arrow keys that turn one proof's plan into another's, from the first control on."""
    old, new = dict(before.plan.values), dict(after.plan.values)
    keys: list[str] = []
    for control in level.controls:
        labels = [choice.label for choice in control.choices]
        steps = labels.index(new[control.id]) - labels.index(old[control.id])
        keys += ["right" if steps > 0 else "left"] * abs(steps) + ["down"]
    return keys[:-1]
