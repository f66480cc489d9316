"""Machines that come and go by order, while the system runs.

A machine that was ordered boots, and then its callers are told; one that is taken away gets no more
requests, finishes its work, and stops. What an operator's tools say reaches every caller at once.

A machine that is away is told nothing, and takes no part in drains, deploys and the stages of a
push. It boots with the settings of the plan at that moment, and with what it was pushed itself
while it was there before, as that is on its disk; what others have been pushed meanwhile, and still
holds there, it is told by a message once it is up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.engine.attempt import NO_FAULT
from game.engine.log import Change
from game.engine.priorities import CHANGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from game.engine.caller import Caller
    from game.engine.node import Node
    from game.engine.target import Target
    from game.engine.world import World

LEAVING_US = 10_000
"""How often it is looked whether a machine that is to stop has finished its work."""
_THERE, _BOOTING, _LEAVING, _AWAY = range(4)


class Machine:
    """One of them."""

    __slots__ = ("micros", "node", "orders", "state", "targets", "world")

    def __init__(self, world: World, node: Node, micros: int) -> None:
        self.world = world
        self.node = node
        self.micros = micros
        """Its price for an hour while it is paid for, in millionths."""
        self.state = _THERE
        self.orders = 0
        """What was planned before the last of them is void."""
        self.targets: list[tuple[Caller, Target]] = []
        """Where callers send to it."""

    def stand_by(self) -> None:
        """It is not there when the run begins."""
        self.state = _AWAY
        self.node.in_service = False
        self._rotate(out=True)
        self.node.stand_by()
        self._note(Change.MACHINE_GONE)

    def come(self) -> None:
        """It is wanted."""
        if self.state == _LEAVING:
            self.orders += 1
            self._back_in_rotation(Change.MACHINE_STAYS)
        elif self.state == _AWAY:
            self.orders += 1
            self.state = _BOOTING
            self._note(Change.MACHINE_ORDERED)
            self._charge()
            kernel = self.world.kernel
            if self.node.boot_us:
                kernel.at(kernel.now + self.node.boot_us, self._booted, self.orders, CHANGE)
            else:
                self._booted(self.orders)

    def go(self) -> None:
        """It is wanted no more."""
        if self.state == _THERE:
            self.orders += 1
            self.state = _LEAVING
            self.node.in_service = False
            self._rotate(out=True)
            self._note(Change.MACHINE_LEAVES)
            self._stop_when_idle(self.orders)
        elif self.state == _BOOTING:
            self.orders += 1
            self._gone()

    def price(self, micros: int) -> None:
        """It costs so much an hour from now on."""
        self.micros = micros
        if self.state != _AWAY:
            self._charge()

    def _booted(self, order: int) -> None:
        if order == self.orders:
            self._back_in_rotation(Change.MACHINE_READY)
            self.node.take_up()

    def _back_in_rotation(self, change: Change) -> None:
        self.state = _THERE
        self.node.in_service = True
        self._note(change)
        self._rotate(out=False)

    def _stop_when_idle(self, order: int) -> None:
        if order != self.orders:
            return
        if self._is_busy():
            kernel = self.world.kernel
            kernel.at(kernel.now + LEAVING_US, self._stop_when_idle, order, CHANGE)
            return
        self.node.stand_by()
        self._gone()

    def _gone(self) -> None:
        self.state = _AWAY
        self._note(Change.MACHINE_GONE)
        self._charge()

    def _is_busy(self) -> bool:
        """Somebody waits for it, or it works."""
        return any(target.outstanding > 0 for _, target in self.targets) or any(
            station.inside
            or len(station.queue)
            or (station.keyed is not None and station.keyed.waiting())
            for station in self.node.stations
        )

    def _rotate(self, *, out: bool) -> None:
        for caller, target in self.targets:
            if out:
                target.drained.begin(NO_FAULT, None)
            else:
                target.drained.end(NO_FAULT)
                target.unhealthy = target.ejected = False
            caller.refresh()

    def _note(self, change: Change) -> None:
        self.world.log.changes.append((self.world.kernel.now, change, self.node.place, 0))

    def _charge(self) -> None:
        """It is paid for from its order until it has stopped."""
        micros = 0 if self.state == _AWAY else self.micros
        self.world.log.changes.append((self.world.kernel.now, Change.RENT, self.node.place, micros))


class Fleet:
    """The machines of one node group on a level on call."""

    __slots__ = ("machines",)

    def __init__(self, world: World, nodes: Sequence[Node], micros: int) -> None:
        self.machines = [Machine(world, node, micros) for node in nodes]
        here = {machine.node: machine for machine in self.machines}
        for caller in world.every_caller:
            for target in caller.targets:
                machine = here.get(target.station.node)
                if machine is not None:
                    machine.targets.append((caller, target))

    def begin(self, running: int) -> None:
        """Only so many are there at the begin."""
        for machine in self.machines[running:]:
            machine.stand_by()

    def order(self, count: int) -> None:
        """So many are wanted from now on; the last ones go."""
        for number, machine in enumerate(self.machines):
            if number < count:
                machine.come()
            else:
                machine.go()

    def price(self, micros: int) -> None:
        """What each of those that are paid for costs from now on, in millionths an hour."""
        for machine in self.machines:
            machine.price(micros)
