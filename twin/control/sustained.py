"""Conditions that count only after they have held for a time."""

from __future__ import annotations

NEVER_US = 1 << 62
"""A deadline that does not come."""


class Sustained:
    """A condition that counts once it has held without a break for `hold_us`.

    Attributes:
        met: it has held long enough, and still holds.
        due_us: when it will have held long enough; `NEVER_US` while nothing runs.
    """

    __slots__ = ("due_us", "hold_us", "met")

    def __init__(self, hold_us: int) -> None:
        self.hold_us = hold_us
        self.met = False
        self.due_us = NEVER_US

    def update(self, now_us: int, condition: bool) -> bool:
        """Look at the condition at a tick and return `met`."""
        if not condition:
            self.met = False
            self.due_us = NEVER_US
        elif not self.met:
            if self.due_us == NEVER_US:
                self.due_us = now_us + self.hold_us
            if now_us >= self.due_us:
                self.met = True
                self.due_us = NEVER_US
        return self.met
