"""Levels with one mistake: `check` refuses it, a rule of `level test` catches it, or it is listed.

Whatever is misspelt, of a wrong type, without its unit, refers to nothing or lies outside the run,
`check` refuses where it stands. A number a hundred times as large or as small, and a fault less,
may be another good level: then it must live through every rule, and is printed (`pytest -rP`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from game.level.find import find_level, find_levels
from tests.levels.mutants import Fate, check, drawn, judged, quickest_levels, told_where
from tests.levels.mutation_sites import original
from tests.levels.mutations import FAULT_OUT, JUDGED, REFUSED, mutations

SEED = 9


@dataclass(frozen=True, slots=True)
class Size:
    """How many mutated levels there are."""

    refused: int
    judged: int
    quick: bool
    """With every change only the cheap half of the rules is asked, of the levels with the least to
    simulate. What holds them all is put aside, and the next is taken."""


SMALL = Size(refused=12, judged=8, quick=True)
FULL = Size(refused=180, judged=120, quick=False)
QUICKEST = 3

sized = pytest.mark.parametrize(
    "size",
    [pytest.param(SMALL, id="small"), pytest.param(FULL, id="full", marks=pytest.mark.soak)],
)


@sized
def test_what_cannot_be_meant_is_refused_by_check_where_it_stands(
    size: Size, tmp_path: Path
) -> None:
    wrong: list[str] = []
    for mutation in islice(drawn(REFUSED, find_levels(), SEED), size.refused):
        _, problems = check(mutation, tmp_path)
        if not problems:
            wrong.append(f"{mutation}: nothing is said")
        elif not told_where(mutation, problems):
            wrong.append(f"{mutation}: said elsewhere: {problems}")
    assert wrong == []


@sized
def test_what_may_be_meant_is_refused_or_breaks_a_rule_or_is_proven(
    size: Size, tmp_path: Path
) -> None:
    levels = quickest_levels(QUICKEST) if size.quick else find_levels()
    fates: list[Fate] = []
    for mutation in drawn(JUDGED, levels, SEED):
        fate = judged(mutation, tmp_path, quick=size.quick)
        print(f"{fate.words:<40} <- {mutation}")
        if not (fate.quick and fate.proven):
            fates.append(fate)
        if len(fates) == size.judged:
            break
    assert len(fates) == size.judged
    proven = [fate for fate in fates if fate.proven]
    print(f"{len(fates)} mutated levels, {len(proven)} of them proven:")
    for fate in proven:
        print(f"  {fate.mutation}")


@pytest.mark.parametrize("sort", [*REFUSED, *JUDGED])
def test_a_mutation_strikes_one_piece_of_the_text_and_keeps_the_rest(sort: str) -> None:
    struck = 0
    for path in find_levels():
        origin = original(path)
        for mutation in mutations(origin, sort, Random(SEED)):
            struck += 1
            pairs = enumerate(zip(origin.data, mutation.data, strict=False))
            kept = next(n for n, (before, after) in pairs if before != after)
            assert origin.source.place(kept)[0] >= mutation.line
            if sort != FAULT_OUT:
                rest = origin.data[kept + len(mutation.was.encode()) :]
                assert mutation.data.endswith(rest)
    assert struck >= len(find_levels())


def test_the_same_seed_makes_the_same_mutations() -> None:
    levels = find_levels()[:2]
    one, two = ([str(each) for each in islice(drawn(REFUSED, levels, 1), 20)] for _ in range(2))
    assert one == two
    assert len(set(one)) == 20
    assert one != [str(each) for each in islice(drawn(REFUSED, levels, 2), 20)]


def test_a_fault_goes_with_the_control_that_sets_it_alone() -> None:
    (mutation,) = mutations(original(find_level("since-noon")), FAULT_OUT, Random(SEED))
    assert b"fault.noon" not in mutation.data
    assert b'id = "order"' not in mutation.data
    assert mutation.proofs is not None
    assert b"order = " not in mutation.proofs
    assert b"diagnosis = " in mutation.proofs
