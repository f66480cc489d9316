"""Clues about chains: all writes wait for each machine of them."""

from __future__ import annotations

from collections.abc import Iterator

from game.engine.log import Change
from game.engine.replication.chain import ChainReplication
from game.explain.clue import REPLICATION, Clue, Failures
from game.explain.facts import Facts
from game.explain.reigns import leader_at
from game.explain.words import count, lasting


def chain_held_up(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """A copy that is not the head was struck, and the chain waited until it was left out."""
    log = facts.log
    for service in facts.system.services:
        if not isinstance(service.replication, ChainReplication):
            continue
        copies = {place for name, place in log.stations if name == service.id}
        granted_us = [
            time_us
            for time_us, change, station, _ in log.changes.rows()
            if change == Change.EPOCH_GRANTED and log.stations[station][0] == service.id
        ]
        for strike in facts.strikes:
            struck = [place for place in strike.machines if place in copies]
            if not struck or leader_at(log, service.id, strike.began_us) in struck:
                continue
            ended_us = log.ended_us if strike.ended_us is None else strike.ended_us
            left_out_us = next((at_us for at_us in granted_us if at_us > strike.began_us), ended_us)
            until_us = min(left_out_us, ended_us)
            weight = sum(
                one.blame == strike.fault and strike.began_us <= one.invoked_us <= until_us
                for one in failures
            )
            if weight:
                names = facts.names(struck)
                end = "it was left out" if left_out_us < ended_us else "it was back"
                words = (
                    f"The chain of {service.id} waited {lasting(until_us - strike.began_us)} for "
                    f"{' and '.join(names)}, until {end}; {count(weight, 'operation')} asked in "
                    f"that time failed because of {facts.fault_id(strike.fault)}."
                )
                yield Clue(words, weight, REPLICATION, ("chain", "failover"), tuple(names))
