"""A night made of formulas: the screens are tested on it, whatever the engine does.

One client asks forty times a second. Half a minute long; `web-1` dies at 0:12 for eight seconds.
With one machine everything fails meanwhile; with two only half of the first second does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from game.engine.causes import Cause
from game.engine.frame import Frame, MessageView, NodeView
from game.engine.log import Change, Fate, Log, MessageKind
from game.explain.ledger import CauseTold, GoalTold
from game.explain.moments import Moment
from game.explain.report import LookAt, PostMortem
from game.level.campaign import Campaign, Chapter, card_of
from game.level.model import (
    Choice,
    Client,
    Control,
    Fault,
    Goal,
    Level,
    NodeGroup,
    Policy,
    Service,
    System,
)
from game.level.plan import Plan
from game.level.share import ShareCard
from game.score.goals import judge, stars
from game.score.scorecard import FAILED, PASSED, Scorecard, SeedScore
from game.score.tally import outcomes, pool_tallies, tally_run
from game.score.words import measure_words, target_words
from game.tui.simulator import EngineSimulator

SECOND_US = 1_000_000
DURATION_US = 30 * SECOND_US
GAP_US = 25_000
FLIGHT_US = 40_000
WORK_US = 20_000
DIES_US, LIVES_US = 12 * SECOND_US, 20 * SECOND_US
DEADLINE_US = 500_000


def fake_level() -> Level:
    """A level that two machines win."""
    return Level(
        id="fake",
        title="Two are more than one",
        chapter="A machine you have never heard of",
        kind="design",
        teaches=("redundancy",),
        story="A shop sells [bold]cat food[/bold] through one machine.\nIt is old.\n\n"
        "Tonight it will die. Keep the shop open.",
        debrief="A second machine answers while the first is away.",
        hints=("What answers while web-1 is away?", "Buy a second machine."),
        system=fake_system(1),
        document={},
        controls=(
            Control(
                id="machines",
                family="capacity",
                label="Machines",
                sets=("node.web.count",),
                choices=(
                    Choice(label="one", value=1, says="When it dies, nothing answers."),
                    Choice(label="two", value=2, says="One is enough while the other is away."),
                ),
                default="one",
                lesson=True,
            ),
            Control(
                id="size",
                family="capacity",
                label="Size of a machine",
                sets=("node.web.cores",),
                choices=(
                    Choice(label="small", value=1, says="Enough for a quiet evening."),
                    Choice(label="large", value=8, says="Eight times the work, and as mortal."),
                ),
                default="small",
            ),
        ),
        goals=(
            Goal(id="available", measure="availability", at_least=0.95, says="The shop answers"),
            Goal(id="fast", measure="p99_ms", at_most=300, stars=2),
            Goal(id="thrifty", measure="cost_per_hour", at_most=0.15, stars=3),
        ),
        seeds=(1, 2, 3),
        recovery_us=5 * SECOND_US,
        window_us=(10 * SECOND_US, 25 * SECOND_US),
        how_often_per_year=12,
        path="fake.toml",
    )


def fake_system(machines: int) -> System:
    """One client, and a shop on so many machines."""
    return System(
        duration=DURATION_US,
        nodes=(NodeGroup(id="web", count=machines),),
        policies=(Policy(id="plain"),),
        services=(Service(id="shop", on=("web",), workers=8, queue=40),),
        clients=(Client(id="shoppers", call="shop", rate=40, deadline=DEADLINE_US),),
        faults=(
            Fault(id="crash", what=None, target=("web-1",), at=DIES_US, for_=LIVES_US - DIES_US,
                  says="the old machine dies"),
        ),
    )  # fmt: skip


class FakeRun:
    """Operations and changes appear in the Log when their time has come."""

    def __init__(self, system: System, seed: int) -> None:
        self.machines = system.nodes[0].count or 1
        self.now_us = 0
        self.log = Log(
            seed=seed,
            duration_us=system.duration,
            clients=("shoppers",),
            places=(*(f"web-{n + 1}" for n in range(self.machines)), "shoppers"),
            stations=(),
            faults=("crash",),
        )
        self._next = 0

    @property
    def done(self) -> bool:
        """The night is over."""
        return self.now_us >= self.log.duration_us

    plan = None
    """It is no level on call, so nothing is done meanwhile."""
    settings: Mapping[str, str] = MappingProxyType({})

    def order(self, control: str, label: str) -> object:
        """Nobody can."""
        raise AssertionError("not on call")

    def advance(self, until_us: int) -> None:
        """Write what has ended by then."""
        log = self.log
        for time_us, change in (
            (DIES_US, Change.FAULT_BEGAN),
            (DIES_US, Change.NODE_DOWN),
            (LIVES_US, Change.FAULT_ENDED),
            (LIVES_US, Change.NODE_UP),
        ):
            if self.now_us < time_us <= until_us:
                log.changes.append((time_us, change, 0, 0))
        while (row := self._operation(self._next)) and row[3] <= min(until_us, DURATION_US):
            log.operations.append(row)
            self._next += 1
        self.now_us = log.ended_us = until_us

    def _operation(self, number: int) -> tuple[int, ...]:
        invoked_us = number * GAP_US
        failed = is_lost(number, self.machines)
        ended_us = invoked_us + 2 * FLIGHT_US + WORK_US
        cause = Cause.UNREACHABLE if failed else Cause.NONE
        return number, 0, invoked_us, ended_us, cause, 0 if failed else -1, 1, 0, 0


def is_lost(number: int, machines: int) -> bool:
    """Whether an operation meets the dead machine."""
    invoked_us = number * GAP_US
    if machines == 1:
        return DIES_US <= invoked_us < LIVES_US
    return DIES_US <= invoked_us < DIES_US + SECOND_US and number % 2 == 0


def fake_frame(log: Log, time_us: int) -> Frame:
    """The moment, by formulas."""
    machines = len(log.places) - 1
    down = DIES_US <= time_us < LIVES_US
    ended = [row for row in log.operations.rows() if row[3] <= time_us]
    recent = [row for row in ended if row[3] > time_us - SECOND_US]
    good = [row for row in ended if row[4] == Cause.NONE]
    recent_good = sum(row[4] == Cause.NONE for row in recent)
    messages = []
    for number in range(max(0, (time_us - 200_000) // GAP_US), time_us // GAP_US + 1):
        messages += _messages(number, machines, time_us)
    notes = [(DIES_US, "crash begins: web-1 is down"), (LIVES_US, "crash is over: web-1 is up")]
    return Frame(
        time_us=time_us,
        nodes=tuple(
            NodeView(name, "down" if down and name == "web-1" else "up", 3, 2)
            for name in log.places[:-1]
        ),
        messages=tuple(messages),
        ended=len(ended),
        good=len(good),
        causes=(("unreachable", len(ended) - len(good)),) if len(ended) > len(good) else (),
        recent_ended=len(recent),
        recent_good=recent_good,
        recent_p99_us=2 * FLIGHT_US + WORK_US if recent_good else None,
        faults=("crash",) if down else (),
        notes=tuple(note for note in notes if note[0] <= time_us),
    )


def _messages(number: int, machines: int, time_us: int) -> list[MessageView]:
    node = f"web-{number % machines + 1}"
    age_us = time_us - number * GAP_US
    lost = is_lost(number, machines)
    fate = Fate.LOST if lost else Fate.ARRIVED
    if 0 <= age_us < FLIGHT_US:
        progress = age_us / FLIGHT_US
        return [MessageView("shoppers", node, progress, MessageKind.REQUEST, False, fate, number)]
    age_us -= FLIGHT_US + WORK_US
    if 0 <= age_us < FLIGHT_US and not lost:
        progress = age_us / FLIGHT_US
        return [MessageView(node, "shoppers", progress, MessageKind.ANSWER, False, fate, number)]
    return []


def fake_post_mortem(score: SeedScore) -> PostMortem:
    """Words that stay the same, around the numbers of a score."""
    bad = score.operations - score.good
    goals = tuple(
        GoalTold(
            id=goal.id,
            says="",
            asks_for=target_words(goal),
            measured=measure_words(goal.measure, goal.measured, score.tally),
            stars=goal.stars,
            met=goal.met,
            lost_at_us=goal.lost_at_us,
            words="",
        )
        for goal in score.goals
    )
    look = LookAt(
        words="web-1 was alone: when crash struck, nobody else was there.",
        controls=("machines",),
        families=("capacity",),
        codex=("crash", "retry"),
        nodes=("web-1",),
    )
    return PostMortem(
        seed=score.seed,
        verdict=score.verdict,
        stars=score.stars,
        headline=f"{bad} of {score.operations} operations failed, all because of crash.",
        story=("At 12 s crash began.", "Users saw failures.", "At 20 s crash was over."),
        moments=(
            Moment(DIES_US, "crash begins", "fault-began"),
            Moment(DIES_US + 100_000, "users see the first failure", "first-failure"),
            Moment(LIVES_US, "crash is over", "fault-ended"),
        ),
        goals=goals,
        causes=(CauseTold(bad, "unreachable", "no message gets there", "crash", 1.0),),
        look_at=(look,) if not score.stars else (),
        next_step="Missing for the next star: fast. Look at Machines.",
    )


def fake_campaign() -> Campaign:
    """Two chapters; all their levels are the fake one, of which 1 plan in 5 wins."""
    share = ShareCard(wins=8, tried=40, plans=40)
    fake = replace(card_of(fake_level()), path="fake.toml", share=share)
    crowd = replace(fake, id="crowd", title="Three is a crowd", path="crowd.toml")
    far = replace(fake, id="far", title="Far away", path="far.toml", chapter="Elsewhere")
    return (
        Chapter(title=fake.chapter, levels=(fake, crowd)),
        Chapter(title=far.chapter, levels=(far,)),
    )


class FakeSimulator(EngineSimulator):
    """Formulas in place of the engine; the scores are real."""

    def read(self, path: Path | None) -> Level:
        """The same level under every name."""
        level = fake_level()
        return level if path is None else replace(level, id=path.stem)

    def plan(self, level: Level, choices: Mapping[str, str]) -> Plan:
        """Plans are not checked here."""
        return Plan("", tuple(sorted(choices.items())))

    def system(self, level: Level, plan: Plan) -> System:
        """Only the number of machines changes anything."""
        return fake_system(2 if dict(plan.values)["machines"] == "two" else 1)

    def start(self, system: System, seed: int, *, trace: bool) -> FakeRun:
        """All seeds are alike."""
        return FakeRun(system, seed)

    def picture(self, log: Log, time_us: int, linger_us: int) -> Frame:
        """By formulas."""
        return fake_frame(log, time_us)

    def price(self, level: Level, system: System) -> tuple[int, int]:
        """Ten cents for each machine."""
        return 100_000 * (system.nodes[0].count or 1), 0

    def window(self, level: Level, log: Log) -> tuple[int, int]:
        """The level's own."""
        assert level.window_us is not None
        return level.window_us

    def score(self, level: Level, system: System, log: Log) -> SeedScore:
        """The real goals over the Log's operations."""
        window = self.window(level, log)
        valid = tuple(outcomes(system, log, window))
        tally = tally_run(system, log, window, valid, 0)
        goals = tuple(judge(goal, tally, valid, log.seed, complete=True) for goal in level.goals)
        return SeedScore(
            verdict=PASSED if stars(goals) else FAILED,
            error="",
            stars=stars(goals),
            goals=goals,
            tally=tally,
            digest=log.digest(),
            seed=log.seed,
            window_us=window,
        )

    def explain(self, level: Level, system: System, log: Log, score: SeedScore) -> PostMortem:
        """In words that stay the same."""
        return fake_post_mortem(score)

    def pool(self, level: Level, plan: Plan, scores: Sequence[SeedScore]) -> Scorecard:
        """As real as without hashes."""
        first = scores[0]
        return Scorecard(
            verdict=first.verdict,
            error="",
            stars=min(score.stars for score in scores),
            goals=first.goals,
            tally=pool_tallies([replace(score.tally) for score in scores]),
            digest="",
            level=level.id,
            level_hash="",
            engine=0,
            plan="",
            plan_hash="",
            seeds=tuple(scores),
        )
