"""Nights with copies that gossip, and what they should have come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from game.engine.log import Command
from game.engine.replication.gossip_crdts import GossipGroup
from game.engine.replication.gossip_lattice import Lattice
from game.engine.run import Run
from game.score.consistency.anomalies import find_anomalies
from tests.engine.nights import Night, system_of
from tests.engine.replication.stores import store_text

ASKS = 'attempt_timeout = "300ms"\nidempotency_key = true'
"""A client that asks one machine, once."""


def gossip_text(
    faults: str = "",
    *,
    store: str = '"counter"',
    replication: str = '"gossip"',
    machines: int = 3,
    policy: str = ASKS,
    users: int = 0,
    rate: float = 100,
    writes: float = 0.5,
    keys: int = 5,
    duration: str = "8s",
    clock: str = "",
) -> str:
    """A store on several machines; users of a closed loop, or (0) an open one."""
    text = store_text(
        faults,
        machines=machines,
        replication=replication,
        policy=policy,
        rate=rate,
        writes=writes,
        duration=duration,
    )
    text = text.replace("keys = 100", f"keys = {keys}").replace(
        'store = "register"', f"store = {store}"
    )
    if users:
        text = text.replace(f"rate = {rate}", f'population = {users}\nthink = "70ms"')
    if clock:
        text = text.replace('id = "db"', f'id = "db"\nclock = {clock}', 1)
    return text


def gossip_night(text: str, seed: int = 1) -> tuple[GossipGroup, Night, Counter[str]]:
    """The copies as a night leaves them, the night, and how often which promise was broken."""
    system = system_of(text)
    run = Run(system, seed)
    run.advance(run.log.duration_us)
    assert run.log.verdict == "", run.log.error
    group = run.world.replications[-1]
    assert isinstance(group, GossipGroup)
    broken = Counter(one.cause.word for one in find_anomalies(system, run.log))
    return group, Night(run.log), broken


def together(group: GossipGroup) -> Lattice:
    """What all disks have."""
    found = Lattice()
    for copy in group.copies:
        found.join(copy.lattice.since(0))
    return found


def behind(group: GossipGroup) -> list[int]:
    """Operations whose writes some copy lacks although there was time enough to hear of them."""
    due_us = group.log.duration_us - group.record.settles_us(len(group.copies))
    return [
        entry.operation
        for entry, items in group.written
        if entry.time_us < due_us
        and not all(copy.lattice.has(item) for copy in group.copies for item in items)
    ]


def miscounted(group: GossipGroup, played: Night) -> Iterator[int]:
    """Keys of a counter whose number is not the sum of what took effect."""
    commands = played.log.commands["shop"]
    totals: Counter[int] = Counter()
    for operation in played.log.effects.column("operation"):
        by = commands[operation].value
        assert isinstance(by, int)
        totals[commands[operation].key] += by
    everything = together(group)
    for key, total in totals.items():
        if group.contents.look(everything.under(key)) != total:
            yield key


def missing(group: GossipGroup, played: Night) -> Iterator[Command]:
    """Acknowledged adds of what a set does not have, though all removes of it were over when the
    add began."""
    commands = played.log.commands["shop"]
    everything = together(group)
    rows = [row for row in played.operations() if row.operation in commands]
    removes: dict[Command, list[int]] = {}
    for row in rows:
        command = commands[row.operation]
        if command.function == "remove":
            over_us = row.ended_us if not row.cause else 1 << 62
            removes.setdefault(command._replace(function="add"), []).append(over_us)
    for row in rows:
        command = commands[row.operation]
        if command.function == "add" and not row.cause:
            elements = group.contents.look(everything.under(command.key))
            assert isinstance(elements, frozenset)
            if command.value not in elements and all(
                over_us < row.invoked_us for over_us in removes.get(command, ())
            ):
                yield command
