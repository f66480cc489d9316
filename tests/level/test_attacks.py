from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.engine.kinds import load_kinds
from game.level.attacks import Attack, NoAttack, check_attacks, cost_of, parse_attack
from game.level.identity import level_hash, plan_hash
from game.level.plan import (
    Plan,
    PlanError,
    default_plan,
    diff_plans,
    make_plan,
    plan_of_pairs,
    read_plan,
    system_with,
    write_plan,
)
from game.level.proofs import read_proofs
from tests.templates import TEMPLATES, errors_of, level_of, problems_of, template

CRASH = '[[weapon]]\nid = "crash"\nkind = "crash"'
RUSH_PRICE = "price = 5"
BUDGET = "attack_budget = 8\n"


def attacks(*texts: str) -> tuple[Attack, ...]:
    return tuple(parse_attack(text) for text in texts)


def planned(*texts: str) -> Plan:
    return make_plan(template("nemesis"), {}, "mine", attacks=attacks(*texts))


def test_attacks_become_faults_of_the_system() -> None:
    level = template("nemesis")
    system = system_with(level, planned("rush:visitors@13s", "crash:web-2@7s"), load_kinds())
    crash, rush = system.faults
    assert (crash.id, crash.target, crash.at, crash.for_) == (
        "crash",
        ("web-2",),
        7_000_000,
        4_000_000,
    )
    assert (rush.id, rush.target, rush.at, rush.for_) == (
        "rush",
        ("visitors",),
        13_000_000,
        None,
    ), "it would last longer than the run"
    assert system.attack_cost == 8
    assert level.system.faults == ()
    assert system_with(level, default_plan(level), load_kinds()).attack_cost == 0


def test_several_attacks_with_one_weapon_are_faults_with_names_of_their_own() -> None:
    plan = planned("crash:web-2@8s", "crash:web-1@7s")
    system = system_with(template("nemesis"), plan, load_kinds())
    assert [(fault.id, fault.target) for fault in system.faults] == [
        ("crash", ("web-1",)),
        ("crash-2", ("web-2",)),
    ]


def test_the_order_of_attacks_changes_nothing() -> None:
    level = template("nemesis")
    one, other = planned("crash:web-2@8s", "slow:web-1@7s"), planned(
        "slow:web-1@7s", "crash:web-2@8s"
    )  # fmt: skip
    assert one == other
    assert plan_hash(level, one) == plan_hash(level, other)
    assert plan_hash(level, one) != plan_hash(level, default_plan(level))


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (("crsh:web-1@7s",), 'no weapon "crsh"; did you mean "crash"?'),
        (("crash:web-9@7s",), '"web-9" is none of them; did you mean "web-1"?'),
        (("crash@7s",), "needs one of its targets (targets: web-1, web-2, web-3, web-4)"),
        (("crash:web-1@16s",), "not before the end of the run"),
        (("crash:web-1@7s", "crash:web-1@7s"), 'two attacks are the same: "crash:web-1@7s"'),
        (
            ("rush:visitors@7s", "crash:web-1@7s", "crash:web-2@7s"),
            "more than the budget of 8: with this one it is 11",
        ),
    ],
)
def test_an_attack_that_cannot_be_is_refused(texts: tuple[str, ...], said: str) -> None:
    with pytest.raises(PlanError) as refused:
        planned(*texts)
    assert said in str(refused.value)


@pytest.mark.parametrize("text", ["", "crash", "crash:web-1", "@7s", "crash:web-1@", "crash@7"])
def test_a_text_that_is_no_attack_is_refused(text: str) -> None:
    with pytest.raises(NoAttack):
        parse_attack(text)


def test_other_kinds_of_level_take_no_attacks() -> None:
    with pytest.raises(PlanError, match='only "nemesis" takes attacks'):
        make_plan(template("predict"), {}, attacks=attacks("crash:web-1@7s"))


def test_a_plan_file_says_where_an_attack_is_wrong(tmp_path: Path) -> None:
    level = template("nemesis")
    path = tmp_path / "mine.toml"
    path.write_text(write_plan(planned("crash:web-1@7s"), level).replace("web-1", "web-7"), "utf-8")
    with pytest.raises(PlanError) as refused:
        read_plan(path, level)
    (problem,) = refused.value.problems
    assert (problem.name, problem.line) == ("wrong-target", 8)
    assert problem.suggestion in ("web-1", "web-2", "web-3", "web-4")


def test_proofs_take_attacks_and_are_held_to_the_budget(tmp_path: Path) -> None:
    level = template("nemesis")
    proofs = read_proofs(TEMPLATES / "nemesis.proofs.toml", level).proofs
    assert [cost_of(level, proof.plan.attacks) for proof in proofs] == [8, 6, 8]


def test_plans_differ_by_their_attacks() -> None:
    assert diff_plans(planned("crash:web-1@7s"), planned("crash:web-2@7s")) == (
        ("crash:web-1@7s", "attack", ""),
        ("crash:web-2@7s", "", "attack"),
    )


@given(
    st.lists(
        st.builds(
            Attack,
            weapon=st.sampled_from(["crash", "slow", "rush", "other"]),
            target=st.sampled_from(["web-1", "web-2", "visitors", ""]),
            at=st.integers(0, 17_000_000),
        ),
        max_size=6,
    )
)
def test_a_plan_is_within_its_budget_or_refused_and_survives_as_text(made: list[Attack]) -> None:
    level = template("nemesis")
    wrong = list(check_attacks(level, made))
    try:
        plan = make_plan(level, {}, "", attacks=made)
    except PlanError:
        assert wrong
        return
    assert not wrong
    assert cost_of(level, plan.attacks) <= level.attack_budget
    assert plan_of_pairs(level, plan.pairs) == plan
    assert replace(plan_of_pairs(level, dict(plan.pairs).items()), name="") == plan


@given(st.integers(0, 15_999_999))
def test_an_attack_is_read_as_it_is_written(at_us: int) -> None:
    attack = Attack(weapon="crash", target="web-1", at=at_us)
    assert parse_attack(attack.key) == attack


def test_a_plan_file_keeps_attacks(tmp_path: Path) -> None:
    level, plan = template("nemesis"), planned("crash:web-1@7.25s", "rush:visitors@8s")
    path = tmp_path / "mine.toml"
    path.write_text(write_plan(plan, level), "utf-8")
    assert read_plan(path, level) == plan


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (BUDGET, "", [("missing-key", '"nemesis"')]),
        (BUDGET, "attack_budget = 0\n", [("out-of-range", "0")]),
        (BUDGET, "attack_budget = 4\n", [("out-of-range", "5")]),
        ('window = ["5s", "15s"]\n', "", [("missing-key", '"nemesis"')]),
        (RUSH_PRICE, "", [("missing-key", "[[weapon]]")]),
        ('targets = "visitors"', 'targets = "web"', [("wrong-target", '"web"')]),
        ('targets = "visitors"', 'targets = "visitor"', [("unknown-reference", '"visitor"')]),
        ('targets = "visitors"\n', 'targets = []\n', []),
        ("factor = 10", "facto = 10", [("unknown-key", "facto")]),
        ("factor = 10", 'at = "3s"', [("missing-key", "[[weapon]]"), ("unknown-key", "at")]),
        (CRASH, CRASH.replace('kind = "crash"', 'kind = "crush"'), [("unknown-kind", '"crush"')]),
        (CRASH, CRASH.replace('id = "crash"', 'id = "slow"'), [("duplicate-id", '"slow"')]),
        ('kind = "nemesis"', 'kind = "design"', [("contradiction", "attack_budget")]),
    ],
)  # fmt: skip
def test_each_mistake_is_found_where_it_is(
    before: str, after: str, found: list[tuple[str, str]]
) -> None:
    told = errors_of("nemesis", (before, after))
    assert told[: len(found)] == found
    assert len(told) == len(found) or "design" in after


def test_a_goal_may_be_set_on_the_cost_of_attacks_there_alone() -> None:
    goal = '\n[[goal]]\nid = "cheap"\nmeasure = "attack_cost"\nat_most = 6\n'
    last = 'says = "At least three of twenty visitors get nothing."\n'
    assert errors_of("nemesis", (last, last + goal)) == []
    nothing = 'label = "Nothing of this"\n'
    (said,) = problems_of("predict", (nothing, nothing + goal))
    assert said.name == "unknown-measure"


def test_words_of_a_weapon_change_no_hash_and_its_price_does() -> None:
    level = template("nemesis")
    other = level_of("nemesis", ('says = "A machine falls over."', 'says = "Over it falls."'))
    assert level_hash(other) == level_hash(level)
    assert level_hash(level_of("nemesis", (RUSH_PRICE, "price = 4"))) != level_hash(level)
