"""Rate limits: so many requests a second, at the caller or at the service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.causes import Cause
from game.engine.registry import REGISTRY
from game.engine.resilience.token_bucket import TokenBucket
from game.level.annotations import PositiveCount, PositiveNumber

if TYPE_CHECKING:
    from game.engine.attempt import Attempt, Call
    from game.engine.caller import Caller
    from game.engine.kernel import Kernel
    from game.engine.station import Station


@REGISTRY.register(
    "mechanism",
    "rate-limit",
    says="so many requests a second, and no more",
    causes=("rate-limited",),
    parts=lambda _: 1,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """A token bucket for each caller (in a policy), or for each machine of a service."""

    rate: PositiveNumber
    """Requests a second."""
    burst: PositiveCount = 10
    """Requests at once, after a quiet time."""

    def build_gate(self, caller: Caller) -> Limiter:
        """The limit that one caller keeps."""
        return Limiter(self, caller.kernel)

    def build_guard(self, station: Station) -> Limiter:
        """The limit that one station enforces."""
        return Limiter(self, station.kernel)


class Limiter:
    """The same at both ends."""

    __slots__ = ("bucket", "kernel")

    def __init__(self, record: RateLimit, kernel: Kernel) -> None:
        self.kernel = kernel
        self.bucket = TokenBucket(record.rate, record.burst)

    def admit(self, call: Call) -> int:
        """One token for each attempt, retries and hedges too."""
        return 0 if self.bucket.take(self.kernel.now) else Cause.RATE_LIMITED

    def refuse(self, attempt: Attempt) -> int:
        """One token for each request that arrives."""
        return 0 if self.bucket.take(self.kernel.now) else Cause.RATE_LIMITED

    def reset(self, record: RateLimit) -> bool:
        """Other settings in the run: the tokens stay, up to the new bound."""
        self.bucket.reset(record.rate, record.burst, self.kernel.now)
        return True

    def left(self, attempt: Attempt) -> None:
        """Tokens do not come back."""

    def forget(self) -> None:
        """The memory is gone: the bucket is full again."""
        self.bucket.fill()
