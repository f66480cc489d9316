"""The schemas: what they say is what `check` says, in the language tools of others too."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.engine.kinds import load_kinds
from game.level.annotations import (
    Duration,
    Marker,
    Money,
    NameText,
    ShareNumber,
    Size,
    Surroundings,
    Threshold,
    TimesPerYear,
)
from game.level.find import PROOFS, find_levels
from game.level.identity import file_hash
from game.level.plan import default_plan, write_plan
from game.level.read import inspect_level, read_level
from game.level.registry import Registry
from game.level.schema import (
    PROOFS_LINE,
    SCHEMA_LINE,
    SCHEMAS,
    level_schema,
    schema_file,
    schema_line,
    schema_text,
)
from game.level.templates import TEMPLATES
from tests.level.broken_levels import BROKEN

LEVELS = {path.stem: path for path in find_levels()}
AROUND = Surroundings(Registry(), {})
NAMES = [f"{number:02}" for number in range(len(BROKEN))]


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_file_of_a_schema_is_what_is_made_from_the_registry(name: str) -> None:
    same = schema_file(name).read_text(encoding="utf-8") == schema_text(name, load_kinds())
    assert same, "run: ninelives level schema --write"


def test_every_level_of_the_campaign_names_its_schema() -> None:
    for path in LEVELS.values():
        assert path.read_text(encoding="utf-8").startswith(f"{SCHEMA_LINE}\n")
        proofs = path.with_name(path.stem + PROOFS)
        assert proofs.read_text(encoding="utf-8").startswith(f"{PROOFS_LINE}\n")
        for line, name in ((SCHEMA_LINE, "level"), (PROOFS_LINE, "proofs")):
            found = path.parent / line.removeprefix("#:schema ")
            assert found.resolve() == schema_file(name).resolve()
            assert schema_line(path.parent, name) == line


def test_the_line_of_the_schema_is_in_no_hash(tmp_path: Path) -> None:
    (tmp_path / "with").write_text("#:schema x.json\n[[proof]]\n")
    (tmp_path / "without").write_text("[[proof]]\n")
    (tmp_path / "other").write_text("# schema x.json\n[[proof]]\n")
    assert file_hash(tmp_path / "with") == file_hash(tmp_path / "without")
    assert file_hash(tmp_path / "with") != file_hash(tmp_path / "other")


def test_every_key_is_described_and_every_table_closed() -> None:
    for table in tables(level_schema(load_kinds())):
        assert table["additionalProperties"] is False
        assert set(table["required"]) <= set(table["properties"])
        for key, value in table["properties"].items():
            assert "description" in value or "$ref" in value, key


def tables(value: Any) -> list[dict[str, Any]]:
    found = [value] if isinstance(value, dict) and "properties" in value else []
    found = [table for table in found if table.get("type") == "object"]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return found + [table for one in inside for table in tables(one)]


MARKERS: tuple[Marker, ...] = (
    Duration(),
    Duration(positive=True),
    Size(),
    Money(),
    ShareNumber(),
    Threshold(),
    TimesPerYear(),
    NameText(),
)
TEXTS = st.from_regex(r"\A[0-9]{0,3}(\.[0-9]{0,3})?[ ]?/?[ ]?(us|ms|s|m|KiB|B|%|day|week|)\Z")


@pytest.mark.parametrize("marker", MARKERS, ids=lambda marker: repr(marker))
@given(text=TEXTS | st.sampled_from(["0", "00.0s", "100%", "100.1%", "0.0/day", "a-b", "-1s"]))
def test_a_schema_refuses_no_text_that_the_reader_takes(marker: Marker, text: str) -> None:
    if taken(marker, text):
        assert fits(text, marker.json_schema()), (marker, text)


def taken(marker: Marker, text: str) -> bool:
    from pydantic_core import PydanticCustomError

    try:
        marker.read(text, AROUND)
    except PydanticCustomError:
        return False
    return True


def fits(text: str, schema: Mapping[str, Any]) -> bool:
    """Whether a text fits the schema of a marker."""
    some = schema.get("anyOf", [schema])
    return any(
        one.get("type") == "string" and re.search(one.get("pattern", ""), text) for one in some
    )


@pytest.mark.parametrize(
    ("marker", "text"),
    [
        (Duration(), "5"),
        (Duration(), "5 sec"),
        (Duration(positive=True), "0.00s"),
        (Size(), "64K"),
        (Money(), "-1"),
        (ShareNumber(), "100.1%"),
        (ShareNumber(), "5"),
        (Threshold(), "9"),
        (TimesPerYear(), "0/day"),
        (NameText(), "Ä"),
    ],
)
def test_a_schema_refuses_what_the_reader_refuses(marker: Marker, text: str) -> None:
    assert not taken(marker, text)
    assert not fits(text, marker.json_schema())


def tool(name: str) -> str:
    """A language tool of the test extra."""
    found = shutil.which(name, path=os.pathsep.join((sysconfig.get_path("scripts"), os.defpath)))
    assert found is not None, f"{name} is missing: pip install ninelives[test]"
    return found


def refused(folder: Path, tool_name: str) -> set[str]:
    """The names of the files in a folder of which a language tool says that something is wrong."""
    words = {
        "tombi": ["lint", "--offline", "--error-on-warnings", "."],
        "taplo": ["lint", "--no-auto-config", "--colors=never", "*.toml"],
    }[tool_name]
    clean = {**os.environ, "NO_COLOR": "1", "XDG_CONFIG_HOME": str(folder), "HOME": str(folder)}
    done = subprocess.run(
        [tool(tool_name), *words], cwd=folder, env=clean, capture_output=True, text=True, timeout=60
    )
    told = done.stdout + done.stderr
    found = set(re.findall(r"([\w.-]+)\.toml:\d+:\d+", told))
    assert bool(found) == (done.returncode != 0), told
    return found


TOOLS = pytest.mark.parametrize("tool_name", ["tombi", "taplo"])


@TOOLS
def test_tools_of_others_take_every_level_proof_plan_and_template(
    tool_name: str, tmp_path: Path
) -> None:
    for path in LEVELS.values():
        copied(path.read_text(encoding="utf-8"), tmp_path / path.name, "level")
        proofs = path.with_name(path.stem + PROOFS)
        copied(proofs.read_text(encoding="utf-8"), tmp_path / proofs.name, "proofs")
        level = read_level(path, load_kinds())
        copied(write_plan(default_plan(level), level), tmp_path / f"{path.stem}.plan.toml", "plan")
    for path in TEMPLATES.glob("*.toml"):
        schema = "proofs" if path.name.endswith(PROOFS) else "level"
        copied(path.read_text(encoding="utf-8"), tmp_path / path.name, schema)
    copied('format = 1\nid = "mine"\ntitle = "Mine"\n', tmp_path / "pack.toml", "pack")
    assert refused(tmp_path, tool_name) == set()


@TOOLS
def test_tools_of_others_refuse_every_broken_level(tool_name: str, tmp_path: Path) -> None:
    for name, (level, before, after) in zip(NAMES, BROKEN, strict=True):
        copied(broken(level, before, after), tmp_path / f"{name}.toml", "level")
    assert refused(tmp_path, tool_name) == set(NAMES)


@pytest.mark.parametrize(("level", "before", "after"), BROKEN)
def test_check_refuses_every_broken_level(
    level: str, before: str, after: str, tmp_path: Path
) -> None:
    path = tmp_path / f"{level}.toml"
    path.write_text(broken(level, before, after), encoding="utf-8")
    read, problems = inspect_level(path, load_kinds())
    assert read is None
    assert problems.errors


def broken(level: str, before: str, after: str) -> str:
    text = LEVELS[level].read_text(encoding="utf-8")
    assert before in text, f"{level} has no {before!r}"
    return text.replace(before, after, 1)


def copied(text: str, path: Path, schema: str) -> None:
    """Write a file that names its schema from where it now stands."""
    rest = text.partition("\n")[2] if text.startswith("#:schema") else text
    path.write_text(f"{schema_line(path.parent, schema)}\n{rest}", encoding="utf-8")
