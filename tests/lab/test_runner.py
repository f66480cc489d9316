"""Running checks: rows, the second try, what is told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from game.lab import runner
from game.lab.checks import CHECKS, Check, Row, UnknownCheck, find_checks, load_checks
from game.lab.runner import AGAIN_SEEDS, FAST_WORK, CheckRow, check_rows_json, run_checks
from game.lab.statistics import Exact, Percent

KEYS = {"id", "title", "source", "estimate", "reference", "se", "gate", "ok"}


def steady(seed: int, work: float) -> Mapping[str, float]:
    """A check that measures its seeds, near 10 in the mean."""
    return {"value": 10 + (seed % 2 - 0.5) * 0.1, "zero": 0.0}


def sharper_with_work(seed: int, work: float) -> Mapping[str, float]:
    """Wrong until it is given more work."""
    return {"value": 10 if work > 1 and seed > AGAIN_SEEDS else 20, "zero": 0.0}


def tells_work(seed: int, work: float) -> Mapping[str, float]:
    return {"value": work, "zero": 0.0}


def never_right(seed: int, work: float) -> Mapping[str, float]:
    return {"value": 11.0, "zero": 0.0}


ROWS = (Row("value", "a value", 10, Percent(5)), Row("zero", "nothing", 0, Exact()))


@pytest.fixture(autouse=True)
def toys() -> Iterator[None]:
    load_checks()
    for name, observe in (
        ("TOY/steady", steady),
        ("TOY/sharper", sharper_with_work),
        ("TOY/wrong", never_right),
    ):
        CHECKS[name] = Check(name, "a test", observe, ROWS, replications=4)
    yield
    for name in [name for name in CHECKS if name.startswith("TOY")]:
        del CHECKS[name]


def test_a_row_tells_estimate_reference_error_and_gate() -> None:
    value, zero = run_checks(["TOY/steady"])
    assert (value.id, value.ok, value.first) == ("TOY/steady/value", True, None)
    assert value.estimate == pytest.approx(10)
    assert value.se == pytest.approx(0.0289, rel=0.01)
    assert value.gate == pytest.approx(0.5)
    assert (zero.estimate, zero.gate, zero.ok) == (0, 0, True)


def test_what_fails_is_run_once_more_with_more_work_and_other_seeds() -> None:
    value, zero = run_checks(["TOY/sharper"])
    assert value.ok
    assert value.estimate == 10
    assert value.first is not None
    assert (value.first.estimate, value.first.ok) == (20, False)
    assert zero.first is None


def test_the_second_verdict_counts() -> None:
    value, _ = run_checks(["TOY/wrong"])
    assert not value.ok
    assert value.first is not None


def test_rows_are_told_as_they_are_known() -> None:
    told: list[CheckRow] = []
    assert run_checks(["TOY"], told=told.append) == told
    assert len(told) == 6


def test_the_json_has_the_documented_keys() -> None:
    rows = json.loads(json.dumps(check_rows_json(run_checks(["TOY/steady"]))))
    assert set(rows[0]) >= KEYS


def test_a_group_or_one_check_is_asked_for_in_any_case() -> None:
    both = ["P7/2-of-3", "P7/3-of-3"]
    assert {check.group for check in find_checks(["p7"])} == {"P7"}
    assert [check.id for check in find_checks(["p7/3-OF-3", "P7/2-of-3"])] == both
    assert [check.id for check in find_checks(["P1/RHO-0.7"])] == ["P1/rho-0.7"]


def test_an_unknown_check_is_named_with_the_ones_that_there_are() -> None:
    with pytest.raises(UnknownCheck, match=r'no check "P99".*\(there are: P1, P2'):
        find_checks(["P99"])


def test_the_nearest_check_is_named() -> None:
    with pytest.raises(UnknownCheck, match=r'did you mean "P1/rho-0.5"\?'):
        find_checks(["p1/rho0.5"])


def test_the_id_of_a_row_means_its_check() -> None:
    assert [check.id for check in find_checks(["P1/rho-0.7/p99"])] == ["P1/rho-0.7"]


def test_a_size_that_a_published_row_names_is_kept_when_in_a_hurry() -> None:
    CHECKS["TOY/sized"] = Check("TOY/sized", "a test", tells_work, ROWS, 4, least_work=1.0)
    CHECKS["TOY/free"] = Check("TOY/free", "a test", tells_work, ROWS, 4)
    found = {row.id: row for row in run_checks(["TOY/sized", "TOY/free"], fast=True)}
    assert found["TOY/sized/value"].estimate == 4.0, "the second run: four times the whole size"
    assert found["TOY/free/value"].estimate == 4 * FAST_WORK


def test_a_fast_run_leaves_the_longest_checks_out_unless_they_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    checks = [load_checks()["P6/disk-w1"], load_checks()["TOY/steady"]]
    monkeypatch.setattr(runner, "find_checks", lambda ids: checks)
    monkeypatch.setattr(runner, "finish", lambda check, *_: iter([check.id]))
    monkeypatch.setattr(runner, "start", lambda *_: list)

    played: list[Any] = [run_checks(fast=True), run_checks(["P6"], fast=True), run_checks()]
    assert played[0] == ["TOY/steady"]
    assert played[1] == played[2] == ["P6/disk-w1", "TOY/steady"]
