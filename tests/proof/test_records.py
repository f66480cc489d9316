from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from game.level import find
from game.proof.judge import judge
from game.proof.records import (
    FORMAT,
    Record,
    holds,
    read_by_rules,
    read_record,
    record_path,
    scorecards,
    worth_recording,
    write_record,
)
from game.proof.rule import Case
from game.proof.share import TUTORIAL_CHAPTER
from tests.proof.fakes import Night, case, level, proven

HASHES = ("level", "proofs")


def record_of(judged: Case) -> Record:
    findings = worth_recording(judge(judged), judged.level.kind)
    return Record(
        format=FORMAT,
        level="fake",
        level_hash=HASHES[0],
        proofs_hash=HASHES[1],
        engine=1,
        seed=1,
        tutorial=False,
        controls=read_by_rules(judged.level),
        proofs=scorecards(judged.level, judged.proofs, judged.runs),
        findings=findings,
        share=judged.share,
        runs=judged.runs.played,
    )


def still_holds(record: Record, today: Case, hashes: tuple[str, str] = HASHES) -> bool:
    return holds(record, today.level, hashes, today.proofs, today.runs)


def test_the_record_lies_beside_its_level() -> None:
    assert record_path(Path("pack/one.toml")) == Path("pack/one.record.json")


def test_a_record_reads_as_it_was_written(tmp_path: Path) -> None:
    record = record_of(case())
    path = tmp_path / "fake.record.json"

    write_record(path, record)

    assert read_record(path) == record
    assert [file.name for file in tmp_path.iterdir()] == ["fake.record.json"]


def test_a_record_holds_while_the_runs_are_what_they_were() -> None:
    record, today = record_of(case()), case()

    assert still_holds(record, today)
    assert today.runs.played == len({proof.plan.values for proof in today.proofs})


@pytest.mark.parametrize("hashes", [("level", "other"), ("other", "proofs")])
def test_another_level_or_proof_file_voids_a_record_without_a_run(hashes: tuple[str, str]) -> None:
    today = case()

    assert not still_holds(record_of(case()), today, hashes)
    assert today.runs.played == 0


def test_another_lesson_family_or_chapter_voids_a_record() -> None:
    record = record_of(case())
    lesson = tuple(replace(control, lesson=True) for control in level().controls)
    family = tuple(replace(control, family="capacity") for control in level().controls)

    assert not still_holds(record, case(level(lesson)))
    assert not still_holds(record, case(level(family)))
    tutorial = replace(level(chapter=TUTORIAL_CHAPTER), path=str(find.campaign() / "fake.toml"))
    assert not still_holds(record, case(tutorial))


def test_a_run_that_went_otherwise_voids_a_record() -> None:
    def otherwise(settings: Mapping[str, str], seed: int) -> Night:
        night = proven(settings, seed)
        return replace(night, cause="refused") if night.failures > 100 else night

    assert not still_holds(record_of(case()), case(nights=otherwise))


def test_another_engine_number_voids_nothing() -> None:
    assert still_holds(replace(record_of(case()), engine=2), case())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"format": 2}',
        b'{"format": 2, "findings": [{"rule": 3}], "proofs": [], "share": "all", "more": {}}',
        b'{"format": 2, "level": "\\ud800"}',
        b"[" * 100_000,
        b"\xff\xfe",
        b"1" * 2**21,
    ],
)
def test_a_damaged_record_is_no_record(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "fake.record.json"
    path.write_bytes(content)

    assert read_record(path) is None


def test_a_record_of_other_rules_is_no_record(tmp_path: Path) -> None:
    path = tmp_path / "fake.record.json"
    write_record(path, replace(record_of(case()), format=FORMAT + 1))

    assert read_record(path) is None


def test_a_level_without_a_record_has_none(tmp_path: Path) -> None:
    assert read_record(tmp_path / "none.record.json") is None


def test_a_record_that_does_not_tell_of_every_rule_does_not_hold() -> None:
    record = record_of(case())
    findings = record.findings
    broken = (*findings[:-1], replace(findings[-1], ok=False))

    assert still_holds(record, case())
    for damaged in ((), findings[:1], findings[:-1], (*findings, findings[-1]), broken):
        assert not still_holds(replace(record, findings=damaged), case())


def test_a_record_without_a_share_that_can_be_does_not_hold() -> None:
    record = record_of(case())
    assert record.share is not None

    for share in (None, replace(record.share, tried=0), replace(record.share, wins=99)):
        assert not still_holds(replace(record, share=share), case())
