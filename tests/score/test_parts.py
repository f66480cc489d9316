from dataclasses import dataclass, replace
from typing import Any

import pytest

from game.level.model import Choice, Client, Control, Fault, Policy, Service
from game.level.registry import Registry
from game.score.parts import moving_parts, parts_by_control
from tests.score.night import a_level, a_system

REGISTRY = Registry()


@REGISTRY.register("mechanism", "retry", says="asks again", parts=lambda retry: retry.weight)
@dataclass(frozen=True, slots=True)
class ToyRetry:
    weight: int = 2
    jitter: str = "full"


@REGISTRY.register("step", "call", says="asks another service")
@dataclass(frozen=True, slots=True)
class ToyCall:
    call: str
    policy: str = "plain"


@REGISTRY.register("fault", "slow", says="slower")
@dataclass(frozen=True, slots=True)
class ToySlow:
    factor: float = 2.0


def control(*sets: str) -> Control:
    name = sets[0].replace(".", "-")
    choices = (Choice(label="a"),)
    return Control(id=name, family="toy", label=name, sets=sets, choices=choices, default="a")


def parts(policy: Policy, *controls: Control, **system: Any) -> int:
    found = a_system(policies=(policy, Policy(id="web.shop", retry=ToyRetry(4))), **system)
    return moving_parts(a_level(controls=controls), found, REGISTRY)


WEB = Policy(id="web")


@pytest.mark.parametrize(
    ("changes", "path", "expected"),
    [
        ({"retry": ToyRetry()}, "policy.web.retry", 2),
        ({"retry": ToyRetry(3)}, "policy.web.retry", 3),
        ({"retry": ToyRetry()}, "policy.web.retry.jitter", 2),
        ({}, "policy.web.retry", 0),
        ({}, "policy.web.retry.jitter", 0),
        ({"attempt_timeout": 250_000}, "policy.web.attempt_timeout", 1),
        ({}, "policy.web.attempt_timeout", 0),
        ({"deadline": 250_000}, "policy.web.deadline", 1),
        ({"cancel": True}, "policy.web.cancel", 1),
        ({"propagate_deadline": True}, "policy.web.propagate_deadline", 1),
        ({"propagate_deadline": False}, "policy.web.propagate_deadline", 0),
        ({"panic_threshold": 0.5}, "policy.web.panic_threshold", 1),
        ({"panic_threshold": 0.0}, "policy.web.panic_threshold", 0),
        ({}, "node.web.count", 0),
        ({}, "service.shop.queue", 0),
        ({}, "service.shop.workers", 0),
    ],
)
def test_a_choice_weighs_what_its_mechanism_says(
    changes: dict[str, Any], path: str, expected: int
) -> None:
    assert parts(replace(WEB, **changes), control(path)) == expected


def test_what_no_control_sets_is_not_the_players() -> None:
    assert parts(replace(WEB, retry=ToyRetry(), cancel=True)) == 0


def test_a_control_with_several_paths_counts_each_of_them() -> None:
    both = control("policy.web.retry", "policy.web.shop.retry")
    assert parts(replace(WEB, retry=ToyRetry()), both) == 2 + 4


def test_two_controls_of_one_mechanism_count_it_once() -> None:
    controls = (control("policy.web.retry"), control("policy.web.retry.jitter"))
    assert parts(replace(WEB, retry=ToyRetry()), *controls) == 2


def test_an_id_may_hold_dots() -> None:
    assert parts(WEB, control("policy.web.shop.retry")) == 4


def test_paths_reach_into_steps_and_faults() -> None:
    service = Service(id="shop", on=("web",), steps=(ToyCall("db"),))
    fault = Fault(id="slow", what=ToySlow(), at=0)
    controls = (
        control("service.shop.steps.0.policy"),
        control("fault.slow.factor"),
        control("fault.slow.for"),
    )
    assert parts(WEB, *controls, services=(service,), faults=(fault,)) == 0


TURNS, BEST = Policy(id="turns"), Policy(id="best", retry=ToyRetry(3), attempt_timeout=1000)
ROUTING = Control(
    id="routing",
    family="toy",
    label="routing",
    sets=("client.users.policy",),
    choices=(Choice(label="turns", value="turns"), Choice(label="best", value="best")),
    default="turns",
)


@pytest.mark.parametrize(("chosen", "expected"), [("turns", 0), ("best", 3 + 1)])
def test_a_chosen_policy_weighs_what_it_holds(chosen: str, expected: int) -> None:
    users = Client(id="users", call="shop", rate=1.0, policy=chosen)
    found = a_system(policies=(TURNS, BEST), clients=(users,))
    assert moving_parts(a_level(controls=(ROUTING,)), found, REGISTRY) == expected


def test_a_control_of_every_policy_that_is_offered_counts_for_the_chosen_one() -> None:
    users = Client(id="users", call="shop", rate=1.0, policy="best")
    found = a_system(policies=(replace(TURNS, retry=ToyRetry(5)), BEST), clients=(users,))
    retry = control("policy.turns.retry", "policy.best.retry")
    assert moving_parts(a_level(controls=(ROUTING, retry)), found, REGISTRY) == 3 + 1
    assert moving_parts(a_level(controls=(retry,)), found, REGISTRY) == 5 + 3


@pytest.mark.parametrize("path", ["policy.nobody.retry", "policy.web.hope"])
def test_a_path_that_leads_nowhere_is_a_programmers_error(path: str) -> None:
    with pytest.raises(AssertionError):
        parts(WEB, control(path))


def test_parts_are_told_by_control_and_those_of_two_with_the_first() -> None:
    policy = Policy(id="web", retry=ToyRetry(3), cancel=True)
    controls = (
        control("policy.web.retry"),
        control("policy.web.retry.jitter", "policy.web.cancel"),
        control("policy.web.deadline"),
    )
    found = parts_by_control(a_level(controls=controls), a_system(policies=(policy,)), REGISTRY)
    assert found == {
        "policy-web-retry": 3,
        "policy-web-retry-jitter": 1,
        "policy-web-deadline": 0,
    }
