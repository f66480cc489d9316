"""Traffic: how much of the load was asked again, and how much of the work was for nobody."""

from __future__ import annotations

from dataclasses import dataclass

from game.engine.log import AttemptKind
from game.explain.facts import Facts


@dataclass(frozen=True, slots=True)
class Traffic:
    """Requests that were sent in a stretch of time."""

    requests: int
    retries: int
    hedges: int

    @property
    def again(self) -> int:
        """Retries and hedges together."""
        return self.retries + self.hedges

    @property
    def words(self) -> str:
        """What those that were sent again are called."""
        if self.retries and self.hedges:
            return "retries and hedges"
        return "hedges" if self.hedges else "retries"


def traffic(facts: Facts, first_us: int, last_us: int) -> Traffic:
    """All requests that callers sent between two moments, both included."""
    kinds = [one.kind for one in facts.requests if first_us <= one.sent_us <= last_us]
    return Traffic(len(kinds), kinds.count(AttemptKind.RETRY), kinds.count(AttemptKind.HEDGE))


def rescued(facts: Facts) -> int:
    """Operations that count, were good, and had been asked again by their client."""
    retried = {
        one.operation for one in facts.requests if one.kind is AttemptKind.RETRY and one.depth == 0
    }
    return sum(not one.failed and one.number in retried for one in facts.valid)
