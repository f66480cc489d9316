"""Every night there is: shipped levels with the plans of their proofs, the lab's levels, ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from game.engine.kinds import load_kinds
from game.lab.scenario import LEVELS as LAB
from game.level.find import campaign, levels_in
from game.level.identity import plan_hash
from game.level.model import SECOND_US, Level, System
from game.level.plan import Plan, default_plan, system_with
from game.level.proofs import proofs_path, read_proofs
from game.level.read import read_level

NIGHTS = Path(__file__).parent / "levels"
"""Levels that only tests play."""
LAB_US = 100 * SECOND_US
"""The lab's levels are long; so much of them is played."""
NIGHT_SEEDS = (1, 2, 3)
FOLDERS = {"lab": LAB, "levels": campaign(), "nights": NIGHTS}


@dataclass(frozen=True, slots=True)
class Case:
    """One run that is always the same."""

    level: str
    """The folder (see `FOLDERS`) and the level's path in it."""
    plan: str
    """The id of a proof, or `default`."""
    seed: int
    system: System
    identity: str
    """The beginning of the plan's hash: another one means another level or plan."""

    @property
    def key(self) -> str:
        """What the case is called in a file."""
        return f"{self.level} {self.plan} {self.seed}"


def level_files() -> dict[str, Path]:
    """All level files by the names that cases give them."""
    return {
        f"{name}/{path.relative_to(folder).with_suffix('').as_posix()}": path
        for name, folder in FOLDERS.items()
        for path in levels_in(folder)
    }


def plans_of(level: Level) -> dict[str, Plan]:
    """The plans of a level's proofs by their ids, and the default if no proof has it."""
    path = proofs_path(Path(level.path))
    proofs = read_proofs(path, level).proofs if path.exists() else ()
    plans = {proof.id: proof.plan for proof in proofs}
    default = default_plan(level)
    if all(plan.values != default.values for plan in plans.values()):
        plans["default"] = default
    return plans


def cases_of(name: str) -> Iterator[Case]:
    """The cases of one level, by its name in `level_files`."""
    level = read_level(level_files()[name], load_kinds())
    seeds = NIGHT_SEEDS if name.startswith("nights/") else level.seeds[:1]
    for plan_id, plan in plans_of(level).items():
        system = system_with(level, plan, load_kinds())
        if name.startswith("lab/"):
            system = replace(system, duration=min(system.duration, LAB_US))
        for seed in seeds:
            yield Case(name, plan_id, seed, system, plan_hash(level, plan)[:12])
