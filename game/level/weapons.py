"""What weapons must hold beyond what faults must: some attack can be paid, and hits somebody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from game.level.idle import Said, faults_in_vain
from game.level.model import Fault, Weapon
from game.level.problems import ROOT, Complaint
from game.level.sections import tables


def check_weapons(records: Mapping[str, Sequence[Any]]) -> Said:
    """What is said of a fault that hits nobody is said of a weapon that would. `records` of each
    section hold None for what cannot be read."""
    weapons: Sequence[Weapon | None] = records["weapon"]
    if not weapons or None in weapons:
        return
    faults = [Fault(id=one.id, what=one.what, target=one.targets, at=0) for one in weapons if one]
    for _, index, said in faults_in_vain({**records, "fault": faults}):
        loc = ("targets", *said.loc[1:]) if said.loc[:1] == ("target",) else said.loc
        yield "weapon", index, replace(said, loc=loc)


def check_prices(document: Mapping[str, Any]) -> Iterator[tuple[int, Complaint]]:
    """(index of the weapon, complaint) for what costs more than the whole budget."""
    budget = document.get("attack_budget")
    for index, table in tables(document, "weapon"):
        price = table.get("price")
        if type(price) is int and type(budget) is int and price > budget > 0:
            message = f"nobody can pay this: the whole budget is {budget}"
            second = (((ROOT, "attack_budget"), "the budget"),)
            yield index, Complaint("out-of-range", message, ("price",), second=second)
