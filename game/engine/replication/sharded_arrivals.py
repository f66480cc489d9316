"""How a machine gets a shard that it does not serve yet: piece by piece, on its disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from game.engine.attempt import NEVER
from game.engine.log import MessageKind
from game.engine.replication.epochs import NOBODY
from game.engine.replication.sharded_contents import inherit, staged_of
from game.engine.replication.sharded_letters import Finish, Move, News, Piece, Prepare, Pull, Report

if TYPE_CHECKING:
    from collections.abc import Container

    from game.engine.replication.sharded_contents import Staged
    from game.engine.replication.sharded_group import ShardGroup
    from game.engine.replication.sharded_holder import Holder

PULL_US = 200_000
"""A piece that has not come for so long is asked for again, at first."""
LONGEST_PULL_US = 10_000_000


@dataclass(slots=True, eq=False)
class Staging:
    """How far a new machine is with a move."""

    store: Staged
    origin: int
    """The group that it comes from."""
    split_at: int
    """Smaller keys stay where they are."""
    pulled_us: int = NEVER
    """When it asked for a piece that has not come; -1 if it waits for none."""
    wait_us: int = PULL_US
    """How long it waits before it asks again; twice as long each time, since a piece may just need
    its time."""
    ready: bool = False
    complete: bool = False
    sources: list[int] = field(default_factory=list)
    """Machines that have stopped, of which all is still to be fetched."""
    finishing: bool = False
    source: int = NOBODY
    question: int = 0
    """Only the answer to the newest counts: what is staged is the same as when it was asked."""


class Arrivals:
    """All that one machine is to have."""

    __slots__ = ("holder", "staged")

    def __init__(self, holder: Holder) -> None:
        self.holder = holder
        self.staged: dict[int, Staging] = {}
        """By the number of the move, which is that of the group; on disk."""

    def prepared(self, prepare: Prepare) -> None:
        """Take part in a move: fetch what there is, or just say that this machine is there."""
        move = prepare.move
        if self.holder.map is None:
            self.holder.say(asks=True)
            return
        if self.holder.index in move.new:
            staging = self.staging_of(move)
            self.holder.report(Report(move.number, self.holder.index, ready=staging.ready))
            if not staging.finishing:
                self._pull(move, staging, prepare.source)
        else:
            self.holder.report(Report(move.number, self.holder.index))

    def finishing(self, finish: Finish) -> None:
        """All old machines have stopped: fetch the rest."""
        move = finish.move
        if self.holder.map is None or move.number in self.holder.held:
            self.holder.say(asks=True)
            return
        staging = self.staging_of(move)
        if not staging.finishing:
            staging.finishing = True
            staging.sources = staging.store.sources(move, finish.source)
            staging.pulled_us = NEVER
            staging.wait_us = PULL_US
        if staging.complete:
            self.holder.report(Report(move.number, self.holder.index, staged=True))
        else:
            self._pull(move, staging, staging.sources[0])

    def staging_of(self, move: Move) -> Staging:
        """What is staged for a move; it begins with what this machine has of the shard anyway."""
        staging = self.staged.get(move.number)
        if staging is None:
            held = self.holder.held.get(move.source)
            group = None if held is None else held.group
            staged = staged_of(
                self.holder.store.record.each, self.holder.station, group, self.holder.index
            )
            staging = self.staged[move.number] = Staging(staged, move.source, move.split_at)
        return staging

    def _pull(self, move: Move, staging: Staging, source: int) -> None:
        now = self.holder.kernel.now
        if staging.pulled_us != NEVER:
            if now - staging.pulled_us < staging.wait_us:
                return
            staging.wait_us = min(2 * staging.wait_us, LONGEST_PULL_US)
        staging.pulled_us = now
        staging.source = source
        staging.question += 1
        pull = Pull(move, self.holder.index, staging.question, staging.store.known())
        reader = self.holder.store.holders[source]
        self.holder.post.send(reader.node, reader.asked, pull, MessageKind.REPLICATE)

    def received(self, piece: Piece) -> None:
        """A piece of the snapshot, or of what was written since."""
        move = piece.move
        staging = self.staged.get(move.number)
        if staging is None or staging.complete or piece.question != staging.question:
            return
        if staging.finishing and not piece.stopped:
            return
        staging.store.take(piece.first, piece.items)
        staging.pulled_us = NEVER
        if piece.more:
            self._pull(move, staging, staging.source)
            return
        staging.store.next_source()
        if not staging.finishing:
            staging.ready = True
            self.holder.report(Report(move.number, self.holder.index, ready=True))
            return
        staging.sources.remove(staging.source)
        if staging.sources:
            self._pull(move, staging, staging.sources[0])
        else:
            staging.complete = True
            self.holder.report(Report(move.number, self.holder.index, staged=True))

    def fill(self, group: ShardGroup) -> None:
        """Put what was staged for a shard under its copy here."""
        staging = self.staged.pop(group.number, None)
        if staging is not None:
            staging.store.fill(group, self.holder.index, staging.split_at)
            inherit(group, self.holder.store.groups[staging.origin])

    def forget_what_is_over(self, news: News, groups: Container[int]) -> None:
        """A move that was given up will not be taken up again."""
        for number in list(self.staged):
            if number <= news.newest and number not in news.under_way and number not in groups:
                del self.staged[number]
