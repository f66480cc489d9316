"""What faults do to something, for as long as they do it."""

from __future__ import annotations

from typing import Generic, TypeVar

Value = TypeVar("Value")


class Held(dict[int, Value], Generic[Value]):
    """By fault, oldest first. A fault may strike one thing twice at once, as a zone and as a
    machine of it: its effect is over when both strikes are."""

    __slots__ = ("_strikes",)

    def __init__(self) -> None:
        super().__init__()
        self._strikes: dict[int, int] = {}

    def begin(self, fault: int, value: Value) -> None:
        """One strike of a fault begins."""
        self._strikes[fault] = self._strikes.get(fault, 0) + 1
        self[fault] = value

    def end(self, fault: int) -> bool:
        """One strike of a fault is over; whether that was the last one."""
        left = self._strikes.pop(fault, 1) - 1
        if left:
            self._strikes[fault] = left
            return False
        self.pop(fault, None)
        return True
