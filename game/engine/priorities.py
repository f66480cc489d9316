"""In which order things of the same microsecond happen: the smaller number first.

Apart from the kernel, so that who only reads a level need not load what runs it.
"""

from __future__ import annotations

LOOK = -2
"""Of the looks of monitors, which see what was before this microsecond."""
CHANGE = -1
"""Of a change by the player: before everything that happens in its microsecond."""
NORMAL = 1
"""Of messages and finished work (simpy's own `NORMAL`)."""
TIMER = 2
"""Of deadlines: what arrives in the last microsecond is still in time."""
STOP = 9
"""Of what ends a piece of a run."""
