"""What a rule is: one sentence that a level must live up to, and the function that looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from game.level.model import Control, Goal, Level
from game.level.plan import Plan
from game.level.proofs import Proof
from game.proof import acts as acts  # its domain registers itself
from game.proof.domain import Domain, answering, domain_of, right_answers, saying
from game.proof.played import goals_of
from game.proof.runs import Runs


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the plans that were tried win."""

    wins: int
    tried: int
    plans: int
    """All plans that the level has; more than `tried` where a sample was drawn."""
    low: float
    """The 95 % interval of the share; the share itself where all plans were tried."""
    high: float

    @property
    def value(self) -> float:
        """Winning plans over tried ones."""
        return self.wins / self.tried


@dataclass(slots=True)
class Case:
    """A level before its judges: what every rule may look at."""

    level: Level
    proofs: tuple[Proof, ...]
    runs: Runs
    price: Callable[[Plan], int | None]
    """What a plan's machines cost an hour, in millionths; None for an impossible plan."""
    say: Callable[[str], None]
    """Told what is going on."""
    share: Share | None = None
    """Found by the last rule."""
    retry: dict[Plan, tuple[int, ...]] = field(default_factory=dict)
    """By plan without its name: fresh seeds on which it failed before, which are tried first."""

    @property
    def domain(self) -> Domain:
        """All plans that a rule may try, with what the proofs do among what they may do."""
        return domain_of(self.level, [proof.plan for proof in self.proofs])

    @property
    def answered(self) -> Domain:
        """The same, but for a level to predict: those of them that answer every question of one
        star. Whoever leaves one open has lost without a guess."""
        questions = self.level.questions
        return answering(self.domain, [one.id for one in questions if one.stars == 1])

    @property
    def well_said(self) -> Domain:
        """The same, but for a level to diagnose: those of them that say what is wrong."""
        return saying(self.domain, right_answers(self.level))

    @property
    def passing(self) -> tuple[Goal, ...]:
        """The goals of one star: what it takes to win."""
        return goals_of(self.level.goals, 1)

    @property
    def lessons(self) -> tuple[Control, ...]:
        """The controls that the level is about."""
        return tuple(control for control in self.level.controls if control.lesson)

    @property
    def reference(self) -> Proof:
        """The proof that shows how the level is won."""
        found = next((proof for proof in self.proofs if proof.role == "reference"), None)
        if found is None:
            raise RuleBroken(
                "the level has no reference: a proof that wins",
                advice='add a [[proof]] with role = "reference" and verdict = "wins" '
                "to the level's .proofs.toml file",
            )
        return found

    def of_role(self, role: str) -> tuple[Proof, ...]:
        """The proofs of that role."""
        return tuple(proof for proof in self.proofs if proof.role == role)


class RuleBroken(Exception):
    """A level does not live up to a rule. Ends the check at once."""

    def __init__(
        self, says: str, *, advice: str, plan: Plan | None = None, seed: int | None = None
    ) -> None:
        super().__init__(says)
        self.says = says
        self.advice = advice
        self.plan = plan
        self.seed = seed


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, or one part of a rule that is looked at by itself."""

    id: str
    says: str
    """What must hold, in one sentence."""
    check: Callable[[Case], str]
    """Gives what it found, in words; raises `RuleBroken`."""
    only_for: frozenset[str] = frozenset()
    """The kinds of level that are held to it; empty: every kind but those of `not_for`."""
    not_for: frozenset[str] = frozenset()
    recorded: bool = True
    """Whether a record has to tell that it was kept."""

    def is_for(self, kind: str) -> bool:
        """Whether a level of that kind is held to this rule."""
        return kind in self.only_for if self.only_for else kind not in self.not_for
