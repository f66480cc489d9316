"""A level without an engine: a night is a plain function of what a plan sets and of the seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from game.level.model import Choice, Control, Goal, Level, System
from game.level.plan import Plan, default_plan
from game.level.proofs import Proof
from game.proof.plans import set_to
from game.proof.played import Extent, Job, Played
from game.proof.rule import Case
from game.proof.runs import Runs
from game.score.goals import GoalResult
from game.score.goals import stars as stars_of
from game.score.measures import unit_of

OPERATIONS = 10_000


@dataclass(frozen=True)
class Night:
    """What one run measures."""

    failures: int = 0
    p99_ms: float | None = 50.0
    cost: float = 1.0
    cause: str = "unreachable"
    verdict: str = ""
    others: Mapping[str, int] = field(default_factory=dict)
    """Causes of further failures."""


Nights = Callable[[Mapping[str, str], int], Night]


class FakePlayer:
    """Plays nights and remembers how many of each extent it was asked for."""

    def __init__(self, level: Level, nights: Nights) -> None:
        self.level = level
        self.nights = nights
        self.jobs: list[Job] = []

    def __call__(self, jobs: Sequence[Job]) -> list[Played]:
        self.jobs += jobs
        return [self._play(job) for job in jobs]

    def _play(self, job: Job) -> Played:
        night = self.nights(dict(job.plan.values), job.seed)
        failures = night.failures + sum(night.others.values())
        before = job.extent is Extent.NOTHING
        measures: dict[str, float | int | None] = {
            "availability": None if before else 1 - failures / OPERATIONS,
            "p99_ms": None if before else night.p99_ms,
            "cost_per_hour": night.cost,
        }
        results = tuple(_result(goal, measures, job.seed) for goal in self.level.goals)
        stars = 0 if night.verdict else stars_of(results)
        causes = {night.cause: night.failures, **night.others}
        return Played(
            seed=job.seed,
            verdict=night.verdict or ("passed" if stars else "failed"),
            stars=stars,
            goals=results,
            measures=tuple(measures.items()),
            operations=0 if before else OPERATIONS,
            good=0 if before else OPERATIONS - failures,
            causes=tuple((cause, count) for cause, count in causes.items() if count),
            digest=f"{sorted(job.plan.values)} {job.seed} {night}",
            error="a broken assertion" if night.verdict == "engine-error" else "",
            seconds=0.001,
        )


def _result(goal: Goal, measures: Mapping[str, float | int | None], seed: int) -> GoalResult:
    number = measures[goal.measure]
    target = goal.at_least if goal.at_least is not None else goal.at_most
    assert target is not None
    at_least = goal.at_least is not None
    met = number is not None and (number >= target if at_least else number <= target)
    return GoalResult(
        id=goal.id,
        measure=goal.measure,
        unit=unit_of(goal.measure, ()),
        target=target,
        at_least=at_least,
        stars=goal.stars,
        measured=number,
        met=met,
        seed=seed,
        lost_at_us=None,
    )


def control(
    name: str,
    *labels: str | int,
    family: str = "routing",
    lesson: bool = False,
    default: str | int | None = None,
    sets: str = "",
) -> Control:
    """A control; whole numbers are their own value."""
    choices = tuple(Choice(label=str(label), value=label) for label in labels)
    return Control(
        id=name,
        family=family,
        label=name,
        sets=(sets or f"client.{name}.rate",),
        choices=choices,
        default=str(labels[0] if default is None else default),
        lesson=lesson,
    )


REPLICAS = control("replicas", 1, 2, 3, 6, family="redundancy", lesson=True)
SIZE = control("size", 1, 2, 4, family="capacity")
WAIT = control("wait", "long", "short", "none", family="timeouts")

UP = Goal(id="up", measure="availability", at_least=0.999)
FAST = Goal(id="fast", measure="p99_ms", at_most=200)
PRICE = Goal(id="price", measure="cost_per_hour", at_most=4.0, stars=2)


def level(
    controls: Sequence[Control] = (REPLICAS, SIZE, WAIT),
    goals: Sequence[Goal] = (UP, FAST, PRICE),
    seeds: tuple[int, ...] = (1, 2, 3),
    chapter: str = "Four pillars",
) -> Level:
    """A level that only proofs look at."""
    return Level(
        id="fake",
        title="Fake",
        chapter=chapter,
        kind="design",
        teaches=(),
        story="",
        debrief="",
        hints=(),
        system=System(duration=10_000_000),
        document={},
        controls=tuple(controls),
        goals=tuple(goals),
        seeds=seeds,
        recovery_us=5_000_000,
        window_us=None,
        how_often_per_year=None,
        path="levels/fake.toml",
    )


def proven(settings: Mapping[str, str], seed: int) -> Night:
    """The night of a sound level: only replicas that are asked quickly get through it."""
    replicas, size = int(settings["replicas"]), int(settings["size"])
    waits = {"long": 0, "short": 1, "none": 0}[settings["wait"]]
    safe = replicas >= 3 and waits
    return Night(
        failures=(1 + seed % 3) if safe else 500 // size,
        p99_ms=80.0 / size if safe else 400.0,
        cost=1.0 * replicas * size,
    )


def proof(
    of: Level,
    role: str,
    *,
    name: str = "",
    stars: int | None = None,
    goal: str | None = None,
    cause: str | None = None,
    **settings: str,
) -> Proof:
    """A proof of that role, with its controls."""
    wins = role in ("reference", "witness")
    return Proof(
        id=name or role,
        verdict="wins" if wins else "loses",
        role=role,
        why="because",
        stars=stars,
        goal=goal,
        cause=cause,
        plan=set_to(default_plan(of), settings),
    )


def proofs(of: Level) -> tuple[Proof, ...]:
    """The proofs of the sound level."""
    return (
        proof(of, "reference", replicas="3", wait="short"),
        proof(of, "trap", name="bigger", size="4", goal="up", cause="unreachable"),
        proof(of, "witness", name="two-stars", stars=2, replicas="3", wait="short"),
        proof(of, "witness", name="costly", replicas="6", wait="short"),
    )


def case(
    of: Level | None = None, nights: Nights = proven, named: Sequence[Proof] | None = None
) -> Case:
    """The fake level before its judges."""
    fake = of or level()

    def price(plan: Plan) -> int:
        return round(nights(dict(plan.values), 1).cost * 1_000_000)

    runs = Runs(FakePlayer(fake, nights))
    return Case(fake, tuple(proofs(fake) if named is None else named), runs, price, _nothing)


def _nothing(_words: str) -> None:
    """Nobody listens."""
