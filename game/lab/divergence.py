"""Where two runs that should be one and the same part for the first time.

`python -m game.lab.divergence LEVEL` plays a level twice, each time in a process of its own, and
names the first event that differs: time, what happened, and to whom. Runs on another Python, under
another PYTHONHASHSEED or with a trace are compared by the streams that they write to files.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import simpy

import game
from game.lab.event_stream import Event, read_events, rows_alone
from game.level.model import System

if TYPE_CHECKING:
    from game.level.model import Level
    from game.level.plan import Plan

SAME, DIFFERENT, WRONG_USE = 0, 1, 2
"""Exit codes."""


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first event that is not the same in two runs."""

    number: int
    """How many events the runs have in common; the first of them is the start."""
    one: Event | None
    """None where the run is over already."""
    other: Event | None

    @property
    def event(self) -> Event:
        """The event of the run that has one."""
        event = self.one or self.other
        assert event is not None
        return event

    @property
    def time_us(self) -> int:
        """When: the earlier of the two, where they differ in that."""
        return min(event.time_us for event in (self.one, self.other) if event is not None)

    @property
    def kind(self) -> str:
        """What happened, in the first run."""
        return self.event.kind

    @property
    def component(self) -> str:
        """To whom, in the first run."""
        return self.event.component

    def __str__(self) -> str:
        where = f"at {self.time_us / 1_000_000:.6f} s, after {self.number:,} equal events"
        one, other = self.one, self.other
        if one is None or other is None or _head(one) != _head(other):
            return f"the runs part {where}:\n  one:   {_told(one)}\n  other: {_told(other)}"
        lines = [f"the runs part {where}, in {_told(one)}:"]
        for verb, ours, theirs in (
            ("plans", one.plans, other.plans),
            ("writes", one.rows, other.rows),
        ):
            pairs = zip_longest(ours, theirs, fillvalue="nothing more")
            for mine, yours in (pair for pair in pairs if pair[0] != pair[1]):
                lines += [f"  one {verb}   {mine}", f"  other {verb} {yours}"]
        return "\n".join(lines)


def _head(event: Event) -> tuple[int, str, str]:
    return event.time_us, event.kind, event.component


def _told(event: Event | None) -> str:
    if event is None:
        return "over already"
    return f"{event.kind} ({event.component}) at {event.time_us} us"


def first_divergence(one: Iterable[Event], other: Iterable[Event]) -> Divergence | None:
    """The first event that differs between two streams, which are read no further; None if none."""
    for number, (ours, theirs) in enumerate(zip_longest(one, other)):
        if ours != theirs:
            return Divergence(number, ours, theirs)
    return None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What must not matter to a run."""

    python: str = sys.executable
    hash_seed: str = "0"
    """PYTHONHASHSEED: a number or `random`."""
    trace: bool = False
    watched: bool = False
    """Frames are taken while it runs."""
    again: bool = False
    """The same run was played once before in the same process."""

    @property
    def flags(self) -> tuple[str, ...]:
        """The options of `event_stream` for what is so here."""
        return tuple(f"--{name}" for name in ("trace", "watched", "again") if getattr(self, name))

    def __str__(self) -> str:
        return " ".join((self.python, f"PYTHONHASHSEED={self.hash_seed}", *self.flags))


def packages(folder: Path) -> Path:
    """A folder with simpy alone, which is all that the engine needs, for whatever Python."""
    place = folder / "packages"
    if not place.exists():
        source = Path(simpy.__file__).parent
        copytree(source, place / "simpy", ignore=ignore_patterns("__pycache__"))
    return place


def start_elsewhere(
    arguments: Sequence[str], circumstances: Circumstances, folder: Path
) -> subprocess.Popen[str]:
    """Start that Python with these arguments, our packages and simpy. `folder`: see `packages`."""
    root = Path(game.__file__).parent.parent
    path = os.pathsep.join((str(root), str(packages(folder))))
    environment = {**os.environ, "PYTHONHASHSEED": circumstances.hash_seed, "PYTHONPATH": path}
    return subprocess.Popen(
        [circumstances.python, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def compare(
    system: System, seed: int, one: Circumstances, other: Circumstances, folder: Path
) -> Divergence | None:
    """Play a system once in each circumstances, side by side, and give the first difference.

    Files go to `folder`. With a trace on one side only, what a digest is taken of is compared.
    Raises RuntimeError if a process fails.
    """
    given = folder / "system"
    given.write_bytes(pickle.dumps(system))
    program = ("-m", "game.lab.event_stream", str(given))
    files = [folder / "one.gz", folder / "other.gz"]
    processes = [
        start_elsewhere(
            [*program, str(seed), str(file), *circumstances.flags],
            circumstances,
            folder,
        )
        for file, circumstances in zip(files, (one, other), strict=True)
    ]
    said = [process.communicate()[1] for process in processes]
    for process, text in zip(processes, said, strict=True):
        if process.returncode:
            raise RuntimeError(f"a run in another process failed: {text}")
    ours, theirs = map(read_events, files)
    if one.trace != other.trace:
        return first_divergence(rows_alone(ours), rows_alone(theirs))
    return first_divergence(ours, theirs)


def read_options(arguments: Sequence[str] | None) -> Namespace:
    """The command line."""
    parser = ArgumentParser(
        prog="python -m game.lab.divergence",
        description="Play a level twice, in two processes, and name the first event that differs.",
    )
    parser.add_argument("level", help="an id, a file or a folder with one level")
    parser.add_argument("--proof", metavar="ID", help="the plan of a proof (default: none)")
    parser.add_argument("--seed", type=int, help="default: the first graded seed")
    parser.add_argument("--python", default=sys.executable, help="that plays the second time")
    parser.add_argument("--hash-seed", default="random", help="PYTHONHASHSEED of the second time")
    parser.add_argument("--trace", action="store_true", help="the second time")
    parser.add_argument("--watched", action="store_true", help="frames are taken, the second time")
    parser.add_argument("--again", action="store_true", help="it is played once before that")
    return parser.parse_args(arguments)


def plan_of(level: Level, proof: str) -> Plan:
    """The plan of a proof of a level. Raises PlanError."""
    from game.level.plan import PlanError
    from game.level.proofs import proofs_path, read_proofs

    plans = {one.id: one.plan for one in read_proofs(proofs_path(Path(level.path)), level).proofs}
    if proof not in plans:
        raise PlanError(f'{level.id} has no proof "{proof}" (proofs: {", ".join(plans)})')
    return plans[proof]


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare two runs of a level, and tell what was found."""
    # A process that only plays has no library to read levels with.
    from game.engine.kinds import load_kinds
    from game.level.find import find_level
    from game.level.plan import PlanError, default_plan, system_with
    from game.level.problems import LevelErrors, Unreadable
    from game.level.read import read_level

    options = read_options(arguments)
    try:
        level = read_level(find_level(options.level), load_kinds())
        plan = plan_of(level, options.proof) if options.proof else default_plan(level)
        system = system_with(level, plan, load_kinds())
    except (Unreadable, LevelErrors, PlanError) as error:
        print(error, file=sys.stderr)
        return WRONG_USE
    seed = level.seeds[0] if options.seed is None else options.seed
    other = Circumstances(
        options.python, options.hash_seed, options.trace, options.watched, options.again
    )
    with TemporaryDirectory() as folder:
        found = compare(system, seed, Circumstances(), other, Path(folder))
    told = f"{level.id}, seed {seed}, against {other}"
    print(f"{told}: {'every event is the same' if found is None else found}")
    return SAME if found is None else DIFFERENT


if __name__ == "__main__":
    sys.exit(main())
