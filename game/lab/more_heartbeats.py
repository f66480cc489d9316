"""Detection by heartbeats: a dead machine is found after half an interval in the mean, and the rest
of the k failures in a row; a live one is taken for dead by k losses in a row, which takes
(1 - q^k) / (q^k (1 - q)) questions in the mean where each fails with probability q (Feller 1968,
section XIII.7, on runs)."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean

from game.engine.log import Change
from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import own_measures
from game.lab.scenario import scenario
from game.lab.statistics import Percent
from game.level.model import SECOND_US

MACHINES = 100
INTERVAL_S = 1.0
TIMEOUT_S = 0.5
FALL = 3
LOSS = 0.3


def false_alarm_s(loss: float) -> float:
    """Mean time until a machine that lives is taken for dead: the first question comes within an
    interval, and the last of the run is answered by its timeout."""
    failed = 1 - (1 - loss) ** 2
    run = failed**FALL
    questions = (1 - run) / (run * (1 - failed))
    return INTERVAL_S / 2 + (questions - 1) * INTERVAL_S + TIMEOUT_S


def detection_s() -> float:
    """Mean time from death to its detection, where no message is lost."""
    return INTERVAL_S / 2 + (FALL - 1) * INTERVAL_S + TIMEOUT_S


def observe_detection(seed: int, work: float) -> Mapping[str, float]:
    """Mean seconds from death to detection, where no message is lost."""
    system = scenario("heartbeats", (("loss", "0.0"),))
    detected = own_measures("heartbeats", system, simulate(system, seed))
    return {"seconds": detected["detection"] / 1000}


def observe_alarms(seed: int, work: float) -> Mapping[str, float]:
    """Mean seconds to the first removal of each machine. All machines die after 120 s; by then only
    one in some thousand was never suspected."""
    log = simulate(scenario("heartbeats"), seed)
    assert not log.verdict, log.error or log.verdict
    first: dict[int, int] = {}
    for time_us, change, _, machine in log.changes.rows():
        if change == Change.TARGET_OUT:
            first.setdefault(machine, time_us)
    assert len(first) == MACHINES
    return {"seconds": fmean(first.values()) / SECOND_US}


register(
    Check(
        "HEARTBEATS/detection",
        "closed form",
        observe_detection,
        (Row("seconds", "3 failed checks: seconds to detect a death", detection_s(), Percent(3)),),
    )
)
register(
    Check(
        "HEARTBEATS/false-alarm",
        "Feller 1968",
        observe_alarms,
        (
            Row(
                "seconds",
                "3 checks, 30 % lost: seconds to a false alarm",
                false_alarm_s(LOSS),
                Percent(8),
            ),
        ),
    )
)
