"""The one clock of a watched run: pause, speed and playhead."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

SPEEDS: tuple[Fraction, ...] = (
    Fraction(1, 64),
    Fraction(1, 16),
    Fraction(1, 4),
    *(Fraction(1 << power) for power in range(7)),
)
"""Simulated time for each unit of the wall's: slow motion, then 1x to 64x."""
STEP_US = 10_000
"""How far a single step goes at 1x; in proportion to the speed otherwise, down to 1 ms."""
LINGER_US = 200_000
"""Wall time for which a message can be seen at least; real flights take a few milliseconds."""
LINGER_MOST_US = 500_000
"""The same in simulated time, however fast the night goes by."""


@dataclass(slots=True)
class RunClock:
    """Where the screen is in a night of `duration_us`, and how fast it goes on.

    `playhead_us` is what is shown; `edge_us` is how far it has ever been, which is as far as the
    simulation may go. Looking back moves the playhead alone.
    """

    duration_us: int
    playhead_us: int = 0
    edge_us: int = 0
    paused: bool = False
    hurried: bool = False
    """The rest of the night is wanted at once."""
    speed: Fraction = Fraction(1)
    _rest: Fraction = field(default=Fraction(0), repr=False)

    def advance(self, wall_us: int) -> int:
        """Let the wall's time go on; returns the time of the night that is now wanted."""
        if self.hurried:
            return self.duration_us
        if self.paused:
            return self.playhead_us
        exact = wall_us * self.speed + self._rest
        whole = int(exact)
        self._rest = exact - whole
        return min(self.duration_us, self.playhead_us + whole)

    def reach(self, time_us: int) -> None:
        """Show this time: the simulation has come so far."""
        self.playhead_us = min(self.duration_us, time_us)
        self.edge_us = max(self.edge_us, self.playhead_us)

    def toggle(self) -> None:
        """Pause, or go on."""
        self.paused = not self.paused
        self.hurried = False

    def hurry(self) -> None:
        """Go to the end as fast as the machine can."""
        self.hurried = True
        self.paused = False

    def step_us(self) -> int:
        """The length of a single step at this speed."""
        return max(1_000, int(STEP_US * self.speed))

    def linger_us(self) -> int:
        """Simulated time for which a message is shown at this speed, at least."""
        return min(LINGER_MOST_US, int(LINGER_US * self.speed))

    def seek(self, time_us: int) -> None:
        """Look at another moment that has been simulated; the clock stands still there."""
        self.paused = True
        self.hurried = False
        self.playhead_us = min(self.edge_us, max(0, time_us))

    def faster(self) -> None:
        """The next speed up, if there is one."""
        self.speed = SPEEDS[min(len(SPEEDS) - 1, SPEEDS.index(self.speed) + 1)]

    def slower(self) -> None:
        """The next speed down, if there is one."""
        self.speed = SPEEDS[max(0, SPEEDS.index(self.speed) - 1)]

    @property
    def over(self) -> bool:
        """The night has been shown to its end."""
        return self.edge_us >= self.duration_us
