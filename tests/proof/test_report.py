from __future__ import annotations

import json
from collections.abc import Mapping

from game.proof.judge import judge
from game.proof.report import Report, report_json, report_lines
from tests.proof.fakes import Night, Nights, case, proven


def report(nights: Nights = proven, median_run_s: float = 0.1, traps: int = 1) -> Report:
    judged = case(nights=nights)
    findings = judge(judged)
    return Report(
        level="fake",
        path="levels/fake.toml",
        ok=findings[-1].ok,
        findings=findings,
        share=judged.share,
        recorded=False,
        traps=traps,
        runs=judged.runs.played,
        median_run_s=median_run_s,
        seconds=1.25,
    )


def unwinnable(_settings: Mapping[str, str], _seed: int) -> Night:
    return Night(failures=900)


def test_a_proven_level_is_told_with_its_share() -> None:
    lines = list(report_lines(report()))

    assert lines[-1].startswith("fake: proven (")
    assert lines[-1].endswith("6 of 36 plans win (16.7 %)")
    assert not any("BROKEN" in line for line in lines)


def test_a_level_without_a_trap_is_told_to_have_none() -> None:
    assert list(report_lines(report(traps=0)))[-1].startswith("fake: proven; no trap was given (")
    assert report_json(report(traps=0))["traps"] == 0


def test_a_broken_rule_is_told_with_plan_advice_and_the_command_that_shows_it() -> None:
    lines = list(report_lines(report(unwinnable)))

    assert any(line.startswith("BROKEN  rule-1-reference-wins: ") for line in lines)
    assert "        plan:   replicas=3, wait=short" in lines
    assert any(line.startswith("        advice: ") for line in lines)
    assert any("ninelives run levels/fake.toml --set" in line for line in lines)
    assert lines[-1].startswith("fake: breaks rule-1-reference-wins")


def test_a_slow_level_is_told_to_be_slow() -> None:
    assert list(report_lines(report(median_run_s=0.8)))[-1].startswith("slow: a run takes 0.80 s")


def test_a_report_is_one_json_object() -> None:
    proven_json = json.loads(json.dumps(report_json(report())))
    broken_json = json.loads(json.dumps(report_json(report(unwinnable))))

    assert proven_json["ok"] is True
    assert proven_json["broken"] is None
    assert proven_json["share"]["wins"] == 6
    assert broken_json["broken"] == "rule-1-reference-wins"
    assert broken_json["findings"][-1]["seed"] == 1
    assert broken_json["share"] is None
