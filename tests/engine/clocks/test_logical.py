"""INV-9: logical clocks order what happened before what, on any pattern of messages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from game.engine.clocks.hybrid import HybridClock, Stamp
from game.engine.clocks.logical import LamportClock, VectorClock, concurrent, precedes

PROCESSES = 4
Step = tuple[int, int, int]
"""A process does something: hears a message that is under way (by number, taken modulo how many
there are), or sends one (negative); and how far its clock is off."""
PATTERNS = st.lists(
    st.tuples(st.integers(0, PROCESSES - 1), st.integers(-2, 5), st.integers(-3, 3)), max_size=40
)


class Pattern:
    """A random run: each event with its stamps, and what it can have known of."""

    def __init__(self, steps: list[Step]) -> None:
        self.lamport: list[int] = []
        self.vectors: list[dict[int, int]] = []
        self.hybrid: list[Stamp] = []
        self.known: list[set[int]] = []
        self.local: list[int] = []
        lamport = [LamportClock() for _ in range(PROCESSES)]
        vectors = [VectorClock(process) for process in range(PROCESSES)]
        hybrid = [HybridClock() for _ in range(PROCESSES)]
        last: list[set[int]] = [set() for _ in range(PROCESSES)]
        under_way: list[int] = []
        for now, (process, choice, skew) in enumerate(steps):
            local = max(0, now + skew)
            event = len(self.known)
            before = set(last[process])
            if choice >= 0 and under_way:
                sent = under_way.pop(choice % len(under_way))
                before |= self.known[sent] | {sent}
                self.lamport.append(lamport[process].receive(self.lamport[sent]))
                self.vectors.append(vectors[process].receive(self.vectors[sent]))
                self.hybrid.append(hybrid[process].receive(self.hybrid[sent], local))
            else:
                self.lamport.append(lamport[process].tick())
                self.vectors.append(vectors[process].tick())
                self.hybrid.append(hybrid[process].tick(local))
                under_way.append(event)
            self.known.append(before)
            self.local.append(local)
            last[process] = before | {event}

    def pairs(self) -> list[tuple[int, int, bool]]:
        """Every two events, and whether the first happened before the second."""
        count = len(self.known)
        return [(a, b, a in self.known[b]) for a in range(count) for b in range(count) if a != b]


@given(steps=PATTERNS)
def test_what_happened_before_has_the_smaller_lamport_stamp(steps: list[Step]) -> None:
    pattern = Pattern(steps)
    assert all(
        pattern.lamport[a] < pattern.lamport[b] for a, b, before in pattern.pairs() if before
    )


@given(steps=PATTERNS)
def test_vector_stamps_say_exactly_what_happened_before_what(steps: list[Step]) -> None:
    pattern = Pattern(steps)
    for a, b, before in pattern.pairs():
        assert precedes(pattern.vectors[a], pattern.vectors[b]) is before
        after = a in pattern.known[b] or b in pattern.known[a]
        assert concurrent(pattern.vectors[a], pattern.vectors[b]) is not after


@given(steps=PATTERNS)
def test_what_happened_before_has_the_smaller_hybrid_stamp(steps: list[Step]) -> None:
    pattern = Pattern(steps)
    stamps = pattern.hybrid
    assert all(stamps[a] < stamps[b] for a, b, before in pattern.pairs() if before)


@given(steps=PATTERNS)
def test_a_hybrid_stamp_stays_as_near_to_the_time_as_the_clocks_are(steps: list[Step]) -> None:
    pattern = Pattern(steps)
    for event, (largest, _) in enumerate(pattern.hybrid):
        heard = {*pattern.known[event], event}
        assert pattern.local[event] <= largest == max(pattern.local[one] for one in heard)


def test_a_lamport_stamp_also_orders_what_cannot_have_known_of_each_other() -> None:
    one, other = LamportClock(), LamportClock()
    first = one.tick()
    other.tick()
    assert first < other.tick()


def test_the_example_of_the_hybrid_paper() -> None:
    """Figure 4 there: process 0 is ahead at 10, the others take its time and count."""
    ahead, behind = HybridClock(), HybridClock()
    sent = ahead.tick(10)
    assert sent == (10, 0)
    assert behind.receive(sent, 1) == (10, 1)
    assert behind.tick(2) == (10, 2)
    assert behind.tick(11) == (11, 0)
