"""Business time: what the central system stamps, expires and bills by.

Sockets and call time-outs use the event loop's clock; tokens and TLS use wall
time. Everything else asks a `BusinessClock`, so that a scenario can run a week
in a second and a fleet twenty times as fast as life.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

EXTERNAL_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
"""Where an external clock stands until it is first set."""


class ClockError(ValueError):
    """A clock that cannot be made, or set to the time asked for; the message says why."""


class BusinessClock(Protocol):
    """The time of the business, UTC."""

    @property
    def factor(self) -> float | None:
        """Business seconds per wall second; None where time moves only when it is set."""
        ...

    def now(self) -> datetime:
        """Return the business time: aware, UTC, microseconds."""
        ...


class WallClock:
    """Business time is the machine's time."""

    @property
    def factor(self) -> float:
        """One second per second."""
        return 1.0

    def now(self) -> datetime:
        """Return the machine's time, UTC."""
        return datetime.now(UTC)


class ScaledClock:
    """Business time runs `factor` times as fast as wall time, from the present on.

    It is driven by a monotonic clock: a step of the machine's time does not
    show in it.
    """

    def __init__(
        self,
        factor: float,
        *,
        start: datetime | None = None,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        if not 0 < factor <= 100_000:
            raise ClockError(f"the factor of a clock is above 0 and at most 100000, not {factor:g}")
        self._factor = factor
        self._start = start or datetime.now(UTC)
        self._monotonic_ns = monotonic_ns
        self._start_ns = monotonic_ns()

    def start_no_earlier_than(self, moment: datetime) -> None:
        """Move on to `moment` if it is still to come.

        A run at twenty times life leaves its records days ahead of the machine's
        time; the next run on the same database has to go on from there, or sessions
        would end before they began.
        """
        late = moment - self.now()
        if late > timedelta(0):
            self._start += late

    @property
    def factor(self) -> float:
        """Business seconds per wall second."""
        return self._factor

    def now(self) -> datetime:
        """Return the start plus the wall time since then times the factor."""
        elapsed_us = (self._monotonic_ns() - self._start_ns) * self._factor / 1000
        return self._start + timedelta(microseconds=round(elapsed_us))


class ExternalClock:
    """Business time stands still until somebody sets it, and never goes back."""

    def __init__(self, start: datetime = EXTERNAL_EPOCH) -> None:
        self._now = start

    @property
    def factor(self) -> None:
        """Time does not pass by itself."""
        return

    def now(self) -> datetime:
        """Return the time last set."""
        return self._now

    def set(self, moment: datetime) -> None:
        """Move the time on to `moment`.

        Raises:
            ClockError: `moment` has no zone, or is before the present business time.
        """
        if moment.tzinfo is None:
            raise ClockError(f"{moment.isoformat()} has no time zone: write it with a final Z")
        moment = moment.astimezone(UTC)
        if moment < self._now:
            raise ClockError(
                f"time never goes back: it is {format_utc(self._now)}, "
                f"{format_utc(moment)} is earlier"
            )
        self._now = moment


def format_utc(moment: datetime) -> str:
    """Write an aware time as ISO 8601 in UTC, with microseconds and Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def make_clock(name: str) -> BusinessClock:
    """Make the clock that `--clock` names: `wall`, `xF` (such as `x20`) or `external`.

    Raises:
        ClockError: Any other name, or a factor out of range.
    """
    if name == "wall":
        return WallClock()
    if name == "external":
        return ExternalClock()
    if match := re.fullmatch(r"x([0-9]+(?:\.[0-9]+)?)", name):
        return ScaledClock(float(match[1]))
    raise ClockError(f"no such clock: {name!r}; use wall, external, or xF such as x20")
