"""Nights of a Raft group, and what must hold in each."""

from __future__ import annotations

from random import Random
from typing import Any

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


def random_orders(luck: Random, machines: int) -> str:
    """Machines are drained, get a vote and lose it, now and then several at once."""
    orders = ""
    for _ in range(luck.choice((2, 6, 15))):
        one = f"db-{luck.randint(1, machines)}"
        at_ms = luck.randint(300, 8_000)
        lasts = f"{luck.randint(200, 1_800)}ms"
        for copy in luck.choice(((one,), (one,), (one, f"db-{luck.randint(1, machines)}"))):
            if luck.random() < 0.3:
                orders += fault("drain", copy, f"{at_ms}ms", lasts)
            else:
                change = luck.choice(("add", "remove"))
                orders += fault("membership", copy, f"{at_ms}ms", lasts, f'change = "{change}"')
    return orders


def restless_settings(luck: Random, machines: int) -> dict[str, str | bool | float]:
    """Members that may change, and leaders that may hand on."""
    return {
        "transfer": luck.random() < 0.7,
        "members": luck.randint(max(1, machines - 2), machines),
    }


def random_night(number: int, *, moves: bool = False, **settings: str | bool | float) -> Night:
    """Up to five copies, many operations on few keys, and trouble until 9.9 s. Where it `moves`,
    members come and go, and leaders are drained."""
    luck = Random(number)
    machines = luck.choice((3, 3, 4, 5, 5))
    orders = ""
    if moves:
        other_luck = Random(f"moves {number}")
        orders = random_orders(other_luck, machines)
        settings = restless_settings(other_luck, machines) | settings
    return raft_night(
        orders + random_faults(luck, machines),
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


def split(side: list[str], copies: list[str], at_ms: int, length_ms: int) -> str:
    """Some copies hear only each other; users reach all."""
    others = [copy for copy in copies if copy not in side]
    listed = ", ".join(f'"{other}"' for other in others)
    return "".join(
        fault("partition", one, f"{at_ms}ms", f"{length_ms}ms", f"from = [{listed}]")
        for one in side
    )


def order(change: str, copy: str, at_ms: int) -> str:
    """An operator tries once to have a copy added or removed."""
    return fault("membership", copy, f"{at_ms}ms", "100ms", f'change = "{change}"')


CONTESTED: dict[str, Any] = {
    "machines": 5,
    "policy": EAGERLY,
    "rate": 100,
    "duration": "12s",
    "replication": raft(election=SHORT, heartbeat="50ms", transfer=True, members=5, pre_vote=True),
}


def contested_night(number: int) -> Night:
    """Each second one of two copies comes to lead, and they are cut off just when operators want
    others to go and some restart."""
    luck = Random(f"contested {number}")
    copies = [f"db-{one}" for one in range(1, 6)]
    faults = ""
    for start_ms in range(500, 10_500, 1_000):
        luck.shuffle(copies)
        for copy in copies[2:]:
            faults += fault("drain", copy, f"{start_ms}ms", "250ms")
        split_ms = start_ms + 300
        faults += split(copies[:2], copies, split_ms, luck.randint(200, 450))
        for copy in luck.sample(copies[1:], 2):
            faults += order("remove", copy, split_ms + luck.randint(-20, 60))
        for copy in luck.sample(copies[2:], 2):
            faults += fault("crash", copy, f"{split_ms + luck.randint(0, 40)}ms", "5ms")
        for copy in luck.sample(copies, 3):
            faults += order("add", copy, start_ms + luck.randint(850, 1_000))
    return raft_night(faults, seed=number, way=luck.choice((VARYING, '"1ms"')), **CONTESTED)


def handed_down_night(number: int) -> Night:
    """Each time one of four members leads and adds a fifth, which alone hears it; the two are cut
    off. Their successor, whose first entry may be lost, is cut off with one other just when an
    operator wants a third one to go. What the first two know then makes a majority with who is left
    (the example of Ongaro, raft-dev, July 2015)."""
    luck = Random(f"handed down {number}")
    copies = [f"db-{one}" for one in range(1, 6)]
    faults = ""
    for start_ms in range(500, 10_000, 1_200):
        luck.shuffle(copies)
        first, fifth, *others = copies
        faults += order("remove", fifth, start_ms)
        for place, copy in enumerate((first, *others), 1):
            faults += order("add", copy, start_ms + 30 * place)
        for copy in (fifth, *others):
            faults += fault("drain", copy, f"{start_ms + 160}ms", "300ms")
        split_ms = start_ms + 500
        faults += order("add", fifth, split_ms - 2)
        length_ms = luck.randint(110, 200)
        faults += split([first, fifth], copies, split_ms, length_ms)
        lossy = f'share = 0.5\nto = ["{others[0]}", "{others[1]}"]'
        faults += fault("loss", others[2], f"{split_ms}ms", f"{length_ms}ms", lossy)
        faults += split(others[:2], copies, split_ms + length_ms, 350)
        for copy in (first, others[2]):
            faults += order("remove", copy, split_ms + length_ms + luck.randint(0, 30))
    return raft_night(faults, seed=number, **CONTESTED)
