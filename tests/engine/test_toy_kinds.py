"""A kind is one file: toys from this one are read, suggested and run without an edit in game/."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from game.engine.attempt import NO_FAULT, Attempt
from game.engine.caller import Caller
from game.engine.kinds import load_kinds
from game.engine.replication.copies import go_on
from game.engine.replication.journal import Entry
from game.engine.run import simulate
from game.engine.station import Station
from game.engine.target import Target
from game.engine.world import World
from game.explain.reference import reference_pages
from game.level.annotations import PositiveCount
from game.level.read import read_level_bytes
from game.level.registry import Registry
from game.level.schema import level_schema
from game.score.scorecard import score_run
from tests.engine.faults.towns import PAIR, fault
from tests.engine.nights import HEAD, SECOND, Night, level_of
from tests.engine.replication.stores import store_text

STUBBORN = '\n[[policy]]\nid = "plain"\nbalancer = { kind = "toy-stubborn", favourite = 2 }\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Stubborn:
    """A balancer that always asks the same machine."""

    favourite: PositiveCount = 1

    needs_luck = False

    def build(self, caller: Caller) -> Stubborn:
        return self

    def pick(self, targets: Sequence[Target], luck: float) -> Target:
        return targets[self.favourite - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earthquake:
    """A fault that shakes some machines: all of them crash."""

    magnitude: PositiveCount

    def __post_init__(self) -> None:
        if self.magnitude > 9:
            raise ValueError("must have a magnitude of at most 9")

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        nodes = world.nodes_named(target)[: self.magnitude]
        for node in nodes:
            node.crash(fault, host=False)

        def end() -> None:
            for node in nodes:
                node.restart(fault)

        return end


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgetful:
    """A protocol that acknowledges every write and keeps none."""

    def build(self, world: World, service: str, stations: list[Station]) -> Forgetful:
        for station in stations:
            station.copy = self
        return self

    def start(self) -> None:
        pass

    def close(self) -> list[Entry]:
        return []

    def write(self, attempt: Attempt) -> None:
        go_on(attempt)

    read = write

    def stop(self, attempt: Attempt) -> None:
        pass

    def held_by(self) -> int:
        return NO_FAULT


@pytest.fixture
def registry() -> Registry:
    toys = load_kinds().copy()
    toys.register("balancer", "toy-stubborn", says="always the same one")(Stubborn)
    toys.register("fault", "toy-earthquake", says="the ground shakes", targets=("node",))(
        Earthquake
    )
    toys.register("protocol", "toy-forgetful", says="acknowledges and forgets")(Forgetful)
    return toys


def complaints(text: str, registry: Registry) -> str:
    level, problems = read_level_bytes((HEAD + text).encode(), "toys.toml", registry)
    assert level is None
    return str(problems)


def test_toys_run(registry: Registry) -> None:
    text = PAIR + STUBBORN + fault("toy-earthquake", target="web", magnitude=2)
    log = simulate(level_of(text, registry).system, 1)
    played = Night(log)

    assert log.verdict == "", log.error
    assert {played.node_of(row) for row in played.attempts()} == {"web-2"}
    assert set(played.causes(3 * SECOND, 4 * SECOND)) == {"refused"}
    assert {row.blame for row in played.operations() if row.cause} == {0}
    assert set(played.causes(6 * SECOND)) == {"none"}


def test_a_toy_protocol_runs_and_is_found_out(registry: Registry) -> None:
    text = store_text(replication='"toy-forgetful"', machines=2)
    level = level_of(text, registry)
    score = score_run(level, level.system, simulate(level.system, 1), parts=0)

    assert score.good == 0
    assert set(score.causes) == {"lost-write"}
    said = complaints(store_text(replication='"toy-forgetfull"'), registry)
    assert 'did you mean "toy-forgetful"?' in said


def test_a_misspelt_toy_is_suggested(registry: Registry) -> None:
    said = complaints(PAIR + fault("toy-earthquak", target="web", magnitude=2), registry)
    assert 'unknown fault kind "toy-earthquak"' in said
    assert 'did you mean "toy-earthquake"?' in said

    said = complaints(PAIR + STUBBORN.replace("toy-stubborn", "toy-stuborn"), registry)
    assert 'did you mean "toy-stubborn"?' in said


def test_the_parameters_of_a_toy_are_checked(registry: Registry) -> None:
    said = complaints(PAIR + fault("toy-earthquake", target="web", magnitud=2), registry)
    assert 'did you mean "magnitude"?' in said

    said = complaints(PAIR + fault("toy-earthquake", target="web", magnitude=10), registry)
    assert "must have a magnitude of at most 9" in said

    said = complaints(PAIR + fault("toy-earthquake", target="shop", magnitude=2), registry)
    assert 'a "toy-earthquake" hits a node, and "shop" is none' in said


def test_toys_are_in_the_schema_and_in_the_reference(registry: Registry) -> None:
    defined = level_schema(registry)["definitions"]
    quake = defined["fault.toy-earthquake"]
    assert quake["properties"]["magnitude"]["minimum"] == 1
    assert {"kind", "target", "magnitude"} <= set(quake["required"])
    assert "toy-stubborn" in defined["policy"]["properties"]["balancer"]["anyOf"][0]["enum"]
    assert "protocol.toy-forgetful" in defined

    pages = {path.name: text for path, text in reference_pages(registry).items()}
    assert "## toy-earthquake\n\nThe ground shakes.\n" in pages["faults.md"]
    assert "| `magnitude` | a whole number from 1 on | **needed** |" in pages["faults.md"]
    assert "[toy-stubborn](#toy-stubborn) | always the same one |" in pages["balancers.md"]
    assert "## toy-forgetful" in pages["protocols.md"]


def test_the_registry_of_the_game_knows_no_toys(registry: Registry) -> None:
    own = load_kinds()

    assert not any(kind.name.startswith("toy-") for kind in own)
    assert {kind.name for kind in registry} - {kind.name for kind in own} == {
        "toy-stubborn",
        "toy-earthquake",
        "toy-forgetful",
    }
    said = complaints(PAIR + fault("toy-earthquake", target="web", magnitude=2), own)
    assert 'unknown fault kind "toy-earthquake"' in said
