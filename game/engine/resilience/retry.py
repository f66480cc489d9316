"""Retries: how often, how soon, and how many in all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from game.engine.attempt import ANSWERED
from game.engine.causes import Cause
from game.engine.log import AttemptKind
from game.engine.registry import REGISTRY
from game.engine.resilience.token_bucket import TokenBucket
from game.engine.streams import derived_key, derived_luck
from game.level.annotations import Number, PositiveDurationUs, PositiveNumber, Share, WholeNumber

if TYPE_CHECKING:
    from game.engine.attempt import Attempt, Call
    from game.engine.caller import Caller

MOST_ATTEMPTS = 100
_JITTER = 1 << 40
"""The slot of jitter in the luck of an attempt; slots of a path are far below."""

Failure = Literal[
    "timeout",
    "refused",
    "queue-full",
    "shed",
    "rate-limited",
    "breaker-open",
    "no-target",
    "dependency",
    "died-with-node",
    "no-leader",
]
"""A failure as a caller sees it: whatever it only waited for in vain is a `timeout`."""

_TOLD: dict[int, Failure] = {
    Cause.REFUSED: "refused",
    Cause.QUEUE_FULL: "queue-full",
    Cause.SHED: "shed",
    Cause.RATE_LIMITED: "rate-limited",
    Cause.BREAKER_OPEN: "breaker-open",
    Cause.NO_TARGET: "no-target",
    Cause.DEPENDENCY: "dependency",
    Cause.DIED_WITH_NODE: "died-with-node",
    Cause.NO_LEADER: "no-leader",
}


def as_seen(attempt: Attempt, cause: int) -> Failure:
    """What a caller can tell about a failed attempt."""
    told = attempt.target is None or (attempt.phase == ANSWERED and attempt.result == cause)
    return _TOLD.get(cause, "timeout") if told else "timeout"


def _parts(record: Retry) -> int:
    return 1 + (record.jitter != "none" or record.budget is not None)


@REGISTRY.register("mechanism", "retry", says="asks again after a failure", parts=_parts)
@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """The n-th wait (n from 0) is 0, `base`, or min(cap, base * 2^n) by `backoff`. Jitter, after
    Brooker, Exponential Backoff and Jitter, AWS Architecture Blog 2015, spreads that wait w: `full`
    over [0, w), `equal` over [w / 2, w); `decorrelated` takes its place: min(cap, anything between
    base and three times the wait before). Without a backoff there is nothing to spread.
    """

    attempts: Annotated[int, WholeNumber(0, MOST_ATTEMPTS)] = 2
    """Retries of one call, at most."""
    backoff: Literal["none", "fixed", "exponential"] = "none"
    """How the waits before the retries of one call grow."""
    base: PositiveDurationUs = 100_000
    """The first wait."""
    cap: PositiveDurationUs = 10_000_000
    """The longest wait."""
    jitter: Literal["none", "full", "equal", "decorrelated"] = "none"
    """How a wait is spread by luck, so that not all ask again at one moment."""
    budget: Share | None = None
    """Retries allowed, as a share of first attempts: each first attempt pays that part of a retry
    into a bucket, each retry takes a whole one out (Finagle's RetryBudget; gRPC A6)."""
    budget_floor: Number = 0.0
    """Retries a second that the budget allows in any case."""
    budget_burst: PositiveNumber = 10.0
    """Retries that can be saved up."""
    on: tuple[Failure, ...] = (
        "timeout",
        "refused",
        "queue-full",
        "shed",
        "rate-limited",
        "no-target",
        "dependency",
        "died-with-node",
        "no-leader",
    )
    """Failures that are tried again. Default: all but an open breaker, which says: do not ask."""

    def build(self, caller: Caller) -> Retries | RetriesOnBudget:
        """The retries of one caller."""
        return Retries(self) if self.budget is None else RetriesOnBudget(self, caller)


class Retries:
    """Knows no more than the call in hand."""

    __slots__ = ("on", "record")

    def __init__(self, record: Retry) -> None:
        self.record = record
        self.on = frozenset(record.on)

    def delay_us(self, call: Call, attempt: Attempt, cause: int) -> int | None:
        """How long to wait before the next attempt; None: do not try again."""
        done = sum(other.kind == AttemptKind.RETRY for other in call.extra or ())
        if done >= self.record.attempts or as_seen(attempt, cause) not in self.on:
            return None
        return self._backoff_us(call, done)

    def _backoff_us(self, call: Call, done: int) -> int:
        record = self.record
        if record.backoff == "none":
            return 0
        if record.jitter == "decorrelated":
            return self._decorrelated_us(call, done)
        wait_us = record.base
        if record.backoff == "exponential":
            wait_us = min(record.cap, record.base << done)
        if record.jitter == "none":
            return wait_us
        luck = _luck(call, done)
        if record.jitter == "equal":
            luck = 0.5 + 0.5 * luck
        return int(wait_us * luck + 0.5)

    def _decorrelated_us(self, call: Call, done: int) -> int:
        base, cap = self.record.base, self.record.cap
        wait = float(base)
        for ordinal in range(done + 1):
            wait = min(float(cap), base + _luck(call, ordinal) * (3.0 * wait - base))
        return int(wait + 0.5)

    def reset(self, record: Retry) -> bool:
        """Other settings in the run, for attempts from now on; False where a budget comes."""
        if record.budget is not None:
            return False
        self.record = record
        self.on = frozenset(record.on)
        return True

    def forget(self) -> None:
        """Nothing is kept between calls."""


class RetriesOnBudget(Retries):
    """The same, while the budget lasts."""

    __slots__ = ("bucket", "caller", "share")

    def __init__(self, record: Retry, caller: Caller) -> None:
        super().__init__(record)
        assert record.budget is not None
        self.caller = caller
        self.share = record.budget
        self.bucket = TokenBucket(record.budget_floor, record.budget_burst)

    def delay_us(self, call: Call, attempt: Attempt, cause: int) -> int | None:
        """As without a budget, but each retry is paid for. One that the call's deadline leaves no
        time for costs nothing."""
        delay_us = super().delay_us(call, attempt, cause)
        now = self.caller.kernel.now
        if delay_us is None or now + delay_us >= call.deadline_us or not self.bucket.take(now):
            return None
        return delay_us

    def reset(self, record: Retry) -> bool:
        """What was saved up stays, up to the new bound; False where the budget goes."""
        if record.budget is None:
            return False
        self.record = record
        self.on = frozenset(record.on)
        self.share = record.budget
        self.bucket.reset(record.budget_floor, record.budget_burst, self.caller.kernel.now)
        return True

    def sent(self, attempt: Attempt) -> None:
        """A first attempt pays in."""
        if attempt.kind == AttemptKind.FIRST:
            self.bucket.give(self.share)

    def closed(self, attempt: Attempt, cause: int) -> None:
        """How it ends costs nothing."""

    def forget(self) -> None:
        """The caller lost its memory: the bucket is full again."""
        self.bucket.fill()


def _luck(call: Call, ordinal: int) -> float:
    """The jitter of one retry: it belongs to the operation, the call and the ordinal."""
    key = derived_key(call.key, call.path.root, ordinal)
    return derived_luck(call.operation.luck[-1], key, _JITTER)
