"""Nights of a Raft group, and what must hold in each."""

from __future__ import annotations

from random import Random

from game.engine.log import Change, Role
from game.score.consistency.linearizable import check_linearizable
from game.score.consistency.models import MODELS
from game.score.consistency.verdict import Verdict
from game.score.histories.recorded import history_of_log
from tests.engine.nights import Night, night
from tests.engine.replication.stores import KEYED, LEADER, fault, store_text
from tests.engine.replication.test_promise import random_fault

PATIENT = "attempts = 20"
FEW = "attempts = 3"
ANYBODY = KEYED.replace(FEW, PATIENT)
"""Asks each copy in turn, and goes on."""
EAGERLY = ANYBODY.replace('base = "50ms"', 'base = "5ms"')
FOLLOWING = LEADER.replace(FEW, PATIENT)
VARYING = '{ law = "exponential", mean = "5ms" }'
SHORT = '{ law = "uniform", low = "60ms", high = "120ms" }'

USUAL = '{ law = "uniform", low = "150ms", high = "300ms" }'


def raft(**settings: str | bool | float) -> str:
    """The replication table; laws are given as tables."""
    words = ['kind = "raft"']
    for name, value in settings.items():
        if isinstance(value, str) and not value.startswith("{"):
            words.append(f'{name} = "{value}"')
        else:
            words.append(f"{name} = {str(value).lower()}")
    return "{ " + ", ".join(words) + " }"


def raft_night(
    faults: str = "",
    *,
    seed: int = 1,
    machines: int = 3,
    policy: str = FOLLOWING,
    rate: float = 60,
    writes: float = 0.5,
    keys: int = 2,
    way: str = '"1ms"',
    deadline: str = "1s",
    duration: str = "10s",
    replication: str = "",
) -> Night:
    """One night; `way` is the latency of every message."""
    text = store_text(
        faults,
        machines=machines,
        policy=policy,
        replication=replication or raft(),
        rate=rate,
        writes=writes,
        deadline=deadline,
        duration=duration,
    )
    text = text.replace("keys = 100", f"keys = {keys}")
    return night(text.replace('latency = "1ms"', f"latency = {way}"), seed)


def random_faults(luck: Random, machines: int) -> str:
    """A few long faults, or many short ones that come while the last is not over."""
    copies = [f"db-{one}" for one in range(1, machines + 1)]
    times, longest_ms = luck.choice(((3, 4_000), (20, 700)))
    faults = [random_fault(luck, copies, longest_ms) for _ in range(times)]
    for _ in range(luck.randint(0, 2)):
        ppm = luck.choice((-50_000, 20_000, 50_000))
        faults.append(
            fault("clock-drift", luck.choice(copies), "1s", "8s", f"ppm = {ppm}"),
        )
    return "".join(faults)


def random_night(number: int, **settings: str | bool | float) -> Night:
    """Up to five copies, many operations on few keys, and trouble until 9.9 s."""
    luck = Random(number)
    machines = luck.choice((3, 3, 4, 5, 5))
    return raft_night(
        random_faults(luck, machines),
        seed=number,
        machines=machines,
        policy=luck.choice((ANYBODY, FOLLOWING)),
        way=luck.choice((VARYING, '"1ms"')),
        duration="13s",
        replication=raft(
            **{
                "election": luck.choice((SHORT, USUAL)),
                "heartbeat": "25ms",
                "pre_vote": luck.random() < 0.5,
                **settings,
            }
        ),
    )


def leaders(played: Night) -> list[tuple[int, int, int]]:
    """(time, station, term) of each copy that was elected."""
    terms: dict[int, int] = {}
    found = []
    for time_us, change, station, value in played.log.changes.rows():
        if change == Change.TERM:
            terms[station] = value
        elif change == Change.ROLE and value == Role.LEADER:
            found.append((time_us, station, terms[station]))
    return found


def rivals(played: Night) -> bool:
    """Whether a term had two leaders."""
    terms = [term for _, _, term in leaders(played)]
    return len(set(terms)) < len(terms)


def verdict_on(played: Night) -> Verdict:
    """Whether what the clients saw is linearizable."""
    return check_linearizable(history_of_log(played.log), MODELS["register"])


def restless_night(number: int, machines: int = 3) -> Night:
    """Processes that restart all the time and at once, slow ways, and many rivals."""
    luck = Random(number)
    churn = fault("crash", "db", "0s").replace(
        'at = "0s"',
        'what = "process"\n'
        f'every = {{ law = "exponential", mean = "{luck.choice((100, 300, 600))}ms" }}\n'
        f'lasts = "{luck.choice((1, 30, 150))}ms"',
    )
    return raft_night(
        churn + fault("loss", "db", "0s", "9s", 'share = 0.2\nto = "db"'),
        seed=number,
        machines=machines,
        policy=ANYBODY,
        rate=200,
        way='{ law = "exponential", mean = "15ms" }',
        replication=raft(
            election='{ law = "uniform", low = "60ms", high = "100ms" }', heartbeat="20ms"
        ),
    )


CLOSE = '{ law = "uniform", low = "100ms", high = "105ms" }'
WIDE = '{ law = "uniform", low = "60ms", high = "240ms" }'


def cut_off_night(number: int, guard: float, trouble: str) -> Night:
    """One copy after the other is cut off from the rest, but not from the users. With "drift" its
    clock is slow then, and those of the others are fast; with "pause" it freezes for the begin."""
    luck = Random(number)
    faults = ""
    for start_ms in range(500, 9_000, 500):
        one = luck.randint(1, 3)
        others = [f"db-{other}" for other in range(1, 4) if other != one]
        listed = ", ".join(f'"{other}"' for other in others)
        faults += fault("partition", f"db-{one}", f"{start_ms}ms", "250ms", f"from = [{listed}]")
        if trouble == "pause":
            faults += fault("pause", f"db-{one}", f"{start_ms}ms", "120ms")
        for copy in (f"db-{one}", *others) if trouble == "drift" else ():
            ppm = 100_000 if copy in others else -100_000
            faults += fault("clock-drift", copy, f"{start_ms - 50}ms", "300ms", f"ppm = {ppm}")
    return raft_night(
        faults,
        seed=number,
        policy=EAGERLY,
        rate=1000 if trouble == "drift" else 500,
        replication=raft(
            election=CLOSE if trouble == "drift" else WIDE,
            heartbeat="20ms",
            reads="lease",
            guard=guard,
        ),
    )
