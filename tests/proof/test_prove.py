"""Levels that are played by the real engine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import pytest

from game.engine.kinds import load_kinds
from game.level import find
from game.level.plan import make_plan
from game.level.read import read_level
from game.proof.pack import prove_pack
from game.proof.play import EnginePlayer
from game.proof.played import IMPOSSIBLE, Extent, Job, missed
from game.proof.prove import from_record, open_level, prove
from game.proof.records import record_path, worth_recording
from game.proof.report import Report, report_lines
from game.proof.rules import rules_of
from game.proof.runs import Runs
from game.proof.wins import fresh_runs

LEVELS = Path(__file__).parent / "levels"


@pytest.fixture(scope="module", autouse=True)
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The small levels of these tests count as the campaign's own tutorial."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(find, "campaign", tmp_path_factory.getbasetemp)
        yield


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return copied("sound", tmp_path)


@pytest.fixture(scope="module")
def proven(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    """A level with the record that its proof left, and the report."""
    path = copied("sound", tmp_path_factory.mktemp("proven"))
    return path, prove(path, load_kinds())


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


def copied(name: str, folder: Path) -> Path:
    for ending in (".toml", ".proofs.toml"):
        shutil.copy(LEVELS / f"{name}{ending}", folder)
    return folder / f"{name}.toml"


def with_record(proven: tuple[Path, Report], folder: Path) -> Path:
    path, _ = proven
    shutil.copytree(path.parent, folder, dirs_exist_ok=True)
    return folder / path.name


def replace_in(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_a_sound_level_is_proven_by_every_rule(proven: tuple[Path, Report]) -> None:
    _, report = proven

    assert "\n".join(report_lines(report)).count("BROKEN") == 0
    assert report.ok
    assert not report.recorded
    assert [finding.rule for finding in report.findings] == [rule.id for rule in rules_of("design")]
    assert report.share is not None
    assert report.share.tried == 24
    assert report.runs > 200


@pytest.mark.parametrize(
    ("name", "rule", "complaint"),
    [
        ("needless", "rule-2-lesson-is-necessary", "the lesson is not needed"),
        ("unwinnable", "rule-1-reference-wins", "goal 'answered'"),
        ("starless", "rule-5-every-star-has-a-witness", "goal 'quick' (p99_ms at most 1 ms)"),
    ],
)
def test_an_unsound_level_is_refused_with_the_rule_that_it_breaks(
    tmp_path: Path, name: str, rule: str, complaint: str
) -> None:
    path = copied(name, tmp_path)

    report = prove(path, load_kinds())

    assert report.broken is not None
    assert report.broken.rule == rule
    assert complaint in report.broken.says
    assert report.broken.seed == 1
    assert not record_path(path).exists()


def test_a_level_without_proofs_has_no_reference(sound: Path) -> None:
    sound.with_name("sound.proofs.toml").unlink()

    report = prove(sound, load_kinds())

    assert report.broken is not None
    assert report.broken.rule == "rule-1-reference-wins"


def test_a_second_proof_believes_the_record(proven: tuple[Path, Report], tmp_path: Path) -> None:
    path = with_record(proven, tmp_path)

    report = prove(path, load_kinds())

    assert report.recorded
    assert report.findings == worth_recording(proven[1].findings, "design")
    assert report.share == proven[1].share
    assert report.table == proven[1].table
    assert report.runs == 3


def test_a_record_without_a_table_holds_and_shows_what_was_played(
    proven: tuple[Path, Report], tmp_path: Path
) -> None:
    path = with_record(proven, tmp_path)
    record = json.loads(record_path(path).read_text(encoding="utf-8"))
    del record["table"]
    record_path(path).write_text(json.dumps(record), encoding="utf-8")

    report = prove(path, load_kinds())

    assert report.recorded
    assert {tuple(cell.seed for cell in row.cells) for row in report.table} == {(1,)}


def test_seeds_that_a_record_keeps_are_tried_first(
    proven: tuple[Path, Report], tmp_path: Path
) -> None:
    path = with_record(proven, tmp_path)
    record = json.loads(record_path(path).read_text(encoding="utf-8"))
    reference = next(row for row in record["table"] if row["role"] == "reference")
    reference["failed"] = [1077]
    record_path(path).write_text(json.dumps(record), encoding="utf-8")

    case = open_level(path, load_kinds()).case

    seeds = [run.seed for run in islice(fresh_runs(case, case.reference.plan, 1, 100), 3)]
    assert seeds == [1077, 1001, 1002]


def test_a_fresh_proof_believes_no_record(proven: tuple[Path, Report], tmp_path: Path) -> None:
    path = with_record(proven, tmp_path)
    replace_in(path, 'target = "server-1"', 'target = "server"')

    report = prove(path, load_kinds(), fresh=True)

    assert not report.recorded
    assert not report.ok


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("sound.toml", 'at_least = "96%"', 'at_least = "97%"'),
        ("sound.toml", "lesson = true", "lesson = false"),
        ("sound.proofs.toml", "just as gone", "gone as well"),
    ],
)
def test_a_touched_level_or_proof_voids_the_record(
    proven: tuple[Path, Report], tmp_path: Path, file: str, before: str, after: str
) -> None:
    path = with_record(proven, tmp_path)
    replace_in(path.with_name(file), before, after)

    assert from_record(open_level(path, load_kinds())) is None


def test_another_story_leaves_the_record_as_it_is(
    proven: tuple[Path, Report], tmp_path: Path
) -> None:
    path = with_record(proven, tmp_path)
    replace_in(path, "One machine, and a crash.", "It was a dark and stormy night.")

    assert prove(path, load_kinds()).recorded


def test_a_proof_side_by_side_finds_the_same(
    proven: tuple[Path, Report], sound: Path, executor: Executor
) -> None:
    report = prove(sound, load_kinds(), executor=executor)

    assert report.findings == proven[1].findings
    assert record_path(sound).read_bytes() == record_path(proven[0]).read_bytes()


def test_a_run_is_stopped_once_its_goal_is_out_of_reach_and_not_before() -> None:
    level = read_level(LEVELS / "sound.toml", load_kinds())
    player = EnginePlayer(level, load_kinds())
    lost, won = make_plan(level, {}), make_plan(level, {"machines": "2"})

    stopped, whole, passed = player(
        [
            Job(lost, 1, Extent.DECIDED),
            Job(lost, 1, Extent.WHOLE),
            Job(won, 1, Extent.DECIDED),
        ]
    )

    assert stopped.lost == ("answered",)
    assert stopped.stopped_us is not None
    assert 3_000_000 < stopped.stopped_us < 5_000_000
    assert [goal.id for goal in missed(whole, level.goals)] == ["answered"]
    assert passed.stopped_us is None
    assert missed(passed, level.goals) == ()


def test_a_plan_over_its_price_is_lost_before_it_begins() -> None:
    level = read_level(LEVELS / "sound.toml", load_kinds())
    dear = make_plan(level, {"machines": "8"})

    run = EnginePlayer(level, load_kinds())([Job(dear, 1, Extent.DECIDED, stars=2)])[0]

    assert run.lost == ("thrifty",)
    assert run.stopped_us == 0


def test_a_decided_run_that_was_not_stopped_is_the_whole_run() -> None:
    level = read_level(LEVELS / "sound.toml", load_kinds())
    plan = make_plan(level, {"machines": "2"})
    player = EnginePlayer(level, load_kinds())

    decided, whole = player([Job(plan, 2, Extent.DECIDED), Job(plan, 2)])

    assert decided == whole


def test_nothing_is_measured_at_time_zero() -> None:
    level = read_level(LEVELS / "sound.toml", load_kinds())
    plan = make_plan(level, {"machines": "2"})

    run = Runs(EnginePlayer(level, load_kinds())).one(plan, 1, Extent.NOTHING)

    assert run.operations == 0
    assert [goal.id for goal in missed(run, level.goals)] == ["answered"]


def test_a_pack_is_proven_within_its_time_what_changed_first(
    proven: tuple[Path, Report], tmp_path: Path
) -> None:
    held = with_record(proven, tmp_path)
    new = copied("unwinnable", tmp_path)
    unreached = copied("starless", tmp_path)
    ticks = iter([0.0, 0.0, 99.0])

    report = prove_pack([held, new, unreached], load_kinds(), seconds=10, clock=lambda: next(ticks))

    assert [one.level for one in report.reports] == ["sound", "unwinnable"]
    assert report.believed == (held,)
    assert report.unproven == (unreached,)
    assert not report.ok


def test_choices_that_do_not_go_together_win_nothing_and_cost_nothing(sound: Path) -> None:
    fan_out = control_text("fan", "client.people.fan_out", "2", "[1, 2]")
    first = control_text("first", "client.people.first", "1", "[1, 2]")
    replace_in(sound, '[[goal]]\nid = "answered"', f'{fan_out}{first}[[goal]]\nid = "answered"')
    level = read_level(sound, load_kinds())
    player = EnginePlayer(level, load_kinds())
    plan = make_plan(level, {"fan": "1", "first": "2", "machines": "2"})

    run = player([Job(plan, 1)])[0]

    assert run.verdict == IMPOSSIBLE
    assert missed(run, level.goals) == level.goals
    assert player.price(plan) is None
    assert player.price(make_plan(level, {})) == 1_000_000


def control_text(name: str, sets: str, default: str, choices: str) -> str:
    return (
        f'[[control]]\nid = "{name}"\nfamily = "routing"\nlabel = "{name}"\n'
        f'sets = "{sets}"\ndefault = "{default}"\nchoices = {choices}\n\n'
    )
