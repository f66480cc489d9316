"""Every shipped level with its proofs, every level of the lab and every night of the tests has the
digest that it had: whoever changes what the engine does raises ENGINE.

`python -m tests.engine.test_golden [LEVEL...]` writes the digests anew, of all levels or of some.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from game.engine.identity import ENGINE
from game.engine.run import simulate
from tests.engine.cases import Case, cases_of, level_files

GOLDEN = Path(__file__).parent / "golden.json"
WRITER = "python -m tests.engine.test_golden"
Digests = dict[str, tuple[str, str]]
"""A case's key to its identity and its digest."""


def read_golden() -> tuple[int, Digests]:
    """The engine's number and the digests of the file."""
    table = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return table["engine"], {key: (one, two) for key, (one, two) in table["digests"].items()}


def golden_text(digests: Mapping[str, tuple[str, str]]) -> str:
    """The file: one line a digest, sorted."""
    lines = ",\n".join(
        f"  {json.dumps(key)}: {json.dumps(digests[key])}" for key in sorted(digests)
    )
    return f'{{\n"engine": {ENGINE},\n"digests": {{\n{lines}\n}}\n}}\n'


def play(case: Case) -> tuple[str, str]:
    """What the file should hold."""
    return case.identity, simulate(case.system, case.seed).digest()


def called(key: str) -> str:
    """A key in words."""
    level, plan, seed = key.split(" ")
    return f"level {level}, plan {plan}, seed {seed}"


def difference(key: str, played: tuple[str, str], golden: Digests, engine: int) -> str:
    """One sentence about a case that is not what it was, or nothing."""
    if key not in golden:
        return f"{called(key)} is new: write its digest by `{WRITER}`"
    (identity, digest), (old_identity, old_digest) = played, golden[key]
    if digest == old_digest:
        return ""
    if identity != old_identity:
        reason = f"its level or plan was edited: write it by `{WRITER}`"
    elif engine != ENGINE:
        reason = f"engine {engine} became {ENGINE}: write them all by `{WRITER}`"
    else:
        reason = f"the engine plays it otherwise: if that is meant, raise ENGINE, then `{WRITER}`"
    return f"{called(key)} has the digest {digest[:12]}, not {old_digest[:12]}; {reason}"


@pytest.mark.parametrize("name", level_files())
def test_a_level_and_its_proofs_have_the_digests_that_they_had(name: str) -> None:
    engine, golden = read_golden()
    cases = list(cases_of(name))
    said = [difference(case.key, play(case), golden, engine) for case in cases]
    keys = {case.key for case in cases}
    said += [
        f"{called(key)} is in golden.json and no more in the level: drop it by `{WRITER}`"
        for key in golden
        if key.split(" ")[0] == name and key not in keys
    ]

    if any(said):
        pytest.fail("\n".join(filter(None, said)), pytrace=False)


def test_no_digest_is_left_of_a_level_that_is_gone() -> None:
    left = sorted({key.split(" ")[0] for key in read_golden()[1]} - set(level_files()))

    assert not left, f"golden.json has digests of {left}, which are gone: drop them by `{WRITER}`"


def test_the_digests_are_those_of_this_engine_in_the_writers_order() -> None:
    engine, golden = read_golden()

    assert engine == ENGINE, f"golden.json is of engine {engine}, this is {ENGINE}: `{WRITER}`"
    assert GOLDEN.read_text(encoding="utf-8") == golden_text(golden)


@pytest.mark.parametrize(
    ("key", "played", "engine", "said"),
    [
        ("lab/x default 2", ("id", "digest"), ENGINE, "level lab/x, plan default, seed 2 is new"),
        ("lab/x default 1", ("edited", "new"), ENGINE, "its level or plan was edited"),
        ("lab/x default 1", ("id", "new"), ENGINE, "the engine plays it otherwise"),
        ("lab/x default 1", ("id", "new"), ENGINE - 1, f"engine {ENGINE - 1} became {ENGINE}"),
        ("lab/x default 1", ("edited", "digest"), ENGINE, ""),
    ],
)
def test_a_difference_is_told_in_one_sentence(
    key: str, played: tuple[str, str], engine: int, said: str
) -> None:
    told = difference(key, played, {"lab/x default 1": ("id", "digest")}, engine)

    assert said in told
    assert bool(told) is bool(said)


@pytest.fixture
def golden_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the file, which may be written."""
    copy = tmp_path / "golden.json"
    copy.write_bytes(GOLDEN.read_bytes())
    monkeypatch.setattr("tests.engine.test_golden.GOLDEN", copy)
    return copy


def replace_in(file: Path, old: str, new: str) -> None:
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_the_writer_mends_what_an_edit_of_a_level_changed(golden_file: Path) -> None:
    before = golden_file.read_bytes()
    (case,) = cases_of("lab/inert")
    identity, digest = read_golden()[1][case.key]
    replace_in(golden_file, digest, "0" * 64)
    replace_in(golden_file, identity, "f" * 12)
    row = '  "lab/inert gone 1": ["", ""],\n'
    replace_in(golden_file, '"digests": {\n', f'"digests": {{\n{row}')

    assert golden_file.read_bytes() != before
    assert write(["lab/inert"]) == ""
    assert golden_file.read_bytes() == before


def test_the_writer_writes_no_other_digest_of_the_same_plan_under_the_same_engine(
    golden_file: Path,
) -> None:
    (case,) = cases_of("lab/inert")
    replace_in(golden_file, read_golden()[1][case.key][1], "0" * 64)
    before = golden_file.read_bytes()

    assert "if that is meant, raise ENGINE" in write(["lab/inert"])
    assert golden_file.read_bytes() == before


def test_the_writer_knows_its_levels(golden_file: Path) -> None:
    assert write(["lab/inrt"]).startswith("there is no level 'lab/inrt' (levels: lab/")


def write(names: Sequence[str]) -> str:
    """Write the digests of some levels, or of all; the sentence says why not, if so."""
    engine, golden = read_golden()
    files = level_files()
    unknown = sorted(set(names) - set(files))
    if unknown:
        return f"there is no level {unknown[0]!r} (levels: {', '.join(files)})"
    wanted = set(names or files)
    kept = {key: found for key, found in golden.items() if key.split(" ")[0] in {*files} - wanted}
    if kept and engine != ENGINE:
        return f"golden.json is of engine {engine}: write all levels"
    played = {case.key: play(case) for name in sorted(wanted) for case in cases_of(name)}
    for key, (identity, digest) in played.items():
        old_identity, old_digest = golden.get(key, ("", ""))
        if engine == ENGINE and identity == old_identity and digest != old_digest:
            return difference(key, (identity, digest), golden, engine)
    GOLDEN.write_text(golden_text({**kept, **played}), encoding="utf-8", newline="\n")
    return ""


if __name__ == "__main__":
    sys.exit(write(sys.argv[1:]) or None)
