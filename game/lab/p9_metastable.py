"""P9, second part: a pause of ten seconds is long over, and its retries still keep a machine busy
with work that nobody waits for (Bronson, Aghayev, Charapko and Zhu, Metastable Failures in
Distributed Systems, HotOS 2021).

Below lambda * (1 + r) = mu, with r retries for each request, the backlog shrinks; above it, it
grows for ever. The fluid prediction: at the end of the pause the backlog is what arrived in it,
with the retries of all but the last second; then it shrinks by mu - lambda * (1 + r) a second until
it is worth less than the timeout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import good_shares, own_measures
from game.lab.pictures import Picture, Series, series
from game.lab.scenario import scenario
from game.lab.statistics import Between, Exact
from game.level.model import SECOND_US

SOURCE = "Bronson et al. 2021; fluid limit"
CAPACITY = 300.0
PAUSE_S = 10
PAUSED_S = 30
"""When the pause begins."""
OVER_S = PAUSED_S + PAUSE_S
TIMEOUT_S = 1
LEAST_WORK = 0.5
CALM_S = 3
"""It has recovered when the run ends with so many seconds without a failure."""


@dataclass(frozen=True, slots=True)
class Story:
    """One of the four runs."""

    id: str
    says: str
    rate: int
    retry: str
    queue: int
    retries: float
    """For each request, as far as the policy allows; infinite queues assumed."""
    recovers: tuple[float, float] | None
    """Bounds, in seconds after the pause; None: never."""

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """What the level is played with."""
        return ("queue", str(self.queue)), ("rate", str(self.rate)), ("retry", self.retry)

    @property
    def backlog(self) -> float:
        """Requests that wait at the end of the pause, by the fluid."""
        waiting = self.rate * (PAUSE_S + self.retries * (PAUSE_S - TIMEOUT_S))
        return min(waiting, self.queue)

    @property
    def shrinks(self) -> float:
        """Requests that the backlog loses a second, by the fluid; negative where it grows."""
        return CAPACITY - self.rate * (1 + self.retries)

    @property
    def recovery_s(self) -> float:
        """Seconds after the pause, by the fluid."""
        too_many = self.backlog - CAPACITY * TIMEOUT_S
        return too_many / self.shrinks if too_many > 0 else 0.0


STORIES = (
    Story("120", "120 a second, one retry", 120, "once more", 10_000, 1.0, (25, 42)),
    Story("200", "200 a second, one retry", 200, "once more", 10_000, 1.0, None),
    Story("200-budget", "200 a second, 10 % retries", 200, "on a budget", 10_000, 0.1, (0, 45)),
    Story("200-bound", "200 a second, 250 may wait", 200, "once more", 250, 1.0, (0, 2)),
)


def observe(story: Story, seed: int, work: float) -> Mapping[str, float]:
    """Whether it recovers, and when; at the least work it is still long enough for all that do."""
    system = scenario("stampede", story.choices, max(work, LEAST_WORK))
    log = simulate(system, seed)
    seconds = own_measures("stampede", system, log)["recovery"] / 1000
    last_s = (system.duration - system.clients[0].deadline) / SECOND_US - OVER_S
    return {"recovers": float(seconds < last_s - CALM_S), "seconds": seconds}


def fluid(story: Story, until_s: int) -> Series:
    """Good answers a second by the fluid: none while the backlog is worth more than the timeout."""
    end = OVER_S + story.recovery_s if story.recovers else until_s
    corners = [(0, story.rate), (PAUSED_S, story.rate), (PAUSED_S, 0), (end, 0)]
    if story.recovers:
        corners += [(end, story.rate), (until_s, story.rate)]
    return series(f"fluid, {story.id}", corners)


def goodput(story: Story, seed: int, work: float) -> Series:
    """Good answers a second, by when they were asked for."""
    system = scenario("stampede", story.choices, max(work, LEAST_WORK))
    shares = good_shares(simulate(system, seed), SECOND_US)
    pairs = ((second + 0.5, share * story.rate) for second, share in sorted(shares.items()))
    return series(story.id, pairs)


def plot(seed_base: int, work: float) -> tuple[Picture, ...]:
    """Goodput over time: two runs without protection, and two with."""
    pictures = []
    for title, stories in (
        ("A pause of 10 s, one retry: 120 or 200 a second", STORIES[:2]),
        ("The same at 200 a second: 10 % retries, or 250 may wait", STORIES[2:]),
    ):
        measured = tuple(goodput(story, seed_base + 1, work) for story in stories)
        until_s = int(max(one.xs[-1] for one in measured))
        published = tuple(fluid(story, until_s) for story in stories)
        pictures.append(Picture(title, "seconds", "good a second", published, measured))
    return tuple(pictures)


def add(story: Story) -> None:
    does = float(story.recovers is not None)
    rows = [Row("recovers", f"{story.says}: runs that recover", does, Exact())]
    if story.recovers is not None:
        title = f"{story.says}: seconds to recover"
        rows.append(Row("seconds", title, story.recovery_s, Between(*story.recovers)))
    play = partial(observe, story)
    register(Check(f"P9/pause-{story.id}", SOURCE, play, tuple(rows), plot=plot))


for story in STORIES:
    add(story)
