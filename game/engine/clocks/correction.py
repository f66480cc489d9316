"""Setting a clock right over the network, by asking a machine that is believed to know the time.

After Mills and others, Network Time Protocol Version 4, RFC 5905, section 8, the on-wire protocol:
with t0 and t3 by the asker's clock and t1 and t2 by the server's, offset = ((t1 - t0) + (t2 - t3))
/ 2. The two ways are taken to be equally long; where they are not, the clock is wrong by half the
difference, which nobody can see from inside. Of RFC 5905, selection among servers, the filter over
several answers and the gradual slew are left out: each answer sets the clock at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from game.engine.clocks.clock import clock_of, local_us, note_error, timer_us
from game.engine.log import MessageKind
from game.engine.node import State
from game.engine.priorities import TIMER
from game.engine.replication.letters import Post

if TYPE_CHECKING:
    from collections.abc import Callable

    from game.engine.node import Node
    from game.engine.world import World

TIME_BYTES = 76
"""An NTP packet with its UDP and IPv4 headers (RFC 5905, section 7.3)."""


@dataclass(frozen=True, slots=True)
class Question:
    """What time is it?"""

    number: int
    asked_us: int
    """t0, by the asker's clock."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server's clock showed."""

    question: Question
    heard_us: int
    """t1, by the server's clock."""
    told_us: int
    """t2, by the server's clock."""


def offset_us(asked_us: int, heard_us: int, told_us: int, learned_us: int) -> int:
    """How far the server is ahead of the asker, rounded down: wrong by half of how much the way
    there is longer than the way back (RFC 5905, section 8)."""
    return ((heard_us - asked_us) + (told_us - learned_us)) // 2


class Correction:
    """Sets the clock of one node right, at fixed intervals by that clock."""

    __slots__ = ("beats", "every_us", "kernel", "node", "number", "post", "replies", "server")

    def __init__(self, world: World, node: Node, server: Node, every_us: int) -> None:
        self.kernel = world.kernel
        self.node = node
        self.server = server
        self.every_us = every_us
        self.post = Post(world, node, "clock")
        self.replies = Post(world, server, f"clock/{node.name}")
        self.number = 0
        """Of the last question: an answer to an older one came too late."""
        self.beats = 0
        node.on_crash.append(self._crashed)

    def start(self) -> None:
        """Ask first at a random moment of the first interval."""
        self._plan(int(self.post.luck() * self.every_us))

    def _plan(self, after_us: int) -> None:
        self.beats += 1
        length_us = timer_us(self.node, after_us, self.kernel.now)
        self.kernel.at(self.kernel.now + length_us, self._due, self.beats, TIMER)

    def _due(self, beat: int) -> None:
        if beat != self.beats or self.node.puts_off(self._due, beat):
            return
        if self.node.state == State.UP:
            self.number += 1
            question = Question(self.number, local_us(self.node, self.kernel.now))
            self._send(self.post, self.server, self._asked, question)
        self._plan(self.every_us)

    def _asked(self, question: Question) -> None:
        """At the server, which answers at once, by its own clock."""
        read_us = local_us(self.server, self.kernel.now)
        self._send(self.replies, self.node, self._answered, Answer(question, read_us, read_us))

    def _answered(self, answer: Answer) -> None:
        question = answer.question
        if question.number != self.number:
            return
        # A second copy of this answer, later, would be taken for a longer way back.
        self.number += 1
        now_us = self.kernel.now
        clock = clock_of(self.node)
        learned_us = clock.local_us(now_us)
        clock.jump(offset_us(question.asked_us, answer.heard_us, answer.told_us, learned_us))
        note_error(self.node, now_us)

    def _send(self, post: Post, to: Node, read: Callable[[Any], object], content: Any) -> None:
        post.send(to, read, content, MessageKind.TIME, TIME_BYTES)

    def _crashed(self) -> None:
        """What was asked is forgotten; the clock itself runs on, as a battery keeps it."""
        self.number += 1
