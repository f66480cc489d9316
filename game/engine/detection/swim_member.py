"""One member of SWIM: its rounds, what it answers, and what it believes."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log
from typing import TYPE_CHECKING, Any

from game.engine.detection.membership import Member
from game.engine.detection.swim_news import Belief, Gossip, News, Standing
from game.engine.log import Change, MessageKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from game.engine.detection.membership import Cluster
    from game.engine.detection.swim import Swim
    from game.engine.node import Node

PING_BYTES = 48
NEWS_BYTES = 16
NEW = Belief()
RELAYS_KEPT = 64
"""Questions for others that are remembered; an answer to an older one came too late anyway."""


@dataclass(frozen=True, slots=True)
class Ping:
    """Are you there? Also the answer, which has the question's number."""

    sender: int
    number: int
    news: tuple[News, ...]


@dataclass(frozen=True, slots=True)
class PingRequest:
    """Ask that one for me, please."""

    ping: Ping
    subject: int


class Round:
    """What a member wants to know in one period."""

    __slots__ = ("answered", "number", "subject")

    def __init__(self, subject: int, number: int) -> None:
        self.subject = subject
        self.number = number
        self.answered = False


class SwimMember(Member):
    """One machine."""

    def __init__(self, record: Swim, cluster: Cluster, node: Node) -> None:
        super().__init__(cluster, node)
        self.record = record
        self.number = 0
        """Of the last question; counts on through crashes, so that no old answer is taken for a
        new one."""
        self.log.totals.setdefault("unanswered", 0)
        self.forget()

    def forget(self) -> None:
        """See `Member`. The incarnation is forgotten, too: others will tell it."""
        self.incarnation = 0
        self.beliefs: dict[int, Belief] = {}
        """Of others, where it is more than that they are there."""
        self.order: list[int] = []
        """Whom to ask next, the last one first."""
        self.round: Round | None = None
        self.relays: dict[int, tuple[int, int]] = {}
        """Own number of a question to who wanted it, and under which number."""
        self.gossip: Gossip | None = None

    def begin(self) -> None:
        """Ask first at a random moment of a period."""
        size = len(self.others) + 1
        self.gossip = Gossip(ceil(self.record.spread * log(size + 1)))
        if self.others:
            self.after(int(self.luck() * self.record.period), self._next_round, None)

    # Rounds (section 3.1)

    def _next_round(self, _: None) -> None:
        self._end_round()
        self.after(self.record.period, self._next_round, None)
        subject = self._subject()
        if subject is not None:
            self.round = Round(subject, self._ask(subject))
            self.after(self.record.timeout, self._ask_others, self.round)
        dead = self.dead_one_to_try()
        if dead is not None:
            self._ask(dead)

    def _end_round(self) -> None:
        asked, self.round = self.round, None
        if asked is None or asked.answered:
            return
        self.log.totals["unanswered"] += 1
        belief = self._belief(asked.subject)
        if belief.standing == Standing.ALIVE:
            after = Standing.SUSPECT if self.record.suspicion else Standing.DEAD
            self._learn(News(asked.subject, Belief(belief.incarnation, after)))

    def _subject(self) -> int | None:
        """Whom to ask in this period: nobody who is taken for dead."""
        if self.record.selection == "random":
            living = self._living()
            return self.one_of(living) if living else None
        for _ in range(2):
            while self.order:
                place = self.order.pop()
                if place not in self.down:
                    return place
            living = self._living()
            self.order = self.some_of(living, len(living))
        return None

    def _living(self) -> list[int]:
        if not self.down:
            return list(self.others)
        return [place for place in self.others if place not in self.down]

    def _ask(self, subject: int) -> int:
        """Send a ping; its number."""
        self.number += 1
        self._tell(subject, SwimMember.pinged, self.number, asks=True)
        return self.number

    def _ask_others(self, asked: Round) -> None:
        if asked.answered or asked is not self.round:
            return
        able = [place for place in self._living() if place != asked.subject]
        for place in self.some_of(able, self.record.indirect):
            ping = Ping(self.place, asked.number, self._news_for(place))
            request = PingRequest(ping, asked.subject)
            self._post(place, SwimMember.asked_to_ping, request, ping, asks=True)

    # Letters

    def pinged(self, ping: Ping) -> None:
        """Somebody asks: answer at once."""
        self._read(ping)
        self._tell(ping.sender, SwimMember.answered, ping.number)

    def asked_to_ping(self, request: PingRequest) -> None:
        """Somebody has no answer from another one, and wants it asked again."""
        self._read(request.ping)
        own = self._ask(request.subject)
        self.relays[own] = (request.ping.sender, request.ping.number)
        if len(self.relays) > RELAYS_KEPT:
            del self.relays[next(iter(self.relays))]

    def answered(self, ping: Ping) -> None:
        """An answer, to an own question or to one that was asked for somebody else."""
        self._read(ping)
        relay = self.relays.pop(ping.number, None)
        if relay is not None:
            wanted_by, number = relay
            self._tell(wanted_by, SwimMember.answered, number)
        elif self.round is not None and ping.number == self.round.number:
            self.round.answered = True

    def _tell(
        self,
        to: int,
        read: Callable[[SwimMember, Ping], None],
        number: int,
        *,
        asks: bool = False,
    ) -> None:
        ping = Ping(self.place, number, self._news_for(to))
        self._post(to, read, ping, ping, asks=asks)

    def _post(
        self,
        to: int,
        read: Callable[[SwimMember, Any], None],
        content: Ping | PingRequest,
        ping: Ping,
        *,
        asks: bool,
    ) -> None:
        member = self.cluster.members[to]
        assert isinstance(member, SwimMember)
        size_bytes = PING_BYTES + NEWS_BYTES * len(ping.news)
        send = self.ask if asks else self.send
        send(to, read.__get__(member), content, MessageKind.PROBE, size_bytes)

    def _news_for(self, to: int) -> tuple[News, ...]:
        """What rides along: if this member doubts the other one, above all that."""
        assert self.gossip is not None
        news = self.gossip.take(self.record.piggyback)
        belief = self._belief(to)
        if belief.standing == Standing.ALIVE or any(one.about == to for one in news):
            return news
        return (News(to, belief), *news)

    # Beliefs (section 4.2)

    def _belief(self, place: int) -> Belief:
        return self.beliefs.get(place, NEW)

    def _read(self, ping: Ping) -> None:
        for news in ping.news:
            if news.about == self.place:
                self._hear_of_itself(news.belief)
            else:
                self._learn(news)

    def _hear_of_itself(self, belief: Belief) -> None:
        """Object to being suspected, in an incarnation that nobody suspects yet. Whoever has not
        heard of an earlier objection is told it again."""
        if belief.standing == Standing.ALIVE:
            self.incarnation = max(self.incarnation, belief.incarnation)
            return
        if belief.incarnation >= self.incarnation:
            self.incarnation = belief.incarnation + 1
            self.note(Change.INCARNATION, self.incarnation)
        self._pass_on(News(self.place, Belief(self.incarnation)))

    def _learn(self, news: News) -> None:
        before, after = self._belief(news.about), news.belief
        if after <= before:
            return
        self.beliefs[news.about] = after
        self._pass_on(news)
        if after.standing == Standing.DEAD:
            self.take_for_dead(news.about)
        elif after.standing == Standing.ALIVE:
            if before.standing != Standing.ALIVE:
                self._welcome(news.about)
        else:
            self._suspect(news, before)

    def _pass_on(self, news: News) -> None:
        assert self.gossip is not None
        self.gossip.add(news)

    def _welcome(self, place: int) -> None:
        """It lives. It gets a place in the order, if it has none (section 4.3)."""
        if place in self.down and place not in self.order:
            self.order.insert(int(self.luck() * (len(self.order) + 1)), place)
        self.take_for_alive(place)

    def _suspect(self, news: News, before: Belief) -> None:
        """A suspect has a while to object, counted by each member for itself."""
        if before.standing == Standing.DEAD:
            self._welcome(news.about)
        self.note(Change.MEMBER_SUSPECTED, news.about)
        self.after(self.record.suspicion, self._condemn, news)

    def _condemn(self, news: News) -> None:
        if self._belief(news.about) == news.belief:
            incarnation = news.belief.incarnation
            self._learn(News(news.about, Belief(incarnation, Standing.DEAD)))
